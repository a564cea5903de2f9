"""What a guest left behind, in the words of the checks."""

import json
import os
import re
import struct
import subprocess


class Failure(Exception):
    """A check that did not hold."""


def check(condition, fact):
    if not condition:
        raise Failure(fact)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got!r}, not {wanted!r}")


# struct truth of tests/kernel/module/simdtest.h
TRUTH = struct.Struct("<QQIIIIQ")
USER, GUEST, CHANGED, SAVED, LOST, THROTTLED, KTHREAD, HIDDEN = (1 << bit for bit in range(8))


class Truth:
    def __init__(self, fields):
        self.time, self.ip, self.cpu, self.pid, self.tid, self.flags, self.event = fields


def held(thread, register):
    """XMM lanes that tests/programs/simd_patterns.c holds."""
    whole = 10000.0 * thread + 1000.0 + register
    return (whole + 0.25, -(whole + 0.5))


def kernel_held(register):
    """XMM lanes that /dev/simdfpu holds (module/fpu_device.c)."""
    return (-(777000.0 + register),) * 2


def lanes(value):
    """The two f64 lanes of an XMM register as dump-regs prints it."""
    return struct.unpack("<2d", int(value, 16).to_bytes(16, "little"))


class Set:
    """One register set of a sample."""

    def __init__(self, fields):
        self.source = fields["source"]
        self.rules = set(re.findall(r"\bR\d+\b", self.source))
        self.registers = {one["name"]: one for one in fields["registers"]}

    def xmm(self):
        """Lanes of the 16 registers, or None when one is not there."""
        found = []
        for number in range(16):
            one = self.registers.get(f"xmm{number}")
            if one is None or "value" not in one:
                return None
            found.append(lanes(one["value"]))
        return found

    def presence(self):
        return {self.registers[f"xmm{n}"]["presence"] for n in range(16) if f"xmm{n}" in self.registers}

    def number(self, name):
        one = self.registers.get(name, {})
        return int(one["value"], 16) if "value" in one else None


class Sample:
    def __init__(self, fields):
        self.fields = fields
        self.mode, self.cpu, self.pid, self.tid = fields["mode"], fields["cpu"], fields["pid"], fields["tid"]
        seconds, fraction = fields["time"].split(".")
        self.time = int(seconds) * 10**9 + int(fraction)
        self.symbol = fields.get("symbol")
        self.ip = int(fields["ip"], 16)
        sets = {one["set"]: Set(one) for one in fields["sets"]}
        self.user, self.intr = sets.get("user"), sets.get("interrupt", sets.get("intr"))


class Results:
    def __init__(self, folder, simdprof):
        self.folder = os.path.join(folder, "out")
        self.top = folder
        self.simdprof = simdprof

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        path = self.path(name)
        check(os.path.exists(path), f"the guest left no {name}")
        return open(path, encoding="utf-8", errors="replace").read()

    def ended(self, name, status=0):
        """The step came to its end with this status."""
        got = self.text(f"{name}.status").strip()
        check(got == str(status), f"{name}: status {got}, not {status}: {self.text(name + '.stderr').strip()[-600:]}")

    def samples(self, name):
        """Samples of a recording with both sets: as the guest printed them, or else as this machine does."""
        self.ended(name)
        inside = self.path(f"{name}_regs.stdout")
        if os.path.exists(inside):
            self.ended(f"{name}_regs")
            lines = open(inside, encoding="utf-8").read().splitlines()
        else:
            lines = self.host("dump-regs", name, "--both", "--gpr", "--xmm", "--format", "jsonl").splitlines()
        return [Sample(json.loads(line)) for line in lines]

    def host(self, verb, name, *options):
        """Output of a verb of this machine's simdprof on a guest's recording."""
        return self.host_file(verb, f"{name}.data", *options)

    def host_file(self, verb, name, *options):
        words = [self.simdprof, verb, "-i", self.path(name), *options]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        check(done.returncode == 0, f"{verb} of {name}: status {done.returncode}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def recorded_intr(self, name):
        """XMM lanes of interrupt sets as they stand in the file, trusted or not, by (time, tid)."""
        found, key, section = {}, None, None
        for line in self.host("dump", name, "--stage=registers").splitlines():
            words = line.split()
            if line.startswith("sample "):
                facts = dict(word.split("=", 1) for word in words if "=" in word)
                seconds, fraction = facts["time"].split(".")
                key = (int(seconds) * 10**9 + int(fraction), int(facts["tid"]))
            elif line.startswith("  ") and not line.startswith("   "):
                section = words[0]
            elif section != "user" and words and words[0].startswith("vector") and words[2] != "not":
                found.setdefault(key, []).append(lanes(words[3]))
        return found

    def host_json(self, verb, name, *options):
        return json.loads(self.host(verb, name, *options, "--format", "json"))

    def quality(self, name):
        return self.host_json("report", name)["quality"]

    def truth(self, name):
        content = open(self.path(f"{name}.truth"), "rb").read()
        equal(len(content) % TRUTH.size, 0, f"{name}: bytes left over; the module's log was full")
        return [Truth(fields) for fields in TRUTH.iter_unpack(content)]

    def counters(self, name):
        words = self.text(f"{name}.counters").split()
        return {word: int(value) for word, value in zip(words[::2], words[1::2])}

    def program(self, name):
        """What simd_patterns printed: (first, end) of its spin function, thread number by thread id."""
        words = [line.split() for line in self.text(f"{name}.stdout").splitlines()]
        facts = {line[0]: line[1:] for line in words if line and line[0] != "thread"}
        check("intact" in facts, f"{name}: the program itself says {words}")
        spin = tuple(int(word, 16) for word in facts["spin"])
        return spin, {int(line[2]): int(line[1]) for line in words if line and line[0] == "thread"}


OTHER_RECORDS = 40  # names, mappings and tasks of a program's start and end


def loss_as_counted(results, name):
    """What simdprof reports lost is what the module could not write. Gives how many lost records were no samples."""
    counted = results.counters(name)["lost"]
    reported = results.quality(name)["lost"]
    others = sum(reported.values()) - counted
    check(others == 0 or (counted > 0 and 0 < others <= OTHER_RECORDS), f"{name}: reported lost: {reported}; samples lost: {counted}")
    return others


def in_spin(sample, spin):
    """Whether the user part of a sample was between the first and the last instruction that hold the pattern."""
    ip = sample.user.number("rip") if sample.user else None
    return ip is not None and spin[0] <= ip < spin[1]


def matched(samples, truths):
    """Pairs of a sample and its truth, by time and thread; every written sample must be there, and no other."""
    by_key = {(one.time, one.tid): one for one in truths if one.time and not one.flags & LOST}
    pairs = [(sample, by_key.get((sample.time, sample.tid))) for sample in samples]
    strangers = sum(1 for _, one in pairs if one is None)
    equal(strangers, 0, "samples that the module did not make")
    equal(len(pairs), len(by_key), "samples that came, of those that the module wrote")
    return pairs
