"""A recorded program prints what it prints unrecorded, and ends the same."""

import os
import re
import shutil

import e2e
from e2e import check, equal, program, run, simdprof

SOURCES = ("auto", "gpr", "ptrace")


def same_run(folder, command, sources=SOURCES, clean=lambda text: text, at_least=1, **options):
    """Runs the command plain and recorded with every source; stdout, stderr and status must agree."""
    plain = run(command, **options)
    for source in sources:
        path = f"{folder}/{source}.data"
        done = simdprof("record", "-q", f"--source={source}", "-o", path, "--", *command, **options)
        equal(done.returncode, e2e.shell_status(plain.returncode), f"{source}: status of {command[0]}")
        equal(clean(done.stdout), clean(plain.stdout), f"{source}: stdout of {command[0]}")
        equal(clean(done.stderr), clean(plain.stderr), f"{source}: stderr of {command[0]}")
        count = e2e.sample_count(path)
        check(count >= at_least, f"{source}: {count} samples of {command[0]}, at least {at_least} wanted")


def noise(folder, size):
    """A file that compresses a little: numbers in words."""
    path = f"{folder}/input"
    value = 12345
    with open(path, "w", encoding="ascii") as file:
        for _ in range(size // 12):
            value = (value * 1103515245 + 12345) & 0x7FFFFFFF
            file.write(f"{value % 100000:05d} {value >> 20:04x} ")
    return path


def zstd_compresses_to_the_same_bytes(folder):
    e2e.need_command("zstd")
    path = noise(folder, 6_000_000)
    same_run(folder, ["zstd", "-T2", "-9", "-q", "-c", path], at_least=50)


def openssl_speed_runs_to_its_end(folder):
    e2e.need_command("openssl")
    command = ["openssl", "speed", "-seconds", "1", "-bytes", "16384", "-evp", "sha256"]
    # Its figures are measurements: every number is masked.
    same_run(folder, command, clean=lambda text: re.sub(rb"[0-9.]+", b"N", text), at_least=50)


def ffmpeg_decodes_to_the_same_frames(folder):
    e2e.need_command("ffmpeg")
    source = "testsrc2=duration=2:size=320x240:rate=25"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-vf", "scale=640:480,hqdn3d", "-f", "framemd5", "-"]
    same_run(folder, command, at_least=20)


def python_computes_the_same(folder):
    code = "import sys; print(sum(i * i % 7 for i in range(2000000))); sys.exit(5)"
    same_run(folder, ["python3", "-c", code], at_least=20)


def a_stripped_program_runs_the_same(folder):
    e2e.need_command("strip")
    path = f"{folder}/stripped"
    shutil.copy(program("many_threads"), path)
    run(["strip", "--strip-all", path])
    same_run(folder, [path, "2", "1", "30000000"], at_least=20)


def two_waves_of_64_threads_run_the_same(folder):
    same_run(folder, [program("many_threads"), "64", "2"], at_least=64)


def forks_and_execs_run_the_same(folder):
    same_run(folder, [program("fork_exec"), "5"], at_least=50)


def every_process_of_a_tree_is_sampled(folder):
    for source in ("gpr", "ptrace"):
        path = f"{folder}/{source}.data"
        e2e.record(path, [program("fork_exec"), "5"], f"--source={source}", status=3)
        pids = set(e2e.read("script", path, "-F", "pid").split())
        # The first, the chain, vfork, spawn, three forks, the killed one; the first itself only waits.
        check(len(pids) >= 7, f"{source}: samples of {len(pids)} processes, at least 7 wanted")


def signals_arrive_as_sent(folder):
    same_run(folder, [program("signals")], at_least=50)


def standard_input_reaches_the_program(folder):
    same_run(folder, ["sh", "-c", "cat; exit 7"], at_least=0, input=b"some text\n" * 1000)


def environment_and_folder_are_unchanged(folder):
    os.environ["SIMDPROF_E2E_WORD"] = "kept"
    same_run(folder, ["sh", "-c", "pwd; echo $SIMDPROF_E2E_WORD; umask; ulimit -n"], at_least=0)


def no_descriptor_of_ours_reaches_the_program(folder):
    same_run(folder, ["sh", "-c", "ls -l /proc/self/fd | wc -l"], at_least=0)


if __name__ == "__main__":
    e2e.main(
        [
            zstd_compresses_to_the_same_bytes,
            openssl_speed_runs_to_its_end,
            ffmpeg_decodes_to_the_same_frames,
            python_computes_the_same,
            a_stripped_program_runs_the_same,
            two_waves_of_64_threads_run_the_same,
            forks_and_execs_run_the_same,
            every_process_of_a_tree_is_sampled,
            signals_arrive_as_sent,
            standard_input_reaches_the_program,
            environment_and_folder_are_unchanged,
            no_descriptor_of_ours_reaches_the_program,
        ]
    )
