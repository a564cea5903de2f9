"""An ordinary user records own programs at perf_event_paranoid 2, and at 4 is told which setting is in the way."""

import ctypes
import os
import pwd
import shutil
import struct

import e2e
from e2e import check, equal

PARANOID = "/proc/sys/kernel/perf_event_paranoid"


def refuse_perf_events():
    """Makes perf_event_open answer EACCES in this process and its children, as Debian's kernels do at level 3 and up."""
    perf_event_open, eacces = 298, 13  # x86-64
    set_no_new_privs, set_seccomp, filter_mode = 38, 22, 2
    load, jump_if_equal, give = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    steps = [
        (load, 0, 0, 0),  # the system call's number
        (jump_if_equal, 0, 1, perf_event_open),
        (give, 0, 0, 0x00050000 | eacces),
        (give, 0, 0, 0x7FFF0000),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(set_no_new_privs, 1, 0, 0, 0) != 0 or libc.prctl(set_seccomp, filter_mode, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def as_nobody(folder, *words, refused=False, **options):
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
        if refused:
            refuse_perf_events()

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
    """Debian's kernels refuse every event at level 3 and up; others stop at 2, so the refusal itself is put in place."""
    place = copies(folder)
    with Paranoid(4):
        for source in ("auto", "gpr", "ptrace"):
            done = as_nobody(
                folder, f"{place}/simdprof", "record", f"--source={source}", "-o", f"{folder}/home/a.data", "--", "true",
                refused=True,
            )
            equal(done.returncode, 1, f"{source}: status")
            lines = done.stderr.decode(errors="replace").splitlines()
            check(
                any("perf_event_paranoid" in line for line in lines),
                f"{source}: the setting is not named: {lines}",
            )
            check(len(lines) <= 3, f"{source}: a refusal of {len(lines)} lines: {lines}")
        doctor = as_nobody(folder, f"{place}/simdprof", "doctor", refused=True)
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
