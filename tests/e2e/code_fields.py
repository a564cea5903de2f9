"""The instructions that samples hit: bytes and lengths are those that perf shows, of 64-bit and of 32-bit programs."""

import json
import os

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


need_command("perf")
need_command("zstd")
e2e.main([lines_are_those_of_perf, an_instruction_has_a_text])
