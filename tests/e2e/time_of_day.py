"""Times of day are those that perf shows: of its own file, and of ours as perf reads what was exported of it."""

import json
import os
import re
import time

import e2e
from e2e import check, equal, need_command, program, read, run, simdprof


def tods_of_perf(path):
    return run(["perf", "script", "-i", path, "-F", "tod,time,ip"]).stdout.decode().splitlines()


def tods(path):
    return read("script", path, "-F", "tod,time,ip").decode().splitlines()


def those_of_a_perf_file(_folder):
    done = run(["perf", "record", "-q", "-k", "CLOCK_MONOTONIC", "-e", "task-clock:u", "-o", "k.perf", "--", program("fma_loop"), "200"])
    check(os.path.exists("k.perf"), f"perf record: {done.stderr.decode(errors='replace')}")
    wanted = tods_of_perf("k.perf")
    check(len(wanted) > 20 and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} ", wanted[0]), f"perf shows {wanted[:1]}")
    equal(tods("k.perf"), wanted, "times of day")


def those_of_a_recording(_folder):
    before = time.time()
    simdprof("record", "-q", "--source=gpr", "-e", "task-clock:u", "-o", "k.data", "--", program("fma_loop"), "200")
    after = time.time()
    simdprof("export", "-i", "k.data", "-o", "exported.perf")
    ours = tods("k.data")
    check(len(ours) > 20, f"{len(ours)} samples")
    equal(tods_of_perf("exported.perf"), ours, "times of day as perf reads them")
    first = json.loads(read("script", "k.data", "-F", "tod", "--format=jsonl").splitlines()[0])["tod"]
    at = time.mktime(time.strptime(first[:19], "%Y-%m-%d %H:%M:%S")) + float("0." + first[20:])
    check(before - 1 <= at <= after + 1, f"{first} is not between {before} and {after}")
    check(re.search(r"^recorded +\d{4}-\d\d-\d\d ", read("info", "k.data").decode(), re.M), "info tells when")


def a_file_without_is_refused(_folder):
    run(["perf", "record", "-q", "-e", "task-clock:u", "-o", "without.perf", "--", program("fma_loop"), "50"])
    done = simdprof("script", "-i", "without.perf", "-F", "tod")
    equal((done.returncode, done.stdout), (1, b""), "tod of a file without it")
    check(b"field tod: the recording does not tell the time of day" in done.stderr, done.stderr.decode())


need_command("perf")
e2e.main([those_of_a_perf_file, those_of_a_recording, a_file_without_is_refused])
