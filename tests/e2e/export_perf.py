"""What simdprof exports, perf reads: same samples, same names, same registers, value for value."""

import csv
import json
import re
import struct

import e2e
from e2e import check, equal, program, read, record, run, simdprof

UNKNOWN = ["[unknown]"]
FIELDS = "comm,pid,tid,cpu,time,event,period,ip,sym,symoff"
XMM = re.compile(r"XMM(\d+):0x([0-9a-f]+)")


def perf(*words, **options):
    """perf with an input, quiet: whatever it says on stderr is a complaint."""
    done = run(["perf", *words], **options)
    text = done.stderr.decode(errors="replace").strip()
    check(done.returncode == 0, f"perf {' '.join(words)}: status {done.returncode}: {text}")
    check(text == "", f"perf {' '.join(words)} complains: {text}")
    return done.stdout.decode(errors="replace")


def export(path, output, *options, **more):
    done = simdprof("export", "-i", path, "-o", output, *options, **more)
    check(done.returncode == 0, f"export: status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done


def words_of(line):
    """Of a name in a PLT its end alone: perf does not find the names of all."""
    return [re.sub(r"^.*@plt(\+0x[0-9a-f]+)?$", r"@plt\1", word) for word in line.split()]


def without_xmm(line):
    """The words of a line, XMM registers left out: they are compared for themselves."""
    return [word for word in words_of(line) if not XMM.match(word)]


def same_frame(our, their, where, is_caller):
    """perf shows a user frame's offset in its file in place of its address: within a page they agree.

    Whether it has a name for both: perf gives the code between two functions, as the head of a PLT, to the first, and
    does not read the vdso of each process. _init has no size and reaches over the PLT behind it; whether perf finds it
    or the stub there is chance."""
    our, their = words_of(our), words_of(their)
    equal(int(their[0], 16) % 4096, int(our[0], 16) % 4096, f"{where}: offset in the page")
    if UNKNOWN in (our[1:], their[1:]):
        return our[1:] == their[1:]
    if our[1].startswith("@plt") and their[1].startswith("_init"):
        return False
    # A call can be the last instruction of its function: perf names what begins at the return address.
    if is_caller and our[1:] != their[1:] and their[1].endswith("+0x0") and not our[1].endswith("+0x0"):
        return True
    equal(their[1:], our[1:], where)
    return True


def same_lines(ours, theirs, what):
    ours, theirs = ours.splitlines(), theirs.splitlines()
    equal(len(theirs), len(ours), f"{what}: lines of perf")
    frames = named_by_one = 0
    for number, (our, their) in enumerate(zip(ours, theirs)):
        where = f"{what}: line {number + 1}"
        if our.startswith("\t"):
            frames += 1
            is_caller = number > 0 and ours[number - 1].startswith("\t")
            named_by_one += not same_frame(our, their, where, is_caller)
        else:
            equal(without_xmm(their), without_xmm(our), where)
    check(named_by_one <= frames / 50, f"{what}: {named_by_one} of {frames} frames have a name in one of them only")


def same_script(path, exported, fields, what):
    same_lines(
        read("script", path, "-F", fields).decode(errors="replace"),
        perf("script", "-i", exported, "-F", fields),
        f"{what}, -F {fields}",
    )


def xmm_of_perf(exported, fields="uregs"):
    """By sample: {register: 128-bit value} as perf prints it, two halves of one name."""
    found = []
    for line in perf("script", "-i", exported, "-F", f"time,{fields}").splitlines():
        halves = {}
        for number, value in XMM.findall(line):
            halves.setdefault(int(number), []).append(int(value, 16))
        found.append({number: low | high << 64 for number, (low, high) in halves.items()})
    return found


def xmm_of_simdprof(path):
    """By sample: those of xmm0 to xmm15 that have a value, INIT as zero; untrusted ones are none. AVX-512 has sixteen
    more, for which perf's register sections have no place."""
    found = []
    for line in read("dump-regs", path, "--user", "--xmm", "--format", "jsonl").splitlines():
        values = {}
        for chosen in json.loads(line)["sets"]:
            for one in chosen["registers"]:
                number = int(one["name"][3:])
                if number < 16 and one["presence"] == "init":
                    values[number] = 0
                elif number < 16 and one["presence"] == "valid":
                    values[number] = int(one["value"], 16)
        found.append(values)
    return found


def readable(exported):
    """perf report and evlist read it without a word of complaint."""
    report = perf("report", "--stdio", "-i", exported)
    check("Samples:" in report, f"report: {report[:400]}")
    header = perf("report", "--header-only", "-i", exported)
    for part in ("hostname", "os release", "arch", "nrcpus online", "cpudesc", "cmdline", "time of first sample"):
        check(f"# {part} :" in re.sub(" +:", " :", header), f"header names {part}: {header}")
    events = perf("evlist", "-v", "-i", exported)
    check("sample_id_all: 1" in events and "IDENTIFIER" in events, f"evlist: {events}")
    return report


def recorded(folder, source, *options):
    path = f"{folder}/simdprof.data"
    record(path, [program("fma_loop"), "400"], f"--source={source}", *options)
    check(e2e.sample_count(path) >= 20, "samples to compare")
    return path


def gpr_source(folder):
    path = recorded(folder, "gpr", "-g", "--intr-regs")
    exported = f"{folder}/perf.data"
    export(path, exported)
    same_script(path, exported, f"{FIELDS},iregs,uregs", "gpr")
    same_script(path, exported, "ip,sym,symoff,iregs,uregs", "gpr")
    readable(exported)


def ptrace_source(folder):
    path = recorded(folder, "ptrace", "-g")
    exported = f"{folder}/perf.data"
    export(path, exported)
    same_script(path, exported, f"{FIELDS},uregs", "ptrace")
    ours, theirs = xmm_of_simdprof(path), xmm_of_perf(exported)
    equal(len(theirs), len(ours), "samples with registers")
    for number, (our, their) in enumerate(zip(ours, theirs)):
        equal(their, our, f"XMM of sample {number}")
    check(sum(1 for one in theirs if one) > len(theirs) // 2, "most samples have XMM registers")
    readable(exported)


def dwarf_stacks(folder):
    for source in ("gpr", "ptrace"):
        path = recorded(folder, source, "--call-graph", "dwarf")
        exported = f"{folder}/{source}.perf.data"
        export(path, exported)
        # Unwinding is each tool's own business: the samples themselves are compared.
        fields = "comm,pid,tid,cpu,time,event,period,uregs"
        same_script(path, exported, fields, f"{source} with stacks")
        chains = perf("script", "-i", exported, "-F", "ip,sym")
        check("main" in chains, f"perf unwinds the exported stacks: {chains[:400]}")
        readable(exported)


def annotated(folder):
    path = recorded(folder, "ptrace", "-g")
    exported = f"{folder}/perf.data"
    export(path, exported)
    rows = csv.DictReader(read("report", path, "--sort", "symbol", "--format", "csv").decode().splitlines())
    symbol = next(row["sym"] for row in rows)
    text = run(["perf", "annotate", "--stdio", "-i", exported, "-s", symbol])
    equal(text.returncode, 0, f"annotate {symbol}: {text.stderr!r}")
    check(symbol in text.stdout.decode(errors="replace") and b"Percent" in text.stdout, f"annotate: {text.stdout[:300]!r}")


def stripped(folder):
    path = recorded(folder, "ptrace", "-g")
    exported = f"{folder}/perf.data"
    export(path, exported, "--strip-regs")
    events = perf("evlist", "-v", "-i", exported)
    check("REGS" not in events, f"no registers: {events}")
    equal(events.count("task-clock:"), 1, "events that samples have")
    same_script(path, exported, FIELDS, "stripped")
    readable(exported)


def pipe_mode(folder):
    path = recorded(folder, "ptrace", "-g")
    piped = export(path, "-").stdout
    theirs = perf("script", "-i", "-", "-F", f"{FIELDS},uregs", input=piped)
    same_lines(read("script", path, "-F", f"{FIELDS},uregs").decode(errors="replace"), theirs, "pipe")
    with open(f"{folder}/pipe.data", "wb") as file:
        file.write(piped)
    perf("report", "--stdio", "-i", f"{folder}/pipe.data")


def standard_input(folder):
    path = recorded(folder, "gpr")
    with open(path, "rb") as file:
        export("-", f"{folder}/a.data", input=file.read())
    export(path, f"{folder}/b.data")
    with open(f"{folder}/a.data", "rb") as a, open(f"{folder}/b.data", "rb") as b:
        check(a.read() == b.read(), "the same bytes from a file and from standard input")


def threads_and_processes(folder):
    path = f"{folder}/simdprof.data"
    for command, status in ([program("many_threads"), "8", "2"], 0), ([program("fork_exec"), "3"], 3):
        record(path, command, "--source=ptrace", "-g", status=status)
        export(path, f"{folder}/perf.data")
        same_script(path, f"{folder}/perf.data", f"{FIELDS},uregs", command[0])


def two_events(folder):
    path = recorded(folder, "gpr", "-e", "task-clock:u,page-faults")
    export(path, f"{folder}/perf.data")
    same_script(path, f"{folder}/perf.data", "comm,tid,time,event,period,ip,sym", "two events")


def framed(kind, payload, misc=0):
    return struct.pack("<IHH", kind, misc, 8 + len(payload)) + payload


def padded(text):
    raw = text.encode() + b"\0"
    return raw + bytes(-len(raw) % 8)


def stream(kind, number, records, first, last):
    body = b"".join(records)
    none = 0xFFFFFFFF
    start = struct.pack("<QHHIIIIIQQ", 0x464F5250444D4953, 1, kind, number, none, none, len(records), len(body), first, last)
    return framed(0x53440000, start) + body


# IDENTIFIER, IP, TID, TIME, PERIOD, REGS_USER, REGS_INTR.
SAMPLE_TYPE = 1 << 16 | 1 << 0 | 1 << 1 | 1 << 2 | 1 << 8 | 1 << 12 | 1 << 18
GPRS = 1 << 7 | 1 << 8  # SP, IP
R16 = 1 << 24
NO_TIME = 2**64 - 1


def simd_attr():
    """perf_event_attr of 176 bytes: ZMM and opmask in both sets."""
    words = struct.pack("<IIQQQQQ", 4, 176, 0x3C, 4000, SAMPLE_TYPE, 0, 1 << 10 | 1 << 18)
    words += struct.pack("<IIQQQQIiQIHHIIQQQ", 0, 0, 0, 0, 0, GPRS | R16, 0, 0, GPRS, 0, 0, 0, 0, 0, 0, 5, 6)
    return words + struct.pack("<HHHHIIQQ", 1, 1, 8, 0, 0xFF, 0xFF, 0xFFFFFFFF, 0xFFFFFFFF)


def simd_section(gprs, vectors, qwords, seed):
    values = [seed + 0x100 * number + word for number in range(vectors) for word in range(qwords)]
    words = [6, *gprs, vectors, qwords, 8, 1, *values, *[0xFF] * 8]
    return struct.pack(f"<{len(words)}Q", *words)


def simd_sample(ip, time, user, intr):
    return framed(9, struct.pack("<QQIIQQ", 71, ip, 500, 500, time, 4000) + user + intr, 2)


def simd_stream():
    """Three samples: 32 ZMM, 16 XMM, and one of which nothing is known but general registers."""
    metadata = [
        framed(0x53440001, struct.pack("<II", 0, 176) + simd_attr() + padded("cycles:P")),
        framed(0x53440002, struct.pack("<IiiIQ", 0, -1, -1, 0, 71)),
        framed(0x53440003, padded("arch\0x86_64")),
        framed(0x53440008, struct.pack("<Ii", 1, 0) + padded("SIMD")),
    ]
    gprs = [0x7FFF0000, 0x401000]
    samples = [
        simd_sample(0x401000, 1000, simd_section([*gprs, 0x16], 32, 8, 0xA0000), simd_section(gprs, 32, 8, 0xB0000)),
        simd_sample(0x401004, 2000, simd_section([*gprs, 0x16], 16, 2, 0xC0000), simd_section(gprs, 0, 0, 0)),
        simd_sample(0x401008, 3000, struct.pack("<Q", 0), simd_section(gprs, 32, 8, 0xD0000)),
    ]
    text = 0xFFFFFFFF81000000
    trailer = struct.pack("<IIQQ", 500, 500, 400, 71)
    kernel = framed(1, struct.pack("<iIQQQ", -1, 0, text, 1 << 24, text) + padded("[kernel.kallsyms]_text") + trailer, 1)
    comm = framed(3, struct.pack("<II", 500, 500) + padded("simd") + struct.pack("<IIQQ", 500, 500, 500, 71))
    return stream(0, 0, metadata, NO_TIME, NO_TIME) + stream(1, 1, [kernel, comm, *samples], 400, 3000)


def expected_xmm(vectors, seed):
    return {n: seed + 0x100 * n | (seed + 0x100 * n + 1) << 64 for n in range(min(vectors, 16))}


def simd_abi_is_lowered(folder):
    path = f"{folder}/simd.stream"
    exported = f"{folder}/perf.data"
    with open(path, "wb") as file:
        file.write(simd_stream())
    done = export(path, exported)
    check(b"vectors above XMM of 2" in done.stderr, f"what was left out is said: {done.stderr!r}")
    user = xmm_of_perf(exported, "uregs")
    intr = xmm_of_perf(exported, "iregs")
    equal(user, [expected_xmm(32, 0xA0000), expected_xmm(16, 0xC0000), {}], "XMM of the user set")
    equal(intr, [expected_xmm(32, 0xB0000), {}, expected_xmm(32, 0xD0000)], "XMM of the interrupt set")
    text = perf("script", "-i", exported, "-F", "comm,tid,time,event,ip,uregs").splitlines()
    equal(len(text), 3, "samples")
    equal(
        without_xmm(text[0]),
        ["simd", "500", "0.000001:", "cycles:P:", "401000", "ABI:2", "SP:0x7fff0000", "IP:0x401000"],
        "first sample",
    )
    equal(without_xmm(text[2]), ["simd", "500", "0.000003:", "cycles:P:", "401008"], "sample without a user section")
    perf("report", "--stdio", "-i", exported)


def no_file_after_an_error(folder):
    with open(f"{folder}/bad", "wb") as file:
        file.write(b"not a recording at all, by any means")
    done = simdprof("export", "-i", f"{folder}/bad", "-o", f"{folder}/out")
    equal(done.returncode, 1, "status")
    equal(len(done.stderr.splitlines()), 1, f"lines on stderr: {done.stderr!r}")
    equal(run(["ls", folder]).stdout, b"bad\n", "files")


if __name__ == "__main__":
    e2e.need_command("perf")
    e2e.main(
        [
            gpr_source,
            ptrace_source,
            dwarf_stacks,
            annotated,
            stripped,
            pipe_mode,
            standard_input,
            threads_and_processes,
            two_events,
            simd_abi_is_lowered,
            no_file_after_an_error,
        ]
    )
