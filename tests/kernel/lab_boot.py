"""Boots a kernel under QEMU without KVM, waits until it powers off, and reads its console."""

import os
import re
import subprocess
import tarfile

# What a console or a kernel log must not have.
ALARMS = re.compile(
    r"Kernel panic|Oops|BUG:|WARNING: CPU|general protection fault|unable to handle|rcu: INFO|"
    r"soft lockup|hung task|Call Trace|segfault|list_(add|del) corruption"
)
# Reports of a kernel that are no alarm: the line that begins one, and what must stand in it.
#
# perf_pending_task: the task of a sigtrap event (the ptrace source) ends while a signal of it is pending. The kernel asks
# whether the event is still this task's before it asks whether the task ends. Linux has mended it since, in
# "perf/core: Fix WARN in perf_sigtrap()".
KNOWN = [(re.compile(r"WARNING: CPU: \d+ PID: \d+ at kernel/events/core\.c:\d+ perf_(pending_task|sigtrap)\+"), " do_exit+")]
REPORT_BEGINS, REPORT_ENDS = "[ cut here ]", "[ end trace "
SECONDS = 540


def command(architecture, kernel, initramfs, disk):
    common = ["-smp", "2", "-m", "1024", "-kernel", kernel, "-initrd", initramfs, "-nographic", "-no-reboot"]
    common += ["-nic", "none", "-drive", f"file={disk},if=none,id=out,format=raw", "-device", "virtio-blk-pci,drive=out"]
    options = "panic=-1 oops=panic quiet rdinit=/init"
    if architecture == "amd64":
        # On a busy host the kernel may find no tick in the moment in which it looks for one.
        return ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", *common,
                "-append", f"console=ttyS0 no_timer_check {options}"]
    return ["qemu-system-aarch64", "-M", "virt", "-accel", "tcg,thread=multi", "-cpu", "max", *common,
            "-append", f"console=ttyAMA0 {options}"]


def boot(architecture, kernel, initramfs, results, seconds=SECONDS):
    """Runs a guest to its power-off; what it left in /out is in `results` then, beside console.txt.

    @return why it failed, or None"""
    os.makedirs(results, exist_ok=True)
    disk = os.path.join(results, "disk.raw")
    with open(disk, "wb") as out:
        out.truncate(512 << 20)
    console = os.path.join(results, "console.txt")
    failure = None
    with open(console, "wb") as out:
        try:
            done = subprocess.run(command(architecture, kernel, initramfs, disk), stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=seconds, check=False)
            if done.returncode != 0:
                failure = f"QEMU ended with status {done.returncode}"
        except subprocess.TimeoutExpired:
            failure = f"the guest did not power off within {seconds} s"
    text = open(console, encoding="utf-8", errors="replace").read()
    if failure is None and "LAB end" not in text:
        failure = "the guest ended before its last line"
    try:
        with tarfile.open(disk) as archive:
            archive.extractall(results)
    except (tarfile.TarError, OSError) as error:
        failure = failure or f"the guest's files: {error}"
    os.unlink(disk)
    return failure


def without_known_reports(lines):
    """The lines, but for those of reports that are KNOWN."""
    left, report = [], []
    for line in lines:
        if REPORT_BEGINS in line:
            left, report = left + report, [line]
        elif report:
            report.append(line)
        else:
            left.append(line)
        if report and REPORT_ENDS in line:
            text = "\n".join(report)
            if not any(begins.search(text) and inside in text for begins, inside in KNOWN):
                left += report
            report = []
    return left + report


def alarms(results):
    """Lines of the console and of the kernel's log that no healthy kernel writes."""
    found = []
    for name in ("console.txt", "out/dmesg"):
        path = os.path.join(results, name)
        if not os.path.exists(path):
            found.append(f"{name} is missing")
            continue
        with open(path, encoding="utf-8", errors="replace") as lines:
            found += [f"{name}: {line.strip()}" for line in without_known_reports(lines) if ALARMS.search(line)]
    return found
