#!/usr/bin/env python3
"""Unpacks Debian's arm64 libraries that simdprof links with, and their headers, into a folder of the build tree.

lab_sysroot.py CACHE     prints the folder; status 77 when it cannot be had, with the reason on stderr"""

import os
import sys

import lab_packages

# Development packages, each followed by what its library needs at link time and at run time.
PACKAGES = [
    *("libc6", "libc6-dev", "linux-libc-dev", "libgcc-s1", "libstdc++6", "libcrypt1", "libcrypt-dev"),
    *("libfmt9", "libfmt-dev", "libspdlog1.10", "libspdlog-dev", "libexpected-dev", "libcli11-dev", "rapidjson-dev"),
    *("libzstd1", "libzstd-dev", "libelf1", "libelf-dev", "libdw1", "libdw-dev", "libiberty-dev"),
    *("zlib1g", "zlib1g-dev", "liblzma5", "liblzma-dev", "libbz2-1.0", "libbz2-dev"),
    *("libopencsd1", "libopencsd-dev"),  # libipt, for Intel PT, is not built for arm64
    "busybox-static",
]


def unpack(cache):
    folder = os.path.join(cache, "sysroot-arm64")
    lab_packages.unpack(lab_packages.Archive(cache, "bookworm", "arm64").fetch(PACKAGES), folder)
    return folder


if __name__ == "__main__":
    sys.exit(lab_packages.answer(lambda: unpack(sys.argv[1])))
