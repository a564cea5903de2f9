#!/usr/bin/env python3
"""Makes a perf.data of many samples out of a small one, for benchmarks: its samples again and again, each time later.
Usage: replicate.py FROM TO TIMES. FROM is little-endian, in file mode, with one layout of samples."""

import struct
import sys

PERF_RECORD_EXIT, PERF_RECORD_SAMPLE, FINISHED_ROUND = 4, 9, 68
IDENTIFIER, IP, TID, TIME = 1 << 16, 1 << 0, 1 << 1, 1 << 2


def split(data, time_at):
    """Samples as one run of bytes with the places of their times, and all other records but exits."""
    samples, places, others = bytearray(), [], bytearray()
    at = 0
    while at < len(data):
        kind, _, size = struct.unpack_from("<IHH", data, at)
        if kind == PERF_RECORD_SAMPLE:
            places.append(len(samples) + time_at)
            samples += data[at : at + size]
        elif kind not in (PERF_RECORD_EXIT, FINISHED_ROUND):
            others += data[at : at + size]
        at += size
    return samples, places, others


def replicate(source, target, times):
    with open(source, "rb") as file:
        data = file.read()
    attrs_at = struct.unpack_from("<Q", data, 24)[0]
    data_at, data_bytes = struct.unpack_from("<QQ", data, 40)
    sample_type = struct.unpack_from("<Q", data, attrs_at + 24)[0]
    if sample_type & TIME == 0:
        sys.exit(f"{source}: samples have no time")
    time_at = 8 + 8 * sum(sample_type & bit != 0 for bit in (IDENTIFIER, IP, TID))
    samples, places, others = split(data[data_at : data_at + data_bytes], time_at)
    first = [struct.unpack_from("<Q", samples, place)[0] for place in places]
    span = max(first) - min(first) + 1000
    round_end = struct.pack("<IHH", FINISHED_ROUND, 0, 8)
    features = sum(bin(word).count("1") for word in struct.unpack_from("<4Q", data, 72))
    table_at = data_at + data_bytes
    with open(target, "wb") as file:
        file.write(data[:data_at] + others + round_end)
        for turn in range(times):
            for place, time_ns in zip(places, first):
                struct.pack_into("<Q", samples, place, time_ns + turn * span)
            file.write(samples)
            file.write(round_end)
        end = file.tell()
        table, blobs = b"", b""
        for i in range(features):
            at, size = struct.unpack_from("<QQ", data, table_at + 16 * i)
            table += struct.pack("<QQ", end + 16 * features + len(blobs), size)
            blobs += data[at : at + size]
        file.write(table + blobs)
        file.seek(48)
        file.write(struct.pack("<Q", end - data_at))
    return len(places) * times


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(replicate(sys.argv[1], sys.argv[2], int(sys.argv[3])), "samples")
