"""simdprof on arm64: general registers of both sets from software clocks, vector registers at ptrace stops, and recordings
read on the other architecture."""

import collections
import json

from lab_results import Sample, check, equal

LEAST_HITS = 20  # a hundred and more on a host that is not busy
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
    equal(sources, ["ptrace"], "source taken")


def vector(number, bits):
    """What tests/kernel/guest/vector_patterns.c holds in a vector, as dump-regs prints it."""
    words = [0x5E00000000000000 + number * 0x10000 + word for word in range(bits // 64)]
    return "0x" + "".join(f"{word:016x}" for word in reversed(words))


def predicate(number, bits):
    return "0x" + bytes((number * 16 + byte * 37 + 1) % 256 for byte in range(bits // 8))[::-1].hex()


def first_fault(bits):
    return f"0x{(1 << bits // 2) - 1:0{bits // 4}x}"


def held_vectors(vector_bytes):
    """Every register of a thread in sve_spin, by name; vector_bytes 0: of one in neon_spin."""
    held = {f"v{n}": vector(n, 128) for n in range(32)}
    if vector_bytes == 0:
        return held
    held |= {f"z{n}": vector(n, 8 * vector_bytes) for n in range(32)}
    held |= {f"p{n}": predicate(n, vector_bytes) for n in range(16)}
    return held | {"ffr": first_fault(vector_bytes)}


def samples_in_spin(results, name, *options):
    """Registers of the user set at each user hit in the spin: {name: fields}; the vector length that the set tells.

    A host that is busy stops the guest between a hit and its stop; the thread is hit again and stops once for both. How
    often is the host's: the recording must tell of each one, and have registers of most."""
    results.ended(name)
    facts = {line.split()[0]: line.split()[1:] for line in results.text(f"{name}.stdout").splitlines()}
    check("intact" in facts, f"{name}: the program's own registers changed")
    equal(facts["sleeps"][2], "0", f"{name}: sleeps that ended early, of {facts['sleeps'][0]}")
    first, end = (int(word, 16) for word in facts["spin"])
    found, missing, missing_in_spin = [], 0, 0
    for line in results.host("dump-regs", name, *options, "--format", "jsonl").splitlines():
        sample = json.loads(line)
        in_spin = sample["mode"] == "user" and first <= int(sample["ip"], 16) < end
        (chosen,) = sample["sets"]
        if "image-missing" in chosen["source"]:
            missing += 1
            missing_in_spin += in_spin
        elif in_spin:
            equal(chosen["source"], "gpr+regset", f"{name} at {sample['time']}")
            found.append(({one["name"]: one for one in chosen["registers"]}, chosen.get("sve_vector_bytes", 0)))
    check(len(found) >= LEAST_HITS, f"{name}: {len(found)} user hits in the spin")
    check(missing_in_spin < len(found), f"{name}: {missing_in_spin} hits without registers beside {len(found)} with them")
    lost = results.host_json("info", name)["lost"]  # as the recorder tells it
    told = lost.get("no register image", 0) + lost.get("registers unreadable", 0)
    check(missing <= told, f"{name}: {missing} samples without registers, the recorder tells of {told}")
    return found, int(facts["vl"][0])


def every_lane(results, name, vector_bytes):
    samples, length = samples_in_spin(results, name, "--neon", "--sve", "--fpcr")
    equal(length, vector_bytes or length, f"{name}: vector length of the program")
    wanted = held_vectors(length)
    for registers, told in samples:
        equal(told, length, f"{name}: vector length of the sample")
        equal({key: registers[key].get("value") for key in wanted}, wanted, name)
        equal({registers["fpsr"]["presence"], registers["fpcr"]["presence"]}, {"valid"}, f"{name}: FPSR and FPCR")
    print(f"{name}: {len(wanted)} registers of {len(samples)} of {len(samples)} user hits, vectors of {8 * length} bits")


def sve_registers_of_stops(results):
    """Every lane of z0..z31, every bit of p0..p15 and of ffr, at the vector length of the program."""
    every_lane(results, "sve", None)
    every_lane(results, "sve_longest", 256)
    every_lane(results, "sve_shortest", 16)


def neon_registers_of_stops(results):
    """Every lane of v0..v31 of a program that does not use SVE: what SVE adds is in its initial state."""
    samples, _ = samples_in_spin(results, "neon", "--neon", "--sve")
    wanted = held_vectors(0)
    unused = 0
    for registers, _ in samples:
        equal({key: registers[key].get("value") for key in wanted}, wanted, "neon")
        unused += registers["p0"]["presence"] == "init" and registers["z7"]["presence"] == "partial"
    equal(unused, len(samples), "samples whose SVE part is init")
    print(f"32 registers of {len(samples)} of {len(samples)} user hits")


def neon_registers_alone(results):
    """--neon leaves SVE out: of a program that uses it, the low 128 bits."""
    samples, _ = samples_in_spin(results, "neon_alone", "--neon", "--sve")
    wanted = held_vectors(0)
    for registers, told in samples:
        equal({key: registers[key].get("value") for key in wanted}, wanted, "neon_alone")
        equal((registers["z0"]["presence"], registers["p0"]["presence"], told), ("not-recorded", "not-recorded", 0), "SVE")


def states_of(results, name):
    """Samples of a recording by the widest state in use that report shows; the SIMD states of its rows by symbol."""
    rows = lambda keys: results.host_json("report", name, "-s", keys)["events"][0]["rows"]
    widths = {row["simd"]: row["samples"] for row in rows("samples,simd")}
    return widths, [row["state"] for row in rows("samples,sym") if row["state"] is not None]


def report_shows_the_widest_state(results):
    """SVE with the bits of a vector, NEON where the thread has no SVE state, and a dash where SVE was not recorded."""
    for name in ("sve", "sve_longest", "sve_shortest"):
        hits, vector_bytes = samples_in_spin(results, name, "--sve")
        bits = 8 * vector_bytes
        widths, states = states_of(results, name)
        check(widths.get(f"SVE{bits}", 0) >= len(hits), f"{name}: {len(hits)} hits in the spin, report shows {widths}")
        by_length = collections.Counter()
        for one in (one for state in states for one in state["sve"]):
            by_length[one["bits"]] += one["samples"]
        equal(by_length[bits], widths[f"SVE{bits}"], f"{name}: samples of that length in rows of symbols")
        print(f"{name}: {widths}")
    for name, recorded in (("neon", True), ("neon_alone", False)):
        hits, _ = samples_in_spin(results, name, "--neon")
        widths, states = states_of(results, name)
        check(widths.get("NEON", 0) >= len(hits), f"{name}: {len(hits)} hits in the spin, report shows {widths}")
        known = sum(state["sve_samples"] for state in states)
        equal(known > 0, recorded, f"{name}: {known} samples tell whether SVE is in use")
        print(f"{name}: {widths}, {known} with SVE recorded")
    results.ended("sve_report")
    text = results.text("sve_report.stdout")
    heading = next(line for line in text.splitlines() if line.startswith("# Overhead"))
    row = next(line for line in text.splitlines() if line.endswith(" sve_first"))
    _, vector_bytes = samples_in_spin(results, "sve", "--sve")
    share = row.split()[heading.split().index(f"SVE{8 * vector_bytes}") - 1]  # '#' is a word of the heading
    check(float(share.rstrip("%")) >= 90, f"of sve_first {share} have SVE in use: {heading} {row}")


def sets_of(lines):
    return [json.loads(line)["sets"] for line in lines]


def sve_on_both_architectures(results):
    """dump-regs shows there what it shows here; an export tells what perf.data has no place for."""
    for step in ("sve_inside", "sve_report", "sve_export"):
        results.ended(step)
    inside = sets_of(results.text("sve_inside.stdout").splitlines())
    outside = sets_of(results.host("dump-regs", "sve", "--sve", "--fpcr", "--format", "jsonl").splitlines())
    check(inside == outside and len(inside) >= LEAST_HITS, "registers that arm64 shows are not those that x86-64 shows")
    check("NEON and SVE registers of" in results.text("sve_export.stderr"), results.text("sve_export.stderr"))
    findings = results.quality("sve")["findings"]
    equal(findings, [], "findings")


def x86_registers_are_refused(results):
    results.ended("xmm_here", 129)
    equal(results.text("xmm_here.stderr").count("--xmm: this architecture has no such registers"), 1, "what --xmm says")


def doctor_tells_of_arm64(results):
    results.ended("doctor")
    text = results.text("doctor.stdout")
    check("user NEON SVE at stops" in text and "NEON, SVE of" in text, text)


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
    neon_registers_of_stops,
    neon_registers_alone,
    report_shows_the_widest_state,
    sve_registers_of_stops,
    sve_on_both_architectures,
    x86_registers_are_refused,
    doctor_tells_of_arm64,
    recordings_of_x86_64,
    perf_data_of_arm64,
]
