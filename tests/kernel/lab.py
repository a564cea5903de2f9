#!/usr/bin/env python3
"""Runs the kernel lab once: fetches a kernel, builds the modules, boots it, keeps what the guest leaves.

lab.py NAME=SUITE ARCHITECTURE CACHE RESULTS SIMDPROF PROGRAMS [SIMDPROF32]
       such as 6.1=bookworm amd64 build/release/kernel-lab build/release/kernel-lab/results-6.1 ...
       ARCHITECTURE is amd64 or arm64; with arm64 PROGRAMS is the results folder of an amd64 run

Status 0: the guest ran to its end and no step is missing; judge.py judges what it left. 77: this machine cannot run it,
RESULTS/skipped says why. Else 1."""

import os
import re
import shutil
import subprocess
import sys
import time

import lab_boot
import lab_initramfs
import lab_kernel
import lab_packages
import lab_sysroot

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ["simd_patterns", "many_threads"]
TOOLS = {"amd64": ["qemu-system-x86_64", "make", "gcc-12"], "arm64": ["qemu-system-aarch64", "aarch64-linux-gnu-gcc-12", "readelf"]}
SKIPPED = 77


def why_not(architecture):
    """Why this machine cannot run the lab, or None."""
    release = {}
    for line in open("/etc/os-release", encoding="utf-8") if os.path.exists("/etc/os-release") else []:
        name, _, value = line.strip().partition("=")
        release[name] = value.strip('"')
    if release.get("ID") != "debian" or release.get("VERSION_ID") != "12" or os.uname().machine != "x86_64":
        return f"made for Debian 12 on x86-64, this is {release.get('PRETTY_NAME', 'unknown')} on {os.uname().machine}"
    for tool in TOOLS[architecture] + ["apt-get", "dpkg", "strip", "ldd"]:
        if shutil.which(tool) is None:
            return f"{tool} is not installed (tests/support/packages, group kernel)"
    if not os.access("/bin/busybox", os.X_OK) or lab_initramfs.libraries("/bin/busybox"):
        return "busybox-static is not installed (tests/support/packages, group kernel)"
    return None


def steps_text(architecture, simdprof32):
    names = {"amd64": ["steps"], "arm64": ["steps-arm64"]}[architecture] + (["steps-m32"] if simdprof32 else [])
    return "".join(open(os.path.join(HERE, "guest", name), encoding="utf-8").read() for name in names)


def steps(text):
    """Names of the steps that a guest must report."""
    named = re.findall(r"^(step|rec|aux|aux32|filtered|paused|probe|unprivileged|stopped|regs|vectors) (\w+)", text, re.MULTILINE)
    return [f"{name}_regs" if kind == "regs" else name for kind, name in named]


def initramfs(text, modules, busybox):
    """What every guest has."""
    image = lab_initramfs.Initramfs()
    for folder in ("proc", "sys", "dev", "bin"):
        image.folder(folder)
    image.device("dev/console", 5, 1)
    image.device("dev/null", 1, 3)
    image.bytes("etc/passwd", b"root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n", 0o644)
    image.bytes("etc/group", b"root:x:0:\nnogroup:x:65534:\n", 0o644)
    image.file("bin/busybox", busybox)
    listed = subprocess.run(["/bin/busybox", "--list"], check=True, capture_output=True, text=True).stdout
    for applet in listed.split():
        if applet != "busybox":
            image.link(f"bin/{applet}", "busybox")
    image.file("init", os.path.join(HERE, "guest", "init"))
    image.bytes("lab/steps", text.encode())
    for path in modules:
        image.file(f"lab/{os.path.basename(path)}", path)
    image.bytes("lab/modules", "".join(os.path.basename(path) + "\n" for path in modules).encode())
    return image


def amd64_guest(text, kernel, simdprof, programs, simdprof32):
    image = initramfs(text, kernel.disk_modules() + kernel.build_modules(), "/bin/busybox")
    image.program("bin/simdprof", simdprof)
    for name in PROGRAMS:
        image.program(f"bin/{name}", os.path.join(programs, name))
    if simdprof32:
        image.program("bin/simdprof32", simdprof32)
    image.program("bin/other_patterns", os.path.join(programs, "simd_patterns"))  # another program to simdprof
    return image


def arm64_guest(text, kernel, cache, simdprof, of_amd64):
    sysroot = lab_sysroot.unpack(cache)
    image = initramfs(text, kernel.disk_modules(), os.path.join(sysroot, "bin/busybox"))
    image.program("bin/simdprof", simdprof, "arm64", sysroot)
    for name in ("gpr_patterns", "vector_patterns"):
        program = os.path.join(cache, name)
        source = os.path.join(HERE, "guest", f"{name}.c")
        subprocess.run(["aarch64-linux-gnu-gcc-12", "-O2", "-static", "-no-pie", "-o", program, source], check=True)
        image.program(f"bin/{name}", program, "arm64", sysroot)
    for name in ("x86.data", "x86.perf.data"):
        image.file(f"lab/{name}", os.path.join(of_amd64, "out", name), 0o600)
    return image


def run(named, architecture, cache, results, simdprof, programs, simdprof32=None):
    name, suite = named.split("=")
    began = time.monotonic()
    text = steps_text(architecture, simdprof32)
    kernel = lab_kernel.Kernel(cache, name, suite, architecture)
    kernel.fetch(headers=architecture == "amd64")
    if architecture == "amd64":
        image = amd64_guest(text, kernel, simdprof, programs, simdprof32)
    else:
        image = arm64_guest(text, kernel, cache, simdprof, programs)
    built = time.monotonic()
    shutil.rmtree(results, ignore_errors=True)
    os.makedirs(results)
    packed = os.path.join(results, "initramfs.cpio")
    image.write(packed)
    failure = lab_boot.boot(architecture, kernel.image, packed, results)
    os.unlink(packed)
    print(f"kernel {kernel.release}: {built - began:.1f} s to fetch and build, {time.monotonic() - built:.1f} s in QEMU")
    console = open(os.path.join(results, "console.txt"), encoding="utf-8", errors="replace").read()
    missing = [step for step in steps(text) if not re.search(rf"LAB {step} \d+ ", console)]
    problems = [failure] if failure else []
    problems += [f"step {step} did not report" for step in missing] + lab_boot.alarms(results)
    problems += re.findall(r"LAB no module .*", console)
    for problem in problems:
        print("FAIL ", problem)
    if problems:
        print(console[-3000:])
    return 1 if problems else 0


def main():
    named, architecture, cache, results, simdprof, programs, *simdprof32 = sys.argv[1:]
    reason = why_not(architecture)
    if reason is None:
        try:
            return run(named, architecture, cache, results, simdprof, programs, *simdprof32)
        except lab_packages.Unavailable as unavailable:
            reason = str(unavailable)
    shutil.rmtree(results, ignore_errors=True)
    os.makedirs(results)
    with open(os.path.join(results, "skipped"), "w", encoding="utf-8") as out:
        out.write(reason)
    print("skipped:", reason)
    return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
