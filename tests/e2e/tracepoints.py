"""What tracepoints say: the text of their raw bytes is that which perf shows, for every tracepoint of this kernel with made
values, and for recordings of real ones, read back, exported and imported."""

import json
import os
import random
import re
import struct

import e2e
from e2e import check, equal, need_command, read, record, run, simdprof, skip
from perf_data import IDENTIFIER, IP, SAMPLE_ID_ALL, TID, TIME, words
from perf_data import record as framed

TRACEFS = "/sys/kernel/tracing"
RAW, CPU = 1 << 10, 1 << 7
TRACING_DATA, ARCH = 1, 6


def formats():
    """(system, text) of every tracepoint that a sample can be of."""
    for system in sorted(os.listdir(f"{TRACEFS}/events")):
        folder = f"{TRACEFS}/events/{system}"
        if system == "ftrace" or not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            try:
                with open(f"{folder}/{name}/format", encoding="utf-8") as file:
                    yield system, file.read()
            except (FileNotFoundError, NotADirectoryError):
                pass


class Format:
    """A tracepoint: its id, and its fields as (declaration, offset, size, signed)."""

    def __init__(self, system, text):
        self.system, self.text = system, text
        self.name = re.search(r"^name: (\S+)", text, re.M)[1]
        self.id = int(re.search(r"^ID: (\d+)", text, re.M)[1])
        found = re.findall(r"field:([^;]*);\s*offset:(\d+);\s*size:(\d+);\s*signed:(\d);", text)
        self.fields = [(what, int(offset), int(size), sign == "1") for what, offset, size, sign in found]

    def made(self, chance):
        """Raw bytes with values of every kind, as the kernel lays them out."""
        end = max(offset + size for _, offset, size, _ in self.fields)
        fixed, behind = bytearray(end), bytearray()
        for what, offset, size, _ in self.fields:
            if what.endswith("common_type"):
                value = struct.pack("<H", self.id)
            elif what.startswith(("__data_loc", "__rel_loc")):
                own = made_text(chance, 20) if "char" in what else chance.randbytes(8 * chance.randrange(1, 4))
                begin = end + len(behind)
                begin -= offset + size if what.startswith("__rel_loc") else 0
                value = struct.pack("<I", len(own) << 16 | begin)
                behind += own
            elif "[" in what:
                value = made_array(chance, what, size)
            else:
                value = made_number(chance, size)
            fixed[offset : offset + size] = value
        raw = bytes(fixed + behind)
        return raw + bytes(-(len(raw) + 4) % 8)


def made_text(chance, most):
    return "".join(chance.choice("abcdefghij-_/. 0123456789") for _ in range(chance.randrange(1, most))).encode() + b"\0"


def made_array(chance, what, size):
    if "char" in what and "unsigned" not in what:
        return made_text(chance, size).ljust(size, b"\0")[:size]
    value = bytearray(chance.randbytes(size))
    if size >= 28:  # the address of a socket, mostly
        value[0:2] = struct.pack("<H", chance.choice((2, 10)))
    return bytes(value)


def made_number(chance, size):
    """Of at most 31 bits and not negative: perf cuts what %zu shows to 32 bits, and carries no signs to 64."""
    bits = min(8 * size, 32) - 1
    value = chance.choice((0, 1, 2, 3, 7, chance.randrange(64), 1 << chance.randrange(bits), chance.getrandbits(bits)))
    return value.to_bytes(size, "little")


def sized(text):
    return words(len(text)) + text.encode()


def tracing_data(known):
    out = b"\x17\x08\x44tracing0.6\0" + struct.pack("<BBI", 0, 8, 4096)
    page = "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
    out += b"header_page\0" + sized(page) + b"header_event\0" + sized("# events\n") + struct.pack("<I", 0)
    systems = sorted({one.system for one in known})
    out += struct.pack("<I", len(systems))
    for system in systems:
        own = [one for one in known if one.system == system]
        out += system.encode() + b"\0" + struct.pack("<I", len(own)) + b"".join(sized(one.text) for one in own)
    texts = '0xffffffff81234560 : "a text of the kernel"\n'
    return out + struct.pack("<II", 0, len(texts)) + texts.encode() + words(0)


def attribute(one):
    kind = IDENTIFIER | TID | TIME | CPU | RAW
    attr = struct.pack("<IIQQQQQ", 2, 128, one.id, 1, kind, 0, SAMPLE_ID_ALL)
    return attr.ljust(128, b"\0")


def write(path, known, samples):
    """A perf.data of these tracepoints; samples are (tracepoint, raw bytes)."""
    data = b""
    for number, (one, raw) in enumerate(samples):
        payload = words(1 + known.index(one)) + struct.pack("<II", 42, 42) + words(1000 * (number + 1), 1)
        data += framed(9, 1, payload + struct.pack("<I", len(raw)) + raw)
    ids_at = 104
    attrs_at = ids_at + 8 * len(known)
    data_at = attrs_at + 144 * len(known)
    features_at = data_at + len(data)
    tracing, arch = tracing_data(known), struct.pack("<I", 64) + b"x86_64".ljust(64, b"\0")
    with open(path, "wb") as out:
        out.write(b"PERFILE2" + words(104, 144, attrs_at, 144 * len(known), data_at, len(data), 0, 0))
        out.write(words(1 << TRACING_DATA | 1 << ARCH, 0, 0, 0) + words(*range(1, len(known) + 1)))
        for number, one in enumerate(known):
            out.write(attribute(one) + words(ids_at + 8 * number, 8))
        out.write(data + words(features_at + 32, len(tracing), features_at + 32 + len(tracing), len(arch)))
        out.write(tracing + arch)


def perf_lines(path, fields):
    return run(["perf", "script", "-i", path, "-F", fields], timeout=300).stdout.decode(errors="replace").splitlines()


# What libtraceevent of perf 6.1 gets wrong: which bits of an expression in brackets are asked for (timer_start, xfs), a
# subtraction and an addition in a row (raid56), a conditional in a conditional (kvm), columns of a value without a name
# (compaction, oom), more bytes than an array has (neigh, kvm_emulate_insn), pointers to texts of the kernel that are not
# listed (maple_tree, rcu, wbt), bit masks.
WRONG_IN_PERF = {
    "timer:timer_start", "sched:sched_skip_cpuset_numa", "oom:reclaim_retry_zone", "rcu:rcu_utilization",
    "rcu:rcu_stall_warning", "power:suspend_resume", "dev:devres_log", "ext4:ext4_error", "wbt:wbt_step",
}  # fmt: skip
WRONG_SYSTEMS = {"neigh", "kvm", "compaction", "maple_tree", "ras", "xfs", "btrfs"}


def has_names(one):
    """The kernel does not tell the value of some constant: perf takes it for 0, we show what depends on it as unknown."""
    code = re.sub(r'"(\\.|[^"\\])*"', "", one.text.partition("print fmt:")[2])
    return bool(set(re.findall(r"\b(?:[A-Z][A-Z0-9_]{2,}|vmemmap_base)\b", code)) - {"REC", "ULL", "NULL"})


def same_zeros(line):
    """The kernel shows a 0 of %#x as 0x0, perf as 0."""
    return re.sub(r"\b0+\b", "0", re.sub(r"\b0x(0+)\b", r"\1", line.rstrip()))


def made_values_read_as_perf_reads_them(_folder):
    chance = random.Random(11)
    known = [Format(system, text) for system, text in formats()]
    known = [one for one in known if one.system not in WRONG_SYSTEMS and not has_names(one)]
    known = [one for one in known if f"{one.system}:{one.name}" not in WRONG_IN_PERF]
    check(len(known) > 500, f"{len(known)} tracepoints")
    compared, differ = 0, {}
    for system in sorted({one.system for one in known}):
        own = [one for one in known if one.system == system]
        write("made.data", own, [(one, one.made(chance)) for one in own for _ in range(6)])
        theirs = perf_lines("made.data", "event,trace")
        ours = read("script", "made.data", "-F", "event,trace").decode(errors="replace").splitlines()
        if len(ours) != len(theirs):
            theirs = theirs[:-1]  # perf died of one
        for mine, line in zip(ours, theirs):
            if "FAILED TO PARSE" in line:
                continue
            compared += 1
            if same_zeros(mine) != same_zeros(line):
                differ.setdefault(mine.split(": ")[0].strip(), (mine, line))
    check(compared > 3000, f"{compared} lines compared")
    # Another kernel may have a format that perf gets wrong in a way that is not listed above.
    check(len(differ) <= len(known) // 200, f"of {compared} lines, {len(differ)} tracepoints: {list(differ.values())[:4]}")


def recordings_read_as_perf_reads_them(_folder):
    events = "sched:sched_switch,sched:sched_wakeup,raw_syscalls:sys_enter,kmem:kmalloc,irq:softirq_entry"
    record("real.data", ["sh", "-c", "for i in 1 2 3 4 5; do ls >/dev/null; done"], "--source=gpr", "-m", "4M", "-e", events)
    ours = read("script", "real.data").decode().splitlines()
    check(len(ours) > 100, f"{len(ours)} lines")
    done = simdprof("export", "-i", "real.data", "-o", "real.perf")
    equal(done.returncode, 0, "export")
    check(b"TRACEPOINT" not in done.stderr and b"bpf-output" not in done.stderr, done.stderr.decode())
    theirs = run(["perf", "script", "-i", "real.perf"]).stdout.decode().splitlines()
    differ = [pair for pair in zip(ours, theirs) if pair[0].rstrip() != pair[1].rstrip()]
    equal((len(ours), differ[:3]), (len(theirs), []), "lines of perf")
    equal(read("script", "real.perf").decode().splitlines(), ours, "the exported file")
    piped = simdprof("export", "-i", "real.data", "-o", "-").stdout
    equal(simdprof("script", "-i", "-", input=piped).stdout.decode().splitlines(), ours, "the exported stream")
    texts = run(["perf", "script", "-i", "-", "-F", "trace"], input=piped).stdout.decode()
    check("prev_comm=" in texts, "perf reads the exported stream")
    simdprof("import", "real.perf", "-o", "again.data")
    equal(read("script", "again.data").decode().splitlines(), ours, "the imported file")


def texts_are_those_of_the_kernel(_folder):
    """Of the same events, in an ftrace buffer of our own. Addresses are hashed there, and %pS adds the function's size."""
    own = f"{TRACEFS}/instances/simdprof_{os.getpid()}"
    systems = [name for name in ("sched", "irq", "raw_syscalls", "task", "signal", "timer", "writeback") if os.path.isdir(f"{TRACEFS}/events/{name}")]
    texts = {}
    try:
        os.mkdir(own)
    except OSError as error:
        print(f"      left out: no buffer of our own: {error}")
        return
    try:
        with open(f"{own}/buffer_size_kb", "w", encoding="utf-8") as file:
            file.write("16384")
        switch(own, systems, "1")
        command = ["sh", "-c", "ls -R /etc >/dev/null; sleep 0.2; kill -0 $$"]
        record("both.data", command, "--source=gpr", "-m", "8M", "-a", "-e", ",".join(f"{name}:*" for name in systems))
        switch(own, systems, "0")
        with open(f"{own}/trace", encoding="utf-8", errors="replace") as file:
            for line in file:
                found = re.match(r"\s*.{16}-\d+\s+\[\d+\] \S+\s+[\d.]+: (\w+)(?:\(|: )(.*)$", line)
                if found:
                    texts.setdefault(found[1], set()).add(found[2].rstrip())
    finally:
        os.rmdir(own)
    names = {one.name for one in (Format(*each) for each in formats()) if "%p" in one.text or has_names(one)}
    same, other = 0, []
    for line in read("script", "both.data", "-F", "event,trace").decode(errors="replace").splitlines():
        found = re.match(r"\s*\w+:(\w+): (.*)$", line)
        if not found or found[1] in names or found[1] not in texts:
            continue
        if found[2].rstrip() in texts[found[1]]:
            same += 1
        else:
            other.append(line)
    check(same > 1000, f"{same} lines compared")
    # An event of the moment in which the buffer was switched on is in one of them only.
    check(len(other) <= same / 500, f"{len(other)} of {same + len(other)} lines are not the kernel's: {other[:5]}")


def switch(own, systems, on):
    for name in systems:
        with open(f"{own}/events/{name}/enable", "w", encoding="utf-8") as file:
            file.write(on)


def fields_are_in_json(_folder):
    record("json.data", ["ls"], "--source=gpr", "-e", "sched:sched_switch,sched:sched_process_exec")
    lines = [json.loads(line) for line in read("script", "json.data", "--format", "jsonl").splitlines()]
    executed = [line for line in lines if line["event"] == "sched:sched_process_exec"]
    check(executed, "an exec was recorded")
    fields = executed[0]["trace_fields"]
    check(fields["filename"].endswith("/ls") and fields["pid"] == executed[0]["tid"], f"{fields}")
    check(executed[0]["trace"].startswith(f"filename={fields['filename']} pid={fields['pid']}"), executed[0]["trace"])


def the_default_is_that_of_perf(_folder):
    record("chain.data", ["ls"], "--source=gpr", "-g", "-e", "sched:sched_process_exec")
    line, frame, *_ = read("script", "chain.data").decode().splitlines()
    check(re.search(r"sched:sched_process_exec: filename=\S+ pid=\d+ old_pid=\d+$", line), line)
    check(re.match(r"\t\s*[0-9a-f]+ ", frame), frame)
    named = read("script", "chain.data", "-G", "-F", "+period,-comm").decode()
    check(re.match(r"\s*\d+ \[\d+\]\s+[\d.]+:\s+1 sched:sched_process_exec: filename=", named), named)
    done = simdprof("script", "-i", "chain.data", "-F", "bpf-output")
    equal(done.returncode, 1, "a field that no event has")
    check(b"bpf-output" in done.stderr, done.stderr.decode())


def fields_may_be_for_one_type(_folder):
    command = ["sh", "-c", "for i in 1 2 3; do ls / >/dev/null; done"]
    record("mixed.data", command, "--source=gpr", "-e", "sched:sched_process_*,cpu-clock")
    equal(simdprof("export", "-i", "mixed.data", "-o", "mixed.perf").returncode, 0, "export")
    for fields in (
        ["-F", "trace:comm,trace", "-F", "sw:time,event,ip,sym"],
        ["-F", "comm,event", "-F", "trace:trace"],
        ["-F", "sw:comm,time"],
        ["-F", "+period", "-F", "trace:-comm"],
    ):
        theirs = run(["perf", "script", "-i", "mixed.perf", *fields]).stdout.decode().splitlines()
        check(len(theirs) > 8, f"{fields}: {len(theirs)} lines of perf")
        equal(read("script", "mixed.data", *fields).decode().splitlines(), theirs, f"{fields}")


def bpf_output_is_shown_as_perf_shows_it(_folder):
    chance = random.Random(5)
    kind = IDENTIFIER | IP | TID | TIME | CPU | RAW
    bytes_of_all = bytes(chance.randrange(128) for _ in range(21))  # above it perf shows bytes that are no UTF-8
    raws = [b"text\0", b"longer text, of two lines\0\0\0", bytes(20), bytes_of_all, b"", b"no end of it", b"a\0b\0"]
    data = b""
    for number, raw in enumerate(raws):
        raw += bytes(-(len(raw) + 4) % 8)
        payload = words(1, 0x1000) + struct.pack("<II", 42, 42) + words(1000 * (number + 1), 1)
        data += framed(9, 1, payload + struct.pack("<I", len(raw)) + raw)
    attr = struct.pack("<IIQQQQQ", 1, 128, 10, 1, kind, 0, SAMPLE_ID_ALL).ljust(128, b"\0")
    with open("bpf.perf", "wb") as out:
        out.write(b"PERFILE2" + words(104, 144, 112, 144, 256, len(data), 0, 0) + words(0, 0, 0, 0))
        out.write(words(1) + attr + words(104, 8) + data)
    theirs = run(["perf", "script", "-i", "bpf.perf"]).stdout.decode().splitlines()
    ours = read("script", "bpf.perf").decode().splitlines()
    shown = [line for line in theirs if "[unknown]" not in line]
    check(sum("BPF output:" in line for line in shown) > 4 and any("BPF string:" in line for line in shown), f"{shown}")
    equal([line for line in ours if "[unknown]" not in line], shown, "the bytes")
    alone = read("script", "bpf.perf", "-F", "bpf-output").decode().splitlines()
    equal([line for line in alone if line], [line for line in shown if line], "the field alone")
    lines = read("script", "bpf.perf", "--format", "jsonl").splitlines()
    equal(json.loads(lines[0])["bpf_output"], "7465787400000000" + "00000000", "the bytes in JSON")


need_command("perf")
if os.geteuid() != 0:
    skip("tracepoints can be recorded by root only")
if not os.path.isdir(f"{TRACEFS}/events/sched"):
    run(["mount", "-t", "tracefs", "nodev", TRACEFS])
if not os.path.isdir(f"{TRACEFS}/events/sched"):
    skip(f"no tracepoints in {TRACEFS}")
e2e.main(
    [
        made_values_read_as_perf_reads_them,
        recordings_read_as_perf_reads_them,
        texts_are_those_of_the_kernel,
        fields_are_in_json,
        the_default_is_that_of_perf,
        fields_may_be_for_one_type,
        bpf_output_is_shown_as_perf_shows_it,
    ]
)
