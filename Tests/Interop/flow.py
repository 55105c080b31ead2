"""A developer's journey: evidence in, account claimed, profile published, page and bundle, verified offline."""

import json
import re

import archive
from claim import Key, challenge, claim, prove, publish
from service import bearer

HANDLE = "mira"
LOGIN = archive.REVIEWER[1]


def add(checks):
    checks("an archive imports, and every counted type is there")(imports)
    checks("importing it again changes nothing")(imports_once)
    checks("a profile that nobody claimed is not there")(unclaimed)
    checks("a signature by a key the forge does not list is refused")(foreign_key)
    checks("a signature over another text is refused")(other_text)
    checks("ssh-keygen's signature with a listed key proves the account")(proves)
    checks("a proof is good once")(proof_is_used_up)
    checks("the claimed profile stays private until it is published")(unclaimed)
    checks("publishing makes profile, page and badge")(publishes)
    checks("the page needs no script and names every facet")(page)
    checks("the bundle verifies offline, step by step")(bundle)
    checks("a flipped bit anywhere in the bundle makes it fail, naming the step")(flipped)
    checks("the ledger checks out against the rows")(fsck)
    checks("rebuilding twice gives the same bytes, and the facets of before")(rebuild)


def imports(world):
    report = json.loads(world.service.run("--json", "import", "gharchive", world.folder / "archive").stdout)
    assert report["records"] == world.events, report
    assert report["quarantined"] == 0, report
    for kind in ("review_given", "change_merged", "issue_triaged"):
        assert report["evidence"].get(kind, 0) >= 60, report
    world.old_checkpoint = world.folder / "checkpoint.old"
    world.old_checkpoint.write_bytes(world.service.get("/evidence/checkpoint").expect(200).body)


def imports_once(world):
    before = world.service.get("/evidence/checkpoint").expect(200).body
    report = json.loads(world.service.run("--json", "import", "gharchive", world.folder / "archive").stdout)
    assert sum(report["evidence"].values()) == 0, report
    assert world.service.get("/evidence/checkpoint").body == before


def unclaimed(world):
    missing = world.service.get("/v1/profiles/nobody-of-that-name").expect(404).json
    answer = world.service.get(f"/v1/profiles/{HANDLE}").expect(404).json
    assert {**answer, "instance": None} == {**missing, "instance": None}, answer
    world.service.get(f"/p/{HANDLE}").expect(404)


def refused(answer, status, name):
    assert answer.expect(status).json["type"].endswith(f"/{name}"), answer.json


def foreign_key(world):
    stranger = Key.make(world.folder, "ecdsa")
    asked = challenge(world.service, LOGIN)
    refused(prove(world.service, asked, stranger.sign(asked["text"], asked["namespace"])), 422, "key-not-listed")


def other_text(world):
    asked = challenge(world.service, LOGIN)
    signature = world.key.sign(asked["text"].replace("proof", "prooF"), asked["namespace"])
    refused(prove(world.service, asked, signature), 422, "wrong-signature")


def proves(world):
    world.session = claim(world.service, LOGIN, world.key)


def proof_is_used_up(world):
    asked = challenge(world.service, LOGIN)
    signature = world.key.sign(asked["text"], asked["namespace"])
    prove(world.service, asked, signature).expect(201)
    refused(prove(world.service, asked, signature), 404, "no-open-challenge")


def publishes(world):
    publish(world.service, world.session, HANDLE)
    profile = world.service.get(f"/v1/profiles/{HANDLE}").expect(200)
    world.profile = profile.body
    facets = {facet["name"]: facet for facet in profile.json["facets"]}
    assert facets["reviewing"]["n"] >= 50, facets["reviewing"]
    assert facets["contributing"]["n"] >= 50, facets["contributing"]
    badge = world.service.get(f"/p/{HANDLE}/badge.svg").expect(200)
    assert badge.text.startswith("<svg"), badge.text[:80]
    unchanged = world.service.get(f"/v1/profiles/{HANDLE}", **{"If-None-Match": profile.headers["ETag"]})
    assert unchanged.status == 304 and not unchanged.body


def page(world):
    text = world.service.get(f"/p/{HANDLE}").expect(200).text
    assert "<svg" in text and "<h1" in text
    for word in ("Reviewing", "Contributing", "Triage", "standing verify"):
        assert word in text, f"the page does not say {word}"


def bundle(world):
    answer = world.service.get(f"/p/{HANDLE}/bundle").expect(200)
    world.bundle = answer.body
    world.bundle_file = world.folder / "mira.standing.json"
    world.bundle_file.write_bytes(answer.body)
    said = world.service.standing("verify", world.bundle_file)
    for step in ("signature", "disclosures", "checkpoint", "inclusion"):
        assert re.search(rf"\bok +{step}:", said), said


def flipped(world):
    """Flips one bit in some 200 places spread over the file, none twice in the same stretch."""
    damaged = world.folder / "damaged.standing.json"
    stride = max(1, len(world.bundle) // 200)
    for position in range(0, len(world.bundle), stride):
        data = bytearray(world.bundle)
        data[position] ^= 1
        damaged.write_bytes(data)
        said = world.service.standing("verify", damaged, expect=1)
        assert re.search(r"\bFAILED +[a-z ]+:", said), f"byte {position}: no failed step is named:\n{said}"


def fsck(world):
    world.service.run("check")


def rebuild(world):
    def rebuilt():
        world.service.run("rebuild")
        return world.service.get(f"/v1/profiles/{HANDLE}").expect(200)

    first, second = rebuilt(), rebuilt()
    assert first.body == second.body
    assert first.json["facets"] == json.loads(world.profile)["facets"]
