"""Rounds: evidence comes in by POST and by import, something is killed outright, everything is started again."""

import json
import os
import signal
import time

import archives
import facts
from database import Embedded
from memory import Flood, Memory, Stream, Watcher, stands_by
from service import Service

FSCK_EVERY = 5
FLOODED = 0.3  # seconds before the kill, at most
VICTIMS = ("serve", "postmaster", "backend", "import")


def add(checks, world):
    checks("evidence imports undisturbed, as the measure of what follows")(undisturbed)
    for number in range(world.rounds):
        victim = VICTIMS[number % len(VICTIMS)]
        checks(f"round {number + 1}: kill -9 of {victim} in the middle of posts and an import")(
            lambda world, number=number, victim=victim: disturbed(world, number, victim))
    checks("in some round one batch was begun behind another before the kill")(overlapped)
    checks("every import that was cut off goes on to the facts of the undisturbed one")(resumed)
    checks("told again, every acknowledged fact is known, at its place")(told_again)


def close(world):
    if hasattr(world, "under_fire"):
        world.under_fire.service.__exit__()


class UnderFire:
    """The service that is shot at, what it promised, and the archive files it imports."""

    def __init__(self, world):
        self.service = Service(world.binaries, world.folder / "fire").__enter__()
        self.key = facts.ingest_key(self.service)
        self.memory = Memory()
        self.files = world.files
        self.imported = 0  # files read to their end
        self.importing = None
        self.at_once = 0  # batches the service was seen to store

    def start_import(self):
        """Goes on with the first file that was not read to its end."""
        self.importing = archives.start(self.service, self.files[self.imported % len(self.files)])

    def end_import(self):
        if self.importing.wait(timeout=60) == 0:
            self.imported += 1


def undisturbed(world):
    world.files = archives.write(world.folder / "archive", max(1, world.rounds // 6), projects=8)
    with Service(world.binaries, world.folder / "calm") as service:
        began = time.monotonic()
        for file in world.files:
            service.run("import", "gharchive", file)
        world.import_takes = (time.monotonic() - began) / len(world.files)
        world.undisturbed = archives.imported(Embedded(service))
    assert sum(map(int, world.undisturbed.values())) > 7_000 * len(world.files), world.undisturbed
    world.under_fire = UnderFire(world)


def disturbed(world, number, victim):
    fire = world.under_fire
    moment = world.random.uniform(0.02, world.import_takes)
    chosen = world.random.random()
    with Watcher(fire.memory, fire.service), Stream(fire.memory, fire.service, fire.key, f"round-{number}") as stream:
        flood = Flood(fire.memory, fire.service, fire.key, f"round-{number}-flood")
        stream.wait_until_accustomed()
        fire.start_import()
        time.sleep(moment)  # this and how long the flood has are the things here that are left to chance
        with flood:
            watch(fire, world.random.uniform(0.02, FLOODED))
            kill(fire, victim, chosen)
        time.sleep(0.3)  # what is said to a service that has just lost its database counts too
        fire.end_import()
    start_again(fire, victim)
    stands_by(world, fire.service, fire.memory, everything=(number + 1) % FSCK_EVERY == 0)
    sent = [name for name in fire.memory.sent if is_of(number, name)]
    known = [name for name in fire.memory.acknowledged if is_of(number, name)]
    stored = int(Embedded(fire.service).query(
        f"SELECT count(*) FROM evidence WHERE document::jsonb #>> '{{source,locator}}' ~ '^round-{number}(-|$)'")[0][0])
    assert len(known) <= stored <= len(sent), f"{len(sent)} posted, {len(known)} acknowledged, {stored} stored"


def watch(fire, seconds):
    """Passes that time, and sees how many batches the service stores at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        fire.at_once = max(fire.at_once, int(Embedded(fire.service).query(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'standingd sequencer' AND state <> 'idle'")[0][0]))


def overlapped(world):
    assert world.under_fire.at_once == 2, f"{world.under_fire.at_once} batch at once: the rounds show less than they should"


def is_of(number, name):
    """Whether the fact `name` was posted in round `number`, by whomever."""
    return name[0].split("-")[:2] == ["round", str(number)]


def kill(fire, victim, chosen):
    if victim == "serve":
        fire.service.kill()
    elif victim == "import":
        fire.importing.kill()
    else:
        database = Embedded(fire.service)
        processes = [database.postmaster] if victim == "postmaster" else database.backends
        os.kill(processes[int(chosen * len(processes))], signal.SIGKILL)


def start_again(fire, victim):
    """Without any repair by hand; a service that lost its connections, or its database, has to come round by itself."""
    if victim == "serve":
        fire.service.__enter__()
    else:
        fire.service.wait_until_ready(30)


def resumed(world):
    fire = world.under_fire
    for file in world.files:
        fire.service.run("import", "gharchive", file)
    assert archives.imported(Embedded(fire.service)) == world.undisturbed
    stands_by(world, fire.service, fire.memory, everything=True)


def told_again(world):
    fire = world.under_fire
    again = facts.Ingest(fire.service, fire.key)
    for series in sorted({series for series, _ in fire.memory.acknowledged}):
        told = [(number, told) for (name, number), told in fire.memory.acknowledged.items() if name == series]
        for some in (told[start:start + 1_000] for start in range(0, len(told), 1_000)):
            status, body = again.batch(series, [number for number, _ in some], "integrated")
            assert status == 200, f"{status}: {body[:300]}\n{fire.service.log_tail()}"
            for (number, before), result in zip(some, json.loads(body)["results"], strict=True):
                now = facts.Acknowledged.read(result)
                assert now.place == before.place and now.status == "known", f"{series} {number}: {now}, was {before}"
    again.close()
