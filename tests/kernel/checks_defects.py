"""Each defect of the register PMU gives its finding, on the samples that the module made wrong and on no other."""

import collections

from checks_registers import no_finding_but
from lab_results import CHANGED, HIDDEN, USER, check, equal, in_spin, matched


LEGAL = {"R10", "R12"}  # info and guard


def key(truth):
    return truth.tid, truth.cpu, truth.ip


def blamed(results, name):
    """Samples by rule, and in each by thread, CPU and address, as report --findings lists them. The kernel of the guest is
    not this machine's, so that its addresses stay numbers."""
    rules = {}
    for row in results.host_json("report", name, "--findings")["findings"]:
        place = (row["tid"], row["cpu"], int(row["sym"], 16)) if row["sym"].startswith("0x") else None
        rules.setdefault(row["rule"], collections.Counter())[place] += row["samples"]
    return rules


def starting(results, name, pairs):
    """Hits of a thread before it is first seen to hold its pattern, by thread, CPU and address.

    While a program starts, the loader leaves the same values in the registers of every process; R6 can take them for
    another's. Such hits are told and not judged."""
    spin, _ = results.program(name)
    begun = set()
    hits = collections.Counter()
    for sample, truth in sorted(pairs, key=lambda pair: pair[0].time):
        if in_spin(sample, spin):
            begun.add(truth.tid)
        elif truth.tid not in begun:
            hits[key(truth)] += 1
    return hits


def found_and_wrong(results, name, rule, visible=lambda sample, truth: True, recall=0.95, also=(), said=None):
    """Compares the samples that a rule distrusts with those that were made wrong.

    @param visible  of the wrong ones, those that the rule says it sees
    @param recall   share of the visible ones that it must find
    @param also     other rules that may speak, of wrong samples alone
    @param said     samples that the rule named, by thread, CPU and address; None: ask report"""
    pairs = matched(results.samples(name), results.truth(name))
    kernel = sum(1 for _, truth in pairs if not truth.flags & USER)
    wrong = collections.Counter(key(truth) for _, truth in pairs if truth.flags & CHANGED)
    seen = collections.Counter(key(truth) for pair in pairs if (truth := pair[1]).flags & CHANGED and visible(*pair))
    rules = blamed(results, name)
    if said is None:
        said = rules.get(rule, collections.Counter())
    right, hits = (said & wrong).total(), (said & seen).total()
    check(seen.total() >= 30, f"{name}: {seen.total()} visible wrong samples of {len(pairs)}: too few to judge")
    print(f"{rule} in {name}: {len(pairs)} samples, {kernel} kernel hits, {wrong.total()} wrong, {said.total()} found; "
          f"precision {right / max(1, said.total()):.4f}, recall {right / wrong.total():.4f}, "
          f"of the {seen.total()} that it can see {hits / seen.total():.4f}")
    # Programs of one shell that start together share a CPU and a loader.
    legal = wrong + (starting(results, name, pairs) if rule == "R6" else collections.Counter())
    equal((said - legal).total(), 0, f"{name}: samples that {rule} blames wrongly")
    check(hits >= recall * seen.total(), f"{name}: {rule} finds {hits} of {seen.total()}")
    for other in also:
        equal((rules.get(other, collections.Counter()) - legal).total(), 0, f"{name}: samples that {other} blames wrongly")
    equal(set(rules) - {rule, *also} - LEGAL, set(), f"{name}: other rules that speak")


def without_a_defect_there_is_no_finding(results):
    """Two programs that take turns on one CPU, in system calls most of the time. See starting()."""
    spin, _ = results.program("correct")
    kernel = starting = 0
    for sample, truth in matched(results.samples("correct"), results.truth("correct")):
        rules = sample.user.rules if sample.user else set()
        if in_spin(sample, spin):
            equal(rules, set(), f"rules that distrust the user set at {sample.time}")
            kernel += not truth.flags & USER
        else:
            equal(rules - {"R6"}, set(), f"rules that distrust the user set at {sample.time}")
            starting += bool(rules)
    check(kernel >= 200, f"{kernel} kernel hits")
    print(f"{kernel} kernel hits without a finding; R6 on {starting} hits of starting programs")
    no_finding_but(results, "correct", "R6", "R7", "R12")


def stale_block_of_another_process(results):
    """The same wrong block comes again and again: R7 may say so too."""
    found_and_wrong(results, "stale", "R6", recall=0.85, also=["R7"])


def dropped_block(results):
    found_and_wrong(results, "dropped", "R5", recall=0.85)


def overwritten_set(results):
    """R4 knows kernel SIMD code by its name: hits elsewhere in a section are beyond it. Only the guest has the names."""
    said = collections.Counter((one.tid, one.cpu, one.ip) for one in results.samples("shared") if "R4" in one.user.rules)
    in_code = lambda sample, truth: sample.symbol == "aesni_simdtest_hold"
    found_and_wrong(results, "shared", "R4", in_code, also=["R7"], said=said)


def kernel_data_in_the_user_set(results):
    found_and_wrong(results, "kernel_data", "R8", also=["R7"])


def registers_of_an_earlier_save(results):
    """R7 looks back over eight samples of the thread: an older block is beyond it."""
    found_and_wrong(results, "old_save", "R7", lambda sample, truth: not truth.flags & HIDDEN, recall=0.5)


CHECKS = [
    without_a_defect_there_is_no_finding,
    stale_block_of_another_process,
    dropped_block,
    overwritten_set,
    kernel_data_in_the_user_set,
    registers_of_an_earlier_save,
]
