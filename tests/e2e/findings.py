"""Recordings of this machine are right: no rule of findings says otherwise, in every source and for many programs."""

import json
import os

import e2e
from e2e import check, equal, program, read, record, simdprof


def programs(folder):
    """Commands that keep user code, the kernel, forks and execs busy for a moment."""
    text = os.path.join(folder, "input")
    with open(text, "wb") as out:
        out.write(os.urandom(1 << 20) + b"words and words " * (1 << 19))
    return {
        "patterns, user loop": [program("simd_patterns"), "--loop=user", "--seconds=1", "--threads=4"],
        "patterns, syscall loop": [program("simd_patterns"), "--loop=syscall", "--seconds=1", "--threads=4"],
        "zstd": ["zstd", "-q", "-f", "-9", text, "-o", text + ".zst"],
        "openssl": ["openssl", "speed", "-seconds", "1", "-bytes", "4096", "sha256"],
        "python": ["python3", "-c", "import hashlib, re; [hashlib.sha1(str(i).encode()) for i in range(300000)]"],
        "fork and exec": ["sh", "-c", "i=0; while [ $i -lt 150 ]; do cat /dev/null; i=$((i+1)); done"],
        "copy": ["dd", f"if={text}", "of=/dev/null", "bs=4k"],
    }


def report_json(path, *options):
    return json.loads(read("report", path, "--format", "json", *options))


def recordings_are_clean(folder):
    for source in ("ptrace", "gpr"):
        for name, command in programs(folder).items():
            path = os.path.join(folder, "clean.data")
            done = simdprof("record", "-q", "-o", path, f"--source={source}", "-g", "--", *command)
            if done.returncode == 127:
                print(f"      {name}: not installed")
                continue
            equal(done.returncode, 0, f"record {name}: {done.stderr!r}")
            quality = report_json(path)["quality"]
            check(quality["samples"]["all"] > 0, f"{source}, {name}: no samples")
            doubtful = [one for one in quality["findings"] if one["severity"] in ("error", "strong", "medium")]
            equal(doubtful, [], f"{source}, {name}: {quality['samples']}")


def every_view_tells_them(folder):
    path = os.path.join(folder, "one.data")
    record(path, [program("simd_patterns"), "--loop=syscall", "--seconds=1"], "--source=gpr")
    listed = report_json(path, "--findings")
    check("findings" in listed and "findings" in listed["quality"], "json has both")
    text = read("report", path).decode()
    check("# finding" in text, "the header has a line of findings")
    heading = read("report", path, "--findings", "--format", "csv").decode().splitlines()[0]
    check(heading.startswith("rule,severity,"), heading)
    equal(simdprof("report", "-i", path, "--strict").returncode, 0, "status of --strict on a clean recording")


if __name__ == "__main__":
    e2e.main([recordings_are_clean, every_view_tells_them])
