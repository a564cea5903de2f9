"""AUX traces as dump-aux, report and dump-regs show them: a perf.data written by hand, whose areas and losses are known,
and the traces of others, beside perf where it is here."""

import collections
import json
import os
import re
import shutil
import struct

import e2e
from e2e import check, equal, run, simdprof

CORPUS = os.environ.get("SIMDPROF_CORPUS", "")
IP_TID_TIME_CPU, SAMPLE_ID_ALL = 0x87, 1 << 18
MMAP, AUX, SAMPLE, AUXTRACE_INFO, AUXTRACE = 1, 11, 9, 70, 71
INTEL_BTS = 2
HEADER_AUXTRACE = 18
TRUNCATED = 1


def words(*values):
    return struct.pack(f"<{len(values)}Q", *values)


def record(kind, payload, misc=0):
    return struct.pack("<IHH", kind, misc, 8 + len(payload)) + payload


def trailer(tid, time, cpu):
    return struct.pack("<II", tid, tid) + words(time, cpu)


def aux(offset, size, flags, time, cpu):
    return record(AUX, words(offset, size, flags) + trailer(42, time, cpu))


def auxtrace(offset, data, cpu):
    head = words(len(data), offset, 0) + struct.pack("<IiII", cpu, -1, cpu, 0)
    return record(AUXTRACE, head) + data


def auxtrace_info(kind):
    """Source: perf's struct perf_record_auxtrace_info: u32 type, u32 reserved, u64 words."""
    return record(AUXTRACE_INFO, struct.pack("<II", kind, 0) + words(8, 0, 0, 0, 0, 0))


def branches(*pairs):
    """BTS: from, to, flags."""
    return b"".join(words(start, end, 0) for start, end in pairs)


def sample(time, cpu):
    return record(SAMPLE, words(0x401000) + struct.pack("<II", 42, 42) + words(time, cpu), 2)


def perf_data(records):
    """File mode, one event of a dynamic PMU."""
    attr = struct.pack("<IIQQQQQ", 8, 64, 0, 1, IP_TID_TIME_CPU, 0, SAMPLE_ID_ALL) + words(0, 0)
    assert len(attr) == 64
    data = b"".join(records)
    head = b"PERFILE2" + words(104, 80, 104, 80, 184, len(data), 0, 0, 0, 0, 0, 0)
    return head + attr + words(0, 0) + data


def write(folder, records):
    path = os.path.join(folder, "perf.data")
    with open(path, "wb") as file:
        file.write(perf_data(records))
    return path


def lines(path, *options, status=0):
    done = simdprof("dump-aux", "-i", path, *options)
    equal(done.returncode, status, f"dump-aux {' '.join(options)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode().splitlines()


def losses_are_those_injected(folder):
    """Two CPUs: one whole, one with a full area, an unwritten piece, and a record that was lost."""
    one = branches((0x401000, 0x402000), (0x402010, 0x401005))
    size = len(one)
    path = write(
        folder,
        [
            auxtrace_info(INTEL_BTS),
            aux(0, size, 0, 1_000_000_000, 0),
            aux(0, size, TRUNCATED, 1_000_000_500, 1),
            aux(size, 2 * size, 0, 2_000_000_000, 1),
            aux(4 * size, size, 0, 3_000_000_000, 1),
            auxtrace(0, one, 0),
            auxtrace(0, one + one, 1),
            auxtrace(4 * size, one, 1),
        ],
    )
    equal(
        lines(path, "--loss"),
        [
            f"cpu 1 1.000000500..2.000000000 truncated at {size:#x}: nobody knows how many bytes",
            f"cpu 1 1.000000500..2.000000000 not-recorded at {2 * size:#x}: {size} bytes",
            f"cpu 1 2.000000000..3.000000000 not-announced at {3 * size:#x}: {size} bytes",
        ],
        "losses",
    )
    equal(lines(path, "--loss", "-C", "0"), [], "losses of the whole CPU")
    equal(len(lines(path, "--loss", "--time", "2.5,")), 1, "losses behind 2.5 s")
    rows = [json.loads(line) for line in lines(path, "--loss", "--format", "jsonl")]
    equal([row.get("size") for row in rows], [None, size, size], "bytes in JSON")

    report = json.loads(simdprof("report", "-i", path, "--format", "json").stdout)
    areas = report["quality"]["aux"]["areas"]
    equal([area["bytes"] for area in areas], [size, 3 * size], "bytes of the areas in the report")
    equal(areas[0]["lost"], [], "losses of CPU 0 in the report")
    equal(
        {loss["cause"]: (loss["intervals"], loss["bytes"]) for loss in areas[1]["lost"]},
        {"truncated": (1, 0), "not-recorded": (1, size), "not-announced": (1, size)},
        "losses of CPU 1 in the report",
    )
    text = simdprof("report", "-i", path).stdout.decode()
    check("2 areas" in text and "cpu 1: " in text, f"the header tells of the areas: {text}")


def every_truncation_is_counted(folder):
    one = branches((0x401000, 0x402000))
    size, count = len(one), 199
    records = [auxtrace_info(INTEL_BTS)]
    expected = [i for i in range(count) if i % 7 == 3]
    for i in range(count):
        records.append(aux(i * size, size, TRUNCATED if i in expected else 0, 1000 * (i + 1), 0))
    records.append(auxtrace(0, one * count, 0))
    path = write(folder, records)
    got = [line.split()[2] for line in lines(path, "--loss")]
    equal(
        got,
        [f"{(i + 1) * 1000 / 1e9:.9f}..{(i + 2) * 1000 / 1e9:.9f}" for i in expected],
        "intervals of the truncated records",
    )
    equal(len(lines(path, "--branches", "-F", "ip,addr")), count, "branches between truncations")


def branches_are_the_bytes(folder):
    pairs = [(0x401000 + i, 0x402000 + 2 * i) for i in range(300)]
    path = write(
        folder,
        [
            auxtrace_info(INTEL_BTS),
            aux(0, 24 * len(pairs), 0, 1_000_000_000, 0),
            auxtrace(0, branches(*pairs), 0),
            sample(2_000_000_000, 0),
        ],
    )
    wanted = [f" {start:16x} => {end:16x}" for start, end in pairs]
    equal(lines(path, "--branches", "-F", "ip,addr"), wanted, "branches")
    equal(lines(path, "--branches", "-F", "ip,addr", "--limit", "5"), wanted[:5], "five branches")
    equal(lines(path, "--branches", "-F", "ip", "-C", "3"), [], "branches of another CPU")
    table = lines(path, "--branches", "--format", "tsv", "-F", "kind,cpu,ip")
    equal(table[:2], ["kind\tcpu\tip", "branch\t0\t401000"], "table")
    path_lines = [
        line
        for line in simdprof("dump-regs", "-i", path, "--path", "3").stdout.decode().splitlines()
        if line.startswith("  path ")
    ]
    equal(
        [line.split()[2:5] for line in path_lines],
        [[f"{start:x}", "=>", f"{end:x}"] for start, end in pairs[-3:]],
        "the path to the sample",
    )
    report = json.loads(simdprof("report", "-i", path, "--itrace=b", "--format", "json", "-s", "samples").stdout)
    made = [event for event in report["quality"]["events"] if event["event"] == "branches"]
    equal([event["samples"] for event in made], [len(pairs)], "samples made of the trace")
    script = simdprof("script", "-i", path, "--itrace=b", "-F", "time,event,ip,addr").stdout.decode().splitlines()
    equal(len(script), len(pairs) + 1, "lines of script: the branches and the sample")
    first = script[0].split()
    equal(first[0], "1.000000:", "time of the first")
    check("branches:" in first and f"{pairs[0][0]:x}" in first and f"{pairs[0][1]:x}" in first, f"the first: {script[0]}")
    check("branches:" not in script[-1], f"the recorded sample comes behind them: {script[-1]}")
    limited = simdprof("script", "-i", path, "--itrace=b", "--limit", "7", "--format", "jsonl").stdout.decode()
    rows = [json.loads(line) for line in limited.splitlines()]
    equal([row["ip"] for row in rows], [hex(start) for start, _ in pairs[:7]], "seven samples in JSON")


def what_is_not_there_is_one_line(folder):
    path = write(folder, [sample(1000, 0)])
    for words_ in (["dump-aux"], ["report", "--itrace=b"], ["script", "--itrace=b"], ["dump-regs", "--path", "4"]):
        done = simdprof(words_[0], "-i", path, *words_[1:])
        equal(done.returncode, 1, f"{words_}")
        message = done.stderr.decode()
        check("no AUX bytes" in message and message.count("\n") == 1, f"{words_}: {message!r}")
    unknown = write(folder, [auxtrace_info(77), aux(0, 24, 0, 1000, 0), auxtrace(0, branches((1, 2)), 0)])
    equal(simdprof("dump-aux", "-i", unknown).returncode, 1, "a trace of an unknown kind")
    equal(lines(unknown, "--loss"), [], "losses of a trace of an unknown kind")
    for words_ in (["-F", "nothing"], ["--time", "x"], ["--format", "xml"]):
        equal(simdprof("dump-aux", "-i", unknown, *words_).returncode, 129, f"{words_}")
    for verb in ("report", "script"):
        equal(simdprof(verb, "-i", unknown, "--itrace=z").returncode, 129, f"{verb} --itrace=z")


def cut_files_end_well(folder):
    pairs = [(0x401000 + i, 0x402000 + 2 * i) for i in range(20)]
    whole = perf_data(
        [auxtrace_info(INTEL_BTS), aux(0, 24 * len(pairs), 0, 1_000_000_000, 0), auxtrace(0, branches(*pairs), 0)]
    )
    path = os.path.join(folder, "cut.data")
    for size in range(0, len(whole), 5):
        with open(path, "wb") as file:
            file.write(whole[:size])
        done = simdprof("dump-aux", "-i", path, "--branches", "--loss")
        check(done.returncode in (0, 1), f"cut at {size}: status {done.returncode}")


def output_is_the_same_every_time(folder):
    pairs = [(0x401000 + i, 0x402000 + 2 * i) for i in range(5000)]
    records = [auxtrace_info(INTEL_BTS)]
    for cpu in range(4):
        records.append(aux(0, 24 * len(pairs), 0, 1_000_000_000, cpu))
        records.append(auxtrace(0, branches(*pairs), cpu))
    path = write(folder, records)
    first = lines(path, "--branches")
    equal(len(first), 20000, "branches of four CPUs")
    for _ in range(5):
        check(lines(path, "--branches") == first, "two runs differ")


def packets_of_the_corpus_are_all_there(_folder):
    """A trace without its programs: the packets alone, by kind, as the corpus counts them (perf's kinds, without pads)."""
    path = os.path.join(CORPUS, "pdc", "perf.data.intel_pt-4.14")
    if not os.path.exists(path):
        print("  no corpus: packets not counted")
        return
    kinds = collections.Counter(lines(path, "--packets", "--format", "tsv", "-F", "name")[1:])
    del kinds["pad"]
    wanted = {"tnt.8": 69516, "tip": 12039, "mtc": 2802, "pip": 441, "fup": 149, "tsc": 24, "tma": 24, "cbr": 24}
    wanted |= {"mode.exec": 18, "mode.tsx": 16, "tip.pge": 10, "tip.pgd": 10, "psb": 10, "psbend": 10}
    equal(kinds, wanted, "packets by kind")


def no_corpus_or_perf():
    if not os.path.exists(os.path.join(CORPUS, "README.md")):
        print("  no corpus: not compared with perf")
        return True
    if shutil.which("perf") is None:
        print("  no perf: not compared with it")
        return True
    return False


def errors_are_those_of_perf(_folder):
    """Of a trace without its programs: each error at the same time and place, and as many."""
    if no_corpus_or_perf():
        return
    path = os.path.join(CORPUS, "pdc", "perf.data.intel_pt-4.14")
    done = run(["perf", "script", "-i", path, "--itrace=e"])
    told = (done.stdout + done.stderr).decode()
    wanted = re.findall(r"instruction trace error .* time ([0-9.]+) .* ip 0x([0-9a-f]+) ", told)
    equal(len(wanted), 114, "errors of perf")
    done = simdprof("dump-aux", "-i", path, "--branches", "--format", "tsv", "-F", "kind,time,ip")
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    equal(sorted((row[1], row[2]) for row in rows if row[0] == "error"), sorted(wanted), "errors")
    check(" 114 errors" in done.stderr.decode(), f"the count: {done.stderr.decode()}")
    every = [line for line in lines(path, "--branches", "--all-errors") if " error at " in line]
    left_out = int(re.search(r"(\d+) more errors", done.stderr.decode())[1])
    equal(len(every), 114 + left_out, "errors with --all-errors")


def with_cycles(source, target):
    """A copy with a CYC packet (one byte, the value in bits 3 to 7) before each TNT and TIP packet, and an event that
    asks for them."""
    with open(source, "rb") as file:
        whole = file.read()
    listed = lines(source, "--packets", "--format", "tsv", "-F", "cpu,offset,size,name")[1:]
    at, end = struct.unpack_from("<QQ", whole, 40)
    end += at
    data_at, out, cycles = at, b"", 0
    while at < end:
        kind, _, size = struct.unpack_from("<IHH", whole, at)
        head = bytearray(whole[at : at + size])
        at += size
        if kind == AUXTRACE:
            count, begin = struct.unpack_from("<QQ", head, 8)
            (cpu,) = struct.unpack_from("<I", head, 40)
            trace = b""
            for row in (line.split("\t") for line in listed):
                place = int(row[1], 16) - begin
                if int(row[0]) != cpu or not 0 <= place < count:
                    continue
                if row[3].startswith(("tnt", "tip")):
                    cycles = cycles * 7 % 31 + 1
                    trace += bytes([cycles << 3 | 3])
                trace += whole[at + place : at + place + int(row[2])]
            trace += bytes(-len(trace) % 8)
            struct.pack_into("<Q", head, 8, len(trace))
            out += bytes(head) + trace
            at += count
        else:
            out += bytes(head)
    start = bytearray(whole[:data_at])
    asks_cycles = 1 << 1
    config = start.index(struct.pack("<Q", 0x300E601))
    start[config : config + 8] = struct.pack("<Q", 0x300E601 | asks_cycles)
    struct.pack_into("<Q", start, 48, len(out))
    words_ = struct.unpack_from("<4Q", whole, 72)
    bits = [bit for bit in range(256) if words_[bit // 64] >> (bit % 64) & 1]
    blobs = []
    for i, bit in enumerate(bits):
        place, size = struct.unpack_from("<QQ", whole, end + 16 * i)
        blobs.append(words(0) if bit == HEADER_AUXTRACE else whole[place : place + size])  # an empty index
    content = bytes(start) + out
    place = len(content) + 16 * len(blobs)
    for blob in blobs:
        content += words(place, len(blob))
        place += len(blob)
    with open(target, "wb") as file:
        file.write(content + b"".join(blobs))


def cycles_are_those_of_perf(folder):
    if no_corpus_or_perf():
        return
    symfs = os.path.join(CORPUS, "symfs", "hase")
    source, target = os.path.join(folder, "source.data"), os.path.join(folder, "cycles.data")
    shutil.copy(os.path.join(CORPUS, "hase", "loopy-20180404T162955.perf"), source)
    with_cycles(source, target)
    perf = run(["perf", "script", "-i", target, "--symfs", symfs, "--itrace=b", "-F", "ip,addr,ipc"])
    wanted = [line.rstrip() for line in perf.stdout.decode().splitlines()]
    equal(sum("IPC" in line for line in wanted), 11, "branches of perf with cycles")
    got = [line.rstrip() for line in lines(target, "--symfs", symfs, "--branches", "-F", "ip,addr,ipc")]
    equal(got, wanted, "branches with cycles")
    made = simdprof("script", "-i", target, "--symfs", symfs, "--itrace=b", "-F", "ip,ipc").stdout.decode()
    equal(re.findall(r"IPC: .*\)", made), [line[line.index("IPC") :] for line in wanted if "IPC" in line], "script")


def corpus_agrees_with_perf(folder):
    if no_corpus_or_perf():
        return
    symfs = os.path.join(CORPUS, "symfs", "hase")
    for name in ("loopy-20180404T162955.perf", "loopy-20180514.perf"):
        path = os.path.join(folder, name)
        shutil.copy(os.path.join(CORPUS, "hase", name), path)
        perf = run(["perf", "script", "-i", path, "--symfs", symfs, "--itrace=b", "-F", "ip,addr"])
        wanted = [line.rstrip() for line in perf.stdout.decode().splitlines()]
        equal(len(wanted), 20, f"{name}: branches of perf")
        equal(lines(path, "--symfs", symfs, "--branches", "-F", "ip,addr"), wanted, f"{name}: branches")
        for fields in (
            "comm,tid,flags,ip,sym,addr,callindent",
            "flags,ip,sym,symoff,dso,addr,srcline",
            "flags,callindent,dso",
        ):
            texts = [
                [line.rstrip() for line in done.stdout.decode().splitlines()]
                for done in (
                    run(["perf", "script", "-i", path, "--symfs", symfs, "--itrace=b", "-F", fields]),
                    simdprof("script", "-i", path, "--symfs", symfs, "--itrace=b", "-F", fields),
                )
            ]
            check(len(texts[0]) >= 20, f"{name}: lines of perf script -F {fields}")
            equal(texts[1], texts[0], f"{name}: script -F {fields}")
        by_default = simdprof("script", "-i", path, "--symfs", symfs, "--itrace=b", "--limit", "1").stdout.decode()
        check(" => " in by_default, f"{name}: a branch is shown with its target: {by_default}")
        rows = [
            json.loads(line)
            for line in simdprof(
                "script", "-i", path, "--symfs", symfs, "--itrace=b", "-F", "flags,callindent", "--format", "jsonl"
            ).stdout.splitlines()
        ]
        equal(rows[:2], [{"flags": "begin", "call_depth": 0}, {"flags": "end+async", "call_depth": 0}], f"{name}: JSON")
    flags = simdprof("script", "-i", path, "-F", "flags")
    equal((flags.returncode, flags.stdout), (1, b""), "flags without a trace")
    check(b"field flags is of samples that --itrace makes" in flags.stderr, f"flags without a trace: {flags.stderr}")
    for what in ("c", "bc", "r", "i"):
        calls = simdprof("script", "-i", path, f"--itrace={what}", "-F", "callindent")
        equal((calls.returncode, calls.stdout), (129, b""), f"callindent with --itrace={what}")
    names = simdprof("script", "-i", path, "--symfs", symfs, "--itrace=b", "-F", "sym").stdout.decode().split()
    check("_start" in names and "again" in names, f"symbols alone: {names}")


if __name__ == "__main__":
    e2e.main(
        [
            losses_are_those_injected,
            every_truncation_is_counted,
            branches_are_the_bytes,
            what_is_not_there_is_one_line,
            cut_files_end_well,
            output_is_the_same_every_time,
            packets_of_the_corpus_are_all_there,
            corpus_agrees_with_perf,
            errors_are_those_of_perf,
            cycles_are_those_of_perf,
        ]
    )
