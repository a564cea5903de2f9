"""The file: a valid zstd file, private, kept once, the same through a pipe, the same every time it is read."""

import os
import stat
import subprocess

import e2e
from e2e import SIMDPROF, check, equal, program, read, record, run

TARGET = [program("many_threads"), "4", "2", "20000000"]


def recorded(folder, *options):
    path = f"{folder}/a.data"
    record(path, TARGET, *options)
    return path


def the_stock_tool_accepts_it(folder):
    e2e.need_command("zstd")
    for source in ("gpr", "ptrace"):
        path = recorded(folder, f"--source={source}")
        done = run(["zstd", "-t", path])
        equal(done.returncode, 0, f"{source}: zstd -t: {done.stderr!r}")


def every_compression_level_reads_the_same(folder):
    for level in ("1", "19"):
        path = recorded(folder, "--source=gpr", "-z", level)
        check(e2e.sample_count(path) > 20, f"level {level}")
        equal(run(["zstd", "-t", path]).returncode, 0, f"zstd -t at level {level}")


def its_decompressed_bytes_are_a_complete_input(folder):
    e2e.need_command("zstd")
    path = recorded(folder, "--source=ptrace")
    plain = run(["zstd", "-dc", path]).stdout
    for verb, options in (("report", []), ("script", []), ("dump-regs", ["--xmm"]), ("info", [])):
        from_file = run([SIMDPROF, verb, "-i", path, *options])
        from_pipe = run([SIMDPROF, verb, "-i", "-", *options], input=plain)
        equal(from_pipe.returncode, 0, f"{verb} of the bytes: {from_pipe.stderr!r}")
        if verb != "info":  # info tells of chunks and their compression, which the bytes have not
            equal(from_pipe.stdout, from_file.stdout, f"{verb} of the decompressed bytes")


def the_file_through_a_pipe_reads_the_same(folder):
    path = recorded(folder, "--source=gpr")
    with open(path, "rb") as file:
        piped = run([SIMDPROF, "report", "-i", "-"], input=file.read())
    equal(piped.stdout, read("report", path), "report of the file on standard input")


def recording_to_a_pipe_reads_there(folder):
    for source in ("gpr", "ptrace"):
        recorder = subprocess.Popen(
            [SIMDPROF, "record", "-q", f"--source={source}", "-o", "-", "--", *TARGET[:1], "2", "1", "50000000"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        reader = run([SIMDPROF, "report", "-i", "-"], stdin=recorder.stdout)
        recorder.stdout.close()
        recorder.wait()
        equal(reader.returncode, 0, f"{source}: report: {reader.stderr!r}")
        check(b"many_threads" in reader.stdout, f"{source}: the program is in the report")


def it_is_private(folder):
    old = os.umask(0)
    try:
        path = recorded(folder)
    finally:
        os.umask(old)
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


def the_earlier_file_is_kept_once(folder):
    contents = []
    for _ in range(3):
        path = recorded(folder, "--source=gpr")
        with open(path, "rb") as file:
            contents.append(file.read())
    equal(sorted(os.listdir(folder)), ["a.data", "a.data.old"], "files")
    with open(f"{folder}/a.data.old", "rb") as file:
        equal(file.read() == contents[1], True, "the one before the last is kept")


def the_default_name_is_simdprof_data(folder):
    done = run([SIMDPROF, "record", "-q", "--source=gpr", "--", *TARGET])
    equal(done.returncode, 0, "record")
    equal(os.listdir(folder), ["simdprof.data"], "files")
    check(run([SIMDPROF, "report"]).stdout, "report finds it")


def every_reading_is_the_same(folder):
    path = recorded(folder, "--source=ptrace")
    for verb, options in (
        ("report", []),
        ("report", ["--format", "json"]),
        ("script", []),
        ("dump-regs", ["--format", "csv"]),
        ("info", []),
    ):
        equal(read(verb, path, *options), read(verb, path, *options), f"{verb} {' '.join(options)} twice")


def a_reader_that_has_seen_enough_ends_it_quietly(folder):
    path = recorded(folder, "--source=ptrace")
    for command in ("report", "script", "dump-regs --ymm", "dump --stage=record"):
        done = run(["bash", "-c", f"set -o pipefail; '{SIMDPROF}' {command} -i {path} | head -n 1"])
        equal(done.returncode, 0, f"{command} | head -n 1: {done.stderr!r}")
        # A thread that ends at a sample has no registers any more, and that is told.
        said = [line for line in done.stderr.splitlines() if not line.startswith(b"simdprof: lost: no register image")]
        equal(said, [], f"stderr of {command} | head")


def there_is_no_colour_in_a_pipe(folder):
    path = recorded(folder)
    for verb in ("report", "script", "info"):
        check(b"\x1b" not in read(verb, path), f"{verb} writes escape sequences")


def it_has_what_lies_between_delay_and_duration(folder):
    path = f"{folder}/b.data"
    for source in ("gpr", "ptrace"):
        record(path, [program("fma_loop"), "2500"], f"--source={source}", "-D", "100", "--duration", "0.3")
        times = [float(line.strip().rstrip(b":")) for line in read("script", path, "-F", "time", "-G").splitlines()]
        check(len(times) > 100, f"{source}: {len(times)} samples")
        check(0.2 < times[-1] - times[0] < 0.6, f"{source}: {times[-1] - times[0]} s from the first to the last")


def a_full_disk_is_reported(folder):
    done = run([SIMDPROF, "record", "-q", "--source=gpr", "-o", "/dev/full", "--", *TARGET])
    check(done.returncode != 0, "status 0 although nothing could be written")
    check(b"No space left" in done.stderr, f"{done.stderr!r}")
    report = run(["bash", "-c", f"'{SIMDPROF}' --help > /dev/full"])
    equal(report.returncode, 1, "status of writing to a full device")


if __name__ == "__main__":
    e2e.main(
        [
            the_stock_tool_accepts_it,
            every_compression_level_reads_the_same,
            its_decompressed_bytes_are_a_complete_input,
            the_file_through_a_pipe_reads_the_same,
            recording_to_a_pipe_reads_there,
            it_is_private,
            the_earlier_file_is_kept_once,
            the_default_name_is_simdprof_data,
            every_reading_is_the_same,
            a_reader_that_has_seen_enough_ends_it_quietly,
            there_is_no_colour_in_a_pipe,
            it_has_what_lies_between_delay_and_duration,
            a_full_disk_is_reported,
        ]
    )
