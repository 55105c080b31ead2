"""One ledger grown through the sizes where trees and tiles change their shape, read at each by other people's tools."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import facts
from service import Service
from transparency import log, vkey

SIZES = [0, 1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]
LAST = 1_000_000
BATCH = 1_000


def add(checks, largest):
    for size in [size for size in SIZES if size <= largest]:
        at_size(checks, size)
    if largest >= LAST:
        checks(f"Tessera's fsck finds the log whole while it grows to {LAST}")(while_growing)
        at_size(checks, LAST)
    checks("torchwood reads and proves every entry of the grown ledger")(torchwood)
    checks("the grown ledger checks out against the rows")(own_check)


def at_size(checks, size):
    checks(f"Go's sumdb proves a ledger of {size}, and every smaller one as a prefix")(lambda world: sumdb(world, size))
    checks(f"Tessera's fsck finds a ledger of {size} whole")(lambda world: fsck(world, size))
    checks(f"transparency-dev's merkle and formats accept the JSON proofs of a ledger of {size}")(merkle)


class Grown:
    """The ledger and the checkpoint of each size it was read at."""

    def __init__(self, world):
        self.service = Service(world.service.binaries, world.folder / "grown").__enter__()
        self.key = facts.ingest_key(self.service)
        self.checkpoints = []
        self.size = 0

    def grow(self, size):
        """Posts facts until there are `size` entries and a checkpoint of all of them is published."""
        starts = range(self.size, size, BATCH)
        with ThreadPoolExecutor(2) as pool:
            for told in pool.map(lambda start: self.post(start, min(start + BATCH, size)), starts):
                assert told == "appended", told
        self.size = size
        self.wait_for_checkpoint()

    def post(self, start, end):
        posting = facts.Ingest(self.service, self.key)
        try:
            status, body = posting.batch("growth", range(start, end), "integrated")
            assert status == 200, f"{status}: {body[:400]}"
            results = json.loads(body)["results"]
            assert len(results) == end - start, len(results)
            return "appended" if all(result["status"] == "appended" for result in results) else results
        finally:
            posting.close()

    def checkpoint(self):
        return self.service.get("/evidence/checkpoint").expect(200).body

    def wait_for_checkpoint(self):
        deadline = time.monotonic() + 30
        while int(self.checkpoint().split(b"\n")[1]) != self.size:
            assert time.monotonic() < deadline, f"{self.size} entries, published is:\n{self.checkpoint().decode()}"
            time.sleep(0.02)

    def keep(self, folder):
        path = folder / f"checkpoint.{self.size}"
        path.write_bytes(self.checkpoint())
        self.checkpoints.append(path)


def ledger(world):
    if not hasattr(world, "grown"):
        world.grown = Grown(world)
    return world.grown


def close(world):
    if hasattr(world, "grown"):
        world.grown.service.__exit__()


def sumdb(world, size):
    grown = ledger(world)
    grown.grow(size)
    said = world.tools.passes("ledger", vkey(grown.service), log(grown.service.base), *grown.checkpoints)
    assert said.count("older checkpoint is a prefix") == len(grown.checkpoints), said
    grown.keep(world.folder)


def fsck(world, size):
    grown = ledger(world)
    assert world.tools.passes("fsck", vkey(grown.service), log(grown.service.base)) == f"fsck: size {size}\n"


def merkle(world):
    grown = ledger(world)
    world.tools.passes("merkle", vkey(grown.service), grown.service.base, grown.size, *grown.checkpoints[:-1])


def while_growing(world):
    """Grows in a thread of its own while fsck reads again and again, each time another size."""
    grown = ledger(world)
    fsck(world, grown.size)  # where the tool is not to be had, before anything is written
    failures = []

    def write():
        try:
            grown.grow(LAST)
        except BaseException as error:  # noqa: BLE001 (told below)
            failures.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    sizes = set()
    try:
        while True:
            said = world.tools.passes("fsck", vkey(grown.service), log(grown.service.base))
            if not writing.is_alive():
                break
            sizes.add(said)
    finally:
        writing.join()
    assert not failures, failures[0]
    assert len(sizes) >= 3, f"fsck ended only {len(sizes)} times while it grew: {sizes}"


def torchwood(world):
    grown = ledger(world)
    said = world.tools.passes("torchwood", "entries", vkey(grown.service), log(grown.service.base))
    assert said == f"torchwood: {grown.size} entries\n", said


def own_check(world):
    report = json.loads(ledger(world).service.run("check", "--json").stdout)
    assert report["entries"] == ledger(world).size, report
