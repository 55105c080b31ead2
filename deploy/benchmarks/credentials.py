"""Credentials issued and verified beside the bare signature, and the page's first byte. Run by deploy/bench."""

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

from forge import Forge  # noqa: E402 (found through the line above)
from programs import output, wrk  # noqa: E402
from reads import CONNECTIONS, HANDLE, ROUNDS, SECONDS, prepare  # noqa: E402
from service import Service  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped too
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--json", type=Path)
    arguments = options.parse_args()
    figures = {**signatures(), **credentials(arguments.bin.resolve())}
    folder = Path(tempfile.mkdtemp(prefix="standing-bench-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        with Forge() as forge:
            environment = {"STANDING_FORGE": f"github={forge.base}"}
            with Service(arguments.bin.resolve(), folder / "state", environment) as service:
                prepare(service, forge, folder)
                figures |= page(service)
                figures |= program(arguments.bin.resolve(), service, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, value in figures.items():
        print(f"{name:24} {value:,}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures) + "\n")


def signatures():
    """What the library does on one core: P-256 signatures made and checked in a second."""
    said = output("openssl", "speed", "-seconds", "3", "ecdsap256")
    sign, verify = re.search(r"nistp256\)\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", said).groups()
    return {"openssl_sign_per_s": round(float(sign)), "openssl_verify_per_s": round(float(verify))}


def credentials(binaries):
    """No database: SD-JWTs with 20 disclosures a second, on all cores and on one; a bundle of 100 facts, every step."""
    done = subprocess.run(
        [str(binaries / "standingd"), "--json", "measure-credentials"], capture_output=True, text=True, check=True,
        timeout=300)
    found = json.loads(done.stdout)
    return {
        "issue_per_s": found["issue_per_s"], "issue_per_s_one_core": found["issue_per_s_one_core"],
        "verify_ms": found["verify_us"] / 1000,
        "credential_bytes": found["credential_bytes"], "bundle_bytes": found["bundle_bytes"],
    }


def page(service):
    """The page of a profile at 64 connections: the time to its first byte is below the whole answer's, which is stated."""
    url = f"{service.base}/p/{HANDLE}"
    wrk(url, CONNECTIONS, 3)
    rounds = [wrk(url, CONNECTIONS, SECONDS) for _ in range(ROUNDS)]
    return {
        "page_per_s": round(statistics.median(rate for rate, _ in rounds)),
        "page_p99_ms": round(statistics.median(tail for _, tail in rounds), 3),
    }


def program(binaries, service, folder):
    """`standing verify` as a person runs it: a process, the file, every step."""
    bundle = folder / "bundle.standing.json"
    bundle.write_bytes(service.get(f"/p/{HANDLE}/bundle").expect(200).body)
    facts = len(json.loads(bundle.read_bytes())["disclosures"])
    times = []
    for _ in range(20):
        began = subprocess.run(
            ["bash", "-c", 'TIMEFORMAT=%R; time "$0" verify "$1" >/dev/null', str(binaries / "standing"), str(bundle)],
            capture_output=True, text=True, check=True, timeout=60)
        times.append(float(began.stderr.strip().splitlines()[-1]) * 1000)
    return {"standing_verify_ms": round(statistics.median(times), 1), "standing_verify_facts": facts}


if __name__ == "__main__":
    main()
