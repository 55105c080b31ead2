"""How fast an archive becomes evidence, beside what other programs do with the same bytes. Run by deploy/bench."""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import archive_hours

ROOT = Path(__file__).resolve().parents[2]

# Of a few rounds the best counts: what else goes on in a machine only ever costs time.
ROUNDS = 3

# The members that the connector reads of every event, in DuckDB's words.
FIELDS = """
    SELECT count(*), count(actor->>'login'), count(payload->>'action'), count(payload->'pull_request'->>'id'),
        count(payload->'pull_request'->>'merged_at'), count(payload->'pull_request'->'user'->>'id'),
        count(payload->'issue'->>'id'), count(payload->'comment'->>'id'), count(payload->'release'->>'id'),
        count(repo->>'id'), min(created_at), max(created_at)
    FROM read_json('{path}', format = 'newline_delimited', maximum_object_size = 16777216, columns = {{
        type: 'VARCHAR', created_at: 'VARCHAR', actor: 'JSON', repo: 'JSON', org: 'JSON', payload: 'JSON'}})
"""


def main():
    arguments = options().parse_args()
    hour = (arguments.hour or recorded_hour()).resolve()
    folder = Path(tempfile.mkdtemp(prefix="standing-bench-"))
    folder.chmod(0o711)  # the embedded database may run as another user, who has to pass through
    try:
        figures = measure(arguments.bin.resolve() / "standingd", hour, folder, arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


def options():
    options = argparse.ArgumentParser(prog="deploy/bench import", description=__doc__.splitlines()[0])
    options.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    options.add_argument("--json", type=Path, help="write the figures here too")
    options.add_argument("--hour", type=Path, help="an hour of GH Archive, since 2015; one beside the repository unless told")
    options.add_argument("--events", type=int, default=300_000, help="events to parse and map: 300000")
    options.add_argument("--rows", type=int, default=150_000, help="evidence rows to store: 150000")
    return options


def recorded_hour():
    for parent in ROOT.parents:
        hour = parent / "shared/data/gharchive/2015-01-01-0.json.gz"
        if hour.exists():
            return hour
    sys.exit("deploy/bench import: --hour FILE names an hour of GH Archive to measure with")


def measure(standingd, hour, folder, arguments):
    big, events = archive_hours.repeated(hour, folder, arguments.events)
    print(f"{hour.name}, {events:,} events in {big.stat().st_size / 1e6:,.0f} MB of gzip, {os.cpu_count()} cores", flush=True)
    figures = {"events": events, "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    counted = timed(["sh", "-c", f"zcat '{big}' | wc -l"])
    figures["zcat_wc_events_per_s"] = show("zcat | wc -l", events, counted)
    parsed = best(ROUNDS, [standingd, "import", "gharchive", big, "--dry-run", "--json"])
    figures["events_per_s"] = show("standingd import --dry-run: parsed and mapped", events, parsed)
    figures["parse_peak_mb"] = parsed.peak
    python = Path(sys.executable)
    query = f"import duckdb; print(duckdb.sql(\"\"\"{FIELDS.format(path=big)}\"\"\").fetchall())"
    figures["duckdb_events_per_s"] = show("DuckDB read_json, the same members", events, timed([python, "-c", query]))
    figures["ghmap_events_per_s"] = ghmap(hour, folder)
    figures |= end_to_end(standingd, hour, folder, arguments.rows)
    figures["peak_mb"] = max(figures["parse_peak_mb"], figures["store_peak_mb"])
    print(f"most memory of standingd: {figures['peak_mb']} MB")
    return figures


class Done:
    def __init__(self, seconds, peak, text):
        self.seconds, self.peak, self.text = seconds, peak, text


def timed(command, expect=0):
    """A command run to its end: wall time, most memory of the process itself, and what it printed."""
    began = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == expect, f"{command[0]} exited {process.returncode}: {text[:500]}"
    return Done(time.monotonic() - began, round(usage.ru_maxrss / 1024, 1), text)


def best(rounds, command):
    return min((timed(command) for _ in range(rounds)), key=lambda done: done.seconds)


def show(name, count, done, unit="events/s"):
    rate = round(count / done.seconds)
    print(f"{name}: {rate:,} {unit} ({done.seconds:.2f} s, {done.peak} MB)", flush=True)
    return rate


def ghmap(hour, folder):
    """The mapper of PyPI's ghmap on the hour once: it keeps all in memory, so more would measure that."""
    raw = folder / "raw"
    raw.mkdir()
    with gzip.open(hour) as lines, (raw / "hour.json").open("wb") as target:
        events = [json.loads(line) for line in lines]
        target.write(json.dumps(events).encode())
    done = timed([
        Path(sys.executable).with_name("ghmap"), "--raw-events", raw, "--output-actions", folder / "actions.jsonl",
        "--output-activities", folder / "activities.jsonl", "--disable-progress-bar"])
    return show("ghmap", len(events), done)


def end_to_end(standingd, hour, folder, rows):
    """Facts into the ledger of a new deployment: inflated, parsed, mapped, sealed, stored, signed, published."""
    path, count = archive_hours.dense(hour, folder, rows)
    rates, peaks = [], []
    for number in range(ROUNDS):
        state = folder / f"state-{number}"
        state.mkdir(mode=0o711)
        timed([standingd, "--state", state, "migrate"])
        os.sync()  # what was written before is not what is measured
        done = timed([standingd, "--state", state, "import", "gharchive", path, "--json"])
        shutil.rmtree(state)
        report = json.loads(done.text)
        stored = sum(report["evidence"].values())
        assert stored == count and report["duplicates"] == 0, f"{count} facts were sent: {done.text[:500]}"
        rates.append(round(stored / (report["milliseconds"] / 1000)))
        peaks.append(done.peak)
    print(f"standingd import, every event a fact: {max(rates):,} rows/s, the best of "
          f"{', '.join(f'{rate:,}' for rate in rates)} ({count:,} rows of {path.stat().st_size / 1e6:,.0f} MB of gzip, "
          f"{max(peaks)} MB)", flush=True)
    return {"rows": count, "rows_per_s": max(rates), "rows_per_s_rounds": rates, "store_peak_mb": max(peaks)}


if __name__ == "__main__":
    main()
