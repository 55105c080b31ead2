"""Reads through the server against the same SELECT by pgbench. Run by deploy/bench, which says what is measured."""

import argparse
import json
import shutil
import signal
import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests" / "Interop"))

import archive  # noqa: E402 (found through the line above)
from claim import Key, claim, publish  # noqa: E402
from forge import Forge  # noqa: E402
from programs import pgbench, wrk  # noqa: E402
from service import Service  # noqa: E402

CONNECTIONS = 64
SECONDS = 10
ROUNDS = 3
HANDLE = "mira"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped too
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--json", type=Path)
    arguments = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="standing-bench-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        with Forge() as forge:
            environment = {"STANDING_FORGE": f"github={forge.base}"}
            with Service(arguments.bin.resolve(), folder / "state", environment) as service:
                prepare(service, forge, folder)
                figures = measure(service)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures) + "\n")


def prepare(service, forge, folder):
    """A published profile, by the way any developer gets one."""
    key = Key.make(folder)
    number, login = archive.REVIEWER
    forge.add(login, number, key.public)
    archive.write(folder / "archive")
    service.run("import", "gharchive", folder / "archive")
    publish(service, claim(service, login, key), HANDLE)


def measure(service):
    url = f"{service.base}/v1/profiles/{HANDLE}"
    size = len(service.get(f"/v1/profiles/{HANDLE}").expect(200).body)
    print(f"a profile of {size} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each")
    select(service, 3), wrk(url, CONNECTIONS, 3)  # caches and prepared statements are warm before anything counts
    served, selected, tails = [], [], []
    for turn in range(ROUNDS):
        selected.append(select(service, SECONDS))
        rate, p99 = wrk(url, CONNECTIONS, SECONDS)
        served.append(rate)
        tails.append(p99)
        print(f"round {turn + 1}: server {rate:,.0f}/s, p99 {p99:.2f} ms; pgbench {selected[-1]:,.0f}/s", flush=True)
    figures = {
        "ratio": round(statistics.median(served) / statistics.median(selected), 3),
        "p99_ms": round(statistics.median(tails), 3),
        "requests_per_s": round(statistics.median(served)),
        "pgbench_tps": round(statistics.median(selected)),
    }
    print(
        f"medians: server {figures['requests_per_s']:,}/s, p99 {figures['p99_ms']} ms; "
        f"pgbench {figures['pgbench_tps']:,}/s; ratio {figures['ratio']}")
    return figures


def select(service, seconds):
    return pgbench(service, CONNECTIONS, seconds, HERE / "reads.sql", handle=HANDLE)


if __name__ == "__main__":
    main()
