"""Which findings of a recording a check judges: all, but those of the levels info and guard, which are no complaint."""

import collections

from lab_results import USER, equal

JUDGED = ("error", "strong", "medium")


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


def judge_findings(results, name, legal=None):
    """No finding but what `legal` explains.

    @param legal  rule -> samples that it may blame, by place"""
    wrong = {}
    for rule, places in blamed(results, name).items():
        left = places - (legal or {}).get(rule, collections.Counter())
        if left.total():
            wrong[rule] = left.total()
    equal(wrong, {}, f"{name}: samples that rules blame wrongly")


def kernel_hits(pairs):
    return sum(1 for _, truth in pairs if not truth.flags & USER)
