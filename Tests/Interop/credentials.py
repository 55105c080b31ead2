"""Every form of a credential, good and in every way bad, before other people's verifiers and our own.

A service of its own that calls itself https://standing.example, because the verifiers ask for an issuer with TLS; what
they would fetch from there is handed to them.
"""

import base64
import hashlib
import json
import subprocess
from types import SimpleNamespace

import archive
import hostile
from checks import Skipped
from claim import Key, claim, publish
from jwcrypto import jwk
from matrix import Matrix
from service import Service
from specimens import CASES, HANDLE, ISSUER, PRESENTED, b64, fetch, good, issue, unb64

MATRIX = Matrix()


def add(checks):
    checks("a service for credentials is up, and issues every form")(start)
    MATRIX.add(checks)
    hostile.add(checks)
    checks("a bundle that shows what was chosen verifies without a network interface")(offline)
    checks("standing export writes it, and says link and badge")(export)
    checks("the types' metadata is what the credentials commit to")(metadata)
    checks("status lists are in the ledger, and revoking takes an entry")(in_ledger)


def close(world):
    MATRIX.print()
    if hasattr(world, "issuer"):
        world.issuer.service.__exit__()


def start(world):
    folder = world.folder / "credentials"
    folder.mkdir(mode=0o711)
    service = Service(
        world.service.binaries, folder / "state",
        environment={"STANDING_FORGE": f"github={world.forge.base}", "STANDING_PUBLIC_URL": ISSUER})
    service.__enter__()
    keys = service.state / "keys"
    world.issuer = issuer = SimpleNamespace(
        service=service, elsewhere=world.service, folder=folder, made={}, specimens={},
        holder=jwk.JWK.generate(kty="EC", crv="P-256"), stranger=jwk.JWK.generate(kty="EC", crv="P-256"))
    key = Key.make(folder)
    number, login = archive.REVIEWER
    world.forge.add(login, number, key.public)
    service.run("import", "gharchive", world.folder / "archive")
    issuer.session = claim(service, login, key)
    publish(service, issuer.session, HANDLE)
    world.forge.add(login, number, world.key.public)
    issuer.jwks = service.get("/.well-known/jwks.json").expect(200).json
    issuer.keys = {
        "ES256": jwk.JWK.from_pem((keys / "credentials.p256.pem").read_bytes()),
        "RS256": jwk.JWK.from_pem((keys / "badges.rsa.pem").read_bytes()),
    }
    issuer.seed = keys / "proofs.ed25519"
    issuer.page = fetch(issuer, f"/p/{HANDLE}/bundle")  # before anything of the page is taken back
    for form in CASES:
        assert good(issuer, form), form


def offline(world):
    bundle = world.issuer.folder / "chosen.standing.json"
    bundle.write_text(issue(world.issuer, {"format": "bundle", "facets": ["reviewing"], "sections": []})[0])
    command = [str(world.service.binaries / "standing"), "verify", str(bundle)]
    done = subprocess.run(["unshare", "--net", "--map-root-user", *command], capture_output=True, text=True, timeout=60)
    if "unshare" in done.stderr and done.returncode != 0:
        raise Skipped(f"no network namespace to be had: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    for step in ("signature", "status", "disclosures", "checkpoint", "inclusion"):
        assert f"ok      {step}:" in done.stdout, f"{step}: {done.stdout}"


def export(world):
    target = world.issuer.folder / "taken.standing.json"
    said = world.issuer.service.standing(
        "--server", world.issuer.service.base, "export", HANDLE, "--facets", "reviewing", "--detail", "none", "--days", "30",
        "--output", target, "--session", world.issuer.session)
    assert f"/p/{HANDLE}/badge.svg" in said and target.exists(), said
    world.issuer.service.standing("verify", target)


def metadata(world):
    for form in PRESENTED:
        claims = json.loads(unb64(good(world.issuer, form).split("~")[0].split(".")[1]))
        body = fetch(world.issuer, claims["vct"])
        assert claims["vct#integrity"] == "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert json.loads(body)["vct"] == claims["vct"]


def in_ledger(world):
    def history():
        return world.issuer.service.get("/status/history/1").expect(200).json["publications"]

    before = len(history())
    _, identity = issue(world.issuer, {"format": "vc+jwt"})
    world.issuer.service.run("credentials", "suspend", identity)
    world.issuer.service.run("credentials", "reinstate", identity)
    world.issuer.service.run("credentials", "revoke", identity)
    world.issuer.service.run("credentials", "reinstate", identity, expect=1)
    after = history()
    assert len(after) == before + 3, (before, len(after))
    newest = after[0]
    entry = world.issuer.service.get(f"/v1/ledger/entries/{newest['index']}").expect(200).json
    assert entry["kind"] == "status" and entry["commitment"] == newest["commitment"], entry
    opened = json.loads(unb64(newest["disclosure"]))[1]
    assert opened["token"] == b64(hashlib.sha256(fetch(world.issuer, "/status/tsl/1")).digest()), opened
    world.issuer.service.run("check")
