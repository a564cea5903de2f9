"""Which findings of a recording a check judges: all, but those of the levels info and guard, which are no complaint. One
sample a recording is left to R7 outside of the spin function: a program that starts or ends can come back to old values
within some samples and leave them at once (man/simdprof-findings.7). Of 29 boots none needs it."""

import collections

from lab_results import USER, equal, in_spin

JUDGED = ("error", "strong", "medium")
LEFT_TO_R7 = 1


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


def elsewhere(results, name):
    """Kernel hits outside of the spin function, by place."""
    spin, _ = results.program(name)
    hits = (one for one in results.samples(name) if one.mode == "kernel" and not in_spin(one, spin))
    return collections.Counter(place(one) for one in hits)


def judge_findings(results, name, legal=None):
    """No finding but what `legal` explains.

    @param legal  rule -> samples that it may blame, by place"""
    wrong = {}
    for rule, places in blamed(results, name).items():
        left = places - (legal or {}).get(rule, collections.Counter())
        if rule == "R7" and left.total():
            outside = left & elsewhere(results, name)
            print(f"{name}: R7 doubts {outside.total()} right hits outside of the spin")
            if outside.total() <= LEFT_TO_R7:
                left -= outside
        if left.total():
            wrong[rule] = left.total()
    equal(wrong, {}, f"{name}: samples that rules blame wrongly")


def kernel_hits(pairs):
    return sum(1 for _, truth in pairs if not truth.flags & USER)
