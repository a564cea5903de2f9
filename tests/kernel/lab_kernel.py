"""A kernel of Debian's, unpacked: its image, its modules, and our modules built for it."""

import glob
import json
import lzma
import os
import re
import shutil
import subprocess

import lab_packages

HERE = os.path.dirname(os.path.abspath(__file__))
# The kernels of the suite by default: name, suite. More can be named as NAME=SUITE.
SUITES = {"6.1": "bookworm", "6.12": "bookworm-backports"}
# To write to a disk, in the order in which they depend on each other. A kernel that has one built in lacks its file.
DISK_MODULES = ["virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk"]


class Kernel:
    def __init__(self, folder, name, suite, architecture="amd64"):
        self.name = name
        self.root = os.path.join(folder, f"kernel-{name}-{architecture}")
        self.archive = lab_packages.Archive(folder, suite, architecture)
        self.architecture = architecture

    def fetch(self, headers=True):
        """Downloads and unpacks it, and what modules are built against."""
        os.makedirs(self.root, exist_ok=True)
        listed = os.path.join(self.root, "packages.json")
        if os.path.exists(listed):
            packages = json.load(open(listed, encoding="ascii"))
        else:
            packages = self._packages(headers)
            with open(listed, "w", encoding="ascii") as out:
                json.dump(packages, out)
        lab_packages.unpack(self.archive.fetch(packages), self.root)
        self.release = re.sub("^linux-image-", "", packages[0])
        self.image = self._one(f"boot/vmlinu[xz]-{self.release}")

    def _packages(self, headers):
        image = self.archive.dependencies(f"linux-image-{self.architecture}")[0]
        if not headers:
            return [image]
        own_headers = image.replace("linux-image-", "linux-headers-").replace("-unsigned", "")
        needed = self.archive.dependencies(own_headers)
        return [image, own_headers] + [name for name in needed if re.match("linux-headers-.*-common$|linux-kbuild-", name)]

    def _one(self, pattern):
        found = sorted(glob.glob(os.path.join(self.root, pattern)))
        if len(found) != 1:
            raise lab_packages.Unavailable(f"{pattern}: {len(found)} files in {self.root}")
        return found[0]

    def disk_modules(self):
        """Paths of the modules for a virtio disk, unpacked, in loading order."""
        paths = []
        for name in DISK_MODULES:
            found = glob.glob(f"{self.root}/**/lib/modules/**/{name}.ko*", recursive=True)
            found += glob.glob(f"{self.root}/lib/modules/**/{name}.ko*", recursive=True)
            if not found:
                continue
            path = sorted(found)[0]
            if path.endswith(".xz"):
                plain = path[: -len(".xz")]
                with lzma.open(path) as packed, open(plain, "wb") as out:
                    out.write(packed.read())
                path = plain
            paths.append(path)
        return paths

    def build_modules(self):
        """Builds tests/kernel/module. Gives the paths of the modules, without debug information."""
        headers = self._one(f"usr/src/linux-headers-{self.release}")
        common = self._one("usr/src/linux-headers-*-common")
        with open(os.path.join(headers, "Makefile"), "w", encoding="utf-8") as out:
            out.write(f"include {common}/Makefile\n")  # the package names the place it is installed to
        build = os.path.join(self.root, "module")
        os.makedirs(build, exist_ok=True)
        for path in glob.glob(os.path.join(HERE, "module", "*")):
            target = os.path.join(build, os.path.basename(path))
            if not os.path.exists(target) or open(path, "rb").read() != open(target, "rb").read():
                shutil.copyfile(path, target)
        words = ["make", "-s", "-C", headers, f"M={build}", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"]
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "MAKEFLAGS": ""})
        if done.returncode != 0 or "warning:" in done.stderr:
            raise RuntimeError(f"modules for {self.release}:\n{done.stdout}{done.stderr}")
        paths = []
        plain_folder = os.path.join(self.root, "stripped")
        os.makedirs(plain_folder, exist_ok=True)
        for path in sorted(glob.glob(os.path.join(build, "*.ko"))):
            plain = os.path.join(plain_folder, os.path.basename(path))
            subprocess.run(["strip", "--strip-debug", "-o", plain, path], check=True)
            paths.append(plain)
        return paths
