"""Recording an AUX area where the machine has none: one line says what is missing, and options for areas need one."""

import os

import e2e
from e2e import check, equal, simdprof

DEVICES = "/sys/bus/event_source/devices"


def one_line(done, status, *words):
    equal(done.returncode, status, "status")
    lines = done.stderr.decode().splitlines()
    check(len(lines) == 1, f"stderr has {len(lines)} lines: {lines[:4]}")
    for word in words:
        check(word in lines[0], f"{word!r} is not in {lines[0]!r}")


def a_missing_pmu_says_what_it_needs(folder):
    tried = 0
    for pmu, needs in (
        ("intel_pt", "Intel Processor Trace"),
        ("intel_bts", "Branch Trace Store"),
        ("arm_spe_0", "Arm SPE"),
        ("cs_etm", "CoreSight"),
    ):
        if os.path.exists(f"{DEVICES}/{pmu}"):
            continue
        tried += 1
        done = simdprof("record", "-o", f"{folder}/out", "-e", f"{pmu}//u", "--", "true")
        one_line(done, 1, pmu, needs)
        check(not os.path.exists(f"{folder}/out"), "no file is begun")
    check(tried != 0, "this machine has all of them")


def a_name_like_a_known_one_is_still_suggested(_):
    done = simdprof("record", "-e", "sofware//", "--", "true")
    one_line(done, 1, "no PMU 'sofware'", "did you mean 'software'?")


def options_for_areas_need_an_event_with_one(_):
    for option in ("-m=,64", "--snapshot", "-S", "--snapshot=64K", "--aux-sample", "--filter=filter 0/1@/x"):
        words = option.split("=", 1) if option.startswith("-m") else [option]
        done = simdprof("record", "-e", "task-clock:u", *words, "--", "true")
        one_line(done, 129, "no event has an AUX area", "intel_pt//u")


def wrong_sizes_are_usage(_):
    for words in (["--snapshot=x"], ["--aux-sample=0"], ["--aux-sample=1M"], ["-m", "4,x"]):
        done = simdprof("record", "-e", "task-clock:u", *words, "--", "true")
        one_line(done, 129)


def a_ring_a_thread_records_that_thread(folder):
    path = f"{folder}/out"
    e2e.record(path, ["sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"], "--per-thread", "-e", "task-clock:u")
    check(e2e.sample_count(path) > 10, "samples of the thread")


def doctor_has_a_line_for_traces(_):
    done = simdprof("doctor")
    equal(done.returncode, 0, "status")
    rows = [line for line in done.stdout.decode().splitlines() if line.startswith("aux ")]
    check(rows, "no row of source aux")


e2e.main(
    [
        a_missing_pmu_says_what_it_needs,
        a_name_like_a_known_one_is_still_suggested,
        options_for_areas_need_an_event_with_one,
        wrong_sizes_are_usage,
        a_ring_a_thread_records_that_thread,
        doctor_has_a_line_for_traces,
    ]
)
