"""Makes an initramfs: an uncompressed cpio archive of the "newc" format (Documentation/driver-api/early-userspace)."""

import os
import re
import stat
import subprocess

FIELDS = 13  # of 8 hexadecimal digits each


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

    def program(self, path, source, strip="strip", debug=False):
        """A program without its debug information, unless the guest needs it, and the libraries it is linked with."""
        if debug:
            self.file(path, source)
        else:
            plain = subprocess.run([strip, "--strip-debug", "-o", "/dev/stdout", source], capture_output=True, check=False)
            if plain.returncode == 0 and plain.stdout:
                self.bytes(path, plain.stdout)
            else:
                self.file(path, source)
        for name in libraries(source):
            if name.strip("/") not in self.entries:
                self.file(name, os.path.realpath(name))

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
    """Paths of the libraries and of the loader that a program of this machine needs."""
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return []  # static
    return re.findall(r"(/\S+) \(0x", done.stdout)
