"""Each defect of the register PMU gives its finding, on the samples that the module made wrong and on no other."""

import bisect
import collections

from lab_findings import blamed, judge_findings, kernel_hits, place
from lab_results import CHANGED, HIDDEN, USER, check, in_spin, matched

ENOUGH = 20  # wrong samples, to speak of a share of them


def found_and_wrong(results, name, rule, visible=lambda sample, truth: True, recall=0.95, also=(), said=None):
    """Compares the samples that a rule distrusts with those that were made wrong.

    @param visible  of the wrong ones in the spin, those that the rule says it sees
    @param recall   share of the visible ones that it must find
    @param also     other rules that may speak, of wrong samples alone
    @param said     samples that the rule named, by place; None: ask report"""
    spin, _ = results.program(name)
    pairs = matched(results.samples(name), results.truth(name))
    wrong = collections.Counter(place(truth) for _, truth in pairs if truth.flags & CHANGED)
    seen = collections.Counter(
        place(truth) for sample, truth in pairs if truth.flags & CHANGED and in_spin(sample, spin) and visible(sample, truth)
    )
    if said is None:
        said = blamed(results, name).get(rule, collections.Counter())
    right, hits = (said & wrong).total(), (said & seen).total()
    check(seen.total() >= ENOUGH, f"{name}: {seen.total()} visible wrong samples of {len(pairs)}: too few to judge")
    print(f"{rule} in {name}: {len(pairs)} samples, {kernel_hits(pairs)} kernel hits, {wrong.total()} wrong, {said.total()} found; "
          f"precision {right / max(1, said.total()):.4f}, recall {right / wrong.total():.4f}, "
          f"of the {seen.total()} that it can see {hits / seen.total():.4f}")
    judge_findings(results, name, {one: wrong for one in (rule, *also)})
    check(hits >= recall * seen.total(), f"{name}: {rule} finds {hits} of {seen.total()}")


def without_a_defect_there_is_no_finding(results):
    """Two programs that take turns on one CPU, in system calls most of the time."""
    spin, _ = results.program("correct")
    pairs = matched(results.samples("correct"), results.truth("correct"))
    spinning = 0
    for sample, truth in pairs:
        rules = sample.user.rules if sample.user else set()
        check(not rules, f"{rules} distrust the user set at {sample.time}")
        spinning += in_spin(sample, spin) and not truth.flags & USER
    check(spinning >= 100, f"{spinning} kernel hits in the spin")
    judge_findings(results, "correct")
    print(f"{kernel_hits(pairs)} kernel hits, {spinning} of them in the spin, without a finding")


def between_user_hits(results, name, within_ns=float("inf")):
    """Whether the user-mode hits of a sample's thread before and after it are in the spin, and so near."""
    spin, _ = results.program(name)
    user_hits = {}
    for sample in results.samples(name):
        if sample.mode == "user":
            user_hits.setdefault(sample.tid, []).append((sample.time, in_spin(sample, spin)))

    def has_neighbours(sample, truth):
        hits = user_hits.get(sample.tid, [])
        at = bisect.bisect(hits, (sample.time, True))
        around = hits[at - 1 : at + 1] if at else []
        return len(around) == 2 and all(spinning and abs(time - sample.time) <= within_ns for time, spinning in around)

    return has_neighbours


def stale_block_of_another_process(results):
    """Where the block may be of code that both processes run, R6 needs a user hit of the thread before and after. The
    same wrong block comes again and again: R7 may say so too."""
    found_and_wrong(results, "stale", "R6", between_user_hits(results, "stale"), recall=0.98, also=["R7"])


def dropped_block(results):
    """R5 needs a user hit of the thread within 100 ms, before and after."""
    found_and_wrong(results, "dropped", "R5", between_user_hits(results, "dropped", 100_000_000), recall=0.9)


def overwritten_set(results):
    """R4 knows kernel SIMD code by its name: hits elsewhere in a section are beyond it. Only the guest has the names."""
    said = collections.Counter(place(one) for one in results.samples("shared") if "R4" in one.user.rules)
    in_code = lambda sample, truth: sample.symbol == "aesni_simdtest_hold"
    found_and_wrong(results, "shared", "R4", in_code, also=["R7"], said=said)


def kernel_data_in_the_user_set(results):
    found_and_wrong(results, "kernel_data", "R8", also=["R7"])


def registers_of_an_earlier_save(results):
    """R7 looks back over eight samples of the thread. What the last user-mode hit had is no older block to it: a
    right kernel shows that, too, when the program did not go on."""
    found_and_wrong(results, "old_save", "R7", lambda sample, truth: not truth.flags & HIDDEN, recall=0.8)


CHECKS = [
    without_a_defect_there_is_no_finding,
    stale_block_of_another_process,
    dropped_block,
    overwritten_set,
    kernel_data_in_the_user_set,
    registers_of_an_earlier_save,
]
