#!/usr/bin/env python3
"""DWARF call chains of perf and of simdprof, unwound from the same perf.data. Wanted: the ten most frequent chains agree.

Usage: chains_agree.py [COMMAND...]; without words: three real programs. A chain of ours agrees with perf's when it tells
more: goes on where perf's ends, or names what is [unknown] there (a PLT entry). Such are counted apart."""

import collections
import os
import subprocess
import sys
import tempfile

import bench

TOP = 10
PROGRAMS = [
    ["zstd", "-q", "-f", "-9", bench.SIMDPROF, "-o", "/dev/null"],
    ["openssl", "speed", "-seconds", "2", "-bytes", "1024", "sha256"],
    ["python3", "-c", "print(sum(i * i % 7 for i in range(4000000)))"],
]


def chains(words):
    """The functions of each sample's chain, innermost first, of the layout that both print."""
    text = subprocess.run(words, capture_output=True, check=False).stdout.decode(errors="replace")
    found = []
    for block in text.split("\n\n"):
        frames = [line.split(None, 1)[1].strip() for line in block.splitlines() if len(line.split(None, 1)) > 1]
        if frames:
            found.append(tuple(frames))
    return found


def agrees(wanted, got):
    return len(wanted) <= len(got) and all(theirs in (mine, "[unknown]") for theirs, mine in zip(wanted, got))


def compare(command, folder):
    path = os.path.join(folder, "perf.data")
    words = ["perf", "record", "-q", "-F", "999", "-e", "task-clock:u", "--call-graph", "dwarf", "-o", path, "--", *command]
    subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    theirs = chains(["perf", "script", "-i", path, "-F", "ip,sym", "--no-inline"])
    ours = chains([bench.SIMDPROF, "script", "-i", path, "-F", "ip,sym"])
    if len(theirs) != len(ours):
        sys.exit(f"{command[0]}: {len(theirs)} chains of perf, {len(ours)} of simdprof")
    pairs = list(zip(theirs, ours))
    same = sum(wanted == got for wanted, got in pairs)
    more = sum(wanted != got and agrees(wanted, got) for wanted, got in pairs)
    differs = {wanted for wanted, got in pairs if not agrees(wanted, got)}
    top = [chain for chain, _ in collections.Counter(theirs).most_common(TOP)]
    agree = sum(chain not in differs for chain in top)
    print(f"{command[0]}: {len(pairs)} chains, {same} the same, {more} that tell more, {len(pairs) - same - more} others; "
          f"{agree} of the {len(top)} most frequent agree in every sample")


with tempfile.TemporaryDirectory(prefix="simdprof-bench-") as place:
    for program in [sys.argv[1:]] if len(sys.argv) > 1 else PROGRAMS:
        compare(program, place)
