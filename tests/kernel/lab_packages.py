"""Fetches Debian packages into a folder of the build tree and unpacks them there; installs nothing.

apt runs with a list of sources and a state of its own, so that the machine's stays as it is. The mirror is the machine's."""

import os
import subprocess
import sys

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Unavailable(Exception):
    """This machine cannot have the packages; the text says why."""


def answer(find):
    """Prints the path that find() gives. The exit status: 77 when it cannot be had, with the reason on stderr."""
    try:
        print(find())
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 77
    return 0


def output_of(words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


def machine_mirror():
    """Where this machine's own Debian 12 comes from."""
    try:
        targets = output_of(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"])
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"apt-get does not tell where packages come from: {error}") from error
    for line in targets.splitlines():
        words = line.split()
        if len(words) == 2 and words[1] == "bookworm":
            return words[0]
    raise Unavailable("no Debian 12 mirror among the sources of apt")


class Archive:
    """One suite for one architecture."""

    def __init__(self, folder, suite, architecture):
        self.folder = os.path.join(folder, f"apt-{suite}-{architecture}")
        self.packages = os.path.join(folder, f"packages-{suite}-{architecture}")
        for part in ("lists/partial", "cache/archives/partial", "empty"):
            os.makedirs(os.path.join(self.folder, part), exist_ok=True)
        os.makedirs(self.packages, exist_ok=True)
        self.suite = suite
        at = lambda name: os.path.join(self.folder, name)
        self.options = [
            *("-o", f"Dir::Etc::SourceList={at('sources.list')}"),
            *("-o", f"Dir::Etc::SourceParts={at('empty')}"),
            *("-o", f"Dir::State::Lists={at('lists')}"),
            *("-o", f"Dir::State::status={at('status')}"),
            *("-o", f"Dir::Cache={at('cache')}"),
            *("-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}"),
            *("-o", "APT::Sandbox::User=", "-q"),
        ]
        with open(at("status"), "w", encoding="ascii"):
            pass
        self.fresh = False

    def _update(self):
        if self.fresh:
            return
        suites = [self.suite] if self.suite == "bookworm" else ["bookworm", self.suite]
        mirror = machine_mirror()
        with open(os.path.join(self.folder, "sources.list"), "w", encoding="ascii") as out:
            for suite in suites:
                out.write(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n")
        self._apt("apt-get", "update")
        self.fresh = True

    def _apt(self, tool, *words, **options):
        try:
            return output_of([tool, *self.options, *words], **options)
        except (OSError, subprocess.CalledProcessError) as error:
            text = getattr(error, "stderr", "") or ""
            raise Unavailable(f"{tool} {words[0]}: {text.strip() or error}") from error

    def _candidate(self, package):
        """The fields of the newest version of a package in this suite."""
        self._update()
        text = self._apt("apt-cache", "show", f"{package}/{self.suite}" if self.suite != "bookworm" else package)
        fields = {}
        for line in text.split("\n\n")[0].splitlines():
            if not line.startswith(" ") and ":" in line:
                name, value = line.split(":", 1)
                fields[name] = value.strip()
        return fields

    def dependencies(self, package):
        """First alternatives of what a package depends on, versions left out."""
        parts = self._candidate(package).get("Depends", "").split(",")
        return [part.split("|")[0].split("(")[0].strip().split(":")[0] for part in parts if part.strip()]

    def fetch(self, packages):
        """Downloads what is not there. Gives the paths of the files."""
        paths = []
        for package in packages:
            have = [name for name in os.listdir(self.packages) if name.startswith(package + "_")]
            if not have:
                self._update()
                self._apt("apt-get", "download", "-t", self.suite, package, cwd=self.packages)
                have = [name for name in os.listdir(self.packages) if name.startswith(package + "_")]
            if not have:
                raise Unavailable(f"apt-get download {package}: no file")
            paths.append(os.path.join(self.packages, sorted(have)[-1]))
        return paths


def unpack(paths, folder):
    """Unpacks packages into a folder, once."""
    done = os.path.join(folder, ".unpacked")
    wanted = "\n".join(sorted(os.path.basename(path) for path in paths))
    if os.path.exists(done) and open(done, encoding="ascii").read() == wanted:
        return
    os.makedirs(folder, exist_ok=True)
    for path in paths:
        subprocess.run(["dpkg", "-x", path, folder], check=True)
    with open(done, "w", encoding="ascii") as out:
        out.write(wanted)
