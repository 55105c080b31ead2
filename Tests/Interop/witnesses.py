"""A ledger under a quorum of two of three litewitness servers, its proofs under torchwood."""

import json
import time

import facts
from litewitness import Witness
from service import Service
from transparency import log, vkey

NAMES = ("north", "east", "south")
QUORUM = 2


def add(checks):
    checks("with three witnesses up an entry is published cosigned, and torchwood accepts its proof")(three)
    checks("torchwood refuses the proof with the cosignatures of none or one, and accepts it with two")(fewer)
    checks("torchwood refuses the proof for another entry")(other_entry)
    checks("with one witness down publication goes on, and torchwood accepts")(two)
    checks("with two down the checkpoint stays, facts are taken, and nothing unpublished is proved")(one)
    checks("after a crash of the service the checkpoint still stays")(crashed)
    checks("with a witness back that missed checkpoints, publication goes on")(back)
    checks("the policy that the service serves is the one torchwood proves by")(served_policy)


class Witnessed:
    """The ledger, its witnesses, and the policy that both the service and torchwood read."""

    def __init__(self, world):
        world.tools.path("litewitness")  # where it is not to be had, before anything is started
        self.folder = world.folder
        self.service = Service(world.service.binaries, world.folder / "witnessed")
        self.witnesses = []
        try:
            with self.service:
                self.vkey = vkey(self.service)
                self.key = facts.ingest_key(self.service)
            origin = self.vkey.split("+")[0]
            for name in NAMES:
                self.witnesses.append(Witness(world.tools, f"{name}.witness.test", world.folder / f"witness-{name}"))
                self.witnesses[-1].follow(origin, self.vkey)
                self.witnesses[-1].up()
            self.service.environment["STANDING_POLICY"] = str(self.policy())
            self.service.__enter__()
        except BaseException:
            self.close()
            raise
        self.ingest = facts.Ingest(self.service, self.key)
        self.number = 0

    def policy(self):
        path = self.folder / "policy"
        lines = [f"log {self.vkey} {log(self.service.base)}"]
        lines += [f"witness {name} {witness.vkey} http://127.0.0.1:{witness.port}"
                  for name, witness in zip(NAMES, self.witnesses, strict=True)]
        lines += [f"group enough {QUORUM} {' '.join(NAMES)}", "quorum enough"]
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    def post(self, wait):
        """Posts a new fact: what the service says of it, and whether a checkpoint that covers it is out."""
        status, body = self.ingest.one("witnessed", self.number, wait)
        assert status in (201, 202), f"{status}: {body}"
        self.number += 1
        return facts.Acknowledged.read(json.loads(body)), status == 201

    def published(self):
        """Posts a fact, waits until it is published and returns its entry and proof, each in a file."""
        told, _ = self.post("integrated")
        deadline = time.monotonic() + 10
        while (proof := self.proof(told.index)).status != 200:
            assert time.monotonic() < deadline, f"entry {told.index} is not published:\n{self.checkpoint}"
            time.sleep(0.05)
        return self.files(told.index, proof.text)

    def files(self, index, proof):
        paths = self.folder / f"entry.{index}", self.folder / f"entry.{index}.tlog-proof"
        paths[0].write_text(self.service.get(f"/v1/ledger/entries/{index}").expect(200).json["entry"])
        paths[1].write_text(proof)
        return paths

    def proof(self, index):
        return self.service.get(f"/v1/ledger/entries/{index}.tlog-proof")

    @property
    def checkpoint(self):
        return self.service.get("/evidence/checkpoint").expect(200).text

    def close(self):
        if self.service.process:
            self.service.__exit__()
        for witness in self.witnesses:
            witness.close()


def ledger(world):
    if not hasattr(world, "witnessed"):
        world.witnessed = Witnessed(world)
    return world.witnessed


def close(world):
    if hasattr(world, "witnessed"):
        world.witnessed.close()


def cosigners(note, witnessed):
    return [witness.name for witness in witnessed.witnesses if f"\n\u2014 {witness.name} " in note]


def accepted(world, entry, proof):
    world.tools.passes("torchwood", "proof", world.folder / "policy", proof, entry)


def three(world):
    witnessed = ledger(world)
    entry, proof = witnessed.published()
    accepted(world, entry, proof)
    world.whole_proof = entry, proof
    assert len(cosigners(witnessed.checkpoint, witnessed)) >= QUORUM, witnessed.checkpoint


def fewer(world):
    entry, proof = world.whole_proof
    names = cosigners(proof.read_text(), ledger(world))
    for count in range(QUORUM + 1):
        gone = tuple(f"\u2014 {name} " for name in names[count:])
        lines = [line for line in proof.read_text().splitlines(keepends=True) if not line.startswith(gone or ("\0",))]
        cut = world.folder / "cut.tlog-proof"
        cut.write_text("".join(lines))
        if count < QUORUM:
            said = world.tools.refuses("torchwood", "proof", world.folder / "policy", cut, entry)
            assert "policy not satisfied" in said, said
        else:
            accepted(world, entry, cut)


def other_entry(world):
    entry, proof = world.whole_proof
    other, _ = ledger(world).published()
    said = world.tools.refuses("torchwood", "proof", world.folder / "policy", proof, other)
    assert "inclusion proof verification failed" in said, said


def two(world):
    witnessed = ledger(world)
    witnessed.witnesses[0].down()
    entry, proof = witnessed.published()
    accepted(world, entry, proof)
    assert cosigners(proof.read_text(), witnessed) == [witness.name for witness in witnessed.witnesses[1:]]


def without_quorum(service):
    for line in service.get("/metrics").expect(200).text.splitlines():
        if line.startswith("standing_publication_without_quorum_total"):
            return float(line.split()[-1])
    raise AssertionError("there is no such metric")


def one(world):
    witnessed = ledger(world)
    witnessed.witnesses[1].down()
    witnessed.held = witnessed.checkpoint
    told, is_published = witnessed.post("published")
    assert not is_published, told
    witnessed.waiting = told.index
    stays(witnessed)


def stays(witnessed):
    """The checkpoint is the one of before while the service tries, and fails, to publish a newer one."""
    turns, deadline = without_quorum(witnessed.service), time.monotonic() + 15
    while without_quorum(witnessed.service) < turns + 2:
        assert time.monotonic() < deadline, "publication is not tried again"
        time.sleep(0.05)
    assert witnessed.checkpoint == witnessed.held
    assert witnessed.proof(witnessed.waiting).status == 404
    assert witnessed.service.get(f"/v1/ledger/entries/{witnessed.waiting}").status == 404


def crashed(world):
    witnessed = ledger(world)
    witnessed.service.kill()
    witnessed.ingest.close()
    witnessed.service.__enter__()
    stays(witnessed)


def back(world):
    witnessed = ledger(world)
    witnessed.witnesses[0].up()
    deadline = time.monotonic() + 15
    while (proof := witnessed.proof(witnessed.waiting)).status != 200:
        assert time.monotonic() < deadline, witnessed.checkpoint
        time.sleep(0.05)
    entry, path = witnessed.files(witnessed.waiting, proof.text)
    accepted(world, entry, path)
    older = world.folder / "checkpoint.held"
    older.write_text(witnessed.held)
    said = world.tools.passes("ledger", witnessed.vkey, log(witnessed.service.base), older)
    assert "older checkpoint is a prefix" in said, said


def served_policy(world):
    witnessed = ledger(world)
    path = world.folder / "policy.served"
    path.write_bytes(witnessed.service.get("/.well-known/ledger-policy").expect(200).body)
    entry, proof = witnessed.published()
    world.tools.passes("torchwood", "proof", path, proof, entry)
