"""The ledger's targets, each beside what PostgreSQL does with the same rows. Run by deploy/bench, which says more."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Interop"))

import machine  # noqa: E402 (service.py is found through the line above)
import table  # noqa: E402
from service import Service  # noqa: E402
from stages import Stages  # noqa: E402
from states import ENVIRONMENT, States  # noqa: E402
from measuring import build_load  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped too
    arguments = options().parse_args()
    cache = (arguments.cache or ROOT / ".build" / "bench").resolve()
    cache.mkdir(mode=0o711, parents=True, exist_ok=True)
    load = build_load(cache)
    states = States(cache, arguments.bin.resolve(), load, arguments.seed_seconds)
    limits = machine.limits(cache)
    table.machine(limits)
    figures = {"machine": limits, "sizes": {}}
    with machine.memory_held() as limits["memory"]:
        table.memory(limits["memory"])
        for entries in arguments.entries:
            figures["sizes"][str(entries)] = at_size(entries, cache, arguments.bin.resolve(), load, states)
    figures |= table.targets(figures["sizes"][str(arguments.entries[-1])])
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


def options():
    options = argparse.ArgumentParser(prog="deploy/bench ledger", description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options.add_argument("--json", type=Path, help="write the figures here too")
    options.add_argument(
        "--entries", type=sizes, default=[0, 1_000_000, 10_000_000], help="sizes to measure at: 0,1000000,10000000")
    options.add_argument("--cache", type=Path, help="folder of seeded states and tools: .build/bench")
    options.add_argument(
        "--seed-seconds", type=int, default=600, help="how long seeding one size may take in one run: 600")
    return options


def sizes(text):
    return sorted({int(word) for word in text.split(",")})


def at_size(entries, cache, binaries, load, states):
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=cache))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        how = states.copy(entries, folder / "state")
        print(f"\n== {entries:,} entries: {how}", flush=True)
        settled = machine.settle()
        print(table.settled(settled), flush=True)
        stages = Stages(Service(binaries, folder / "state", ENVIRONMENT), load, entries, folder)
        figures = {"settled": settled} | stages.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table.size(figures)
    print(f"measured in {time.monotonic() - began:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    main()
