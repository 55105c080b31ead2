"""Reads through the server against the same SELECT by pgbench. Run by deploy/bench, which says what is measured."""

import argparse
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests" / "Interop"))

import archive  # noqa: E402 (found through the line above)
from claim import Key, claim, publish  # noqa: E402
from forge import Forge  # noqa: E402
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
    wrk(url, 3), pgbench(service, 3)  # caches and prepared statements are warm before anything counts
    served, selected, tails = [], [], []
    for turn in range(ROUNDS):
        selected.append(pgbench(service, SECONDS))
        rate, p99 = wrk(url, SECONDS)
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


def wrk(url, seconds):
    """Requests a second and the 99th percentile in milliseconds; any answer but 2xx is a failure."""
    said = output("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", url)
    assert "Non-2xx" not in said and "Socket errors" not in said, said
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    amount, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(amount) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def pgbench(service, seconds):
    """Transactions a second of the same SELECT over the database's own socket."""
    said = output(
        newest_program("pgbench"), "-h", socket_folder(service), "-U", "standing_service", "-M", "prepared",
        f"-c{CONNECTIONS}", "-j1", "-n", f"-T{seconds}", "-D", f"handle={HANDLE}", "-f", HERE / "reads.sql",
        "standing")
    return float(re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)[1])


def newest_program(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return found[-1] if found else name


def socket_folder(service):
    """Where the embedded server listens: line 5 of its pid file."""
    return service.database_process.read_text().splitlines()[4]


def output(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command[0]} exited {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


if __name__ == "__main__":
    main()
