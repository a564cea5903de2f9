"""script beside perf script, field by field, on the recordings of others that Debian's perf reads, and the top of report."""

import csv
import os
import re
import shutil

import e2e
from e2e import SKIPPED, check, equal, run, simdprof

CORPUS = os.environ.get("SIMDPROF_CORPUS", "")
# A file lacks some of these; what perf refuses to show of it is left out.
FACTS = ["comm", "pid", "tid", "cpu", "time", "event", "period"]
PAYLOADS = ["iregs", "uregs", "brstack", "brstackoff", "addr", "data_src", "weight", "phys_addr"]
# perf.h: sysctl_perf_event_max_stack is what perf shows of a chain, whatever was recorded.
PERF_FRAMES = 127


def rows(reader):
    """Facts of the recordings that the corpus' lists of that version of perf are about."""
    with open(os.path.join(CORPUS, "expected.tsv"), encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if row["kind"] == "perf" and row["used"] == reader and os.path.isfile(os.path.join(CORPUS, row["path"])):
                yield row


def perf(path, fields):
    """Lines without their indents; None when perf has no such field for the file. -f: whoever owns it."""
    done = run(["perf", "script", "-f", "-i", path, "--ns", "-F", fields])
    return [" ".join(line.split()) for line in done.stdout.decode(errors="replace").splitlines()] if done.returncode == 0 else None


def ours(path, fields):
    done = simdprof("script", "-i", path, "--ns", "-F", fields)
    equal(done.returncode, 0, f"script -F {fields} of {path}: {done.stderr.decode(errors='replace').strip()}")
    return [" ".join(line.split()) for line in done.stdout.decode(errors="replace").splitlines()]


def shown(path):
    """The fields of FACTS that perf shows of a file."""
    return [field for field in FACTS if perf(path, field) is not None]


def same_lines(name, fields, path):
    theirs, mine = perf(path, fields), ours(path, fields)
    equal(len(mine), len(theirs), f"{name}: lines of {fields}")
    for number, (got, wanted) in enumerate(zip(mine, theirs)):
        equal(got, wanted, f"{name}: line {number} of {fields}")
    return len(mine)


def recordings():
    for row in rows("perf61"):
        yield row["path"], os.path.join(CORPUS, row["path"])


def facts_of_each_sample(_folder):
    compared = lines = 0
    for name, path in recordings():
        lines += same_lines(name, ",".join(shown(path)), path)
        compared += 1
    check(compared >= 40 and lines >= 30000, f"{compared} files, {lines} samples compared")
    print(f"  {lines} samples of {compared} files")


def same_offsets(name, path):
    """As same_lines, but perf finds no file for branches of the other mode than the hit's: it shows the address itself."""
    for mine, theirs, raw in zip(ours(path, "brstackoff"), perf(path, "brstackoff"), perf(path, "brstack")):
        for got, wanted, branch in zip(mine.split(), theirs.split(), raw.split(), strict=True):
            for end in (0, 1):
                value = wanted.split("/")[end]
                if value != branch.split("/")[end]:
                    equal(got.split("/")[end], value, f"{name}: an end of {branch}")


def payloads_of_each_sample(_folder):
    compared = dict.fromkeys(PAYLOADS, 0)
    for name, path in recordings():
        for field in PAYLOADS:
            theirs = perf(path, field)
            # perf takes brstack of any file, and shows none.
            if theirs and any(theirs):
                same_offsets(name, path) if field == "brstackoff" else same_lines(name, field, path)
                compared[field] += 1
    print("  files compared: " + ", ".join(f"{field} {count}" for field, count in compared.items() if count))
    for field, least in (("uregs", 3), ("brstack", 6), ("brstackoff", 6), ("addr", 1), ("data_src", 1), ("weight", 1)):
        check(compared[field] >= least, f"{compared[field]} files with {field} compared")


def chains(lines):
    """Runs of lines between empty ones; a sample without a chain is a line of its own."""
    out, chain = [], []
    for line in lines:
        if line:
            chain.append(line)
        elif chain:
            out.append(chain)
            chain = []
    return out + [chain] if chain else out


def agrees(line, address):
    """Whether perf may show `address` for our "ADDRESS (FILE+0xOFFSET)". Before 6.5 perf shows offsets of user addresses in
    chains; and after an exec it still knows the files of before, so that only the place in the page can be compared."""
    ours_, _, file = line.partition(" ")
    if file == "([unknown])":
        return int(ours_, 16) % 4096 == int(address, 16) % 4096
    return address in (ours_, file.rstrip(")").rpartition("+0x")[2])


def addresses_and_chains(_folder):
    compared = frames = 0
    for name, path in recordings():
        theirs = perf(path, "ip")
        if theirs is None:
            continue
        theirs, mine = chains(theirs), chains(ours(path, "ip,dso,dsoff"))
        equal(len(mine), len(theirs), f"{name}: samples with addresses")
        for number, (got, wanted) in enumerate(zip(mine, theirs)):
            check(len(wanted) <= len(got), f"{name}: sample {number} has {len(got)} frames, {len(wanted)} of perf's")
            for line, address in zip(got, wanted):
                check(agrees(line, address), f"{name}: sample {number}: {line!r}, perf says {address}")
            frames += len(wanted)
        compared += 1
    check(compared >= 40 and frames >= 50000, f"{compared} files, {frames} addresses compared")
    print(f"  {frames} addresses of {compared} files")


def the_top_row_of_each_report(_folder):
    """As the corpus notes it. Left out: rows with a name, whose programs lie elsewhere, and files with branch stacks, of which
    perf counts branches."""
    compared = 0
    for row in rows("perf61"):
        wanted = re.fullmatch(r"([0-9.]+)% (?:[0-9.]+% )*(\d+) (?:\d+ )*(\S+) \[.\] (0x[0-9a-f]+)", row["top1"])
        path = os.path.join(CORPUS, row["path"])
        if wanted is None or (perf(path, "brstack") or [""])[0]:
            continue
        table = simdprof("report", "-i", path, "-s", "overhead,samples,dso,sym", "--format", "tsv").stdout.decode()
        shown = [
            (f"{float(one['overhead']):.2f}", one["samples"], one["dso"], one["sym"])
            for one in csv.DictReader(table.splitlines(), delimiter="\t")
        ]
        share, samples, dso, symbol = wanted.groups()
        # Where perf knows no map of the kernel, its addresses are the kernel's all the same.
        dso = "[kernel.kallsyms]" if dso == "[unknown]" and symbol >= "0xf" else dso
        top = [one for one in shown if float(one[0]) >= float(share)]
        check((share, samples, dso, symbol) in top, f"{row['path']}: {row['top1']!r} is not in {top[:3]}")
        check(float(shown[0][0]) <= float(share) + 0.01, f"{row['path']}: {shown[0]} comes before {row['top1']!r}")
        compared += 1
    check(compared >= 25, f"{compared} reports compared")
    print(f"  {compared} reports")


if __name__ == "__main__":
    if not os.path.exists(os.path.join(CORPUS, "expected.tsv")):
        print("no corpus: nothing to compare")
        raise SystemExit(SKIPPED)
    if shutil.which("perf") is None:
        print("no perf: nothing to compare with")
        raise SystemExit(SKIPPED)
    e2e.main([facts_of_each_sample, payloads_of_each_sample, addresses_and_chains, the_top_row_of_each_report])
