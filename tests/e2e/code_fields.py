"""The instructions that samples hit: bytes and lengths are those that perf shows, of 64-bit and of 32-bit programs. The
source text of samples is that of perf too."""

import json
import os
import re

import e2e
from e2e import check, equal, need_command, program, read, run

COMMANDS = {
    "fma_loop": [program("fma_loop"), "300"],
    "zstd": ["zstd", "-q", "-b3", "-i1", program("fma_loop")],
    "32-bit": [program("patterns_32bit"), "1"],
}


def perf_record(path, command):
    done = run(["perf", "record", "-q", "-N", "-F", "2000", "-e", "task-clock:u", "-o", path, "--", *command])
    check(done.returncode == 0 and os.path.exists(path), f"perf record: {done.stderr.decode(errors='replace')}")


def lines_are_those_of_perf(_folder):
    for name, command in COMMANDS.items():
        path = f"{name}.data"
        perf_record(path, command)
        fields = "comm,ip,insn,insnlen"
        theirs = run(["perf", "script", "-i", path, "-F", fields]).stdout.splitlines()
        ours = read("script", path, "-F", fields).splitlines()
        check(len(theirs) > 100, f"{name}: {len(theirs)} samples")
        known = sum(b" insn:" in line for line in theirs)
        check(known > len(theirs) * 0.8, f"{name}: perf has the code of {known} of {len(theirs)} samples")
        equal(ours, theirs, f"{name}: lines of script")


def an_instruction_has_a_text(_folder):
    perf_record("fma_loop.data", COMMANDS["fma_loop"])
    lines = read("script", "fma_loop.data", "-F", "sym,insn,insnlen,disasm", "--format=jsonl").splitlines()
    hits = [hit for hit in map(json.loads, lines) if hit.get("sym", "").endswith("_round")]
    check(len(hits) > 100, f"{len(hits)} hits in the loop")
    for hit in hits:
        equal(len(hit["insn"]), 2 * hit["insnlen"], "digits of insn")
    with open("/proc/cpuinfo", encoding="ascii") as text:
        wanted = ("vfmadd", "%ymm") if " fma " in text.read() else ("", "%xmm")  # the program's other loop is scalar
    such = [hit for hit in hits if hit["disasm"].startswith(wanted[0]) and wanted[1] in hit["disasm"]]
    check(len(such) > len(hits) / 4, f"{len(such)} of {len(hits)} hits at an instruction with {' '.join(wanted)}")


SOURCE = """static inline int mix(int value) {
\treturn value * 31 + 7;\r
}

__attribute__((noipa)) int work(int rounds, int sum) {
  for (int i = 0; i < rounds; i++) {
    sum += mix(sum) ^ i;
  }
  return sum;
}

int main(void) {
  int sum = 1;
  for (int i = 0; i < 2000; i++) sum = work(100000, sum);
  return sum == 0;
}
"""


def build_program():
    with open("program.c", "w", encoding="ascii", newline="") as out:
        out.write(SOURCE)
    check(run(["gcc", "-O1", "-g", "-o", "program", "program.c"]).returncode == 0, "gcc")


def source_text_is_that_of_perf(_folder):
    build_program()
    perf_record("flat.data", ["./program"])
    check(run(["perf", "record", "-q", "-N", "-g", "-F", "500", "-e", "task-clock:u", "-o", "chains.data", "./program"]).returncode == 0, "perf record -g")
    # Frames of call chains are compared elsewhere: perf shows the offsets in the file for them.
    source = re.compile(rb"\|[0-9]+ .*")
    unknown = re.compile(rb"  \S+\[[0-9a-f]+\]$")
    for path in ("flat.data", "chains.data"):
        for fields in ("ip,sym,srccode", "comm,ip,srcline,srccode"):
            theirs = run(["perf", "script", "-i", path, "-F", fields]).stdout.replace(b"\r\n", b"\n").split(b"\n")
            ours = read("script", path, "-F", fields).split(b"\n")
            check(sum(map(bool, map(source.match, theirs))) > 30, f"{path} {fields}: perf shows source text")
            if path == "chains.data":
                theirs = [line if source.match(line) else b"" for line in theirs]
                ours = [line if source.match(line) else b"" for line in ours]
            # perf gives up on a file without lines, as the loader, after some of its samples, and then leaves this out.
            ours = [line for line in ours if not unknown.match(line)]
            theirs = [line for line in theirs if not unknown.match(line)]
            equal(ours, theirs, f"{path} {fields}: lines of script")
    hits = [json.loads(line) for line in read("script", "flat.data", "-F", "sym,srcline,srccode", "--format=jsonl").splitlines()]
    for hit in (hit for hit in hits if hit.get("sym") == "work"):
        equal(hit["srccode"], SOURCE.split("\n")[hit["lines"][0]["line"] - 1].rstrip("\r"), "source text")


def source_that_is_not_text_does_no_harm(_folder):
    build_program()
    perf_record("before.data", ["./program"])
    for make in ("rm program.c", "mkfifo program.c", "ln -s /dev/zero program.c", "mkdir program.c", "truncate -s 1T program.c",
                 "head -c 100000 /dev/urandom > program.c", ": > program.c"):
        run(["sh", "-c", f"rm -rf program.c; {make}"])
        for more in ((), ("--format=jsonl",)):
            lines = read("script", "before.data", "-F", "ip,srccode", *more, timeout=60).splitlines()
            check(len(lines) > 30, f"{make}: {len(lines)} lines")


need_command("perf")
need_command("zstd")
need_command("gcc")
e2e.main([lines_are_those_of_perf, an_instruction_has_a_text, source_text_is_that_of_perf, source_that_is_not_text_does_no_harm])
