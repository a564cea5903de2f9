#!/usr/bin/env python3
"""Branches of an Intel PT trace: are those of `simdprof dump-aux` the lines of `perf script`, and how much sooner?
Usage: itrace.py FROM TIMES [SYMFS]. FROM is a perf.data with one AUX area, whose bytes are taken TIMES times."""

import os
import struct
import subprocess
import sys
import tempfile
import time

import bench

RUNS = 5
AUXTRACE, HEADER_AUXTRACE = 71, 18
FEATURES_AT = 72


def repeat_trace(data, times):
    """The records, with the bytes behind the AUXTRACE record `times` times."""
    at, found = 0, None
    while at < len(data):
        kind, _, size = struct.unpack_from("<IHH", data, at)
        if kind == AUXTRACE:
            if found is not None:
                sys.exit("more than one piece of AUX bytes")
            found = at
            size += struct.unpack_from("<Q", data, at + 8)[0]
        at += size
    if found is None:
        sys.exit("no AUX bytes")
    head = struct.unpack_from("<IHH", data, found)[2]
    count = struct.unpack_from("<Q", data, found + 8)[0]
    trace = data[found + head : found + head + count]
    record = bytearray(data[found : found + head])
    struct.pack_into("<Q", record, 8, count * times)
    return data[:found] + bytes(record) + trace * times + data[found + head + count :]


def write_repeated(source, target, times):
    """File mode, with an empty index of AUX bytes, because their places change."""
    with open(source, "rb") as file:
        whole = file.read()
    data_at, data_bytes = struct.unpack_from("<QQ", whole, 40)
    words = struct.unpack_from("<4Q", whole, FEATURES_AT)
    bits = [bit for bit in range(256) if words[bit // 64] >> (bit % 64) & 1]
    blobs = []
    for i, bit in enumerate(bits):
        offset, size = struct.unpack_from("<QQ", whole, data_at + data_bytes + 16 * i)
        blobs.append(struct.pack("<Q", 0) if bit == HEADER_AUXTRACE else whole[offset : offset + size])
    data = repeat_trace(whole[data_at : data_at + data_bytes], times)
    out = bytearray(whole[:data_at])
    struct.pack_into("<Q", out, 48, len(data))
    out += data
    place = len(out) + 16 * len(blobs)
    for blob in blobs:
        out += struct.pack("<QQ", place, len(blob))
        place += len(blob)
    with open(target, "wb") as file:
        file.write(bytes(out) + b"".join(blobs))


def timed(words):
    """Median of the seconds of RUNS runs, and the branch lines of the last."""
    seconds = []
    for _ in range(RUNS):
        start = time.monotonic()
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        seconds.append(time.monotonic() - start)
    lines = [line.rstrip() for line in done.stdout.decode(errors="replace").splitlines() if " => " in line]
    return sorted(seconds)[RUNS // 2], lines


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "perf.data")
        write_repeated(sys.argv[1], path, int(sys.argv[2]))
        symfs = ["--symfs", sys.argv[3]] if len(sys.argv) == 4 else []
        perf_seconds, wanted = timed(["perf", "script", "-i", path, *symfs, "--itrace=b", "-F", "ip,addr"])
        seconds, got = timed([bench.SIMDPROF, "dump-aux", "-q", "-i", path, *symfs, "--branches", "-F", "ip,addr"])
        print(f"AUX bytes: {os.path.getsize(path)}, branches: perf {len(wanted)}, simdprof {len(got)}")
        differ = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), None)
        if differ is not None:
            print(f"line {differ + 1} differs: perf {wanted[differ]!r}, simdprof {got[differ]!r}")
        print(f"perf script {perf_seconds:.3f} s, dump-aux {seconds:.3f} s: {perf_seconds / seconds:.2f} times as fast")
    sys.exit(0 if wanted == got else 1)


if __name__ == "__main__":
    main()
