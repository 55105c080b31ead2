"""The embedded database's disk fills up, and has room again."""

import json
import os
import subprocess
import time

import facts
from checks import Skipped
from memory import Memory, stands_by
from service import Service

SIZE = 192  # MiB: the cluster, its log of changes, and little more
ROWS, LOG = 1, 12  # MiB that are left: the next table cannot grow; tables can, and the log's next file (16 MiB) cannot


def add(checks, world):
    checks("with no room for rows the service answers 503, and serves what it has")(lambda world: full(world, ROWS))
    checks("with room again it takes facts again, without help, and has lost none")(room)
    checks("with no room for the database's log the service answers 503")(lambda world: full(world, LOG))
    checks("with room for that again it takes facts again, and has lost none")(room)


def close(world):
    if hasattr(world, "disk"):
        world.disk.close()


class Disk:
    """A service whose state is in a small file system of its own."""

    def __init__(self, world):
        self.mount = world.folder / "disk"
        self.mount.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=0711", "tmpfs", self.mount],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise Skipped(f"no small file system can be mounted here: {done.stderr.strip()}")
        self.service = Service(world.binaries, self.mount / "state", log_to=world.folder / "disk.log")
        try:
            self.service.__enter__()
            self.ingest = facts.Ingest(self.service, facts.ingest_key(self.service))
        except BaseException:
            self.close()
            raise
        self.memory = Memory()
        self.number = 0

    @property
    def filler(self):
        return self.mount / "filler"

    def fill(self, spare):
        """Leaves `spare` bytes of room."""
        free = os.statvfs(self.mount)
        with self.filler.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), max(1, free.f_bavail * free.f_frsize - spare))

    def post(self):
        """Posts the next 1,000 facts, or those again that no place is known of; the status."""
        numbers = range(self.number, self.number + 1000)
        try:
            status, body = self.ingest.batch("disk", numbers, "integrated")
        except OSError:
            return 0
        if status == 200:
            for number, result in zip(numbers, json.loads(body)["results"], strict=True):
                self.memory.heard(("disk", number), result)
            self.number += 1000
        return status

    def close(self):
        self.service.__exit__()
        subprocess.run(["umount", self.mount], check=True)


def full(world, spare):
    if not hasattr(world, "disk"):
        world.disk = Disk(world)
    disk = world.disk
    assert disk.post() == 200
    disk.fill(spare << 20)
    statuses = []
    while statuses[-5:] != [503] * 5:
        statuses.append(disk.post())
        assert statuses[-1] in (200, 503) and len(statuses) < 60, statuses
    disk.service.get("/healthz").expect(200)
    if spare == ROWS:
        disk.memory.saw(disk.service.get("/evidence/checkpoint").expect(200).body)
        disk.service.get("/v1/ledger/entries/0").expect(200)


def room(world):
    disk = world.disk
    disk.filler.unlink()
    deadline = time.monotonic() + 60
    while disk.post() != 200:
        assert time.monotonic() < deadline, "no fact is taken a minute after there was room again"
        time.sleep(0.2)
    disk.service.wait_until_ready(10)
    stands_by(world, disk.service, disk.memory, everything=True)
