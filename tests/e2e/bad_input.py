"""Every reading verb answers bad input with one line and status 1, quickly, and never with a crash."""

import os
import random
import struct
import time

import e2e
from e2e import check, equal, program, record, simdprof

READERS = (
    ("report",),
    ("report", "-g", "--format", "json"),
    ("script",),
    ("dump-regs",),
    ("dump-regs", "--format", "jsonl"),
    ("info",),
    ("dump", "--stage=raw"),
    ("dump", "--stage=record"),
    ("dump", "--stage=sample"),
    ("dump", "--stage=registers"),
)
SECONDS = 10.0 if e2e.SANITIZED else 1.0


def answer(words, path):
    """Runs a reader within the time limit; it must end by itself with 0 or 1."""
    start = time.monotonic()
    done = simdprof(*words, "-i", path)
    took = time.monotonic() - start
    what = f"{' '.join(words)} of {os.path.basename(path)}"
    check(done.returncode in (0, 1), f"{what}: status {done.returncode}: {done.stderr[-300:]!r}")
    check(took < SECONDS, f"{what}: {took:.1f} s")
    return done, what


def refuse(path):
    for words in READERS:
        done, what = answer(words, path)
        equal(done.returncode, 1, f"{what}: status")
        lines = done.stderr.decode(errors="replace").splitlines()
        equal(len(lines), 1, f"{what}: lines on stderr: {lines[:3]}")
        check(lines[0].startswith("simdprof: ") and path in lines[0], f"{what}: {lines[0]!r}")
        equal(done.stdout, b"", f"{what}: stdout")


def survive(path):
    """Damage may be read around: then the status is 0 and the loss is told; otherwise it is one line."""
    for words in READERS:
        done, what = answer(words, path)
        if done.returncode == 1:
            lines = done.stderr.decode(errors="replace").splitlines()
            equal(len(lines), 1, f"{what}: lines on stderr: {lines[:3]}")


def write(folder, name, content):
    path = f"{folder}/{name}"
    with open(path, "wb") as file:
        file.write(content)
    return path


def small_recording(folder):
    path = f"{folder}/good.data"
    record(path, [program("many_threads"), "2", "1", "20000000"], "--source=ptrace", "-F", "200")
    with open(path, "rb") as file:
        return file.read()


def an_empty_file(folder):
    refuse(write(folder, "empty", b""))


def text(folder):
    refuse(write(folder, "text", b"This is no recording.\n" * 100))


def one_byte(folder):
    for byte in (b"\x00", b"\x28", b"\x50", b"\xff"):
        refuse(write(folder, "byte", byte))


def random_bytes(folder):
    refuse(write(folder, "random", random.Random(1).randbytes(100000)))


def a_program(folder):
    with open(e2e.SIMDPROF, "rb") as file:
        refuse(write(folder, "elf", file.read(200000)))


def zeros(folder):
    refuse(write(folder, "zeros", bytes(100000)))


def a_folder(folder):
    os.mkdir(f"{folder}/sub")
    refuse(f"{folder}/sub")


def some_other_zstd_file(folder):
    e2e.need_command("zstd")
    path = write(folder, "plain", b"no records in here\n" * 1000)
    e2e.run(["zstd", "-q", path])
    refuse(path + ".zst")


def a_zstd_bomb(folder):
    e2e.need_command("zstd")
    path = f"{folder}/bomb"
    with open(path, "wb") as file:
        file.truncate(2_000_000_000)
    e2e.run(["zstd", "-q", path])
    os.remove(path)
    refuse(path + ".zst")


def the_first_bytes_of_a_recording_alone(folder):
    good = small_recording(folder)
    for size in (1, 4, 7, 8, 11, 12, 15):
        refuse(write(folder, "start", good[:size]))


def flipped_bits(folder):
    good = small_recording(folder)
    chance = random.Random(7)
    for _ in range(12):
        damaged = bytearray(good)
        for _ in range(chance.choice((1, 1, 4, 64))):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        survive(write(folder, "flipped", bytes(damaged)))


def a_hole_in_the_middle(folder):
    good = small_recording(folder)
    third = len(good) // 3
    survive(write(folder, "hole", good[:third] + bytes(third) + good[2 * third :]))
    survive(write(folder, "gap", good[:third] + good[2 * third :]))


def huge_counts(folder):
    """Decompressed records with sizes and counts that no input could hold."""
    e2e.need_command("zstd")
    path = f"{folder}/good.data"
    small_recording(folder)
    plain = bytearray(e2e.run(["zstd", "-dc", path]).stdout)
    check(plain[8:16] == b"SIMDPROF", "the first record names the stream")
    survive(write(folder, "huge", bytes(plain[:28]) + b"\xff" * 8 + bytes(plain[36:])))  # records of the chunk
    offsets, offset = [], 0
    while offset + 8 <= len(plain):
        kind, _, size = struct.unpack_from("<IHH", plain, offset)
        if size < 8:
            break
        offsets.append((offset, kind, size))
        offset += size
    check(len(offsets) > 20, "the recording has records")
    chance = random.Random(3)
    for offset, _, size in chance.sample(offsets, 10):
        for value in (b"\xff" * 8, b"\x00" * 8, b"\xff\xff\xff\x7f" * 2):
            at = offset + 8 * chance.randrange(1, max(2, size // 8))
            survive(write(folder, "huge", bytes(plain[:at]) + value + bytes(plain[at + 8 :])))
    for size in (0, 1, 7, 9, 0xFFFF):  # a record's own size
        at = offsets[len(offsets) // 2][0] + 6
        survive(write(folder, "size", bytes(plain[:at]) + struct.pack("<H", size) + bytes(plain[at + 2 :])))


def an_endless_input(_):
    start = time.monotonic()
    for verb in ("report", "script", "info"):
        with open("/dev/zero", "rb") as zero:
            done = simdprof(verb, "-i", "-", stdin=zero, timeout=60)
        equal(done.returncode, 1, f"{verb} of /dev/zero")
    check(time.monotonic() - start < 3 * SECONDS, "endless input is refused late")


if __name__ == "__main__":
    e2e.main(
        [
            an_empty_file,
            text,
            one_byte,
            random_bytes,
            a_program,
            zeros,
            a_folder,
            some_other_zstd_file,
            a_zstd_bomb,
            the_first_bytes_of_a_recording_alone,
            flipped_bits,
            a_hole_in_the_middle,
            huge_counts,
            an_endless_input,
        ]
    )
