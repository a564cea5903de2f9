#!/usr/bin/env python3
"""Judges what a guest of the kernel lab left behind: one check a call, one ctest result a check.

judge.py --list ARCHITECTURE            amd64, arm64; m32: what a 32-bit recorder adds to amd64
judge.py RESULTS SIMDPROF CHECK...     status 0 holds, 1 does not, 77 the lab could not run (it says why)"""

import os
import sys

import checks_arm64
import checks_aux
import checks_defects
import checks_ladder
import checks_loss
import checks_registers
from lab_results import Failure, Results

CHECKS = {
    "amd64": checks_registers.CHECKS
    + checks_defects.CHECKS
    + checks_ladder.CHECKS
    + checks_loss.CHECKS
    + checks_aux.CHECKS,
    "m32": checks_aux.M32_CHECKS,
    "arm64": checks_arm64.CHECKS,
}


def main():
    if sys.argv[1] == "--list":
        print("\n".join(one.__name__ for one in CHECKS[sys.argv[2]]))
        return 0
    folder, simdprof, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    skipped = os.path.join(folder, "skipped")
    if os.path.exists(skipped):
        print("skipped:", open(skipped, encoding="utf-8").read().strip())
        return 77
    every = {one.__name__: one for checks in CHECKS.values() for one in checks}
    failed = 0
    for name in names or every:
        try:
            every[name](Results(folder, simdprof))
            print(f"ok    {name}")
        except Failure as failure:
            print(f"FAIL  {name}: {failure}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
