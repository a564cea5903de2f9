"""Samples that hold the counts of their group: as perf shows them, one of each event, and the ratios of their counts."""

import json
import re
import struct

import e2e
from e2e import check, equal, need_command, read, run
from perf_data import IDENTIFIER, IP, PERIOD, SAMPLE_ID_ALL, TID, TIME, words
from perf_data import record as framed

READ = 1 << 4
TIMES, ID, GROUP = 3, 4, 8
FEATURE_EVENT_DESC, FEATURE_GROUP_DESC = 12, 17


def text(value):
    return struct.pack("<I", 64) + value.encode().ljust(64, b"\0")


def write(path, names, counts, described_group=True):
    """A perf.data of hardware events in one group: `names` by attr.config, `counts` of each sample."""
    kind = IDENTIFIER | IP | TID | TIME | PERIOD | READ
    attrs = [
        struct.pack("<IIQQQQQ", 0, 128, config, 1000 if number == 0 else 0, kind, TIMES | ID | GROUP, SAMPLE_ID_ALL).ljust(128, b"\0")
        for number, config in enumerate(names)
    ]
    data, totals = b"", [0] * len(names)
    for number, counted in enumerate(counts):
        totals = [total + count for total, count in zip(totals, counted)]
        payload = words(1, 0x1000) + struct.pack("<II", 42, 42) + words(1000 * (number + 1), counted[0])
        payload += words(len(names), 5000, 5000) + b"".join(words(total, place + 1) for place, total in enumerate(totals))
        data += framed(9, 2, payload)
    described = struct.pack("<II", len(names), 128)
    for number, name in enumerate(names.values()):
        described += attrs[number] + struct.pack("<I", 1) + text(name) + words(number + 1)
    group = struct.pack("<I", 1) + text("group") + struct.pack("<II", 0, len(names))
    attrs_at = 104 + 8 * len(names)
    data_at = attrs_at + 144 * len(names)
    features_at = data_at + len(data) + (32 if described_group else 16)
    with open(path, "wb") as out:
        out.write(b"PERFILE2" + words(104, 144, attrs_at, 144 * len(names), data_at, len(data), 0, 0))
        features = 1 << FEATURE_EVENT_DESC | (1 << FEATURE_GROUP_DESC if described_group else 0)
        out.write(words(features, 0, 0, 0) + words(*range(1, len(names) + 1)))
        out.write(b"".join(attr + words(104 + 8 * number, 8) for number, attr in enumerate(attrs)) + data)
        sections = words(features_at, len(described))
        sections += words(features_at + len(described), len(group)) if described_group else b""
        out.write(sections + described + (group if described_group else b""))


def lines_are_those_of_perf(_folder):
    # perf 6.1 takes the count of the last event for that of all: with two of them it is right.
    for names in ({0: "cycles", 1: "instructions"}, {4: "branches", 5: "branch-misses"}, {0: "cycles", 7: "stalled-cycles-frontend"}):
        write("group.data", names, [(1000 * n + 7, 333 * n * n) for n in range(1, 40)])
        for fields in ("event,period,metric", "time,event,ip,metric", "comm,tid,event,period,metric"):
            theirs = run(["perf", "script", "-i", "group.data", "-F", fields]).stdout.decode().splitlines()
            check(sum("metric:" in line for line in theirs) == 39, f"{names}: {theirs[:6]}")
            equal(read("script", "group.data", "-F", fields).decode().splitlines(), theirs, f"{names} {fields}")


def recorded_groups_are_shown_as_perf_shows_them(_folder):
    events = "{cpu-clock,page-faults,context-switches}:S"
    run(["perf", "record", "-q", "-o", "real.data", "-e", events, "--", "ls", "-R", "/usr/lib"])
    fields = "time,event,period"
    theirs = run(["perf", "script", "-i", "real.data", "-F", fields]).stdout.decode().splitlines()
    check(any("page-faults" in line for line in theirs), f"{theirs[:4]}")
    equal(read("script", "real.data", "-F", fields).decode().splitlines(), theirs, fields)


def profiles_are_those_of_perf(_folder):
    """By event: perf puts a group that the file describes together."""
    names = {0: "cycles", 1: "instructions", 4: "branches"}
    write("group.data", names, [(1000 + n, 50 * (n % 3), 7 * n) for n in range(40)], described_group=False)
    theirs = run(["perf", "report", "-i", "group.data", "--stdio", "-s", "comm"]).stdout.decode()
    counts = {}
    for section in theirs.split("# Samples: ")[1:]:
        name = re.search(r"of event '([^']*)'", section)[1]
        counts[name] = int(re.search(r"Event count \(approx\.\): (\d+)", section)[1])
    equal(set(counts), {"cycles", "instructions", "branches"}, "events of perf")
    report = read("report", "group.data", "-s", "comm").decode()
    check("instructions: counted in the samples of another event" in report, report[:800])
    check("samples      40 (" in report, report[:800])
    for section in report.split("# Samples: ")[1:]:
        name = re.search(r"of event '([^']*)'", section)[1]
        equal(int(re.search(r"Event count \(approx\.\): (\d+)", section)[1]), counts.pop(name), f"events of {name}")
    equal(counts, {}, "events that are missing")


def ratios_are_in_json(_folder):
    write("group.data", {0: "cycles", 1: "instructions"}, [(1000, 2500)])
    lines = [json.loads(line) for line in read("script", "group.data", "-F", "event,metric", "--format", "jsonl").splitlines()]
    equal([line["event"] for line in lines], ["cycles", "instructions"], "events")
    equal(lines[1]["metrics"], [{"event": "instructions", "value": 2.5, "unit": "insn per cycle"}], "metrics")
    check("metrics" not in lines[0], "the ratios follow the last event")


need_command("perf")
e2e.main([lines_are_those_of_perf, recorded_groups_are_shown_as_perf_shows_them, profiles_are_those_of_perf, ratios_are_in_json])
