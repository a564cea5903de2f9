"""Makes an initramfs: an uncompressed cpio archive of the "newc" format (Documentation/driver-api/early-userspace)."""

import os
import re
import stat
import subprocess
import tempfile

FIELDS = 13  # of 8 hexadecimal digits each
LIBRARY_FOLDERS = ["lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib"]


class Initramfs:
    def __init__(self):
        self.entries = {}  # path without the leading slash -> (mode, bytes, device)

    def folder(self, path):
        parts = path.strip("/").split("/")
        for i in range(1, len(parts) + 1):
            self.entries.setdefault("/".join(parts[:i]), (stat.S_IFDIR | 0o755, b"", (0, 0)))

    def bytes(self, path, content, mode=0o755):
        if "/" in path.strip("/"):
            self.folder(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFREG | mode, content, (0, 0))

    def file(self, path, source, mode=0o755):
        with open(source, "rb") as content:
            self.bytes(path, content.read(), mode)

    def link(self, path, target):
        self.folder(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFLNK | 0o777, target.encode(), (0, 0))

    def device(self, path, major, minor):
        self.folder(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFCHR | 0o600, b"", (major, minor))

    def program(self, path, source, architecture="amd64", sysroot=None):
        """A program without its debug information, and the libraries it is linked with.

        @param sysroot  where the libraries are; None: this machine's"""
        strip = "strip" if architecture == "amd64" else "aarch64-linux-gnu-strip"
        with tempfile.TemporaryDirectory() as folder:
            plain = os.path.join(folder, "plain")
            subprocess.run([strip, "--strip-debug", "-o", plain, source], check=True)
            self.file(path, plain)
        for name, place in (libraries_below(sysroot, source) if sysroot else libraries(source)).items():
            if name.strip("/") not in self.entries:
                self.file(name, place)

    def write(self, path):
        with open(path, "wb") as out:
            for number, (name, entry) in enumerate(sorted(self.entries.items()), 1):
                out.write(record(number, name, *entry))
            out.write(record(0, "TRAILER!!!", 0, b"", (0, 0)))


def record(number, name, mode, content, device):
    links = 2 if stat.S_ISDIR(mode) else 1
    encoded = name.encode() + b"\0"
    words = [number, mode, 0, 0, links, 0, len(content), 0, 0, *device, len(encoded), 0]
    assert len(words) == FIELDS
    head = b"070701" + b"".join(b"%08X" % word for word in words) + encoded
    return padded(head) + padded(content)


def padded(content):
    return content + b"\0" * (-len(content) % 4)


def libraries(program):
    """The libraries and the loader that a program of this machine needs: path in the guest -> file."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {}  # static
    return {name: os.path.realpath(name) for name in re.findall(r"(/\S+) \(0x", done.stdout)}


def libraries_below(sysroot, program):
    """The same for a program of another architecture, from its dynamic section."""
    found = {}
    left = [program]
    while left:
        text = subprocess.run(["readelf", "-dl", left.pop()], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text) + re.findall(r"interpreter: (.*)\]", text)
        for name in needed:
            path = name if name.startswith("/") else f"/lib/{os.path.basename(name)}"
            if path in found:
                continue
            places = [os.path.join(sysroot, folder, os.path.basename(name)) for folder in LIBRARY_FOLDERS]
            found[path] = os.path.realpath(next(place for place in places if os.path.exists(place)))
            left.append(found[path])
    return found
