"""The recorder ends as its child ended, whatever the source."""

import json
import os
import signal
import subprocess
import time

import e2e
from e2e import SIMDPROF, check, equal, program, simdprof

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


def a_file_size_limit_is_one_line_and_harms_nobody(folder):
    for source in SOURCES:
        path = f"{folder}/{source}.data"
        done = e2e.run(
            ["sh", "-c", 'ulimit -f 16; exec "$@"', "sh", e2e.SIMDPROF, "record", "-q", f"--source={source}", "-F",
             "5000", "-g", "-z", "1", "-o", path, "--", program("simd_patterns"), "--threads=2", "--seconds=3"]
        )
        equal(done.returncode, 1, f"{source}: status")
        lines = done.stderr.decode(errors="replace").splitlines()
        equal(len(lines), 1, f"{source}: lines of {lines}")
        check("File too large" in lines[0], f"{source}: {lines[0]}")
        check(b"intact" in done.stdout, f"{source}: the command came to harm: {done.stdout!r}")
        check(os.path.getsize(path) <= 16 * 1024, f"{source}: {os.path.getsize(path)} bytes")
        check(e2e.simdprof("info", "-i", path).returncode == 0, f"{source}: what was written is not readable")


def no_room_for_the_first_byte_is_one_line(folder):
    words = [SIMDPROF, "record", "-q", "--source=gpr", "-o", f"{folder}/a.data", "--", "echo", "ran"]
    done = e2e.run(["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *words])
    equal(done.returncode, 1, f"status, {done.stderr!r}")
    lines = done.stderr.decode(errors="replace").splitlines()
    equal(len(lines), 1, f"lines of {lines}")
    check("File too large" in lines[0], lines[0])
    report = e2e.run(["sh", "-c", 'ulimit -f 0; exec "$@" > out', "sh", SIMDPROF, "--help"])
    equal(report.returncode, 1, f"status of output to a file, {report.stderr!r}")


def wait_status_of(path):
    return json.loads(e2e.read("info", path, "--format", "json")).get("wait_status")


def the_command_goes_on_after_the_duration(folder):
    for source in SOURCES:
        path = f"{folder}/{source}.data"
        words = [SIMDPROF, "record", "-q", f"--source={source}", "--duration=0.3", "-o", path, "--", "sh", "-c",
                 "sleep 1.5; echo on; exit 3"]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as recorder:
            time.sleep(1)
            report = e2e.simdprof("info", "-i", path)
            check(recorder.poll() is None, f"{source}: the command's end was not waited for")
            equal(report.returncode, 0, f"{source}: the file is complete while the command goes on: {report.stderr!r}")
            equal(wait_status_of(path), None, f"{source}: wait status of a command that runs")
            equal(recorder.stdout.read(), b"on\n", f"{source}: output of the command")
        equal(recorder.returncode, 3, f"{source}: status")


def an_interrupted_recording_says_how_its_command_ended(folder):
    for source in SOURCES:
        path = f"{folder}/{source}.data"
        words = [SIMDPROF, "record", "-q", f"--source={source}", "-o", path, "--", "sh", "-c",
                 "trap 'exit 7' TERM; while :; do sleep 0.1; done"]
        with subprocess.Popen(words) as recorder:
            time.sleep(1)
            recorder.send_signal(signal.SIGTERM)
        equal(recorder.returncode, 7, f"{source}: status")
        equal(wait_status_of(path), 7 << 8, f"{source}: wait status in the file")


def a_signal_after_the_duration_is_passed_on(folder):
    words = [SIMDPROF, "record", "-q", "--source=gpr", "--duration=0.2", "-o", f"{folder}/a.data", "--", "sh", "-c",
             "trap 'exit 7' TERM; while :; do sleep 0.1; done"]
    with subprocess.Popen(words) as recorder:
        time.sleep(1)
        recorder.send_signal(signal.SIGTERM)
    equal(recorder.returncode, 7, "status")


def under_a_tracer_the_source_is_another_or_there_is_no_file(folder):
    e2e.need_command("strace")
    trace = ["strace", "-f", "-o", "/dev/null", SIMDPROF, "record", "-o", f"{folder}/a.data"]
    done = e2e.run([*trace, "--", "true"])
    equal(done.returncode, 0, f"auto: {done.stderr!r}")
    lines = [line for line in done.stderr.decode().splitlines() if "source gpr" in line]
    equal(len(lines), 1, f"lines that say why: {done.stderr!r}")
    check("traced already by pid" in lines[0], lines[0])
    os.remove(f"{folder}/a.data")
    done = e2e.run([*trace, "--source=ptrace", "--", "true"])
    equal(done.returncode, 1, "forced: status")
    equal(len(done.stderr.decode().splitlines()), 1, f"forced: lines of {done.stderr!r}")
    equal(os.listdir(folder), [], "forced: files left behind")


if __name__ == "__main__":
    e2e.main(
        [
            numbers_are_forwarded,
            signals_become_128_and_more,
            a_missing_command_is_127_and_one_line,
            a_command_that_is_no_program_is_126_and_one_line,
            an_old_recording_survives_a_command_that_cannot_start,
            the_end_of_the_first_process_ends_the_recording,
            a_file_size_limit_is_one_line_and_harms_nobody,
            no_room_for_the_first_byte_is_one_line,
            the_command_goes_on_after_the_duration,
            an_interrupted_recording_says_how_its_command_ended,
            a_signal_after_the_duration_is_passed_on,
            under_a_tracer_the_source_is_another_or_there_is_no_file,
        ]
    )
