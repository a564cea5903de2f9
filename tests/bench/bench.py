"""What the benchmarks share: both sides measured in turns in one run, medians, ratios."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SIMDPROF_BUILD", os.path.join(TREE, "build", "release"))
SIMDPROF = os.path.join(BUILD, "cmd", "simdprof")
USER_REGS = "ax,bx,cx,dx,si,di,bp,sp,ip,flags,cs,ss,r8,r9,r10,r11,r12,r13,r14,r15"
ROUNDS = max(5, int(os.environ.get("SIMDPROF_BENCH_ROUNDS", "7")))


def program(name):
    return os.path.join(BUILD, "tests", "programs", name)


def seconds(words, folder, status=0):
    """Wall time of one run; a run that fails ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - start
    if done.returncode != status:
        sys.exit(f"{' '.join(words)}: status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return took


def recorders(frequency, target):
    """The target plain, under the least tracer there can be, and under each recorder that takes its registers."""
    return {
        "plain": target,
        "a bare tracer": [program("bare_tracer"), frequency, *target],
        "simdprof, ptrace": [
            SIMDPROF, "record", "-q", "--source=ptrace", "-F", frequency, "-o", "a.data", "--", *target,
        ],
        "simdprof, gpr": [
            SIMDPROF, "record", "-q", "--source=gpr", "-F", frequency, "-o", "b.data", "--", *target,
        ],
        "perf, user registers": [
            "perf", "record", "-q", "-N", "-B", "--no-bpf-event", "-e", "task-clock", f"--user-regs={USER_REGS}", "-F", frequency,
            "-o", "c.data", "--", *target,
        ],
    }


def in_turns(commands, rounds=ROUNDS, measure=seconds):
    """Runs every command once a round, so that a change of the machine's speed meets all. Gives all times by name.

    measure(words, folder) runs one and gives its time."""
    times = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(prefix="simdprof-bench-") as folder:
        for name, words in commands.items():
            measure(words, folder)  # warm: caches, page cache
        for _ in range(rounds):
            for name, words in commands.items():
                times[name].append(measure(words, folder))
    return times


def median(values):
    return statistics.median(values)


def line(name, values, base=None):
    middle = median(values)
    text = f"  {name:<42} {1000 * middle:9.1f} ms  ({1000 * min(values):.1f} .. {1000 * max(values):.1f})"
    if base is not None:
        text += f"  {middle / median(base):6.3f} of the first"
    print(text)
