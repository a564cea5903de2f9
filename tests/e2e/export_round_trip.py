"""perf.data -> simdprof -> perf.data: perf prints the same of both, sample for sample."""

import os

import e2e
from e2e import check, equal, program, run, simdprof

CORPUS = os.environ.get("SIMDPROF_CORPUS", "")


def perf(*words):
    return run(["perf", *words], env={**os.environ, "PERF_PAGER": "cat"})


def choice_of_fields(path):
    """What perf script shows by itself, and the sections that it shows only when asked."""
    events = perf("evlist", "-v", "-i", path).stdout.decode(errors="replace")
    fields = [f"+{field}" for field, bit in (("uregs", "REGS_USER"), ("iregs", "REGS_INTR")) if f"{bit}|" in events or f"{bit}," in events]
    if "BRANCH_STACK" in events:
        fields.append("+brstack")
    # Where a file has no names for its events, each reader makes up its own.
    if b"EVENT_DESC" in perf("report", "--header-only", "-i", path).stdout.split(b"missing features", 1)[-1]:
        fields.append("-event")
    return ["-F", ",".join(fields)] if fields else []


def script_of(path, fields):
    # Trace bytes are not exported: samples that perf would make of them are left out of both.
    return perf("script", "--no-itrace", "-i", path, *fields)


def same_samples(path, exported, what):
    fields = choice_of_fields(path)
    ours, theirs = script_of(exported, fields), script_of(path, fields)
    equal(ours.returncode, 0, f"{what}: perf script of the export: {ours.stderr[-300:]!r}")
    ours, theirs = ours.stdout.splitlines(), theirs.stdout.splitlines()
    for number, (our, their) in enumerate(zip(ours, theirs)):
        equal(our, their, f"{what}: line {number + 1} of perf script {' '.join(fields)}")
    equal(len(ours), len(theirs), f"{what}: lines")
    return len(theirs)


def converted(path, folder):
    """By way of simdprof.data, and directly: the two exports are the same bytes."""
    kept, exported, direct = f"{folder}/kept.data", f"{folder}/exported.data", f"{folder}/direct.data"
    for words in (
        ("import", "-i", path, "-o", kept),
        ("export", "-i", kept, "-o", exported),
        ("export", "-i", path, "-o", direct),
    ):
        done = simdprof(*words)
        equal(done.returncode, 0, f"{' '.join(words)}: {done.stderr!r}")
    with open(exported, "rb") as one, open(direct, "rb") as other:
        check(one.read() == other.read(), f"{path}: exports of the file and of its import are the same")
    return exported


def corpus_files():
    """Files that perf 6.1 reads, small enough for it to do so soon."""
    for root, folders, names in os.walk(CORPUS):
        folders[:] = sorted(set(folders) - {"symfs", "expected", "elf", "pdc-fuzz"})
        for name in sorted(names):
            path = os.path.join(root, name)
            looks_right = name.endswith(".data") or (name.startswith("perf.data") and not name.endswith(".buildids"))
            if looks_right and os.path.getsize(path) < 1 << 20:
                yield path


def corpus(folder):
    if not os.path.isdir(CORPUS):
        print(f"      left out: no real inputs at {CORPUS!r}")
        return
    compared = 0
    for path in corpus_files():
        if perf("script", "-i", path).returncode != 0:
            continue
        same_samples(path, converted(path, folder), os.path.relpath(path, CORPUS))
        compared += 1
    check(compared >= 40, f"files compared: {compared}")


def fresh_recording(folder):
    path = f"{folder}/perf.data"
    registers = ["--user-regs=ax,bx,sp,ip,r15", "--intr-regs=di,sp,ip"]
    words = ["record", "-q", "-e", "task-clock,page-faults", "-F", "999", "-g", *registers, "-o", path]
    done = perf(*words, program("many_threads"), "4", "1", "30000000")
    equal(done.returncode, 0, f"perf record: {done.stderr!r}")
    check(same_samples(path, converted(path, folder), "fresh") > 100, "samples to compare")


def fresh_recording_of_stacks(folder):
    path = f"{folder}/perf.data"
    done = perf("record", "-q", "-e", "task-clock", "-F", "999", "--call-graph", "dwarf,65528", "-o", path, program("fma_loop"), "100")
    equal(done.returncode, 0, f"perf record: {done.stderr!r}")
    check(same_samples(path, converted(path, folder), "stacks") > 100, "samples to compare")


def fresh_recording_that_is_compressed(folder):
    path = f"{folder}/perf.data"
    done = perf("record", "-q", "-z", "-e", "task-clock", "-F", "999", "-g", "-o", path, program("fma_loop"), "100")
    equal(done.returncode, 0, f"perf record: {done.stderr!r}")
    exported = converted(path, folder)
    check(same_samples(path, exported, "compressed") > 50, "samples to compare")
    check(b"COMPRESSED" in perf("report", "--header-only", "-i", exported).stdout.split(b"missing features")[1], "plain")


if __name__ == "__main__":
    e2e.need_command("perf")
    e2e.main([fresh_recording, fresh_recording_of_stacks, fresh_recording_that_is_compressed, corpus])
