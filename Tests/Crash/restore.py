"""The database is restored from a dump older than what strangers have seen."""

import json

import facts
from memory import Memory, stands_by
from service import Service


def add(checks, world):
    checks("on a restored older dump nothing that signs starts, and each says both sizes and what to do")(refuses)
    checks("recovered from a kept copy the log continues the checkpoint strangers saw")(recovered)
    checks("facts that were lost with the dump are taken again, as entries of their own")(taken_again)


def close(world):
    if hasattr(world, "restored") and world.restored.service.process:
        world.restored.service.__exit__()


class Restored:
    """A ledger dumped at one size, published up to another, and set back to the dump; with a copy of the log."""

    def __init__(self, world):
        self.service = Service(world.binaries, world.folder / "restored")
        self.memory, self.copy, dump = Memory(), world.folder / "copy", world.folder / "standing.dump"
        with self.service:
            self.key = facts.ingest_key(self.service)
            self.dumped = self.grow("kept", 600)
            self.service.run("database", "--", "pg_dump", "-Fc", "-f", dump)
            self.shown = self.grow("lost", 700)
            state = world.folder / "monitor.json"
            self.service.standing("monitor", self.service.base, "--state", state, "--keep", self.copy)
        self.service.run("database", "--", "pg_restore", "--clean", "--if-exists", "--create", "-d", "postgres", dump)

    def grow(self, series, count):
        """Posts facts and returns the size at which they are published."""
        ingest = facts.Ingest(self.service, self.key)
        status, body = ingest.batch(series, range(count), "published")
        assert status == 200, f"{status}: {body[:300]}"
        for number, result in enumerate(json.loads(body)["results"]):
            self.memory.heard((series, number), result)
        ingest.close()
        self.memory.saw(self.service.get("/evidence/checkpoint").expect(200).body)
        return self.memory.size


def refuses(world):
    world.restored = restored = Restored(world)
    assert restored.shown > restored.dumped > 0
    for command in (["serve", "--listen", "127.0.0.1:0"], ["import", "gharchive", world.folder], ["rebuild"]):
        done = restored.service.run(*command, expect=1)
        for word in (str(restored.dumped), str(restored.shown), "A restored database"):
            assert word in done.stderr, f"{command[0]} does not say {word}: {done.stderr}"


def recovered(world):
    restored = world.restored
    done = restored.service.run("recover", "--from", restored.copy)
    assert str(restored.shown - restored.dumped) in done.stderr, done.stderr
    restored.service.run("check")
    restored.service.__enter__()
    assert restored.service.get("/evidence/checkpoint").expect(200).body == restored.memory.checkpoint
    stands_by(world, restored.service, restored.memory, everything=True)


def taken_again(world):
    restored = world.restored
    known, restored.memory.acknowledged = restored.memory.acknowledged, {}
    size = restored.grow("lost", 700)
    assert size == restored.shown + 700, size
    again, restored.memory.acknowledged = restored.memory.acknowledged, known
    assert all(told.status == "appended" for told in again.values())
    assert {told.commitment for told in again.values()}.isdisjoint(told.commitment for told in known.values())
    stands_by(world, restored.service, restored.memory, everything=True)
    vkey = restored.service.get("/v1/ledger/vkey").expect(200).text.strip()
    world.tools.passes("merkle", vkey, restored.service.base, 1)
