"""XMM of both sets from the register PMU, with threads, CPUs and kernel SIMD sections."""

from lab_results import SAVED, USER, check, equal, held, in_spin, kernel_held, matched

SERIOUS = ("error", "strong", "medium")


def pattern_of(thread):
    return [held(thread, number) for number in range(16)]


KERNEL_PATTERN = [kernel_held(number) for number in range(16)]


def no_finding_but(results, name, *allowed):
    others = {rule: count for rule, count in results.findings(name).items() if rule[0] not in allowed}
    equal(others, {}, f"{name}: findings")


def user_hits_hold_their_lanes(results, name, threads, at_least):
    """Every sample in the spin function has the pattern of its thread in both sets."""
    spin, thread_of = results.program(name)
    equal(len(thread_of), threads, "threads")
    samples = results.samples(name)
    counters = results.counters(name)
    equal(len(samples), counters["samples"], "samples read, of those that the module wrote")
    equal(sum(results.quality(name)["lost"].values()), counters["lost"], "samples reported lost, of those that were")
    equal(counters["throttled"], 0, "throttled")
    matched(samples, results.truth(name))
    right, cpus, seen = 0, set(), set()
    for sample in samples:
        if sample.mode != "user" or sample.tid not in thread_of or not in_spin(sample, spin):
            continue
        wanted = pattern_of(thread_of[sample.tid])
        where = f"thread {thread_of[sample.tid]} at {sample.time} on CPU {sample.cpu}"
        equal(sample.user.xmm(), wanted, f"{where}: user XMM")
        equal(sample.intr.xmm(), wanted, f"{where}: interrupt XMM")
        equal(sample.user.presence() | sample.intr.presence(), {"valid"}, f"{where}: presence")
        right += 1
        cpus.add(sample.cpu)
        seen.add(sample.tid)
    check(right >= at_least, f"{right} user hits with the pattern")
    equal(cpus, {0, 1}, "CPUs with user hits")
    equal(seen, set(thread_of), "threads with user hits")
    no_finding_but(results, name, "R12")
    print(f"{right} of {right} user hits in the spin function hold the planted lanes in both sets")


def user_hits_at_1_khz(results):
    user_hits_hold_their_lanes(results, "user_1khz", 8, 300)


def user_hits_at_10_khz(results):
    user_hits_hold_their_lanes(results, "user_10khz", 8, 300)


def report_and_dump_regs_inside(results):
    """The guest's own report and dump-regs show what the host sees in the file."""
    results.ended("report_inside")
    results.ended("dump_regs_inside")
    report = results.text("report_inside.stdout")
    check("spin_user" in report, f"the report names no spin_user: {report[:600]}")
    check("kernel: user XMM, interrupt XMM in each sample" in report, f"source: {report[:600]}")
    inside = results.text("dump_regs_inside.stdout").splitlines()
    outside = results.host("dump-regs", "user_1khz", "--xmm", "--as", "f64").splitlines()
    strip = lambda lines: [line for line in lines if line.startswith("  ")]
    equal(strip(inside) == strip(outside), True, "register lines of the guest are those of the host")


def kernel_hits_live_and_saved(results):
    """User XMM of kernel hits are the program's, wherever the kernel keeps them, and the interrupt set is apart."""
    spin, thread_of = results.program("kernel_hits")
    live = saved = apart = 0
    recorded = results.recorded_intr("kernel_hits")
    for sample, truth in matched(results.samples("kernel_hits"), results.truth("kernel_hits")):
        if truth.flags & USER or sample.tid not in thread_of or not in_spin(sample, spin):
            continue
        equal(sample.user.xmm(), pattern_of(thread_of[sample.tid]), f"user XMM at {sample.time}")
        equal(sample.mode, "kernel", f"mode at {sample.time}")
        if not truth.flags & SAVED:
            equal(recorded[sample.time, sample.tid], sample.user.xmm(), f"live interrupt XMM at {sample.time}")
            live += 1
            continue
        saved += 1
        if recorded[sample.time, sample.tid] == KERNEL_PATTERN:
            apart += 1
            check("R12" in sample.intr.rules, f"interrupt XMM of a kernel SIMD section without R12: {sample.intr.source}")
            equal(sample.intr.presence(), {"untrusted"}, "presence of kernel vectors")
    check(live >= 10, f"{live} hits with live registers")
    check(saved >= 100, f"{saved} hits with saved registers")
    check(apart >= 100, f"{apart} hits in the kernel's SIMD section")
    no_finding_but(results, "kernel_hits", "R7", "R12")  # R7, medium: a program's start and end come back to old values
    print(f"kernel hits: {live} live, {saved} saved, {apart} with the kernel's own values in the interrupt set; all right")


def kernel_vectors_are_stripped(results):
    """Without --kernel-simd nothing of the kernel's vectors is in the file."""
    spin, thread_of = results.program("kernel_hits_stripped")
    kernel = others = 0
    recorded = results.recorded_intr("kernel_hits_stripped")
    for sample in results.samples("kernel_hits_stripped"):
        if sample.mode != "kernel":
            continue
        if in_spin(sample, spin) and sample.tid in thread_of:
            others += sample.user.xmm() != pattern_of(thread_of[sample.tid])
        check("valid" not in sample.intr.presence(), f"interrupt XMM at {sample.time}: {sample.intr.registers}")
        words = {value for pair in recorded.get((sample.time, sample.tid), []) for value in pair}
        check(words <= {0.0}, f"the file holds vectors of a kernel hit: {words}")
        kernel += 1
    check(kernel >= 100, f"{kernel} kernel hits")
    # A hit in the moment of a switch of tasks finds the other task's registers live.
    check(others <= kernel / 100, f"{others} of {kernel} kernel hits have other user XMM than the thread holds")
    no_finding_but(results, "kernel_hits_stripped", "R7", "R12")


def ptrace_source_on_this_kernel(results):
    """Stops at a software clock give user YMM."""
    spin, thread_of = results.program("ptrace")
    seen = without = 0
    for sample in results.samples("ptrace"):
        if sample.tid not in thread_of or not in_spin(sample, spin):
            continue
        if sample.user.presence() != {"valid"}:
            without += 1
            continue
        equal(sample.user.xmm(), pattern_of(thread_of[sample.tid]), f"user XMM at {sample.time}")
        seen += 1
    check(seen >= 100, f"{seen} samples")
    check(without <= seen / 20, f"{without} samples without an image, {seen} with one")
    print(f"{seen} of {seen} images hold the planted lanes; {without} samples have none")


def automatic_source_takes_the_kernel(results):
    results.ended("auto")
    sources = results.quality("auto")["sources"]
    equal([one["source"] for one in sources if one["taken"]], ["kernel"], "source taken")


def guests_are_kept_apart(results):
    """Claimed guest hits: counted by kind, without symbols, call chains and registers; the host's as ever."""
    counters = results.counters("guest")
    spin, thread_of = results.program("guest")
    samples = results.samples("guest")
    modes = {}
    for sample in samples:
        modes[sample.mode] = modes.get(sample.mode, 0) + 1
        if sample.mode.startswith("guest"):
            check(sample.symbol is None, f"a guest hit has the host's symbol {sample.symbol}")
            for one in (sample.user, sample.intr):
                check(one is None or one.xmm() is None, f"a guest hit has vectors: {one.registers if one else None}")
        elif sample.mode == "user" and in_spin(sample, spin) and sample.tid in thread_of:
            equal(sample.user.xmm(), pattern_of(thread_of[sample.tid]), f"host's user XMM at {sample.time}")
    guest_modes = sorted(mode for mode in modes if mode.startswith("guest"))
    equal(len(guest_modes), 2, f"guest modes in {modes}")
    by_kind = {mode: modes[mode] for mode in guest_modes}
    equal(sorted(by_kind.values()), sorted([counters["guest_kernel"], counters["guest_user"]]), f"guest hits {by_kind}")
    for name, count in by_kind.items():
        equal(count, counters["guest_user" if "user" in name else "guest_kernel"], name)
    text = results.host("script", "guest", "-F", "ip,sym")
    check("spin_user" in text or "[" in text, "the host's samples keep their place")
    no_finding_but(results, "guest", "R12", "R11")
    print(f"guest hits {by_kind}, host hits {sum(modes.values()) - sum(by_kind.values())}")


CHECKS = [
    user_hits_at_1_khz,
    user_hits_at_10_khz,
    report_and_dump_regs_inside,
    kernel_hits_live_and_saved,
    kernel_vectors_are_stripped,
    ptrace_source_on_this_kernel,
    automatic_source_takes_the_kernel,
    guests_are_kept_apart,
]
