#!/usr/bin/env python3
"""report, script and dump-regs on one perf.data of a million samples with call chains and both sets of general registers,
beside perf's. Wanted: report 5 times, script and dump-regs 10 times as fast, memory below 200 MB, flat.
Usage: million.py [SAMPLES]"""

import os
import subprocess
import sys
import tempfile

import bench
import replicate

REGISTERS = "ax,bx,cx,dx,si,di,bp,sp,ip,flags,cs,ss,r8,r9,r10,r11,r12,r13,r14,r15"
TARGET = (
    "python3 -c 'print(sum(i * i % 7 for i in range(40000000)))' & "
    "openssl speed -seconds 3 -bytes 1024 -evp sha256; wait"
)


def record(folder):
    path = os.path.join(folder, "small.data")
    words = ["perf", "record", "-q", "-F", "8000", "-e", "task-clock", "-g", "-m", "4M"]
    words += [f"--user-regs={REGISTERS}", f"--intr-regs={REGISTERS}", "-o", path, "--", "sh", "-c", TARGET]
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return path


def peak_kib(words):
    """Largest resident set of one run."""
    with open(os.devnull, "w", encoding="utf-8") as sink:
        child = subprocess.Popen(words, stdout=sink, stderr=sink)
        _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss


wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
with tempfile.TemporaryDirectory(prefix="simdprof-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as place:
    small = record(place)
    once = replicate.replicate(small, os.path.join(place, "once.data"), 1)
    many = os.path.join(place, "many.data")
    count = replicate.replicate(small, many, max(1, round(wanted / once)))
    print(f"{count} samples, {os.path.getsize(many) >> 20} MiB")
    commands = {
        "perf report": ["perf", "report", "-i", many, "--stdio", "--no-children"],
        "simdprof report": [bench.SIMDPROF, "report", "-i", many],
        "simdprof report -g": [bench.SIMDPROF, "report", "-i", many, "-g"],
        "perf script": ["perf", "script", "-i", many, "-F", "ip,sym,iregs"],
        "simdprof script": [bench.SIMDPROF, "script", "-i", many, "-F", "ip,sym,iregs"],
        "simdprof dump-regs": [bench.SIMDPROF, "dump-regs", "-i", many, "--intr", "--gpr"],
    }
    times = bench.in_turns(commands, 5)
    for name, values in times.items():
        bench.line(name, values)
    for base, ours in (
        ("perf report", "simdprof report"),
        ("perf report", "simdprof report -g"),
        ("perf script", "simdprof script"),
        ("perf script", "simdprof dump-regs"),
    ):
        ratios = [theirs / mine for theirs, mine in zip(times[base], times[ours])]
        print(f"{ours}: {bench.median(ratios):.2f} times as fast as {base} (median of the rounds' ratios)")
    for name in ("simdprof report", "simdprof script"):
        print(f"{name}: {peak_kib(commands[name]) >> 10} MiB at most")
