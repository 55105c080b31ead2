#!/usr/bin/env python3
"""The pages as people meet them: in Chromium, on evidence that went through the programs.

    run.py --bin DIR [--shots DIR] [--keep]      DIR holds standingd and standing

Seeds a service on loopback with made-up people, opens its pages, verifies them there, spoils one byte at a time, and looks
at them small and large, light and dark, without scripts, by keyboard and on paper. Prints a line a check and `N passed, N
failed` (`, N skipped`), and exits 1 if any failed. The screenshots stay in the folder of --shots (.build/browser).
Without a Chromium on the machine what needs one is skipped and named.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Interop"))

import chromium  # noqa: E402
import looks  # noqa: E402
import states  # noqa: E402
import verification  # noqa: E402
import world as people  # noqa: E402
from checks import Checks  # noqa: E402
from forge import Forge  # noqa: E402
from service import Service  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped too
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--shots", type=Path, default=HERE.parents[1] / ".build" / "browser")
    options.add_argument("--keep", action="store_true")
    arguments = options.parse_args()
    arguments.shots.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="standing-browser-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        tally = run(arguments.bin.resolve(), folder, arguments.shots)
    finally:
        if arguments.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return tally.close()


def run(binaries, folder, shots):
    checks = Checks()
    for part in (states, verification, looks):
        part.add(checks)
    with ExitStack() as stack:
        forge = stack.enter_context(Forge())
        service = Service(binaries, folder / "state", environment={"STANDING_FORGE": f"github={forge.base}"})
        stack.enter_context(service)
        sessions = people.seed(service, forge, folder)
        program = chromium.find()
        browser = stack.enter_context(chromium.Chromium(program, folder)) if program else None
        return checks.run(SimpleNamespace(
            service=service, sessions=sessions, browser=browser, shots=shots))


if __name__ == "__main__":
    sys.exit(main())
