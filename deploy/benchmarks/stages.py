"""The measurements at one size, in their order. Each returns figures; none decides whether they are good."""

import base64
import random
import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ceiling
import machine
import warming
from programs import pgbench, wrk
from service import Service
from states import ENVIRONMENT
from measuring import Load, database, memory

HERE = Path(__file__).resolve().parent
SECONDS = 10
SINGLE_CONNECTIONS = 512
# Enough that a batch waits while another is stored: of 8 requests all were in the one that was, or still being sealed.
BATCH_CONNECTIONS = 12
PROOF_CONNECTIONS = 16
READ_CONNECTIONS = 64
OFFERED = 2_000
OFFERED_BESIDE = 500
# Bytes of a fact's document: a long one, for which the targets stand, and what a fact has without anything to fill it up.
LONG, SHORT = 1_024, 615
# What waits a second for its checkpoint keeps a connection that long, and an address may have 1,024 of them.
OFFERED_PUBLISHED = 500
PUBLISHED_CONNECTIONS = 900


class Stages:
    def __init__(self, service, load, entries, folder):
        self.service, self.program, self.entries, self.folder = service, load, entries, folder

    def run(self):
        figures = {"cold_start": self.cold_starts()}
        with self.service:
            figures["warming"] = warming.wait(self.service)
            load = Load(self.program, self.service, self.entries)
            figures["single"] = load.facts("one", connections=SINGLE_CONNECTIONS, seconds=SECONDS, size=LONG)
            figures["integrated"] = load.facts(
                "one", connections=SINGLE_CONNECTIONS, seconds=SECONDS, rate=OFFERED, size=LONG)
            first = load.next
            figures["batch"] = load.facts("batch", connections=BATCH_CONNECTIONS, seconds=SECONDS, size=LONG)
            # The numbers it took are those from `first` on, whole batches of them.
            figures["known"] = load.facts(
                "batch", connections=BATCH_CONNECTIONS, seconds=SECONDS / 2, warm=1, first=first,
                count=load.next - first, size=LONG, again="true")
            figures["short"] = load.facts("batch", connections=BATCH_CONNECTIONS, seconds=SECONDS, size=SHORT)
            figures |= self.reads(load)
            figures |= self.beside(load)
            figures["memory_mb"] = memory(self.service.process.pid)
        return figures | self.witnessed(load.next, figures)

    def cold_starts(self):
        """Seconds from the start of `standingd serve` to its first 200 of /readyz."""
        with self.service:
            pass  # makes what is missing, and brings the schema up to date
        stopped, running = [], []
        for _ in range(3):
            with self.service as service:
                stopped.append(service.ready_in)
                service.kill()  # leaves the database running
            with self.service as service:
                running.append(service.ready_in)
        return {
            "database_running_s": round(statistics.median(running), 3),
            "database_stopped_s": round(statistics.median(stopped), 3),
        }

    def reads(self, load):
        """Proofs of random entries, and what strangers fetch: immutable tiles and the checkpoint.

        First the host is waited for: gigabytes of facts were written just before, which may keep it as busy as the copy did.
        """
        settled = machine.settle()
        size = int(self.service.get("/evidence/checkpoint").expect(200).text.splitlines()[1])
        proofs = self._paths("proofs", (
            f"/v1/ledger/proof/inclusion?index={random.randrange(size)}" for _ in range(10_000)))
        tiles = self._paths("tiles", (
            f"/evidence/tile/0/{tile_number(random.randrange(size // 256))}" for _ in range(10_000)))
        base, script = self.service.base, HERE / "paths.lua"
        return {
            "settled_before_reads": settled,
            "proof": load.gets(connections=READ_CONNECTIONS, seconds=SECONDS, rate=OFFERED, paths=proofs),
            "proof_capacity": load.gets(connections=PROOF_CONNECTIONS, seconds=SECONDS / 2, paths=proofs),
            "tile": self._fetch(base, script, tiles) | {
                "pgbench_tps": round(pgbench(
                    self.service, READ_CONNECTIONS, 5, HERE / "tile.sql", full=size // 256))},
            "checkpoint": self._fetch(f"{base}/evidence/checkpoint"),
        }

    def beside(self, load):
        """Proofs of entries, by their index and by their hash, while batches come in as fast as they are taken."""
        size = int(self.service.get("/evidence/checkpoint").expect(200).text.splitlines()[1])
        tiles = (f"/evidence/tile/0/{tile_number(random.randrange(size // 256))}" for _ in range(100))
        hashes = [hash for tile in tiles for hash in self._hashes(tile)]
        asked = {
            "index": (f"index={random.randrange(size)}" for _ in range(10_000)),
            "hash": (f"leaf_hash={hash}" for hash in random.sample(hashes, 10_000)),
        }
        figures = {}
        for name, queries in asked.items():
            paths = self._paths(f"beside-{name}", (f"/v1/ledger/proof/inclusion?{query}" for query in queries))
            with ThreadPoolExecutor(1) as aside:
                batches = aside.submit(load.send, "batch", connections=BATCH_CONNECTIONS, seconds=SECONDS, size=LONG)
                figures[f"beside_{name}"] = load.gets(
                    connections=PROOF_CONNECTIONS, seconds=SECONDS / 2, warm=4, rate=OFFERED_BESIDE, paths=paths)
                figures[f"beside_{name}"]["facts_per_s"] = batches.result()["facts_per_s"]
        return figures

    def _hashes(self, path):
        """The hashes of the tile at `path`, as a query has them."""
        tile = self.service.get(path).expect(200).body
        return [base64.urlsafe_b64encode(tile[at:at + 32]).decode().rstrip("=") for at in range(0, len(tile), 32)]

    def _paths(self, name, paths):
        file = self.folder / name
        file.write_text("\n".join(paths) + "\n")
        return file

    @staticmethod
    def _fetch(url, script=None, *arguments):
        rate, p99 = wrk(url, READ_CONNECTIONS, 5, script, *arguments)
        return {"per_s": round(rate), "p99_ms": p99}

    def witnessed(self, next_fact, figures):
        """The same service again, publishing only what a second service on this machine has cosigned."""
        with self.service:
            log = self.service.get("/v1/ledger/vkey").expect(200).text.strip()
        logs, policy = self.folder / "witness-of", self.folder / "policy"
        logs.write_text(f"log {log}\nquorum none\n")
        witness = Service(
            self.service.binaries, self.folder / "witness",
            {"STANDING_PUBLIC_URL": "http://witness.example", "STANDING_WITNESS_OF": str(logs)})
        with witness:
            key = witness.get("/witness/vkey").expect(200).text.strip()
            policy.write_text(f"log {log}\nwitness peer {key} {witness.base}/witness\nquorum peer\n")
            self.service.environment = ENVIRONMENT | {"STANDING_POLICY": str(policy)}
            with self.service:
                warming.wait(self.service)
                load = Load(self.program, self.service, next_fact)
                published = load.facts(
                    "one", connections=PUBLISHED_CONNECTIONS, seconds=SECONDS, rate=OFFERED_PUBLISHED,
                    wait="published")
                return {"published": published} | self.ceilings(figures)

    def ceilings(self, figures):
        """What the database does with batches as large as the service's; the ledger is none afterwards."""
        with database(self.service) as connection:
            size, = connection.execute("SELECT size FROM ledger_head").fetchone()
        return {
            f"pg_{name}": ceiling.measure(self.service, size, round(figures[name]["batch_size"]), document)
            for name, document in (("single", LONG), ("batch", LONG), ("short", SHORT))
        }


def tile_number(number):
    """The path of a tile's number (C2SP tlog-tiles): 1234067 is x001/x234/067."""
    text = f"{number:03}"
    text = text.zfill(-(-len(text) // 3) * 3)
    parts = [text[at:at + 3] for at in range(0, len(text), 3)]
    return "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
