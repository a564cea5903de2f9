"""Every prefix of a recording is read or refused in one line, and never holds more samples than a longer one."""

import os

import e2e
from e2e import check, equal, program, record, simdprof


def small_recording(folder, source):
    path = f"{folder}/{source}.data"
    record(path, [program("many_threads"), "2", "1", "20000000"], f"--source={source}", "-F", "300")
    return path


def every_byte_in_one_process(folder):
    """every_prefix opens the file at each of its lengths, as the reading verbs do."""
    for source in ("gpr", "ptrace"):
        path = small_recording(folder, source)
        done = e2e.run([e2e.program("every_prefix"), path], timeout=250)
        equal(done.returncode, 0, f"{source}: {(done.stdout + done.stderr).decode(errors='replace')[-500:]}")


def steps_through_the_command_line(folder):
    path = small_recording(folder, "ptrace")
    with open(path, "rb") as file:
        whole = file.read()
    counts = []
    cut = f"{folder}/cut.data"
    sizes = sorted({len(whole) * i // 60 for i in range(60)} | {len(whole) - i for i in range(12)})
    for size in sizes:
        with open(cut, "wb") as file:
            file.write(whole[:size])
        done = simdprof("script", "-F", "time", "-i", cut)
        check(done.returncode in (0, 1), f"{size} bytes: status {done.returncode}: {done.stderr!r}")
        if done.returncode == 1:
            equal(len(done.stderr.splitlines()), 1, f"{size} bytes: lines of {done.stderr!r}")
        counts.append(len(done.stdout.splitlines()))
    equal(counts, sorted(counts), "samples by length of the prefix")
    equal(counts[-1], e2e.sample_count(path), "samples of the whole file")
    check(counts[-1] > 10, f"only {counts[-1]} samples were recorded")
    check(os.path.getsize(path) == len(whole), "the file was changed by reading")


if __name__ == "__main__":
    e2e.main([every_byte_in_one_process, steps_through_the_command_line])
