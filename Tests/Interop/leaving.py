"""Leaving: the export opens its own entries, and after erasure nothing is left, restarts and imports included.

Runs last: it erases the developer whose profile the other checks use.
"""

import base64
import hashlib
import json

import archive
from flow import HANDLE, LOGIN
from service import bearer


def add(checks):
    checks("the export has every fact, and each disclosure opens the entry it names")(export)
    checks("an erasure wants to be confirmed by name")(confirmed)
    checks("erased, the profile is gone and looks like one that never was")(erased)
    checks("an account nobody claimed is forgotten by the operator")(forgotten)
    checks("started again and imported again nothing comes back, and the ledger checks out")(stays_erased)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def export(world):
    world.export = world.service.get("/v1/me/export", **bearer(world.session)).expect(200).json
    facts = world.export["facts"]
    assert facts and world.export["handle"] == HANDLE, world.export.keys()
    for fact in facts[:: max(1, len(facts) // 10)]:
        disclosure = fact["disclosure"]
        assert base64url(hashlib.sha256(disclosure.encode()).digest()) == fact["commitment"], fact
        opened = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
        assert opened[1] == fact["fact"], opened
        entry = world.service.get(f"/v1/ledger/entries/{fact['index']}").expect(200).json
        assert entry["commitment"] == fact["commitment"], entry


def confirmed(world):
    refused = world.service.post("/v1/me/erasure", {"confirm": "somebody-else"}, **bearer(world.session))
    assert refused.expect(422).json["pointer"] == "/confirm"
    world.service.get(f"/v1/profiles/{HANDLE}").expect(200)


def erased(world):
    answer = world.service.post("/v1/me/erasure", {"confirm": HANDLE}, **bearer(world.session)).expect(200).json
    assert answer["deleted"]["facts"] == len(world.export["facts"]), answer
    entry = world.service.get(answer["entry"]).expect(200).json
    assert entry["kind"] == "erasure", entry
    for path in ("/v1/profiles/{}", "/p/{}/bundle", "/p/{}/badge.svg"):
        gone, never = (world.service.get(path.format(name)).expect(404).json for name in (HANDLE, "never-was-one"))
        assert {**gone, "instance": None} == {**never, "instance": None}, gone
    world.service.get("/v1/me", **bearer(world.session)).expect(401)


def forgotten(world):
    number, login = archive.AUTHORS[0]
    before = world.service.get("/evidence/checkpoint").expect(200).text
    world.service.run("erase", "--account", f"github/{number}", "--dry-run")
    assert world.service.get("/evidence/checkpoint").expect(200).text == before
    world.service.run("erase", "--account", f"github/{number}")
    usage = world.service.run("erase", "--account", f"github/{login}", expect=2)
    assert "number" in usage.stderr, usage.stderr


def stays_erased(world):
    assert world.service.stop() == 0, world.service.log_tail()
    world.service.__enter__()
    report = world.service.run("import", "gharchive", str(world.folder / "archive"), "--json")
    summary = json.loads(report.stdout)
    assert summary["evidence"] == {} and summary["ignored"]["erased_subject"] >= len(world.export["facts"]), summary
    world.service.get(f"/v1/profiles/{HANDLE}").expect(404)
    known, nobody = (
        world.service.post("/v1/evaluate", {"account": {"platform": "github", "login": login}}).expect(200).json
        for login in (LOGIN, "nobody-anywhere"))
    assert {**known, "account": None} == {**nobody, "account": None}, known
    world.service.run("check")
    journal = (world.service.state / "erasures.jsonl").read_text()
    assert journal.count("\n") == 2 and LOGIN not in journal and str(archive.REVIEWER[0]) not in journal, journal
