"""Recordings of this machine are right: no rule of findings says otherwise, in every source and for many programs."""

import json
import os
import struct

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
        "fork and exec": ["sh", "-c", "i=0; while [ $i -lt 40 ]; do head -c 20000000 /dev/zero | cat > /dev/null; i=$((i+1)); done"],
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


def with_skid_leaks(folder):
    """The corpus file whose event excludes the kernel, with one sample in ten a kernel hit: each is an error (R3)."""
    source = os.path.join(os.environ.get("SIMDPROF_CORPUS", ""), "legacy-xmm", "legacy-xmm-6.1-both-gpr-xmm.perf.data")
    if not os.path.exists(source):
        return None, 0
    with open(source, "rb") as file:
        data = bytearray(file.read())
    place, size = struct.unpack_from("<2Q", data, 40)  # the data section
    end, seen, leaks = place + size, 0, 0
    while place < end:
        kind, _, length = struct.unpack_from("<IHH", data, place)
        if kind == 9:
            seen += 1
            if seen % 10 == 0:
                struct.pack_into("<H", data, place + 4, 1)  # cpumode kernel
                struct.pack_into("<Q", data, place + 16, 0xFFFFFFFF81000100)  # ip, behind the identifier
                leaks += 1
        place += length
    path = os.path.join(folder, "leaks.data")
    with open(path, "wb") as file:
        file.write(data)
    return path, leaks


def errors_are_found_and_end_strict_runs(folder):
    path, leaks = with_skid_leaks(folder)
    if path is None:
        print("      no corpus here: only clean recordings were tried")
        return
    listed = report_json(path, "--findings")
    counts = {one["rule"]: one["samples"] for one in listed["quality"]["findings"]}
    equal(counts, {"R3": leaks, "R12": leaks}, "findings by rule")
    equal(sum(one["samples"] for one in listed["findings"] if one["rule"] == "R3"), leaks, "listed")
    for verb in ("report", "dump-regs"):
        equal(simdprof(verb, "-i", path, "--strict").returncode, 3, f"{verb} --strict")
        equal(simdprof(verb, "-i", path).returncode, 0, verb)
    sets = [json.loads(line)["sets"][0] for line in read("dump-regs", path, "--intr", "--format", "jsonl").splitlines()]
    marked = [one for one in sets if "distrusted-by:R3+R12" in one["source"]]
    equal(len(marked), leaks, "sets that dump-regs marks")
    values = {register["presence"] for one in marked for register in one["registers"]}
    equal(values, {"untrusted"}, "presence of their values")


if __name__ == "__main__":
    e2e.main([recordings_are_clean, every_view_tells_them, errors_are_found_and_end_strict_runs])
