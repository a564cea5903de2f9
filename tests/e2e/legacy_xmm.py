"""XMM registers of perf.data, value by value: what is known to be there, what perf prints, and what simdprof prints."""

import json
import os
import struct

import e2e
import perf_data
from e2e import equal, read, run

GPR = 0xFF0FFF
XMM = 0xFFFFFFFF00000000
CORPUS = os.path.join(os.environ.get("SIMDPROF_CORPUS", ""), "legacy-xmm")
NAMES = ["AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP", "IP", "FLAGS", "CS", "SS"]
NAMES += ["DS", "ES", "FS", "GS"] + [f"R{i}" for i in range(8, 16)]


def ours(path, chosen):
    """Words of each sample by perf's register number, as dump-regs shows them."""
    samples = []
    shown = ("--gpr", "--xmm", "--as", "hex", "--format", "jsonl")
    for line in read("dump-regs", path, f"--{chosen}", *shown).splitlines():
        found = {}
        for register in json.loads(line)["sets"][0]["registers"]:
            name = register["name"]
            number = 32 + 2 * int(name[3:]) if name.startswith("xmm") else general_number(name)
            for part in register.get("parts", [{"bits": "", **register}]):
                if part["presence"] != "valid":
                    equal(part["presence"], "not-recorded", name)
                    continue
                first = int(part["bits"].split(":")[1]) // 64 if part["bits"] else 0
                value = int(part["value"], 16)
                for word in range((len(part["value"]) - 2) // 16):
                    found[number + first + word] = value >> (64 * word) & (2**64 - 1)
        samples.append(found)
    return samples


def general_number(name):
    wanted = name.upper()
    return NAMES.index(wanted if wanted in NAMES else wanted[1:])


def of_perf(path, field):
    """The same from the words of perf script -F iregs or uregs; a sample without a section is an empty line."""
    done = run(["perf", "script", "-i", path, "-F", field])
    equal(done.returncode, 0, f"perf script -F {field}: {done.stderr!r}")
    samples = []
    for line in done.stdout.decode().splitlines():
        found = {}
        for item in line.split()[1:]:
            name, value = item.split(":")
            number = 32 + 2 * int(name[3:]) if name.startswith("XMM") else NAMES.index(name)
            found[number + (number >= 32 and number in found)] = int(value, 16)
        samples.append(found)
    return samples


def high_halves_as(mask, found):
    """perf does not say which half of an XMM register it prints; with a half alone the mask does."""
    fixed = {}
    for number, value in found.items():
        alone = number >= 32 and number % 2 == 0 and not mask >> number & 1
        fixed[number + alone] = value
    return fixed


def agree(path, chosen, mask):
    """Both programs see the same words, and exactly those of the mask where the section is there."""
    field = "iregs" if chosen == "intr" else "uregs"
    got = ours(path, chosen)
    wanted = [high_halves_as(mask, found) for found in of_perf(path, field)]
    equal(len(got), len(wanted), f"{path}: samples")
    for index, (sample, perf) in enumerate(zip(got, wanted)):
        equal(sample, perf, f"{path}: {chosen} set of sample {index}")
    return got


def lane(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def held(mask):
    """What the program of legacy-xmm/README.md holds, of the words of a mask."""
    words = {}
    for i in range(16):
        for half, value in enumerate((1000 + i + 0.25, -(1000 + i + 0.5))):
            if mask >> (32 + 2 * i + half) & 1:
                words[32 + 2 * i + half] = lane(value)
    return words


FILES = [
    ("both-gpr-xmm", XMM | GPR, XMM | GPR, 262),
    ("intr-xmm-only", 0, XMM, 125),
    ("user-xmm-intr-gpr", XMM | 0x100, GPR, 144),
    ("halves", 0x0000000500000100, 0x000000A000000100, 132),
]


def every_sample_of_a_real_kernel(folder):
    if not os.path.isdir(CORPUS):
        print("skipped: no corpus of recordings (SIMDPROF_CORPUS)")
        return
    for name, user, intr, count in FILES:
        path = f"{CORPUS}/legacy-xmm-6.1-{name}.perf.data"
        for chosen, mask in (("user", user), ("intr", intr)):
            got = agree(path, chosen, mask) if mask else ours(path, chosen)
            equal(len(got), count, f"{name}: samples")
            for index, sample in enumerate(got):
                vectors = {number: value for number, value in sample.items() if number >= 32}
                equal(vectors, held(mask), f"{name}: {chosen} set of sample {index}")


def numbers(mask, first):
    """A value of its own for each word of a mask, high bits set too."""
    return [first + (number << 40) + (number << 56) for number in range(64) if mask >> number & 1]


def files_written_by_hand(folder):
    path = f"{folder}/hand.data"
    masks = [XMM, XMM | GPR, 0xFFFF00000000 | 0x100, 1 << 63, 5 << 40 | 1, 0xAAAAAAAA00000000]
    for user in [0, *masks]:
        for intr in masks:
            made = perf_data.File(user, intr, machine=None if user else "x86_64")
            for sample in range(3):
                only_eight = (user | intr) & 0xFFFF000000000000 == 0
                abi = 1 if sample == 2 and only_eight else 2
                made.add(*((abi, numbers(mask, 16 * sample)) if mask else None for mask in (user, intr)))
            made.write(path)
            equal(len(agree(path, "intr", intr)), 3, "samples")
            if user:
                agree(path, "user", user)


def sections_that_are_not_there(folder):
    path = f"{folder}/none.data"
    made = perf_data.File(XMM, XMM)
    made.add((0, []), (2, numbers(XMM, 1)))
    made.add((2, numbers(XMM, 2)), (0, []))
    made.write(path)
    equal([len(sample) for sample in agree(path, "user", XMM)], [0, 32], "user words")
    equal([len(sample) for sample in agree(path, "intr", XMM)], [32, 0], "interrupt words")


def differences_of_the_two_sets(folder):
    path = f"{folder}/diff.data"
    made = perf_data.File(XMM | GPR, XMM | GPR)
    same = numbers(XMM | GPR, 5)
    other = list(same)
    other[0] += 1  # AX
    other[20 + 2 * 3 + 1] ^= 1 << 63  # the high word of xmm3, its last lane's sign
    made.add((2, same), (2, same))
    made.add((2, same), (2, other))
    made.write(path)
    lines = read("dump-regs", path, "--diff", "--as", "u32", "--format", "jsonl").splitlines()
    equal(len(lines), 1, "samples that differ")
    found = json.loads(lines[0])["differences"]
    runs = [(one["name"], one["bits"], one.get("lane")) for one in found]
    equal(runs, [("rax", "63:0", None), ("xmm3", "127:96", 3)], "runs")
    equal(found[1]["user"] ^ found[1]["intr"], 1 << 31, "the lane's sign")


if __name__ == "__main__":
    e2e.need_command("perf")
    e2e.main(
        [
            every_sample_of_a_real_kernel,
            files_written_by_hand,
            sections_that_are_not_there,
            differences_of_the_two_sets,
        ]
    )
