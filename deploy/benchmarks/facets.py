"""Facets of a million facts, beside SQL that only adds them up. Run by deploy/bench, which says what is measured."""

import argparse
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Interop"))

import plain_sql  # noqa: E402 (claim.py and what follows are found through the line above)
from claim import Key, claim, publish  # noqa: E402
from forge import Forge  # noqa: E402
from measuring import database  # noqa: E402
from service import Service  # noqa: E402
from world import World  # noqa: E402

BATCH = 1_000


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped too
    arguments = options().parse_args()
    cache = (arguments.cache or ROOT / ".build" / "bench").resolve()
    cache.mkdir(mode=0o711, parents=True, exist_ok=True)
    state = cache / f"facets-{arguments.facts}-{arguments.accounts}-{version()}"
    with Forge() as forge:
        environment = {"STANDING_FORGE": f"github={forge.base}", "STANDING_PUBLIC_URL": "http://bench.example"}
        with Service(arguments.bin.resolve(), state, environment) as service:
            folder = Path(tempfile.mkdtemp(prefix="facets-", dir=cache))
            try:
                figures = measure(service, forge, folder, arguments)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


def options():
    options = argparse.ArgumentParser(prog="deploy/bench facets", description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options.add_argument("--json", type=Path, help="write the figures here too")
    options.add_argument("--facts", type=int, default=1_000_000, help="how many: 1000000")
    options.add_argument("--accounts", type=int, default=50_000, help="about how many accounts: 50000")
    options.add_argument("--developers", type=int, default=50, help="how many of them publish a profile: 50")
    options.add_argument("--updates", type=int, default=20, help="single facts sent to measure an update: 20")
    options.add_argument("--cache", type=Path, help="folder of the seeded ledger: .build/bench")
    return options


def version():
    """Names a seeded ledger: another schema or other facts are another one."""
    files = sorted((ROOT / "Migrations").glob("*.sql")) + [HERE / "world.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def measure(service, forge, folder, arguments):
    world = World(arguments.facts, arguments.accounts)
    key = json.loads(service.run("apikey", "create", "--scope", "ingest", "--json").stdout)["key"]
    with database(service) as connection:
        kept = connection.execute("SELECT count(*) FROM evidence").fetchone()[0]
        if kept < arguments.facts:
            seed(service, world, key, kept)
        published = people(service, forge, folder, arguments.developers, arguments.accounts, connection)
        connection.execute("VACUUM ANALYZE")
        kept = connection.execute("SELECT count(*) FROM evidence").fetchone()[0]
        figures = {"facts": kept, "accounts": arguments.accounts, "profiles": len(published), "cores": os.cpu_count()}
        figures |= rebuild(service)
        print(f"rebuild of {kept:,} facts over {arguments.accounts:,} accounts, {len(published)} profiles: "
              f"{figures['rebuild_s']} s (of {figures['rebuilds_s']}), {figures['rebuild_mb']} MB at most", flush=True)
        figures |= updates(service, world, key, published, arguments.updates)
        print(f"update of a profile after one fact: {figures['update_ms']} ms (median of {arguments.updates}; "
              f"at most {figures['update_max_ms']} ms); the service holds {figures['service_mb']} MB", flush=True)
        figures["postgres_sum_s"] = round(plain_sql.postgres(connection), 3)
        figures["duckdb_sum_s"] = round(plain_sql.duckdb(connection, folder), 3)
        connection.execute("DROP TABLE plain_facts, plain_facets")
    print(f"the same facts added up by SQL, without caps or standing: PostgreSQL {figures['postgres_sum_s']} s, "
          f"DuckDB {figures['duckdb_sum_s']} s")
    return figures


def seed(service, world, key, kept):
    """Sends the world's facts as any program does. A fact is kept once, so a run that was cut off is sent again."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    batch, sent = [], 0
    for line in world.lines():
        batch.append(line)
        if len(batch) == BATCH:
            post(connection, key, batch)
            sent, batch = sent + BATCH, []
            if sent % 100_000 == 0:
                print(f"sent {sent:,} facts in {time.monotonic() - began:.0f} s", flush=True)
    if batch:
        post(connection, key, batch)


def post(connection, key, lines):
    connection.request(
        "POST", "/v1/evidence:batch", "\n".join(lines),
        {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status == 503:
        time.sleep(0.2)
        return post(connection, key, lines)
    assert answer.status == 200, f"{answer.status}: {body[:400]}"
    return json.loads(body)


def people(service, forge, folder, count, accounts, connection):
    """Claims and publishes `count` accounts, from the busiest down; whoever did in an earlier run is left as they are."""
    known = {row[0] for row in connection.execute("SELECT handle FROM developers WHERE state = 'published'")}
    key = Key.make(folder)
    places = [turn * (accounts // count) for turn in range(count)]
    for place in places:
        if f"wren-{place}" not in known:
            account = World.account(place)
            forge.add(account["login"], int(account["id"]), key.public)
            publish(service, claim(service, account["login"], key), account["login"])
    return places


def rebuild(service, rounds=3):
    """Seconds of `standingd rebuild`, from its start to its end, and the most memory it had."""
    times, memory = [], 0
    for _ in range(rounds):
        began = time.monotonic()
        process = subprocess.Popen(
            service._standingd("rebuild", "--json"), env=service.child_environment, stdout=subprocess.PIPE)
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, said
        times.append(round(time.monotonic() - began, 2))
        memory = max(memory, used.ru_maxrss)
    return {"rebuild_s": statistics.median(times), "rebuilds_s": times, "rebuild_mb": memory // 1024,
            "digest": json.loads(said)["digest"]}


def updates(service, world, key, published, count):
    """Milliseconds from the refresher's first look at the ledger to the profile stored, after one new fact each."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    start = time.time_ns()
    times = []
    for turn in range(count + 1):
        before = counters(service)
        subject = published[turn * 7 % len(published)]
        post(connection, key, [world.line(start + turn, subject, turn % world.projects, "change_merged", turn)])
        after = before
        while after[0] == before[0]:
            time.sleep(0.02)
            after = counters(service)
        time.sleep(1.1)  # a turn a second; the next fact comes in a turn of its own
        after = counters(service)
        if turn > 0:  # the first turn of a service looks at everybody
            times.append((after[1] - before[1]) / 1000)
    return {"update_ms": round(statistics.median(times), 2), "update_max_ms": round(max(times), 2),
            "service_mb": resident(service.process.pid)}


def counters(service):
    text = service.get("/metrics").text
    return tuple(
        int(re.search(rf"^{name} (\d+)", text, re.MULTILINE)[1])
        for name in ("standing_profiles_refreshed_total", "standing_refresh_microseconds_total"))


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024


if __name__ == "__main__":
    main()
