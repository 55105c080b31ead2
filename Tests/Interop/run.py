#!/usr/bin/env python3
"""The whole flow over HTTP on made-up evidence, its results checked by other people's tools.

    run.py --bin DIR [--up-to SIZE] [--keep]      DIR holds standingd and standing

SIZE is how far one of the ledgers grows; a program that works slowly under a sanitizer is spared the largest.

Starts the service on loopback with a state directory of its own (removed at the end unless --keep), prints a line a
check and `N passed, N failed` (`, N skipped`, each named above with the reason), and exits 1 if any failed.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import archive
import bad_input
import consent
import contract
import credentials
import evaluation
import flow
import growth
import leaving
import monitor
import operation
import receipts
import transparency
import verifiers
import witnesses
from checks import Checks
from claim import Key
from forge import Forge
from service import Service
from tools import Tools

CACHE = Path(__file__).resolve().parents[2] / ".build" / "interop"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped too
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--up-to", type=int, default=growth.LAST)
    options.add_argument("--keep", action="store_true")
    arguments = options.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="standing-interop-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        tally = run(arguments.bin.resolve(), folder, arguments.up_to)
    finally:
        if arguments.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return tally.close()


def run(binaries, folder, largest):
    checks = Checks()
    for part in (
            flow, contract, consent, transparency, receipts, verifiers, monitor, bad_input, evaluation, operation,
            leaving):
        part.add(checks)
    credentials.add(checks)
    witnesses.add(checks)
    growth.add(checks, largest)
    with Forge() as forge:
        service = Service(binaries, folder / "state", environment={"STANDING_FORGE": f"github={forge.base}"})
        world = SimpleNamespace(
            service=service, forge=forge, folder=folder, key=Key.make(folder), tools=Tools(CACHE),
            events=archive.write(folder / "archive"))
        forge.add(archive.REVIEWER[1], archive.REVIEWER[0], world.key.public)
        with service:
            try:
                return checks.run(world)
            finally:
                credentials.close(world)
                witnesses.close(world)
                growth.close(world)


if __name__ == "__main__":
    sys.exit(main())
