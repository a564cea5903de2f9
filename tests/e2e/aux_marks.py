"""What an Intel PT trace tells beside its flow, as samples of script --itrace=wp: of packets written by hand, and of the
traces of others, beside perf where it is here."""

import json
import os
import shutil
import struct

import aux_trace
import e2e
from aux_trace import CORPUS, no_corpus_or_perf
from e2e import check, equal, run, simdprof

INTEL_PT = 1
START = 0x4000E8
PSB, PSBEND, MODES = b"\x02\x82" * 8, b"\x02\x23", b"\x99\x20\x99\x01"


def number(value, size):
    return value.to_bytes(size, "little")


def fup(ip):
    return b"\x7d" + number(ip, 6)


def tsc(value):
    return b"\x19" + number(value, 7)


def cbr(ratio):
    return bytes([2, 0x03, ratio, 0])


def header(time, ratio):
    return PSB + tsc(time) + cbr(ratio) + MODES + fup(START) + PSBEND


def ptwrite(payload, ip=True):
    """Its address is told by a FUP packet, or not. Source: Intel SDM volume 3, "Intel Processor Trace", packets."""
    return (b"\x02\xb2" if ip else b"\x02\x32") + payload.ljust(8, b"\0") + (fup(START) if ip else b"")


def mwait(hints, extensions):
    return b"\x02\xc2" + number(hints, 4) + number(extensions, 4)


def pwre(hardware, state, sub_state):
    return b"\x02\x22" + number(hardware << 7 | sub_state << 8 | state << 12, 2)


def exstop(ip):
    return b"\x02\xe2" + fup(START) if ip else b"\x02\x62"


def pwrx(deepest, last, reason):
    return b"\x02\xa2" + number(deepest | last << 4 | reason << 8, 5)


def packets(time, step):
    """One after another, `step` ticks apart."""
    parts = [
        header(time, 32),
        ptwrite(b"\x34\x12"),
        ptwrite(b"hello"),
        ptwrite(b""),
        ptwrite(b"exactly8", ip=False),
        cbr(33),
        cbr(33),
        mwait(0x60, 1) + pwre(0, 6, 0) + exstop(True),
        pwrx(6, 5, 1),
        mwait(0xFFFFFF20, 3) + fup(START),
        exstop(False),
        exstop(True),
        pwrx(15, 0, 2),
        pwrx(3, 2, 15),
        cbr(8),
    ]
    trace = b"".join(part + tsc(time + (i + 1) * step) for i, part in enumerate(parts))
    return trace + header(time + 20 * step, 8) + ptwrite(b"\xff") + header(time + 30 * step, 31)


def by_hand(source, target):
    """A copy of a recording whose trace is these packets, and whose event asked for them."""
    with open(source, "rb") as file:
        whole = bytearray(file.read())
    (attr_size,) = struct.unpack_from("<Q", whole, 16)
    attrs, attrs_bytes, at, size = struct.unpack_from("<4Q", whole, 24)
    power, writes = 1 << 4, 1 << 12
    for attr in range(attrs, attrs + attrs_bytes, attr_size):
        kind, _, config = struct.unpack_from("<IIQ", whole, attr)
        if kind >= 6:  # of a PMU that was given its number
            struct.pack_into("<Q", whole, attr + 8, config | power | writes)
    end = at + size
    while at < end:
        kind, _, size = struct.unpack_from("<IHH", whole, at)
        begin, at = at + size, at + size
        if kind != aux_trace.AUXTRACE:
            continue
        (count,) = struct.unpack_from("<Q", whole, begin - size + 8)
        first = int.from_bytes(whole[begin + 17 : begin + 24], "little")  # behind the PSB packet
        whole[begin : begin + count] = packets(first, 300).ljust(count, b"\0")
        at += count
    with open(target, "wb") as file:
        file.write(whole)


def both(path, letters, fields):
    """Lines of perf and ours."""
    options = ["-i", path, "--symfs", os.path.join(CORPUS, "symfs", "hase"), f"--itrace={letters}"]
    options += ["-F", fields] if fields else []
    theirs = run(["perf", "script", *options])
    ours = simdprof("script", *options)
    equal(ours.returncode, 0, f"script --itrace={letters} -F {fields}: {ours.stderr.decode()}")
    return [[line.rstrip() for line in done.stdout.decode().splitlines()] for done in (theirs, ours)]


def marks_of_the_corpus_are_those_of_perf(folder):
    if no_corpus_or_perf():
        return
    for name, count in (("loopy-20180404T162955.perf", 3), ("loopy-20180514.perf", 12)):
        path = os.path.join(folder, name)
        shutil.copy(os.path.join(CORPUS, "hase", name), path)
        theirs, ours = both(path, "p", "comm,tid,cpu,time,event,synth,ip,sym")
        equal(len(theirs), count, f"{name}: lines of perf")
        equal(ours, theirs, f"{name}: lines")
        theirs, ours = both(path, "p", None)
        equal(ours, theirs, f"{name}: lines with the default fields")
    # Without its programs perf does not show the address that the header tells.
    theirs, ours = both(os.path.join(CORPUS, "pdc", "perf.data.intel_pt-4.14"), "p", "time,event,synth")
    equal(sum("psb:" in line for line in theirs), 10, "PSB packets of perf")
    equal(sum("cbr:" in line for line in theirs), 2, "ratios of perf")
    equal(ours, theirs, "lines without the programs")


def packets_by_hand_are_those_of_perf(folder):
    if no_corpus_or_perf():
        return
    path = os.path.join(folder, "hand.data")
    by_hand(os.path.join(CORPUS, "hase", "loopy-20180514.perf"), path)
    for letters, count in (("w", 5), ("p", 16), ("pw", 21)):
        theirs, ours = both(path, letters, "comm,tid,time,event,synth,ip,sym")
        equal(len(theirs), count, f"{letters}: lines of perf")
        equal(ours, theirs, f"{letters}: lines")


def clock_of_one_gigahertz():
    """Source: perf's util/intel-pt.h, the INTEL_PT_* indices of the words."""
    words = [0] * 17
    words[2] = words[4] = 1  # a tick is a nanosecond, and that is known
    words[15] = 10  # the ratio at that frequency
    return aux_trace.record(aux_trace.AUXTRACE_INFO, struct.pack("<II", INTEL_PT, 0) + aux_trace.words(*words))


def members_stand_in_json(folder):
    trace = packets(1_000_000, 1000)
    path = aux_trace.write(
        folder,
        [clock_of_one_gigahertz(), aux_trace.aux(0, len(trace), 0, 2_000_000, 0), aux_trace.auxtrace(0, trace, 0)],
    )
    done = simdprof("script", "-i", path, "--itrace=pw", "-F", "event,synth,ip", "--format=jsonl")
    hits = [json.loads(line) for line in done.stdout.splitlines()]
    equal(len(hits), 21, f"samples: {done.stderr.decode()}")
    by_event = {}
    for hit in hits:
        by_event.setdefault(hit["event"], []).append(hit["synth"])
        check(hit["ip"] in (hex(START), "0x0"), f"address: {hit}")
    equal(by_event["ptwrite"][1], {"has_ip": True, "payload": "0x6f6c6c6568"}, "ptwrite")
    equal(by_event["cbr"][0], {"cbr": 32, "freq_mhz": 3200, "percent": 320}, "cbr")
    equal(by_event["mwait"][0], {"hints": 0x60, "extensions": 1}, "mwait")
    equal(by_event["pwre"], [{"hw": False, "cstate": 6, "sub_cstate": 0}], "pwre")
    equal([mark["has_ip"] for mark in by_event["exstop"]], [True, False, True], "exstop")
    equal(by_event["pwrx"][2], {"deepest_cstate": 3, "last_cstate": 2, "wake_reason": 15}, "pwrx")
    equal([mark["psb_offs"] for mark in by_event["psb"]][0], "0x0", "psb")
    report = json.loads(simdprof("report", "-i", path, "--itrace=pw", "--format", "json", "-s", "samples").stdout)
    counts = {event["event"]: event["samples"] for event in report["quality"]["events"]}
    equal((counts["ptwrite"], counts["cbr"], counts["pwrx"]), (5, 4, 3), "samples of the report")
    without = simdprof("script", "-i", path, "--itrace=b", "-F", "synth")
    equal((without.returncode, without.stdout), (1, b""), "synth with branches")
    check(b"with w or p" in without.stderr, f"synth with branches: {without.stderr}")


if __name__ == "__main__":
    e2e.main([members_stand_in_json, marks_of_the_corpus_are_those_of_perf, packets_by_hand_are_those_of_perf])
