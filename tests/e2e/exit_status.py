"""The recorder ends as its child ended, whatever the source."""

import os

import e2e
from e2e import check, equal, program, simdprof

SOURCES = ("gpr", "ptrace")


def recorded_status(folder, source, *command):
    done = simdprof("record", "-q", f"--source={source}", "-o", f"{folder}/a.data", "--", *command)
    return done.returncode, done


def numbers_are_forwarded(folder):
    for source in SOURCES:
        for status in (0, 1, 3, 42, 255):
            got, _ = recorded_status(folder, source, "sh", "-c", f"exit {status}")
            equal(got, status, f"{source}: exit {status}")


def signals_become_128_and_more(folder):
    for source in SOURCES:
        for kind, number in (("segv", 11), ("abrt", 6), ("ill", 4), ("trap", 5), ("term", 15), ("kill", 9), ("fpe", 8)):
            got, done = recorded_status(folder, source, program("crash"), kind)
            equal(got, 128 + number, f"{source}: crash {kind}")
            equal(done.stdout, b"before the end\n", f"{source}: stdout of crash {kind}")
            check(e2e.sample_count(f"{folder}/a.data") > 0, f"{source}: crash {kind}: no sample was kept")


def a_missing_command_is_127_and_one_line(folder):
    for source in SOURCES:
        got, done = recorded_status(folder, source, f"{folder}/absent-command")
        equal(got, 127, source)
        lines = done.stderr.decode().splitlines()
        equal(len(lines), 1, f"{source}: lines of {lines}")
        check("absent-command" in lines[0], f"{source}: {lines[0]}")


def a_command_that_is_no_program_is_126_and_one_line(folder):
    with open(f"{folder}/text", "w", encoding="ascii") as file:
        file.write("no program\n")
    for source in SOURCES:
        for command in (f"{folder}/text", folder):
            got, done = recorded_status(folder, source, command)
            equal(got, 126, f"{source}: {command}")
            equal(len(done.stderr.decode().splitlines()), 1, f"{source}: lines of {done.stderr!r}")


def an_old_recording_survives_a_command_that_cannot_start(folder):
    e2e.record(f"{folder}/a.data", ["true"], "--source=gpr")
    with open(f"{folder}/a.data", "rb") as file:
        before = file.read()
    recorded_status(folder, "gpr", f"{folder}/absent-command")
    kept = [name for name in os.listdir(folder) if name.startswith("a.data")]
    contents = []
    for name in kept:
        with open(f"{folder}/{name}", "rb") as file:
            contents.append(file.read())
    check(before in contents, f"the earlier recording is gone: {kept}")


def the_end_of_the_first_process_ends_the_recording(folder):
    got, _ = recorded_status(folder, "gpr", program("fork_exec"), "1")
    equal(got, 3, "status of fork_exec")


if __name__ == "__main__":
    e2e.main(
        [
            numbers_are_forwarded,
            signals_become_128_and_more,
            a_missing_command_is_127_and_one_line,
            a_command_that_is_no_program_is_126_and_one_line,
            an_old_recording_survives_a_command_that_cannot_start,
            the_end_of_the_first_process_ends_the_recording,
        ]
    )
