"""What the outside was told, and whether the service still stands by it."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field

from facts import Acknowledged, Ingest, lines


@dataclass
class Memory:
    """Every acknowledgement and the newest checkpoint anybody saw."""

    acknowledged: dict = field(default_factory=dict)  # (series, number) -> Acknowledged
    sent: set = field(default_factory=set)
    checkpoint: bytes = b""
    broken: list = field(default_factory=list)  # promises seen to be broken while it was going on

    @property
    def size(self):
        return int(self.checkpoint.split(b"\n")[1]) if self.checkpoint else 0

    def saw(self, checkpoint):
        size = int(checkpoint.split(b"\n")[1])
        if size < self.size:
            self.broken.append(f"the checkpoint went from {self.size} to {size}")
        self.checkpoint = checkpoint

    def heard(self, name, answer):
        told, before = Acknowledged.read(answer), self.acknowledged.get(name)
        if before and before.place != told.place:
            self.broken.append(f"{name} was at {before.place}, then at {told.place}")
        self.acknowledged.setdefault(name, told)


class Stream:
    """Posts facts one after the other until told to stop. One without an answer is posted again until it has one."""

    ROW = 20  # new facts one after the other, by which the service takes the next for new, too

    def __init__(self, memory, service, key, series):
        self.memory, self.series = memory, series
        self.ingest = Ingest(service, key, timeout=10)
        self.number = 0
        self.statuses = {}
        self.stopping, self.accustomed = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.stopping.is_set():
            wait = ("sequenced", "integrated")[self.number % 2]
            if not self.post(wait):
                self.stopping.wait(0.02)

    def post(self, wait):
        name = (self.series, self.number)
        self.memory.sent.add(name)
        try:
            status, body = self.ingest.one(self.series, self.number, wait)
        except OSError:
            status = 0
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status not in (200, 201):
            if status not in (0, 503):
                self.memory.broken.append(f"{status} for a fact that nothing is wrong with: {body[:300]}")
            return False
        self.memory.heard(name, json.loads(body))
        self.number += 1
        if self.number >= self.ROW:
            self.accustomed.set()
        return True

    def wait_until_accustomed(self):
        """Until the service lets batches overlap; it has 30 s for that."""
        assert self.accustomed.wait(30), f"{self.number} are acknowledged within 30 s: {self.statuses}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        self.ingest.close()


class Flood:
    """Posts batches from many connections at once, each once: so many facts that the ledger begins the next batch before the one
    before it is stored. They are made before, for that takes longer than to record them."""

    CONNECTIONS, BATCHES, FACTS = 16, 2, 500

    def __init__(self, memory, service, key, series):
        self.memory, self.stopping = memory, threading.Event()
        self.threads = []
        for connection in range(self.CONNECTIONS):
            name = f"{series}-{connection}"
            numbers = [range(self.FACTS * batch, self.FACTS * (batch + 1)) for batch in range(self.BATCHES)]
            texts = [lines(name, some) for some in numbers]
            self.threads.append(threading.Thread(
                target=self._run, args=(Ingest(service, key, timeout=10), name, zip(numbers, texts)), daemon=True))

    def _run(self, ingest, series, batches):
        for numbers, text in batches:
            if self.stopping.is_set():
                break
            self.memory.sent.update((series, number) for number in numbers)
            try:
                status, body = ingest.lines(text, "integrated")
            except OSError:
                break
            if status == 200:
                for number, told in zip(numbers, json.loads(body)["results"], strict=True):
                    self.memory.heard((series, number), told)
            elif status != 503:
                self.memory.broken.append(f"{status} for facts that nothing is wrong with: {body[:300]}")
        ingest.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


class Watcher:
    """Reads the checkpoint over and over, as a stranger does."""

    def __init__(self, memory, service):
        self.memory, self.service = memory, service
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.stopping.wait(0.02):
            try:
                answer = self.service.get("/evidence/checkpoint")
            except OSError:
                continue
            if answer.status == 200:
                self.memory.saw(answer.body)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def published(service, least):
    """The checkpoint once it covers `least` entries, which the service has 15 s to publish."""
    deadline = time.monotonic() + 15
    while True:
        answer = service.get("/evidence/checkpoint")
        size = int(answer.text.split("\n")[1]) if answer.status == 200 else 0
        if size >= least:
            return answer.body
        assert time.monotonic() < deadline, f"published are {size} entries, {least} were acknowledged"
        time.sleep(0.05)


def tile_path(number):
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def entries(service, size):
    """Every published entry, in order."""
    found = []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        partial = "" if width == 256 else f".p/{width}"
        rest = service.get(f"/evidence/tile/entries/{tile_path(number)}{partial}").expect(200).body
        while rest:
            length = int.from_bytes(rest[:2])
            found.append(rest[2:2 + length])
            rest = rest[2 + length:]
    assert len(found) == size, f"{len(found)} entries in a ledger of {size}"
    return found


def stands_by(world, service, memory, *, everything=False):
    """Asserts that the service keeps what `memory` was told; `everything` with Tessera's fsck."""
    assert not memory.broken, memory.broken
    service.run("check")
    least = max((told.index + 1 for told in memory.acknowledged.values()), default=0)
    least = max(least, memory.size)
    if least == 0:
        return
    now = published(service, least)
    vkey = service.get("/v1/ledger/vkey").expect(200).text.strip()
    if memory.checkpoint:
        older = world.folder / "checkpoint.older"
        older.write_bytes(memory.checkpoint)
        said = world.tools.passes("ledger", vkey, f"{service.base}/evidence", older)
        assert "older checkpoint is a prefix" in said, said
    memory.saw(now)
    found = entries(service, memory.size)
    places = {}
    for index, entry in enumerate(found):
        places.setdefault(json.loads(entry)["c"], []).append(index)
    for name, told in memory.acknowledged.items():
        assert places.get(told.commitment) == [told.index], f"{name}: said {told}, is at {places.get(told.commitment)}"
        leaf = base64.b64encode(hashlib.sha256(b"\0" + found[told.index]).digest()).decode()
        assert told.leaf_hash == leaf, f"{name}: said {told}, the leaf is {leaf}"
    if everything:
        world.tools.passes("fsck", vkey, f"{service.base}/evidence")
    assert not memory.broken, memory.broken
