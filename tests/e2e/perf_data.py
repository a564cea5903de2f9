"""Files of the kernel's tool written from the definition of their format: one event, samples with register sections."""

import struct

IP, TID, TIME, PERIOD = 1 << 0, 1 << 1, 1 << 2, 1 << 8
BRANCH_STACK, REGS_USER, REGS_INTR, IDENTIFIER = 1 << 11, 1 << 12, 1 << 18, 1 << 16
SAMPLE_ID_ALL = 1 << 18
FEATURE_ARCH = 6


def words(*values):
    return struct.pack(f"<{len(values)}Q", *values)


def record(kind, misc, payload):
    return struct.pack("<IHH", kind, misc, 8 + len(payload)) + payload


def padded(text):
    raw = text.encode() + b"\0"
    return raw + b"\0" * (-len(raw) % 8)


def section(abi, values):
    """A register section: the abi word, then, but for abi 0, the words of the mask in ascending order."""
    return words(abi) if abi == 0 else words(abi, *values)


class File:
    """perf.data of one software clock. Masks are those of the attributes; samples give the words themselves.

    Without a machine the file does not name one: it is then taken to be of the machine it is read on.
    With `branches` each sample has a branch stack.
    """

    def __init__(self, user_mask, intr_mask, machine="x86_64", branches=False):
        self.kind = IDENTIFIER | IP | TID | TIME | PERIOD
        self.kind |= (REGS_USER if user_mask else 0) | (REGS_INTR if intr_mask else 0)
        self.kind |= BRANCH_STACK if branches else 0
        self.masks = (user_mask, intr_mask)
        self.machine = machine
        self.data = record(3, 0, struct.pack("<II", 42, 42) + padded("app") + self.trailer(1))
        self.time = 1000

    def trailer(self, time):
        return struct.pack("<II", 42, 42) + words(time, 7)

    def map(self, path, start, size, offset):
        """A file that the program has mapped, to execute it."""
        payload = struct.pack("<II", 42, 42) + words(start, size, offset) + padded(path)
        self.data += record(1, 2, payload + self.trailer(2))

    def add(self, user=None, intr=None, ip=0x401920, mode=2, branches=None):
        """`user` and `intr`: (abi, words), for the masks that are not zero. `branches`: (from, to, flags), latest first."""
        self.time += 1000
        payload = words(7, ip) + struct.pack("<II", 42, 42) + words(self.time, 1)
        if branches is not None:
            payload += words(len(branches), *(word for branch in branches for word in branch))
        for given in (user, intr):
            payload += b"" if given is None else section(*given)
        self.data += record(9, mode, payload)

    def attribute(self):
        attr = struct.pack("<IIQQQQQ", 1, 128, 1, 1000, self.kind, 0, SAMPLE_ID_ALL)
        branch_kinds = 1 | 1 << 3 if self.kind & BRANCH_STACK else 0  # user, any
        attr += struct.pack("<IIQQQ", 1, 0, 0, 0, branch_kinds)
        attr += struct.pack("<QIiQIHHII", self.masks[0], 0, 0, self.masks[1], 0, 0, 0, 0, 0) + words(0)
        assert len(attr) == 128
        return attr

    def write(self, path):
        ids_at, attrs_at = 104, 112
        data_at = attrs_at + 128 + 16
        end = data_at + len(self.data)
        header = b"PERFILE2" + words(104, 144, attrs_at, 144, data_at, len(self.data), 0, 0)
        header += words(1 << FEATURE_ARCH if self.machine else 0, 0, 0, 0)
        with open(path, "wb") as out:
            out.write(header + words(7) + self.attribute() + words(ids_at, 8) + self.data)
            if self.machine:
                arch = struct.pack("<I", 64) + self.machine.encode().ljust(64, b"\0")
                out.write(words(end + 16, len(arch)) + arch)
