"""simdprof on arm64: general registers of both sets from software clocks, and recordings read on the other architecture."""

import json

from lab_results import Sample, check, equal

PATTERN = {f"x{19 + i}": 0x1900000000000000 + i for i in range(9)}


def spin_of(results, name):
    words = results.text(f"{name}.stdout").split()
    equal(words[0], "spin", f"{name}: what the program printed")
    return int(words[1], 16), int(words[2], 16)


def general_registers_of_both_sets(results):
    """Every user hit in the spin has its values in both sets."""
    spin = spin_of(results, "registers")
    seen = 0
    for line in results.host("dump-regs", "registers", "--both", "--gpr", "--format", "jsonl").splitlines():
        sample = Sample(json.loads(line))
        if sample.mode != "user" or not spin[0] <= sample.ip < spin[1]:
            continue
        for chosen in (sample.user, sample.intr):
            equal({name: chosen.number(name) for name in PATTERN}, PATTERN, f"{chosen.source} at {sample.time}")
            equal(chosen.number("pc"), sample.ip, f"pc at {sample.time}")
        seen += 1
    check(seen >= 50, f"{seen} user hits in the spin")
    equal(results.quality("registers")["findings"], [], "findings")
    print(f"{seen} of {seen} user hits hold the planted values in both sets")


def report_and_dump_regs_on_arm64(results):
    results.ended("report_inside")
    results.ended("dump_regs_inside")
    check(" spin" in results.text("report_inside.stdout"), "the report names no spin")
    outside = results.host("dump-regs", "registers", "--both", "--gpr", "--format", "jsonl").splitlines()
    values = lambda lines: [[one["sets"] for one in [json.loads(line)]] for line in lines]
    inside = results.text("dump_regs_inside.stdout").splitlines()
    check(values(inside) == values(outside), "registers that arm64 shows are not those that x86-64 shows")


def the_automatic_source(results):
    results.ended("auto")
    sources = [one["source"] for one in results.quality("auto")["sources"] if one["taken"]]
    equal(sources, ["gpr"], "source taken")


def the_ptrace_source_says_why_not(results):
    results.ended("ptrace", 1)
    check("ptrace" in results.text("ptrace.stderr"), results.text("ptrace.stderr"))


def recordings_of_x86_64(results):
    """simdprof.data and perf.data of x86-64, with XMM, read on arm64 as they are here."""
    for step in ("x86_report", "x86_registers", "x86_perf"):
        results.ended(step)
    inside = [json.loads(line)["sets"] for line in results.text("x86_registers.stdout").splitlines()]
    outside = results.host_file("dump-regs", "x86.data", "--xmm", "--gpr", "--format", "jsonl").splitlines()
    check(inside == [json.loads(line)["sets"] for line in outside], "registers that arm64 shows are not those of x86-64")
    check(len(inside) >= 100, f"{len(inside)} samples")
    check("simdtest//" in results.text("x86_perf.stdout"), "the perf.data of x86-64 has no event simdtest//")


def perf_data_of_arm64(results):
    """An exported perf.data made on arm64 has the registers of the recording."""
    results.ended("export")
    sample_lines = lambda name: results.host_file("dump-regs", name, "--both", "--gpr", "--format", "jsonl").splitlines()
    sets = lambda line: [{one["name"]: one.get("value") for one in chosen["registers"]} for chosen in json.loads(line)["sets"]]
    exported = [sets(line) for line in sample_lines("exported.perf.data")]
    equal(exported == [sets(line) for line in sample_lines("registers.data")], True, "registers of the export")


CHECKS = [
    general_registers_of_both_sets,
    report_and_dump_regs_on_arm64,
    the_automatic_source,
    the_ptrace_source_says_why_not,
    recordings_of_x86_64,
    perf_data_of_arm64,
]
