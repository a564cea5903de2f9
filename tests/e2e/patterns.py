"""Known values in every SIMD register come back lane for lane, in user code, around system calls, and per thread."""

import json
import re
import struct

import e2e
from e2e import check, equal, program, read, record

LANES = {"xmm": 2, "ymm": 4, "zmm": 8}
REGISTERS = {"xmm": 16, "ymm": 16, "zmm": 32}


def doubles(hex_value, lanes):
    """Lanes of a register that is written as one number, lowest lane first."""
    return list(struct.unpack(f"<{lanes}d", int(hex_value, 16).to_bytes(8 * lanes, "little")))


def held(thread, register, lanes):
    """What simd_patterns.c says it holds."""
    values = []
    for pair in range(lanes // 2):
        whole = 10000.0 * thread + 1000.0 * (pair + 1) + register
        values += [whole + 0.25, -(whole + 0.5)]
    return values


class Recording:
    """One run of simd_patterns and what dump-regs says of it."""

    def __init__(self, folder, *options, frequency=999, source="ptrace"):
        self.path = f"{folder}/patterns.data"
        done = record(self.path, [program("simd_patterns"), *options], f"--source={source}", "-F", str(frequency))
        words = [line.split() for line in done.stdout.decode().splitlines()]
        facts = {line[0]: line[1:] for line in words if line[0] != "thread"}
        check("intact" in facts, f"the program itself says: {done.stdout!r}")
        self.first, self.end = (int(word, 16) for word in facts["spin"])
        self.width = facts["width"][0]
        self.thread_of = {int(line[2]): int(line[1]) for line in words if line[0] == "thread"}
        # The clock that is sampled is the program's CPU time, so that a busy machine changes nothing.
        self.due = frequency * float(facts["cpu"][0])

    def told_missing(self):
        """Samples of which the recording says itself that they have no register image."""
        told = re.search(r"no register image: (\d+)", read("info", self.path).decode())
        return int(told.group(1)) if told else 0

    def samples(self, *options):
        """Samples inside the spin function by their user instruction pointer: (sample, registers by name)."""
        for line in read("dump-regs", self.path, "--user", "--gpr", *options, "--format", "jsonl").splitlines():
            sample = json.loads(line)
            for chosen in sample["sets"]:
                registers = {one["name"]: one for one in chosen["registers"]}
                ip = registers.get("rip", {}).get("value")
                if ip is not None and self.first <= int(ip, 16) < self.end:
                    yield sample, chosen, registers


def enough(recording, count, share=0.7):
    """Most of the samples that the program's CPU time is worth were taken in the spin function and have registers."""
    check(count > share * recording.due, f"{count} samples; its CPU time is worth {recording.due:.0f}")


def compare(recording, lanes_held, mxcsr):
    """Every sample's registers against the pattern of its thread. Gives the number of samples by mode."""
    width = recording.width
    lanes = LANES[width]
    modes = {}
    missing = 0
    threads = set()
    options = [f"--{width}", "--mxcsr", "--as", "f64"] + (["--opmask"] if width == "zmm" else [])
    for sample, chosen, registers in recording.samples(*options):
        thread = recording.thread_of[sample["tid"]]
        where = f"thread {thread} at {sample['time']} ({sample['mode']})"
        if "image-missing" in chosen["source"]:
            missing += 1
            continue
        equal(chosen["vector_origin"], "xstate", f"{where}: origin")
        for number in range(REGISTERS[width]):
            one = registers[f"{width}{number}"]
            equal(one["presence"], "valid", f"{where}: {one['name']}")
            wanted = held(thread, number, lanes)[:lanes_held]
            equal(doubles(one["value"], lanes)[:lanes_held], wanted, f"{where}: {one['name']} as hex")
            equal(one["lanes"][:lanes_held], wanted, f"{where}: {one['name']} as f64")
        for number in (13, 14, 15):
            equal(int(registers[f"r{number}"]["value"], 16), (number + 6 << 56) + thread, f"{where}: r{number}")
        equal(int(registers["mxcsr"]["value"], 16) & 0xFFC0, mxcsr, f"{where}: mxcsr")
        if width == "zmm":
            for number in range(8):
                value = int(registers[f"k{number}"]["value"], 16)
                equal(value, 0x6B << 56 | 256 * thread + number, f"{where}: k{number}")
        modes[sample["mode"]] = modes.get(sample["mode"], 0) + 1
        threads.add(thread)
    equal(threads, set(recording.thread_of.values()), "threads with samples")
    # The kernel keeps one signal of an event: of two hits before the thread could stop, the first has no image, and
    # the registers of the second are not given to it.
    check(missing <= recording.told_missing(), f"{missing} samples without an image, {recording.told_missing()} told")
    check(missing <= sum(modes.values()) / 200, f"{missing} samples without an image of {sum(modes.values())}")
    return modes


def in_user_mode(folder):
    recording = Recording(folder, "--loop=user", "--seconds=2")
    modes = compare(recording, LANES[recording.width], 0x1F80)
    enough(recording, modes.get("user", 0))


def around_system_calls(folder):
    recording = Recording(folder, "--loop=syscall", "--seconds=2")
    modes = compare(recording, LANES[recording.width], 0x1F80)
    enough(recording, sum(modes.values()))
    enough(recording, modes.get("kernel", 0), 0.3)


def with_upper_halves_in_init_state(folder):
    """After VZEROUPPER the upper halves are INIT: absent, not zero."""
    recording = Recording(folder, "--width=xmm", "--seconds=1")
    seen = 0
    for sample, _, registers in recording.samples("--ymm"):
        one = registers["ymm3"]
        equal(one["presence"], "partial", f"ymm3 at {sample['time']}")
        equal([part["presence"] for part in one["parts"]], ["valid", "init"], "parts of ymm3")
        equal(doubles(one["parts"][0]["value"], 2), held(0, 3, 2), "low part of ymm3")
        seen += 1
    enough(recording, seen)


def with_flush_to_zero(folder):
    recording = Recording(folder, "--ftz", "--seconds=1")
    compare(recording, LANES[recording.width], 0x9FC0)


def of_64_threads_never_mixed_up(folder):
    for loop in ("user", "syscall"):
        recording = Recording(folder, f"--loop={loop}", "--threads=64", "--seconds=4")
        modes = compare(recording, LANES[recording.width], 0x1F80)
        enough(recording, sum(modes.values()))


def at_4000_hz(folder):
    recording = Recording(folder, "--threads=2", "--seconds=1", frequency=4000)
    modes = compare(recording, LANES[recording.width], 0x1F80)
    enough(recording, sum(modes.values()), 0.5)  # each stop costs CPU time too


def without_a_source_of_vectors_they_are_not_recorded(folder):
    recording = Recording(folder, "--seconds=1", source="gpr")
    seen = 0
    for _, chosen, registers in recording.samples("--xmm"):
        for number in range(16):
            one = registers.get(f"xmm{number}")
            check(one is None or one["presence"] == "not-recorded", f"{one}")
        equal(chosen["vector_origin"], "none", "origin")
        equal(int(registers["r13"]["value"], 16), 0x13 << 56, "r13")
        seen += 1
    enough(recording, seen)


def of_a_32_bit_program(folder):
    if e2e.run([program("patterns_32bit")]).returncode != 0:
        print("      (this kernel runs no 32-bit programs)")
        return
    path = f"{folder}/32.data"
    for source in ("ptrace", "gpr"):
        record(path, [program("patterns_32bit")], f"--source={source}")
        seen = 0
        for line in read("dump-regs", path, "--user", "--gpr", "--xmm", "--format", "jsonl").splitlines():
            for chosen in json.loads(line)["sets"]:
                registers = {one["name"]: one for one in chosen["registers"]}
                equal(int(registers["rip"]["value"], 16) >> 32, 0, "upper half of the instruction pointer")
                if registers.get("xmm0", {}).get("presence") != "valid":
                    continue
                if doubles(registers["xmm0"]["value"], 2) != held(0, 0, 2):
                    continue  # before the first round
                for number in range(8):
                    equal(doubles(registers[f"xmm{number}"]["value"], 2), held(0, number, 2), f"xmm{number}")
                for number in range(8, 16):  # such a program has no more than eight
                    one = registers.get(f"xmm{number}")
                    check(one is None or one["presence"] != "valid", f"{one}")
                seen += 1
        check((seen > 10) == (source == "ptrace"), f"{source}: {seen} samples with the pattern")


if __name__ == "__main__":
    e2e.main(
        [
            in_user_mode,
            around_system_calls,
            with_upper_halves_in_init_state,
            with_flush_to_zero,
            of_64_threads_never_mixed_up,
            at_4000_hz,
            without_a_source_of_vectors_they_are_not_recorded,
            of_a_32_bit_program,
        ]
    )
