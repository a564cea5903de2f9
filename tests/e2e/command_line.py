"""Usage: help, version, unknown words, one error line, statuses 129 and 1."""

import re

import e2e
from e2e import check, equal, simdprof


def verbs():
    done = simdprof("--help")
    equal(done.returncode, 0, "simdprof --help")
    return re.findall(r"^  ([a-z][a-z-]*) ", done.stdout.decode(), re.MULTILINE)


def one_error_line(done, what):
    lines = done.stderr.decode().splitlines()
    check(len(lines) == 1, f"{what}: stderr has {len(lines)} lines: {lines[:4]}")
    check(lines[0].startswith("simdprof: "), f"{what}: {lines[0]!r}")


def every_verb_of_the_issue_exists(_):
    wanted = {"record", "report", "dump-regs", "script", "dump", "info", "doctor"}
    equal(wanted - set(verbs()), set(), "verbs that are missing")


def every_verb_explains_itself_on_stdout(_):
    for verb in verbs():
        done = simdprof(verb, "--help")
        equal(done.returncode, 0, f"{verb} --help")
        equal(done.stderr, b"", f"stderr of {verb} --help")
        check(b"simdprof" in done.stdout and len(done.stdout) > 20, f"{verb} --help says little: {done.stdout!r}")


def version_is_one_line(_):
    done = simdprof("--version")
    equal(done.returncode, 0, "--version")
    check(re.fullmatch(rb"simdprof \d+\.\d+\.\d+\n", done.stdout), f"{done.stdout!r}")


def version_verbose_names_what_is_built_in(_):
    done = simdprof("--version", "-v")
    equal(done.returncode, 0, "--version -v")
    for word in (b"zstd", b"libdw"):
        check(word in done.stdout, f"{word!r} is not in {done.stdout!r}")


def no_word_at_all_is_usage(_):
    equal(simdprof().returncode, 129, "status of bare simdprof")


def an_unknown_verb_is_one_line_and_129(_):
    done = simdprof("recrod")
    equal(done.returncode, 129, "status")
    one_error_line(done, "recrod")
    check(b"recrod" in done.stderr, "the line names the word")


def an_unknown_option_is_one_line_and_129(_):
    for verb in verbs():
        done = simdprof(verb, "--no-such-option")
        equal(done.returncode, 129, f"{verb} --no-such-option")
        one_error_line(done, f"{verb} --no-such-option")
        equal(done.stdout, b"", f"stdout of {verb} --no-such-option")


def a_wrong_value_is_one_line_and_129(_):
    for words in (
        ["record", "-F", "fast", "--", "true"],
        ["record", "-F", "0", "--", "true"],
        ["record", "-F", "-5", "--", "true"],
        ["record", "-c", "0", "--", "true"],
        ["record", "--source=magic", "--", "true"],
        ["record", "-z", "99", "--", "true"],
        ["record", "-p", "abc"],
        ["record"],
        ["report", "--format", "poem"],
        ["dump-regs", "--as", "f12"],
        ["script", "-F", "nonsense"],
        ["dump", "--stage=nonsense"],
    ):
        done = simdprof(*words)
        equal(done.returncode, 129, " ".join(words))
        one_error_line(done, " ".join(words))


def a_missing_file_is_named_and_1(folder):
    for verb in ("report", "dump-regs", "script", "info"):
        done = simdprof(verb, "-i", f"{folder}/absent.data")
        equal(done.returncode, 1, verb)
        one_error_line(done, verb)
        check(b"absent.data" in done.stderr and b"No such file" in done.stderr, f"{verb}: {done.stderr!r}")


def dry_run_names_source_and_attributes_and_runs_nothing(folder):
    done = simdprof("record", "--dry-run", "-o", f"{folder}/x.data", "--", "touch", f"{folder}/ran")
    equal(done.returncode, 0, "record --dry-run")
    import os

    check(not os.path.exists(f"{folder}/ran"), "the command ran")
    check(not os.path.exists(f"{folder}/x.data"), "a file was written")
    text = (done.stdout + done.stderr).decode()
    check("source" in text and "sample_type" in text, f"no source or attributes in: {text[:400]}")


def doctor_names_every_source(_):
    done = simdprof("doctor")
    check(done.returncode in (0, 1), f"status {done.returncode}")
    for source in (b"kernel", b"ptrace", b"gpr"):
        check(source in done.stdout, f"{source!r} is not in the table")


if __name__ == "__main__":
    e2e.main(
        [
            every_verb_of_the_issue_exists,
            every_verb_explains_itself_on_stdout,
            version_is_one_line,
            version_verbose_names_what_is_built_in,
            no_word_at_all_is_usage,
            an_unknown_verb_is_one_line_and_129,
            an_unknown_option_is_one_line_and_129,
            a_wrong_value_is_one_line_and_129,
            a_missing_file_is_named_and_1,
            dry_run_names_source_and_attributes_and_runs_nothing,
            doctor_names_every_source,
        ]
    )
