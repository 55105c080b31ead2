"""Every form of a credential, good and in every way bad, before other people's verifiers and our own tool.

A service of its own that calls itself https://standing.example, because the verifiers ask for an issuer with TLS; what
they would fetch from there is handed to them. What the service would never sign (expired) is signed here with its keys.
"""

import base64
import hashlib
import json
import subprocess
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import archive
import foreign
from checks import Skipped
from claim import Key, claim, publish
from jwcrypto import jwk, jws
from service import Service, bearer

ISSUER = "https://standing.example"
HANDLE = "mira"
QUESTION = {"aud": "https://reader.example", "nonce": "n-0S6_WzA2Mj"}


def add(checks):
    checks("a service for credentials is up, and issues every form")(start)
    for form, cases in CASES.items():
        for name in cases:
            checks(f"standing verify: {form}, {name}")(lambda world, form=form, name=name: ours(world, form, name))
    for verifier in foreign.ALL:
        for name in verifier.cases:
            checks(f"{verifier.name}: {verifier.form}, {name}")(
                lambda world, verifier=verifier, name=name: theirs(world, verifier, name))
    checks("what was never to be taken apart is refused by POST /v1/verify with its step")(hostile)
    checks("a bundle that shows what was chosen verifies without a network interface")(offline)
    checks("standing export writes it, and says link and badge")(export)
    checks("the types' metadata is what the credentials commit to")(metadata)
    checks("status lists are in the ledger, and revoking takes an entry")(in_ledger)


def close(world):
    if hasattr(world, "issuer"):
        world.issuer.service.__exit__()


def start(world):
    folder = world.folder / "credentials"
    folder.mkdir(mode=0o711)
    service = Service(
        world.service.binaries, folder / "state",
        environment={"STANDING_FORGE": f"github={world.forge.base}", "STANDING_PUBLIC_URL": ISSUER})
    service.__enter__()
    world.issuer = SimpleNamespace(service=service, folder=folder, made={})
    key = Key.make(folder)
    number, login = archive.REVIEWER
    world.forge.add(login, number, key.public)
    service.run("import", "gharchive", world.folder / "archive")
    world.issuer.session = claim(service, login, key)
    publish(service, world.issuer.session, HANDLE)
    world.forge.add(login, number, world.key.public)
    world.issuer.jwks = service.get("/.well-known/jwks.json").expect(200).json
    world.issuer.holder = jwk.JWK.generate(kty="EC", crv="P-256")
    world.issuer.other = jwk.JWK.generate(kty="EC", crv="P-256")
    keys = service.state / "keys"
    world.issuer.keys = {
        "ES256": jwk.JWK.from_pem((keys / "credentials.p256.pem").read_bytes()),
        "RS256": jwk.JWK.from_pem((keys / "badges.rsa.pem").read_bytes()),
    }
    for form in CASES:
        assert make(world, form), form


def issue(world, form, **more):
    order = {"format": form, **more}
    answer = world.issuer.service.post(
        f"/v1/profiles/{HANDLE}/credentials", order, **bearer(world.issuer.session)).expect(201)
    return answer.text, answer.headers["Location"].split("/")[-2]


# What is given to the verifiers


def make(world, form):
    """A good one of `form`, made once."""
    if form not in world.issuer.made:
        more = {"holder_jwk": world.issuer.holder.export_public(as_dict=True)} if form == "dc+sd-jwt" else {}
        more.get("holder_jwk", {}).pop("kid", None)
        world.issuer.made[form] = issue(world, form, **more)[0]
    return world.issuer.made[form]


def specimen(world, form, name):
    """The text to verify, and what a verifier has to know: keys, status list, audience and nonce."""
    text = make(world, form)
    known = SimpleNamespace(
        jwks=world.issuer.jwks, audience=QUESTION["aud"], nonce=QUESTION["nonce"], get=lambda path: fetch(world, path))
    if name == "revoked":
        more = {"holder_jwk": world.issuer.holder.export_public(as_dict=True)} if form == "dc+sd-jwt" else {}
        text, identity = issue(world, form, **more)
        world.issuer.service.post(
            f"/v1/credentials/{identity}/revoke", {}, **bearer(world.issuer.session)).expect(200)
    elif name == "tampered":
        text = tampered(form, text)
    elif name == "expired":
        text = expired(world, form, text)
    elif name == "wrong key":
        known.jwks = strangers(world)
    elif name == "extra disclosure":
        extra = b64(json.dumps(["AAAAAAAAAAAAAAAAAAAAAA", {"platform": "github", "login": "eve"}]).encode())
        text += extra + "~"
    elif name == "missing disclosure":
        text = "~".join(part for index, part in enumerate(text.split("~")) if index != 1)
    if form == "dc+sd-jwt":
        text = present(world, text, name)
    return text, known


def present(world, text, name):
    """The holder's word behind `text` for whoever asks, or in cases of these names for somebody else."""
    claims = {
        "iat": int(time.time()), "aud": QUESTION["aud"], "nonce": QUESTION["nonce"],
        "sd_hash": b64(hashlib.sha256(text.encode()).digest()),
    }
    claims.update({"wrong audience": {"aud": "https://else.example"}, "wrong nonce": {"nonce": "another"}}.get(name, {}))
    return text + sign(claims, {"alg": "ES256", "typ": "kb+jwt"}, world.issuer.holder)


def sign(claims, header, key):
    token = jws.JWS(json.dumps(claims).encode())
    token.add_signature(key, protected=json.dumps(header))
    return token.serialize(compact=True)


def tampered(form, text):
    if form == "eddsa-jcs-2022":
        return text.replace(f'"handle":"{HANDLE}"', '"handle":"eve0"')
    head, payload, rest = text.split(".", 2)
    claims = json.loads(unb64(payload))
    claims["iat"] -= 1
    return f"{head}.{b64(json.dumps(claims).encode())}.{rest}"


def expired(world, form, text):
    if form == "eddsa-jcs-2022":
        return foreign.sign_document(
            world.issuer.service.state / "keys" / "proofs.ed25519", json.loads(text), validUntil="2026-01-02T00:00:00Z",
            validFrom="2026-01-01T00:00:00Z")
    token, _, rest = text.partition("~")
    head, payload, _ = token.split(".")
    header, claims = json.loads(unb64(head)), json.loads(unb64(payload))
    claims["iat"] = claims["nbf"] = 1767225600
    claims["exp"] = 1767312000
    if "validFrom" in claims:
        claims["validFrom"], claims["validUntil"] = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    again = sign(claims, header, world.issuer.keys[header["alg"]])
    return again + ("~" + rest if "~" in text else "")


def strangers(world):
    """Another's keys under the names of the issuer's, as whoever took over the way would serve them."""
    keys = []
    for key in world.issuer.jwks["keys"]:
        made = {"EC": lambda: jwk.JWK.generate(kty="EC", crv="P-256"), "RSA": lambda: jwk.JWK.generate(kty="RSA", size=2048),
                "OKP": lambda: jwk.JWK.generate(kty="OKP", crv="Ed25519")}[key["kty"]]()
        public = made.export_public(as_dict=True)
        public.pop("kid", None)
        keys.append({**{name: value for name, value in key.items() if name not in public}, **public})
    return {"keys": keys}


def fetch(world, address):
    return world.issuer.service.get(address.removeprefix(ISSUER)).expect(200).body


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Our own tool: each case, and the step that has to fail

SIGNED = {"good": None, "tampered": "signature", "expired": "validity", "revoked": "status", "wrong key": "signature"}
CASES = {
    "vc+jwt": SIGNED,
    "openbadge": SIGNED,
    "eddsa-jcs-2022": {name: step for name, step in SIGNED.items() if name != "revoked"},
    "dc+sd-jwt": {
        **SIGNED, "wrong audience": "holder", "wrong nonce": "holder", "missing disclosure": None,
        "extra disclosure": "disclosures",
    },
}


def ours(world, form, name):
    text, known = specimen(world, form, name)
    with tempfile.TemporaryDirectory(dir=world.issuer.folder) as folder:
        file, keys, status = (Path(folder) / part for part in ("credential", "jwks.json", "status"))
        file.write_text(text)
        keys.write_text(json.dumps(known.jwks))
        status.write_bytes(known.get("/status/tsl/1"))
        # The list is signed by the issuer's own key, whoever's keys the credential is held to.
        command = ["--json", "verify", file, "--key-file", keys, "--status", status]
        if form == "dc+sd-jwt":
            command += ["--audience", known.audience, "--nonce", known.nonce]
        step = CASES[form][name]
        said = world.issuer.service.standing(*command, expect=1 if step else 0)
        found = json.loads(said.splitlines()[0])
        failed = next((one["name"] for one in found["steps"] if one["outcome"] == "failed"), None)
        assert failed == step, f"{failed}: {found['steps']}"


def theirs(world, verifier, name):
    text, known = specimen(world, verifier.form, name)
    try:
        verifier.verify(text, known)
    except Skipped:
        raise
    except Exception as error:  # noqa: BLE001 (however a verifier refuses)
        assert verifier.cases[name] == "refused", f"refused, though it is good: {type(error).__name__}: {error}"
    else:
        assert verifier.cases[name] == "taken", f"{verifier.name} took what is {name}"


# What only the service or the tool has


def hostile(world):
    good = make(world, "vc+jwt")
    head, payload, signature = good.split(".")
    kid = json.loads(unb64(head))["kid"]

    def headed(**header):
        return f"{b64(json.dumps(header).encode())}.{payload}.{signature}"

    thumb = next(key["kid"] for key in world.issuer.jwks["keys"] if key["kty"] == "RSA")
    badge = make(world, "openbadge").split(".")
    for text, step in (
        ("garbage", "format"), ("a.b.c", "format"), ("{" * 50_000, "format"), ("[" * 500_000, "format"), ("~" * 900_000, "format"),
        (headed(alg="none", kid=kid, typ="vc+jwt"), "signature"), (headed(alg="HS256", kid=kid, typ="vc+jwt"), "signature"),
        (headed(alg="RS256", kid=thumb, typ="vc+jwt"), "signature"), (headed(alg="ES256", kid="../../etc/passwd", typ="vc+jwt"), "signature"),
        (headed(alg="ES256", kid="https://127.0.0.1:1/keys/" + kid, typ="vc+jwt"), "signature"),
        (f"{b64(json.dumps({'alg': 'RS256', 'typ': 'JWT', 'kid': 'https://else.example/keys/' + thumb}).encode())}.{badge[1]}.{badge[2]}", "signature"),
        (make(world, "dc+sd-jwt") + make(world, "dc+sd-jwt").split("~")[1] + "~", "disclosures"),
    ):
        answer = world.issuer.service.post("/v1/verify", {"credential": text}).expect(200).json
        failed = next((one["name"] for one in answer["steps"] if one["outcome"] == "failed"), None)
        assert not answer["valid"] and failed == step, f"{text[:60]}: {failed}, not {step}"
    began = time.monotonic()
    try:
        world.issuer.service.post("/v1/verify", {"credential": "A" * 20_000_000}).expect(413)
    except OSError:
        pass  # the answer came, and the connection was closed, before all of it was sent
    assert time.monotonic() - began < 30
    world.issuer.service.get("/healthz").expect(200)


def offline(world):
    bundle = world.issuer.folder / "chosen.standing.json"
    bundle.write_text(issue(world, "bundle", facets=["reviewing"], sections=[])[0])
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
    for form in ("dc+sd-jwt", "threshold"):
        more = {"threshold": {"claim": "years", "facet": "reviewing", "at_least": 1}} if form == "threshold" else {}
        claims = json.loads(unb64(issue(world, form, **more)[0].split("~")[0].split(".")[1]))
        body = fetch(world, claims["vct"])
        assert claims["vct#integrity"] == "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        assert json.loads(body)["vct"] == claims["vct"]


def in_ledger(world):
    def history():
        return world.issuer.service.get("/status/history/1").expect(200).json["publications"]

    before = len(history())
    _, identity = issue(world, "vc+jwt")
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
    assert opened["token"] == b64(hashlib.sha256(fetch(world, "/status/tsl/1")).digest()), opened
    world.issuer.service.run("check")
