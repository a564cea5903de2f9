"""AUX areas: every byte that the module wrote is in the file, at its place, or its loss is reported."""

import struct
import subprocess

from lab_results import check, equal

AUX, ITRACE_START, AUXTRACE = 11, 12, 0x5344000B
TRUNCATED, OVERWRITE, PARTIAL, COLLISION = 1, 2, 4, 8
PIECE = struct.Struct("<QQIiiI")
PAIR = struct.Struct("<QQ")


class Areas:
    """AUX bytes and AUX records of a recording, read from its decompressed bytes (man/simdprof-format.5)."""

    def __init__(self, results, name, status=0):
        results.ended(name, status)
        done = subprocess.run(["zstd", "-dcq", results.path(f"{name}.data")], capture_output=True, check=False)
        equal(done.returncode, 0, f"{name}: zstd: {done.stderr!r}")
        self.name = name
        self.pieces = {}  # index -> [(offset, bytes)]
        self.flags = []  # of AUX records
        self.announced = 0
        self.starts = 0
        at = 0
        while at < len(done.stdout):
            kind, _, size = struct.unpack_from("<IHH", done.stdout, at)
            check(size >= 8 and at + size <= len(done.stdout), f"{name}: record of {size} bytes at {at}")
            self._take(kind, done.stdout[at + 8 : at + size])
            at += size
        for pieces in self.pieces.values():
            pieces.sort(key=lambda piece: piece[0])

    def _take(self, kind, payload):
        if kind == AUXTRACE:
            offset, _, index, _, _, size = PIECE.unpack_from(payload)
            self.pieces.setdefault(index, []).append((offset, payload[PIECE.size : PIECE.size + size]))
        elif kind == AUX:
            _, size, flags = struct.unpack_from("<QQQ", payload)
            self.flags.append(flags)
            self.announced += size
        elif kind == ITRACE_START:
            self.starts += 1

    def bytes(self):
        return sum(len(data) for pieces in self.pieces.values() for _, data in pieces)

    def truncated(self):
        return sum(1 for flags in self.flags if flags & TRUNCATED)

    def proved(self, area_bytes=1 << 64):
        """Checks each pair of the stream. Gives (bytes missing between pieces, bytes that the module dropped between
        two pairs).

        @param area_bytes  of a snapshot: how often its area was filled before cannot be known, so that offsets in the
                           file are those of the module but for multiples of this"""
        missing = dropped = 0
        for index, pieces in self.pieces.items():
            end = last_step = last_place = None
            for offset, data in pieces:
                check(end is None or offset >= end, f"{self.name}: area {index}: bytes at {offset} twice")
                missing += 0 if end is None else offset - end
                end = offset + len(data)
                equal(len(data) % PAIR.size, 0, f"{self.name}: size of the piece at {offset}")
                for at, (place, number) in enumerate(PAIR.iter_unpack(data)):
                    wanted = (offset + at * PAIR.size) % area_bytes
                    equal(place % area_bytes, wanted, f"{self.name}: area {index}: pair at {offset + at * PAIR.size}")
                    check(last_place is None or place > last_place, f"{self.name}: area {index}: old bytes at {place}")
                    last_place = place
                    step = number - place
                    check(last_step is None or step >= last_step, f"{self.name}: area {index}: step back at {place}")
                    dropped += 0 if last_step is None else step - last_step
                    last_step = step
        return missing, dropped


def full_trace(results, name, truncated, start=0):
    """A recording in normal mode: complete but for what was dropped for want of room, which is reported.

    @param start  the head was moved so many bytes at first, past bytes that nobody wrote"""
    areas = Areas(results, name)
    counters = results.counters(name)
    missing, dropped = areas.proved()
    reported = results.quality(name)["lost"]
    equal(areas.bytes(), counters["written"], f"{name}: bytes recorded, of those written")
    equal(missing, 0, f"{name}: bytes missing")
    equal(areas.announced, counters["written"] + start, f"{name}: bytes that AUX records announced")
    equal(reported.get("AUX bytes not read", 0), start, f"{name}: reported {reported}")
    equal(areas.truncated(), counters["truncated"], f"{name}: AUX records with TRUNCATED")
    equal(reported.get("AUX truncated", 0), counters["truncated"], f"{name}: reported {reported}")
    check((counters["truncated"] > 0) == truncated, f"{name}: truncated {counters['truncated']} times")
    check(dropped <= counters["dropped"], f"{name}: {dropped} bytes dropped in the stream, {counters['dropped']} by count")
    check(areas.starts > 0, f"{name}: no ITRACE_START")
    print(f"{name}: {areas.bytes()} bytes in {len(areas.pieces)} areas, {dropped} dropped, full {areas.truncated()} times")
    return areas


def slow_producer_loses_nothing(results):
    areas = full_trace(results, "aux_slow", truncated=False)
    check(areas.bytes() > 1 << 15, f"{areas.bytes()} bytes")


def fast_producer_is_enabled_again(results):
    """The area is full again and again; each time the reader empties it and enables the event."""
    areas = full_trace(results, "aux_fast", truncated=True)
    check(areas.truncated() >= 5, f"full {areas.truncated()} times")


def whole_cpus(results):
    areas = full_trace(results, "aux_cpus", truncated=False)
    equal(len(areas.pieces), 2, "areas with bytes")


def one_thread(results):
    full_trace(results, "aux_thread", truncated=False)


def recorder_stopped_with_an_area(results):
    full_trace(results, "aux_stopped", truncated=True)


def head_past_4_gib(results):
    full_trace(results, "aux_past_4g", truncated=False, start=0xFFFF0000)


def reader_of_32_bits(results):
    """On a 64-bit kernel, below 4 GiB: nothing differs."""
    full_trace(results, "aux32_slow", truncated=False)


def reader_of_32_bits_at_4_gib(results):
    """The head passes 2^32 while it reads: what is in the file is right, the rest is refused with one clear line."""
    name = "aux32_past_4g"
    limit = "a 32-bit simdprof reads at most 4 GiB of an AUX area; use a 64-bit one, or --snapshot"
    status = results.text(f"{name}.status").strip()
    check(status == "1" and limit in results.text(f"{name}.stderr"), f"status {status}: {results.text(name + '.stderr')}")
    areas = Areas(results, name, status=1)
    missing, _ = areas.proved()
    equal(missing, 0, "bytes missing between those recorded")
    check(areas.bytes() >= 1 << 16, f"{areas.bytes()} bytes recorded of the 2 MiB below 4 GiB")
    ends = [pieces[-1][0] + len(pieces[-1][1]) for pieces in areas.pieces.values()]
    check(all(end <= 1 << 32 for end in ends), f"recorded up to {ends}")
    check(results.quality(name)["lost"].get("AUX bytes not read", 0) > 0, "the loss is not in the file")
    print(f"{name}: {areas.bytes()} bytes, up to {[hex(end) for end in ends]}, then: {limit}")


M32_CHECKS = [reader_of_32_bits, reader_of_32_bits_at_4_gib]


def flags_of_records_are_kept(results):
    areas = full_trace(results, "aux_flags", truncated=False)
    seen = 0
    for flags in areas.flags:
        seen |= flags
    check(seen & PARTIAL and seen & COLLISION, f"flags {seen:#x}")


def snapshot(results, name, wrapped, area_bytes):
    """The newest bytes of each area, all of them when it was never full."""
    areas = Areas(results, name)
    counters = results.counters(name)
    areas.proved(area_bytes)
    if wrapped:
        full = [index for index, pieces in areas.pieces.items() if sum(len(data) for _, data in pieces) == area_bytes]
        check(full and areas.bytes() < counters["written"], f"{name}: {areas.bytes()} bytes of {counters['written']}")
    else:
        equal(areas.bytes(), counters["written"], f"{name}: bytes recorded, of those written")
    check(all(flags & OVERWRITE for flags in areas.flags), f"{name}: AUX records without OVERWRITE")
    print(f"{name}: {areas.bytes()} bytes of {counters['written']} in {len(areas.pieces)} areas")


def snapshot_before_it_wraps(results):
    snapshot(results, "aux_snapshot_short", wrapped=False, area_bytes=8 << 20)


def snapshot_that_wrapped(results):
    """With a head that stays in the area, as Intel PT's, and with one that grows, as CoreSight's."""
    snapshot(results, "aux_snapshot_long", wrapped=True, area_bytes=256 << 10)
    snapshot(results, "aux_snapshot_grows", wrapped=True, area_bytes=256 << 10)


CHECKS = [
    slow_producer_loses_nothing,
    fast_producer_is_enabled_again,
    whole_cpus,
    one_thread,
    recorder_stopped_with_an_area,
    head_past_4_gib,
    flags_of_records_are_kept,
    snapshot_before_it_wraps,
    snapshot_that_wrapped,
]
