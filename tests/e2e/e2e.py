"""What the end-to-end tests share: running simdprof, checks that count, reasons to skip."""

import os
import subprocess
import sys
import tempfile
import traceback

SIMDPROF = os.environ["SIMDPROF"]
PROGRAMS = os.environ["SIMDPROF_PROGRAMS"]
SANITIZED = bool(os.environ.get("SIMDPROF_SANITIZED"))
SKIPPED = 77


class Failure(Exception):
    """A check that did not hold."""


def check(condition, fact):
    if not condition:
        raise Failure(fact)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got!r}, not {wanted!r}")


def program(name):
    return os.path.join(PROGRAMS, name)


def run(words, **options):
    """Runs a command to its end. Gives returncode (negative for a signal), stdout and stderr (bytes)."""
    options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
    if options["stdin"] is None:
        del options["stdin"]
    options.setdefault("timeout", 120)
    return subprocess.run(words, capture_output=True, **options)


def simdprof(*words, **options):
    return run([SIMDPROF, *words], **options)


def shell_status(returncode):
    """The status as a shell shows it."""
    return 128 - returncode if returncode < 0 else returncode


def record(path, command, *options, status=0, **more):
    """Records a command; the recording must end with the given status."""
    done = simdprof("record", "-q", "-o", path, *options, "--", *command, **more)
    check(
        done.returncode == status,
        f"record {' '.join(options)} -- {' '.join(command)}: status {done.returncode}, not {status}: "
        + done.stderr.decode(errors="replace").strip(),
    )
    return done


def read(verb, path, *options, **more):
    """Output of a reading verb, which must succeed."""
    done = simdprof(verb, "-i", path, *options, **more)
    check(
        done.returncode == 0,
        f"{verb} {' '.join(options)}: status {done.returncode}: {done.stderr.decode(errors='replace').strip()}",
    )
    return done.stdout


def sample_count(path, **more):
    """Samples that a file holds, as script lists them."""
    return len(read("script", path, "-F", "time", **more).splitlines())


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need_root():
    if os.geteuid() != 0:
        skip("needs root: it changes users or kernel settings")


def need_command(name):
    for folder in os.environ["PATH"].split(":"):
        if os.access(os.path.join(folder, name), os.X_OK):
            return
    skip(f"{name} is not installed")


def main(checks):
    """Runs every check in its own folder; a check is a function that takes the folder's path."""
    only = sys.argv[1:]
    failed = 0
    for one in checks:
        name = one.__name__
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory(prefix="simdprof-e2e-") as folder:
            os.chmod(folder, 0o755)
            before = os.getcwd()
            os.chdir(folder)
            try:
                one(folder)
                print(f"ok    {name}", flush=True)
            except Failure as failure:
                print(f"FAIL  {name}: {failure}", flush=True)
                failed += 1
            except Exception:  # a test that cannot run to its end has failed
                print(f"FAIL  {name}: {traceback.format_exc()}", flush=True)
                failed += 1
            finally:
                os.chdir(before)
    sys.exit(1 if failed else 0)
