#!/usr/bin/env python3
"""Start and end cost: `record -- true` beside perf record with its best flags. Wanted: under 50 ms, twice as fast."""

import bench

PERF = ["perf", "record", "-q", "-N", "-B", "--no-bpf-event", "-e", "task-clock"]
commands = {
    "true alone": ["true"],
    "simdprof record (auto)": [bench.SIMDPROF, "record", "-q", "-o", "a.data", "--", "true"],
    "simdprof record --source=gpr": [bench.SIMDPROF, "record", "-q", "--source=gpr", "-o", "b.data", "--", "true"],
    "perf record, best flags": [*PERF, "-o", "c.data", "--", "true"],
    "perf record, user registers": [*PERF, "--user-regs=ax,ip,sp", "-o", "d.data", "--", "true"],
    "perf record, no file": [*PERF, "-o", "/dev/null", "--", "true"],
}
times = bench.in_turns(commands, max(bench.ROUNDS, 15))
for name, values in times.items():
    bench.line(name, values)
ours = bench.median(times["simdprof record (auto)"])
best = min(bench.median(values) for name, values in times.items() if name.startswith("perf"))
print(f"{best / ours:.2f} times as fast as perf's best, {1000 * ours:.1f} ms")
