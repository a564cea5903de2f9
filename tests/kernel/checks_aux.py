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
        self.records = []  # (type, payload) of the others
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
        else:
            self.records.append((kind, payload))

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


SAMPLE, MMAP, MMAP2, HW_ID = 9, 1, 10, 21
FIXED = struct.Struct("<QQIIQIIQ")  # IDENTIFIER, IP, TID, TIME, CPU, PERIOD


def samples_with_bytes(results, name, size):
    """(time, cpu, pairs) of the samples that have `size` bytes of the AUX area at their end."""
    found = []
    for kind, payload in Areas(results, name).records:
        if kind != SAMPLE or len(payload) < FIXED.size + 8 + size:
            continue
        (told,) = struct.unpack_from("<Q", payload, len(payload) - size - 8)
        equal(told, size, f"{name}: bytes of the area in a sample of {len(payload)}")
        _, _, _, _, time, cpu, _, _ = FIXED.unpack_from(payload)
        found.append((time, cpu, list(PAIR.iter_unpack(payload[size % PAIR.size - size :]))))
    return found


def bytes_of_the_moment(results, name, size, per_cpu):
    """Each sample has the newest bytes of its area: those of all ticks before it, and of none behind it. What is older
    than the first tick is zero."""
    samples = samples_with_bytes(results, name, size)
    check(len(samples) >= 10, f"{name}: {len(samples)} samples with bytes")
    equal(results.counters(name)["sampled"] >= len(samples), True, f"{name}: samples that the module gave bytes to")
    last = {}
    for time, cpu, pairs in sorted(samples, key=lambda one: one[0]):
        area = cpu if per_cpu else 0
        written = [pair for pair in pairs if pair[1] != 0]
        equal(pairs, [(0, 0)] * (len(pairs) - len(written)) + written, f"{name}: bytes that nobody wrote, at {time}")
        for before, after in zip(written, written[1:]):
            equal(after[0], before[0] + PAIR.size, f"{name}: step in the stream at {time}")
            check(before[1] <= after[1], f"{name}: time goes back at {time}")
        if not written:
            continue
        end, clock = written[-1]
        check(clock <= time, f"{name}: bytes of {clock} in a sample of {time}")
        if area in last:
            last_end, last_time = last[area]
            check(end >= last_end, f"{name}: older bytes at {time} than before")
            for place, made in written:
                check((place > last_end) == (made > last_time), f"{name}: pair {place} of {made} came late to {last_time}")
        last[area] = (end, time)
    full = sum(1 for _, _, pairs in samples if pairs[0][1] != 0)
    check(full > 0, f"{name}: no sample whose bytes were all written")
    print(f"{name}: {len(samples)} samples with {size} bytes, {full} of them full")


def samples_hold_the_newest_bytes(results):
    bytes_of_the_moment(results, "aux_sample", 8192, per_cpu=True)
    bytes_of_the_moment(results, "aux_sample_group", 1000, per_cpu=False)


def output_of_another_event_is_led_to_the_area(results):
    """The kernel links both, and the number under which the event is known in the trace is in the file."""
    name = "aux_led"
    areas = full_trace(results, name, truncated=False)
    check(results.counters(name)["led"] > 20, f"{results.counters(name)}")
    told = [struct.unpack_from("<Q", payload)[0] for kind, payload in areas.records if kind == HW_ID]
    check(told and set(told) == {0x51D}, f"{name}: AUX_OUTPUT_HW_ID {told}")
    check("AUX_OUTPUT_HW_ID" in results.host("dump", name, "--stage=record"), f"{name}: not shown")


def refused(results, name, status, *words):
    """One clear line says why, and nothing is recorded."""
    got, text = results.text(f"{name}.status").strip(), results.text(f"{name}.stderr")
    lines = text.splitlines()
    check(got == str(status) and len(lines) == 1, f"{name}: status {got}: {text}")
    for word in words:
        check(word in lines[0], f"{name}: no '{word}' in: {lines[0]}")


def output_that_cannot_be_led_is_refused(results):
    refused(results, "aux_led_refused", 1, "simdsource/aux-output/", "takes no output of it", "EINVAL")
    refused(results, "aux_led_clock", 1, "task-clock/aux-output/", "EOPNOTSUPP")
    refused(results, "aux_led_alone", 129, "no event has an AUX area")


def mapped_at(areas, path, offset):
    """Where a byte of a file was mapped, by the recording."""
    for kind, payload in areas.records:
        if kind not in (MMAP, MMAP2):
            continue
        start, size, place = struct.unpack_from("<QQQ", payload, 8)
        name = payload[64 if kind == MMAP2 else 32 :].split(b"\0")[0].decode()
        if name == path and place <= offset < place + size:
            return start + offset - place
    check(False, f"{areas.name}: no mapping of {path} holds {offset:#x}")
    return 0


def told_filters(results, name):
    """What the kernel handed to the PMU, but for what is not mapped yet: {(action, address, bytes)}."""
    words = [line.split() for line in results.text(f"{name}.filters").splitlines()]
    return {(action, int(start, 16), int(size)) for _, action, start, size in words if int(start, 16) != 0}


def filters_reach_the_pmu(results):
    program = "/bin/simd_patterns"
    areas = full_trace(results, "aux_filter_range", truncated=False)
    place = mapped_at(areas, program, 0x1040)
    equal(told_filters(results, "aux_filter_range"), {("filter", place, 0x80)}, "a range of a file")
    areas = full_trace(results, "aux_filter_two", truncated=False)
    ends = mapped_at(areas, program, 0x1040), mapped_at(areas, program, 0x1080)
    equal(told_filters(results, "aux_filter_two"), {("start", ends[0], 0), ("stop", ends[1], 0)}, "a start and a stop")
    results.ended("aux_filter_kernel")
    equal(told_filters(results, "aux_filter_kernel"), {("filter", 0xFFFFFFFF81000000, 0x1000)}, "a range of the kernel")


def a_function_as_filter_is_its_addresses(results):
    """The spin function of the program, which prints where it is."""
    name = "aux_filter_symbol"
    areas = full_trace(results, name, truncated=False)
    told = told_filters(results, name)
    equal(len(told), 1, f"filters {told}")
    action, start, size = told.pop()
    (begin, end), _ = results.program(name)
    equal(action, "filter", name)
    check(start <= begin and end <= start + size, f"{name}: {start:#x}+{size:#x} for a spin at {begin:#x}..{end:#x}")
    check(size < 0x1000, f"{name}: {size} bytes")
    described = results.host("dump-aux", name, "--loss")
    check(described is not None and areas.bytes() > 0, name)


def bad_filters_are_refused(results):
    program = "/bin/simd_patterns"
    refused(results, "aux_filter_bad", 129, "does not take 'filter'")
    refused(results, "aux_filter_many", 1, "fewer than these")
    refused(results, "aux_filter_no_file", 1, "/bin/none", "no such file")
    refused(results, "aux_filter_no_symbol", 1, f"{program} has no function 'nobody'")
    refused(results, "aux_filter_cpus", 129, "not for whole CPUs")


def paused_and_resumed(results):
    """Where the kernel has it: nothing is traced before the first sample of the event that resumes, and nothing behind
    the first of the one that pauses. An older kernel refuses the event in one line."""
    if results.text("aux_paused.status").strip() != "0":
        for name, event in (("resumed", "aux-action=start-paused"), ("paused", "task-clock/aux-action=pause")):
            refused(results, f"aux_{name}", 1, event, "Linux 6.13")
        print(f"this kernel has no aux_pause: {results.text('aux_paused.stderr').strip()}")
        return
    times = {}
    for name in ("aux_resumed", "aux_paused"):
        areas = Areas(results, name)
        pairs = [pair for pieces in areas.pieces.values() for _, data in pieces for pair in PAIR.iter_unpack(data)]
        stops = [FIXED.unpack_from(payload)[4] for kind, payload in areas.records if kind == SAMPLE]
        check(pairs and stops, f"{name}: {len(pairs)} pairs, {len(stops)} samples")
        times[name] = [made for _, made in pairs], min(stops)
        # How many ticks of the clock fall into a pause is the host's.
        check(results.counters(name)["paused"] > 0, f"{name}: {results.counters(name)}")
    clocks, first = times["aux_resumed"]
    check(min(clocks) >= first, f"aux_resumed: traced {first - min(clocks)} ns before it was resumed")
    clocks, first = times["aux_paused"]
    check(max(clocks) <= first, f"aux_paused: traced {max(clocks) - first} ns after it was paused")
    counters = results.counters("aux_never_resumed")
    check(counters["produced"] == 0 and counters["paused"] > 0, f"aux_never_resumed: {counters}")
    print(f"resumed and paused; {counters['paused']} ticks of an event that started paused")


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
    samples_hold_the_newest_bytes,
    output_of_another_event_is_led_to_the_area,
    output_that_cannot_be_led_is_refused,
    filters_reach_the_pmu,
    a_function_as_filter_is_its_addresses,
    bad_filters_are_refused,
    paused_and_resumed,
]
