"""A recorder that is killed takes nobody with it and leaves a file that can be read."""

import glob
import os
import random
import signal
import subprocess
import time

import e2e
from e2e import SIMDPROF, check, equal, program

MOMENTS = 50


def kill_at(folder, source, number, moment, target_seconds, options):
    """Starts a recording, kills the recorder after `moment` seconds, gives the target's last words."""
    out_path = f"{folder}/{source}.{number}.out"
    data_path = f"{folder}/{source}.{number}.data"
    with open(out_path, "wb") as out:
        recorder = subprocess.Popen(
            [SIMDPROF, "record", "-q", f"--source={source}", *options, "-o", data_path, "--",
             program("simd_patterns"), "--threads=2", f"--seconds={target_seconds}"],
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Before the command runs there is nothing to harm; how long that takes depends on what else the machine does.
        deadline = time.monotonic() + 10
        while not runs_its_command(recorder.pid) and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(moment)
        recorder.send_signal(signal.SIGKILL)
        recorder.wait()
    return out_path, data_path


def runs_its_command(recorder):
    """Whether the recorder has a child that has become the program to record."""
    for children in glob.glob(f"/proc/{recorder}/task/*/children"):
        try:
            with open(children) as file:
                for child in file.read().split():
                    with open(f"/proc/{child}/comm") as name:
                        if name.read().strip() == "simd_patterns":
                            return True
        except (FileNotFoundError, ProcessLookupError):
            pass  # a thread or child that has just ended
    return False


def wait_for_last_words(path, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with open(path, "rb") as file:
            text = file.read()
        if b"intact" in text:
            return text
        time.sleep(0.05)
    return text


def targets_live_on(folder, source, options):
    chance = random.Random(11)
    started = []
    for number in range(MOMENTS):
        moment = chance.random() * 0.3
        started.append((moment, *kill_at(folder, source, number, moment, 0.5, options)))
    for number, (moment, out_path, data_path) in enumerate(started):
        text = wait_for_last_words(out_path, 10)
        check(b"intact" in text, f"{source}: target {number}, recorder killed after {moment:.3f} s, said {text!r}")
        if not os.path.exists(data_path) or os.path.getsize(data_path) == 0:
            continue  # killed before the first byte
        done = e2e.simdprof("report", "-i", data_path)
        check(
            done.returncode == 0 or b"byte" in done.stderr,
            f"{source}: file {number}, {os.path.getsize(data_path)} bytes: {done.stderr!r}",
        )
        e2e.run(["rm", data_path])


def with_registers_at_999_hz(folder):
    targets_live_on(folder, "ptrace", ["-F", "999"])


def with_registers_at_5000_hz(folder):
    targets_live_on(folder, "ptrace", ["-F", "5000"])


def without_registers(folder):
    targets_live_on(folder, "gpr", ["-F", "999"])


def a_long_recording_keeps_what_was_written(folder):
    path = f"{folder}/long.data"
    recorder = subprocess.Popen(
        [SIMDPROF, "record", "-q", "--source=gpr", "-F", "4000", "-o", path, "--",
         program("simd_patterns"), "--threads=2", "--seconds=4"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(3)
    recorder.send_signal(signal.SIGKILL)
    recorder.wait()
    # What was sampled up to the last second is in the file; a busy machine samples less.
    count = e2e.sample_count(path)
    check(count > 500, f"{count} samples are left of a recording killed after 3 s")


def an_interrupted_recording_is_complete(folder):
    for number in (signal.SIGINT, signal.SIGTERM):
        path = f"{folder}/stopped.data"
        recorder = subprocess.Popen(
            [SIMDPROF, "record", "-q", "--source=ptrace", "-o", path, "--",
             program("simd_patterns"), "--seconds=20"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        time.sleep(1)
        if number == signal.SIGINT:
            os.killpg(recorder.pid, number)  # as a terminal does
        else:
            recorder.send_signal(number)  # passed on to the command
        _, errors = recorder.communicate(timeout=10)
        equal(recorder.returncode, 128 + number, f"status after signal {number}")
        check(e2e.sample_count(path) > 100, f"signal {number}: samples are missing: {errors!r}")
        report = e2e.read("report", path)
        check(b"ends early" not in report, f"signal {number}: the recording was not closed")


if __name__ == "__main__":
    e2e.main(
        [
            with_registers_at_999_hz,
            with_registers_at_5000_hz,
            without_registers,
            a_long_recording_keeps_what_was_written,
            an_interrupted_recording_is_complete,
        ]
    )
