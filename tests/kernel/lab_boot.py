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
SECONDS = 240


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


def alarms(results):
    """Lines of the console and of the kernel's log that no healthy kernel writes."""
    found = []
    for name in ("console.txt", "out/dmesg"):
        path = os.path.join(results, name)
        if not os.path.exists(path):
            found.append(f"{name} is missing")
            continue
        for line in open(path, encoding="utf-8", errors="replace"):
            if ALARMS.search(line):
                found.append(f"{name}: {line.strip()}")
    return found
