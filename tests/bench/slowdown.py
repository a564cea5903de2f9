#!/usr/bin/env python3
"""Slowdown of a one-thread FMA loop at 99, 999 and 4000 Hz, by its own clock: user registers with full vector state
(ptrace), general registers only (gpr), and perf record with user registers. Wanted: at most 6 % with vector state at 999
Hz. Beside them the least that any tracer costs on the machine: tests/programs/bare_tracer.c. What starting and ending
cost is measured by record_true.py. Usage: slowdown.py [ROUNDS_OF_THE_LOOP [HZ...]]"""

import os
import sys

import bench

target = [bench.program("fma_loop"), sys.argv[1] if len(sys.argv) > 1 else "2000", "loop.seconds"]


def loop_seconds(words, folder):
    bench.seconds(words, folder)
    with open(os.path.join(folder, "loop.seconds"), encoding="ascii") as file:
        return float(file.read())


for frequency in sys.argv[2:] or ("99", "999", "4000"):
    commands = bench.recorders(frequency, target)
    print(f"{frequency} Hz")
    times = bench.in_turns(commands, measure=loop_seconds)
    for name, values in times.items():
        bench.line(name, values, times["plain"])
    # Pairs of one round have seen the same machine: their ratios scatter less than the times do.
    for name, values in times.items():
        ratios = [value / plain for value, plain in zip(values, times["plain"])]
        print(f"  {name:<42} {100 * (bench.median(ratios) - 1):+9.1f} %   median of the rounds' ratios")
