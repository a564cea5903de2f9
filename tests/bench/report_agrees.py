#!/usr/bin/env python3
"""The same command recorded by perf and by simdprof: do the reports agree? Wanted: the same top 5 symbols, shares
within 3 points, over 3 runs each. Usage: report_agrees.py [COMMAND...]; without words: four real programs."""

import csv
import io
import os
import re
import subprocess
import sys
import tempfile

import bench

RUNS = 3


def run(words, folder):
    return subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def perf_shares(command, folder):
    run(["perf", "record", "-q", "-F", "999", "-e", "task-clock", "-o", "p.data", "--", *command], folder)
    text = run(
        ["perf", "report", "-q", "-i", "p.data", "--stdio", "--no-children", "-s", "dso,sym", "-F", "overhead,dso,sym"],
        folder,
    ).stdout.decode(errors="replace")
    shares = {}
    for line in text.splitlines():
        match = re.match(r"\s*([0-9.]+)%\s+(\S+)\s+\[[.k]\]\s+(.*?)\s*(-\s*-)?\s*$", line)
        if match:
            key = (match.group(2), match.group(3))
            shares[key] = shares.get(key, 0.0) + float(match.group(1))
    return shares


def our_shares(command, folder, source):
    run([bench.SIMDPROF, "record", "-q", f"--source={source}", "-F", "999", "-o", "s.data", "--", *command], folder)
    text = run([bench.SIMDPROF, "report", "-i", "s.data", "-s", "dso,sym", "--format", "csv"], folder).stdout.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    shares = {}
    for row in rows:
        key = (row["dso"], row["sym"])
        shares[key] = shares.get(key, 0.0) + float(row["overhead"])
    return shares


def mean(runs):
    keys = {key for one in runs for key in one}
    return {key: sum(one.get(key, 0.0) for one in runs) / len(runs) for key in keys}


def bare(key):
    """perf and we write unresolved addresses differently: compare them by their file."""
    dso, symbol = key
    return (dso, "?" if re.match(r"^(0x[0-9a-f]+|\[unknown\].*)$", symbol) else symbol)


def folded(shares):
    result = {}
    for key, share in shares.items():
        result[bare(key)] = result.get(bare(key), 0.0) + share
    return result


def compare(command):
    with tempfile.TemporaryDirectory(prefix="simdprof-bench-") as folder:
        with open(os.path.join(folder, "input"), "wb") as file:
            file.write(b"".join(b"%07d %x\n" % (i * i % 9999991, i * 2654435761 & 0xFFFFFFFF) for i in range(700000)))
        perf = folded(mean([perf_shares(command, folder) for _ in range(RUNS)]))
        agree = True
        for source in ("gpr", "ptrace"):
            ours = folded(mean([our_shares(command, folder, source) for _ in range(RUNS)]))
            top = sorted(perf, key=perf.get, reverse=True)[:5]
            our_top = sorted(ours, key=ours.get, reverse=True)[:5]
            print(f"{' '.join(command)[:60]}  ({source})")
            for key in top:
                gap = ours.get(key, 0.0) - perf[key]
                place = str(our_top.index(key) + 1) if key in our_top else "-"
                agree = agree and abs(gap) <= 3.0
                print(f"  perf {perf[key]:6.2f} %  ours {ours.get(key, 0.0):6.2f} %  {gap:+6.2f}  place {place}  {key[0]} {key[1][:50]}")
            # Below a few percent the order is noise: a place counts where the shares differ by more than 3 points.
            for key in our_top:
                if key not in top and ours[key] - perf.get(key, 0.0) > 3.0:
                    agree = False
                    print(f"  only ours: {ours[key]:.2f} % {key}")
        print("  agree" if agree else "  DIFFER")
        return agree


if len(sys.argv) > 1:
    commands = [sys.argv[1:]]
else:
    commands = [
        [bench.program("fma_loop"), "2000"],
        ["zstd", "-T2", "-9", "-q", "-f", "-o", "/dev/null", "input"],
        ["openssl", "speed", "-seconds", "2", "-bytes", "16384", "-evp", "sha256"],
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=duration=20:size=640x480", "-c:v", "mpeg4", "-f", "null", "-"],
        ["python3", "-c", "print(sum(i * i % 7 for i in range(6000000)))"],
    ]
sys.exit(0 if all([compare(command) for command in commands]) else 1)
