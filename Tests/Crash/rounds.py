"""Rounds: evidence comes in by POST and by import, something is killed outright, everything is started again."""

import gzip
import json
import os
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone

import archive
import database
import facts
from memory import Memory, Stream, Watcher, stands_by
from service import Service

FSCK_EVERY = 5
VICTIMS = ("serve", "postmaster", "backend", "import")


def add(checks, world):
    checks("evidence imports undisturbed, as the measure of what follows")(undisturbed)
    for number in range(world.rounds):
        victim = VICTIMS[number % len(VICTIMS)]
        checks(f"round {number + 1}: kill -9 of {victim} in the middle of posts and an import")(
            lambda world, number=number, victim=victim: disturbed(world, number, victim))
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

    def start_import(self):
        """Goes on with the first file that was not read to its end."""
        file = self.files[self.imported % len(self.files)]
        with self.service.log.open("ab") as log:
            self.importing = subprocess.Popen(
                [str(self.service.binaries / "standingd"), "--state", str(self.service.state), "import", "gharchive", file],
                env=self.service.child_environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end_import(self):
        if self.importing.wait(timeout=60) == 0:
            self.imported += 1


def write_archive(folder, files):
    """Event archives of some 8,000 facts each, no two alike."""
    folder.mkdir(parents=True)
    paths = []
    for file in range(files):
        hours = archive.Hours()
        hours.next_id += file * 1_000_000
        opened = datetime(2021, 3, 1, 10, tzinfo=timezone.utc) + timedelta(days=file)
        for place in range(8):
            number = 100 + file * 8 + place
            owner = (9_700_000 + number, f"mill-race-{number}")
            project = (9_600_000 + number, f"{owner[1]}/sluice", *owner)
            for change in range(1, 900):
                author = archive.AUTHORS[change % len(archive.AUTHORS)]
                archive.reviewed_change(hours, project, change, author, archive.REVIEWER, opened)
        events = [event for hour in hours.by_hour.values() for event in hour]
        path = folder / f"{opened:%Y-%m-%d}-10.json.gz"
        path.write_bytes(gzip.compress("".join(json.dumps(event) + "\n" for event in events).encode(), 1, mtime=0))
        paths.append(path)
    return paths


def imported_facts(service):
    """How many facts of each type were imported."""
    return dict(database.query(
        service, f"SELECT type, count(*) FROM evidence WHERE type <> '{facts.KIND}' GROUP BY type ORDER BY type"))


def undisturbed(world):
    world.files = write_archive(world.folder / "archive", max(1, world.rounds // 6))
    with Service(world.binaries, world.folder / "calm") as service:
        began = time.monotonic()
        for file in world.files:
            service.run("import", "gharchive", file)
        world.import_takes = (time.monotonic() - began) / len(world.files)
        world.undisturbed = imported_facts(service)
    assert sum(map(int, world.undisturbed.values())) > 7_000 * len(world.files), world.undisturbed
    world.under_fire = UnderFire(world)


def disturbed(world, number, victim):
    fire = world.under_fire
    moment = world.random.uniform(0.02, world.import_takes)
    chosen = world.random.random()
    with Watcher(fire.memory, fire.service), Stream(fire.memory, fire.service, fire.key, f"round-{number}"):
        fire.start_import()
        time.sleep(moment)  # the one thing here that is left to chance
        kill(fire, victim, chosen)
        time.sleep(0.3)  # what is said to a service that has just lost its database counts too
        if victim != "postmaster":
            fire.end_import()
    start_again(fire, victim)
    stands_by(world, fire.service, fire.memory, everything=(number + 1) % FSCK_EVERY == 0)
    sent = [name for name in fire.memory.sent if name[0] == f"round-{number}"]
    known = [name for name in fire.memory.acknowledged if name[0] == f"round-{number}"]
    stored = int(database.query(
        fire.service, f"SELECT count(*) FROM evidence WHERE document::jsonb #>> '{{source,locator}}' = 'round-{number}'")[0][0])
    assert len(known) <= stored <= len(sent), f"{len(sent)} posted, {len(known)} acknowledged, {stored} stored"
    assert known, "nothing was acknowledged: the round shows nothing"


def kill(fire, victim, chosen):
    if victim == "serve":
        fire.service.kill()
    elif victim == "import":
        fire.importing.kill()
    else:
        processes = [database.postmaster(fire.service)] if victim == "postmaster" else database.backends(fire.service)
        os.kill(processes[int(chosen * len(processes))], signal.SIGKILL)


def start_again(fire, victim):
    """Without any repair by hand; a service that lost one connection has to come round by itself."""
    if victim == "postmaster":
        fire.service.kill()
        fire.importing.kill()
        fire.importing.wait()
    if victim in ("serve", "postmaster"):
        fire.service.__enter__()
    else:
        fire.service.wait_until_ready(15)


def resumed(world):
    fire = world.under_fire
    for file in world.files:
        fire.service.run("import", "gharchive", file)
    assert imported_facts(fire.service) == world.undisturbed
    stands_by(world, fire.service, fire.memory, everything=True)


def told_again(world):
    fire = world.under_fire
    again = facts.Ingest(fire.service, fire.key)
    for series in sorted({series for series, _ in fire.memory.acknowledged}):
        told = {number: told for (name, number), told in fire.memory.acknowledged.items() if name == series}
        status, body = again.batch(series, told, "integrated")
        assert status == 200, f"{status}: {body[:300]}"
        for (number, before), result in zip(told.items(), json.loads(body)["results"], strict=True):
            now = facts.Acknowledged.read(result)
            assert now.place == before.place and now.status == "known", f"{series} {number}: {now}, was {before}"
    again.close()
