"""An ordinary user records own programs at perf_event_paranoid 2, and at 4 is told which setting is in the way."""

import os
import pwd
import shutil

import e2e
from e2e import check, equal

PARANOID = "/proc/sys/kernel/perf_event_paranoid"


def as_nobody(folder, *words, **options):
    """Runs a command as nobody, in a folder of its own."""
    nobody = pwd.getpwnam("nobody")
    home = f"{folder}/home"
    if not os.path.isdir(home):
        os.mkdir(home)
        os.chown(home, nobody.pw_uid, nobody.pw_gid)

    def become():
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)

    return e2e.run(list(words), preexec_fn=become, cwd=home, **options)


class Paranoid:
    """Sets the level, and the old one back."""

    def __init__(self, level):
        self.level = level

    def __enter__(self):
        with open(PARANOID, encoding="ascii") as file:
            self.before = file.read()
        self.write(self.level)

    def __exit__(self, *_):
        self.write(self.before)

    @staticmethod
    def write(level):
        try:
            with open(PARANOID, "w", encoding="ascii") as file:
                file.write(str(level))
        except OSError as error:
            e2e.skip(f"cannot set {PARANOID}: {error}")


def copies(folder):
    """The programs, where nobody may run them."""
    place = f"{folder}/bin"
    os.mkdir(place)
    shutil.copy(e2e.SIMDPROF, f"{place}/simdprof")
    for name in ("simd_patterns", "fork_exec"):
        shutil.copy(e2e.program(name), place)
    os.chmod(place, 0o755)
    return place


def own_programs_can_be_recorded_at_level_2(folder):
    place = copies(folder)
    with Paranoid(2):
        for source in ("auto", "gpr", "ptrace"):
            path = f"{folder}/home/{source}.data"
            done = as_nobody(
                folder, f"{place}/simdprof", "record", "-q", f"--source={source}", "-o", path, "--",
                f"{place}/simd_patterns", "--seconds=0.5",
            )
            equal(done.returncode, 0, f"{source}: {done.stderr.decode(errors='replace')}")
            check(b"intact" in done.stdout, f"{source}: {done.stdout!r}")
            report = as_nobody(folder, f"{place}/simdprof", "report", "-i", path)
            equal(report.returncode, 0, f"report of {source}: {report.stderr!r}")
            check(b"spin_user" in report.stdout, f"{source}: spin_user is not in the report")


def processes_of_own_programs_are_followed_at_level_2(folder):
    place = copies(folder)
    with Paranoid(2):
        for source in ("gpr", "ptrace"):
            path = f"{folder}/home/{source}.data"
            done = as_nobody(
                folder, f"{place}/simdprof", "record", "-q", f"--source={source}", "-o", path, "--", f"{place}/fork_exec"
            )
            equal(done.returncode, 3, f"{source}: {done.stderr.decode(errors='replace')}")


def all_of_the_machine_is_refused_at_level_2_with_the_setting_named(folder):
    place = copies(folder)
    with Paranoid(2):
        done = as_nobody(folder, f"{place}/simdprof", "record", "-a", "--source=gpr", "--", "true")
    equal(done.returncode, 1, "status")
    check(b"perf_event_paranoid" in done.stderr, f"{done.stderr!r}")


def level_4_names_the_setting(folder):
    place = copies(folder)
    with Paranoid(4):
        for source in ("auto", "gpr", "ptrace"):
            done = as_nobody(
                folder, f"{place}/simdprof", "record", f"--source={source}", "-o", f"{folder}/home/a.data", "--", "true"
            )
            # Debian's kernels refuse everything from 3 on; others know only -1..2 and let own programs be.
            if done.returncode == 0:
                e2e.skip("this kernel does not refuse at level 4")
            equal(done.returncode, 1, f"{source}: status")
            lines = done.stderr.decode(errors="replace").splitlines()
            check(
                any("perf_event_paranoid" in line for line in lines),
                f"{source}: the setting is not named: {lines}",
            )
        doctor = as_nobody(folder, f"{place}/simdprof", "doctor")
        check(b"perf_event_paranoid" in doctor.stdout, "doctor names the setting")


def a_process_of_another_user_is_refused_in_one_line(folder):
    place = copies(folder)
    done = as_nobody(folder, f"{place}/simdprof", "record", "-q", "-p", "1", "--duration=0.2")
    equal(done.returncode, 1, "status")
    lines = done.stderr.decode(errors="replace").splitlines()
    equal(len(lines), 1, f"lines: {lines}")


if __name__ == "__main__":
    e2e.need_root()
    e2e.main(
        [
            own_programs_can_be_recorded_at_level_2,
            processes_of_own_programs_are_followed_at_level_2,
            all_of_the_machine_is_refused_at_level_2_with_the_setting_named,
            level_4_names_the_setting,
            a_process_of_another_user_is_refused_in_one_line,
        ]
    )
