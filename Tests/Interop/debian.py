"""Other people's log tools, unpacked from a newer Debian than this machine's into the cache.

The machine's own apt keeps its settings, lists and packages: this one has a folder for all of them, takes the mirror
the machine takes, and checks what it gets against Debian's own key. Once unpacked, no network is needed.
"""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from checks import Skipped

SUITE = "forky"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PINS = Path(__file__).parent / "debian.txt"


@dataclass
class Debian:
    """The unpacked packages, and how they differ from the pinned ones."""

    root: Path
    drift: list

    @property
    def gopath(self):
        return self.root / "usr/share/gocode"

    def program(self, name):
        return self.root / "usr/bin" / name


def pins():
    lines = (line.split() for line in PINS.read_text().splitlines() if not line.startswith("#"))
    return {name: version for name, version in lines}


def install(cache):
    """The packages of debian.txt, fetched if the cache has them not; `Skipped` says why they cannot be had."""
    digest = hashlib.sha256(PINS.read_bytes() + SUITE.encode()).hexdigest()[:16]
    root = cache / f"debian-{digest}"
    if not root.exists():
        folder = cache / "apt"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            fetch(folder)
            unpack(folder, folder / "root")
        except (subprocess.SubprocessError, OSError) as error:
            raise Skipped(f"Debian's suite {SUITE} is out of reach ({what(error)}; see {folder}/log)") from error
        (folder / "root").rename(root)
        shutil.rmtree(folder)
    drift = (root / "drift").read_text().splitlines()
    return Debian(root, drift)


def what(error):
    command = getattr(error, "cmd", None)
    return f"{command[0]} {command[-1]} failed" if command else str(error)


def fetch(folder):
    for name in ("lists/partial", "archives/partial", "packages"):
        (folder / name).mkdir(parents=True)
    if not KEYRING.exists():
        raise OSError(f"{KEYRING} is not there")
    (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {SUITE} main\n")
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists", "Dir::State::status": "/dev/null", "Dir::Cache": folder,
        "APT::Sandbox::User": "", "APT::Update::Error-Mode": "any", "APT::Install-Recommends": "false",
        "Acquire::Languages": "none", "Acquire::Retries": "3", "Acquire::http::Timeout": "30",
    }
    apt = ["apt-get", "-qq", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    with (folder / "log").open("wb") as log:
        for words in (["update"], ["download", *pins()]):
            subprocess.run(
                [*apt, *words], cwd=folder / "packages", check=True, timeout=600, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"})


def mirror():
    """Where the machine gets its own packages; not from where it gets security updates, which has no other suite."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True, text=True, check=True, timeout=60)
    found = [uri for uri in done.stdout.split() if not re.search("security|/etc/|^file:", uri)]
    if not found:
        raise OSError("apt names no mirror")
    return found[0]


def unpack(folder, root):
    """Unpacks what was fetched and notes every package whose version is not the pinned one."""
    pinned, drift = pins(), []
    root.mkdir()
    for package in sorted((folder / "packages").glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", str(package), str(root)], check=True, timeout=120)
        said = subprocess.run(
            ["dpkg-deb", "--show", "--showformat", "${Package} ${Version}", str(package)],
            capture_output=True, text=True, check=True, timeout=60).stdout
        name, version = said.split()
        if version != pinned.pop(name):
            drift.append(f"{name} {version}")
    if pinned:
        raise OSError(f"the suite no longer has {', '.join(pinned)}")
    (root / "drift").write_text("".join(f"{line}\n" for line in drift))
