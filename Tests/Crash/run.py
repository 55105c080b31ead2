#!/usr/bin/env python3
"""What the service promised still holds after everything under it was killed, cut off, filled up or set back.

    run.py --bin DIR [--rounds N] [--seed S] [--keep]      DIR holds standingd and standing

Kills the service, its database and its imports at moments drawn by the seed, breaks its socket calls one after the
other, and each time starts again and looks: the ledger checks out against the rows, every acknowledged fact is there
once and where it was said to be, and the checkpoint last seen is a prefix of the present one. Prints a line a check and
`N passed, N failed` (`, N skipped`), and exits 1 if any failed.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

sys.path.append(str(Path(__file__).resolve().parents[1] / "Interop"))

import clock  # noqa: E402
import disk  # noqa: E402
import faults  # noqa: E402
import restore  # noqa: E402
import rounds  # noqa: E402
from checks import Checks  # noqa: E402
from tools import Tools  # noqa: E402

PARTS = (rounds, faults, disk, clock, restore)
CACHE = Path(__file__).resolve().parents[2] / ".build" / "interop"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped too
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options.add_argument("--keep", action="store_true")
    arguments = options.parse_args()
    print(f"the seed is {arguments.seed}", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="standing-crash-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    world = SimpleNamespace(
        binaries=arguments.bin.resolve(), folder=folder, tools=Tools(CACHE), rounds=arguments.rounds,
        random=random.Random(arguments.seed))
    checks = Checks()
    for part in PARTS:
        part.add(checks, world)
    with ExitStack() as stack:
        if arguments.keep:
            print(f"keeps {folder}", file=sys.stderr)
        else:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for part in PARTS:
            stack.callback(part.close, world)
        stack.callback(signal.signal, signal.SIGTERM, signal.SIG_IGN)  # told once is told
        return checks.run(world).close()


if __name__ == "__main__":
    sys.exit(main())
