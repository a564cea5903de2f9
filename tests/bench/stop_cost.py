#!/usr/bin/env python3
"""What one sample takes from its thread, in microseconds: the thread looks at the clock all the time
(tests/programs/gaps.c) and adds up what it misses; what it misses unrecorded, ticks above all, is taken off. Finer than
slowdown.py: half a microsecond shows. Usage: stop_cost.py [HZ]"""

import os
import sys

import bench

frequency = sys.argv[1] if len(sys.argv) > 1 else "999"
target = [bench.program("gaps"), "0.5", "gaps.share"]


def missed_share(words, folder):
    bench.seconds(words, folder)
    with open(os.path.join(folder, "gaps.share"), encoding="ascii") as file:
        return float(file.read())


print(f"{frequency} Hz")
shares = bench.in_turns(bench.recorders(frequency, target), measure=missed_share)
for name, values in shares.items():
    # The clock of samples stands still while the thread is stopped: what is left of a second has the rate's samples.
    cost = [(share - plain) / (1 - share) / float(frequency) for share, plain in zip(values, shares["plain"])]
    print(f"  {name:<30} missed {100 * bench.median(values):5.2f} % of its time, {1e6 * bench.median(cost):5.1f} us a sample")
