"""Which findings of a recording a check judges.

A finding of the levels info and guard is no complaint. Of the others each counts, with one exception: R6 and R7 can
blame kernel hits of a program that starts or ends, because the loader and the C library leave the same values in the
registers again and again, in every process (man/simdprof-findings.7). A check is about what the threads hold in their
spin function; hits elsewhere that R6 or R7 doubts are told and not judged."""

import collections

from lab_results import USER, equal, in_spin

JUDGED = ("error", "strong", "medium")
DOUBTS = ("R6", "R7")


def place(of):
    """What report --findings knows of a kernel hit; `of` is a truth or a sample."""
    return of.tid, of.cpu, of.ip


def blamed(results, name):
    """Samples by rule, and in each by place, or None for a place outside of the kernel. The kernel of the guest is not
    this machine's, so that its addresses stay numbers."""
    rules = {}
    for row in results.host_json("report", name, "--findings")["findings"]:
        if row["severity"] not in JUDGED:
            continue
        where = (row["tid"], row["cpu"], int(row["sym"], 16)) if row["sym"].startswith("0x") else None
        rules.setdefault(row["rule"], collections.Counter())[where] += row["samples"]
    return rules


def elsewhere(results, name, samples):
    """Kernel hits outside of the spin function, by place."""
    spin, _ = results.program(name)
    return collections.Counter(place(one) for one in samples if one.mode == "kernel" and not in_spin(one, spin))


def judge_findings(results, name, samples, legal=None):
    """No finding but what `legal` explains, and doubts about hits elsewhere. Gives the words that tell of those.

    @param legal  rule -> samples that it may blame, by place"""
    outside = elsewhere(results, name, samples)
    wrong, told = {}, collections.Counter()
    for rule, places in blamed(results, name).items():
        left = places - (legal or {}).get(rule, collections.Counter())
        if rule in DOUBTS:
            told[rule] += (left & outside).total()
            left -= outside
        if left.total():
            wrong[rule] = left.total()
    equal(wrong, {}, f"{name}: samples that rules blame wrongly")
    doubts = [f"{rule} {count}" for rule, count in sorted(told.items()) if count]
    return f"doubted elsewhere, of {outside.total()} kernel hits: {', '.join(doubts)}" if doubts else "none doubted elsewhere"


def kernel_hits(pairs):
    return sum(1 for _, truth in pairs if not truth.flags & USER)
