#!/usr/bin/env python3
"""Finds a static libzstd for 32-bit programs, which preset m32 links with: this machine's, or else Debian's, unpacked
into a folder of the build tree.

lab_zstd32.py CACHE     prints the library's path; status 77 when it cannot be had, with the reason on stderr"""

import os
import shutil
import subprocess
import sys
import tempfile

import lab_packages

PLACE = "usr/lib/i386-linux-gnu/libzstd.a"


def why_no_compiler():
    """Why this machine makes no 32-bit programs, or None."""
    if shutil.which("g++-12") is None:
        return "g++-12 is not installed"
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "a.cpp")
        with open(source, "w", encoding="ascii") as out:
            out.write("#include <string>\nint main(int argc, char**) { return std::string(argc, ' ').empty(); }\n")
        words = ["g++-12", "-m32", "-static", "-isystem", "/usr/include/x86_64-linux-gnu", "-o", source + ".out", source]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "g++-12 makes no 32-bit programs; g++-12-multilib is not installed"
    return None


def library(cache):
    own = os.path.join("/", PLACE)
    if os.path.exists(own):
        return own
    cache = os.path.abspath(cache)
    folder = os.path.join(cache, "sysroot-i386")
    lab_packages.unpack(lab_packages.Archive(cache, "bookworm", "i386").fetch(["libzstd-dev"]), folder)
    return os.path.join(folder, PLACE)


def find(cache):
    reason = why_no_compiler()
    if reason is not None:
        raise lab_packages.Unavailable(reason)
    return library(cache)


if __name__ == "__main__":
    sys.exit(lab_packages.answer(lambda: find(sys.argv[1])))
