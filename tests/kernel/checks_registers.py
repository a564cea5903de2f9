"""XMM of both sets from the register PMU, with threads, CPUs and kernel SIMD sections."""

import collections

from lab_findings import judge_findings, place
from lab_results import SAVED, USER, check, equal, held, in_spin, kernel_held, loss_as_counted, matched


def pattern_of(thread):
    return [held(thread, number) for number in range(16)]


KERNEL_PATTERN = [kernel_held(number) for number in range(16)]


def user_hits_hold_their_lanes(results, name, threads, at_least):
    """Every sample in the spin function has the pattern of its thread in both sets."""
    spin, thread_of = results.program(name)
    equal(len(thread_of), threads, "threads")
    samples = results.samples(name)
    counters = results.counters(name)
    equal(len(samples), counters["samples"], "samples read, of those that the module wrote")
    loss_as_counted(results, name)
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
    judge_findings(results, name)
    print(f"{right} of {right} user hits in the spin function hold the planted lanes in both sets")


def user_hits_at_1_khz(results):
    user_hits_hold_their_lanes(results, "user_1khz", 8, 150)


def user_hits_at_10_khz(results):
    user_hits_hold_their_lanes(results, "user_10khz", 8, 150)


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


def in_a_switch(others, right):
    """A hit in the moment of a switch of tasks finds the other task's registers live; and these kernels say that a
    task's registers are saved a moment before they are (D6 of the rules)."""
    check(others <= right / 100, f"{others} of {others + right} kernel hits have other user XMM than the thread holds")


def kernel_hits_live_and_saved(results):
    """User XMM of kernel hits are the program's, wherever the kernel keeps them, and the interrupt set is apart."""
    spin, thread_of = results.program("kernel_hits")
    live = saved = apart = 0
    others = collections.Counter()
    recorded = results.recorded_intr("kernel_hits")
    samples = results.samples("kernel_hits")
    for sample, truth in matched(samples, results.truth("kernel_hits")):
        if truth.flags & USER or sample.tid not in thread_of or not in_spin(sample, spin):
            continue
        equal(sample.mode, "kernel", f"mode at {sample.time}")
        if sample.user.xmm() != pattern_of(thread_of[sample.tid]):
            others[place(sample)] += 1
            continue
        if not truth.flags & SAVED:
            equal(recorded[sample.time, sample.tid], sample.user.xmm(), f"live interrupt XMM at {sample.time}")
            live += 1
            continue
        saved += 1
        if recorded[sample.time, sample.tid] == KERNEL_PATTERN:
            apart += 1
            check("R12" in sample.intr.rules, f"interrupt XMM of a kernel SIMD section without R12: {sample.intr.source}")
            equal(sample.intr.presence(), {"untrusted"}, "presence of kernel vectors")
    check(live >= 5, f"{live} hits with live registers")
    check(saved >= 50, f"{saved} hits with saved registers")
    check(apart >= 50, f"{apart} hits in the kernel's SIMD section")
    in_a_switch(others.total(), live + saved)
    judge_findings(results, "kernel_hits", {rule: others for rule in ("R6", "R7")})
    print(f"kernel hits: {live} live, {saved} saved, {apart} with the kernel's own values in the interrupt set; "
          f"{others.total()} in the moment of a switch")


def kernel_vectors_are_stripped(results):
    """Without --kernel-simd nothing of the kernel's vectors is in the file."""
    spin, thread_of = results.program("kernel_hits_stripped")
    kernel = 0
    others = collections.Counter()
    recorded = results.recorded_intr("kernel_hits_stripped")
    samples = results.samples("kernel_hits_stripped")
    for sample in samples:
        if sample.mode != "kernel":
            continue
        if in_spin(sample, spin) and sample.tid in thread_of:
            others[place(sample)] += sample.user.xmm() != pattern_of(thread_of[sample.tid])
        check("valid" not in sample.intr.presence(), f"interrupt XMM at {sample.time}: {sample.intr.registers}")
        words = {value for pair in recorded.get((sample.time, sample.tid), []) for value in pair}
        check(words <= {0.0}, f"the file holds vectors of a kernel hit: {words}")
        kernel += 1
    check(kernel >= 50, f"{kernel} kernel hits")
    in_a_switch(others.total(), kernel - others.total())
    judge_findings(results, "kernel_hits_stripped", {rule: others for rule in ("R6", "R7")})
    print(f"{kernel} kernel hits without a vector of the kernel's")


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
    check(seen >= 50, f"{seen} samples")
    # Of two hits before the thread could stop the first has none; on a busy host there are more of them.
    check(without <= seen / 3, f"{without} samples without an image, {seen} with one")
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
    for mode, count in by_kind.items():
        claimed = counters["guest_user" if "user" in mode else "guest_kernel"]
        check(claimed - counters["lost"] <= count <= claimed, f"{count} of {claimed} {mode} hits, {counters['lost']} lost")
    equal(results.quality("guest")["samples"]["guest"], sum(by_kind.values()), "guest hits that report counts")
    chains = collections.Counter()
    for block in results.host("script", "guest", "-F", "misc,ip,sym").strip().split("\n\n"):
        mode, *frames = [line.strip() for line in block.splitlines()]
        if mode in ("G", "g"):  # of a guest's kernel, of its user mode
            equal(len(frames), 1, f"frames of a guest hit: {frames}")
            check(frames[0].endswith("[unknown]"), f"a guest hit has a symbol: {frames}")
        chains[mode if len(frames) == 1 else mode + "+"] += 1
    equal((chains["G"], chains["g"]), (by_kind["guest-kernel"], by_kind["guest-user"]), "guest hits in script")
    check(chains["K+"] > 0, f"call chains of the host's kernel hits: {dict(chains)}")
    judge_findings(results, "guest")
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
