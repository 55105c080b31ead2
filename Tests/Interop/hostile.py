"""What was never to be taken apart, given to `POST /v1/verify` and to `standing verify`: each is refused at its step, in little
time and memory, and nobody is asked for anything on its word."""

import hashlib
import hmac
import json
import os
import re
import resource
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import specimens
from jwcrypto import jwk
from specimens import b64, good, sign, unb64, written

SECONDS = 30  # generous: what is not bounded takes minutes, or all there is
MEBIBYTES = 512


def add(checks):
    for name, make in TEXTS.items():
        checks(f"bad input: {name} is refused with its step named, by the service and by the tool")(
            lambda world, make=make: both(world, make(world.issuer)))
    checks("bad input: a kid that is an address elsewhere is refused, and nobody asks there")(elsewhere)
    checks("bad input: 20 MB are refused by the service unread, and by the tool at the format")(large)
    checks("bad input: through all of it the service stayed small, and answers")(small)


# What is tried: from the issuer, (text, the step that has to fail)


def garbage(issuer):
    for text in ("", " ", "garbage", "a.b.c", "..", "~", "a~b~", "null", "[]", "{}", "\u00fc" * 999,
                 "." * 50_000, "~" * 900_000, b64(os.urandom(600_000)), "A." * 300_000):
        yield text, "format"
    for text in ('{"proof":1}', '{"proof":{"type":"DataIntegrityProof"}}', '{"proof":[]}'):
        yield text, "signature"


def no_algorithm(issuer):
    head, payload, signature = parts(issuer)
    for name in ("none", "None", "NONE", ""):
        yield f"{headed(head, alg=name)}.{payload}.{signature}", "signature"
    yield f"{headed(head, alg='none')}.{payload}.", "format"
    yield f"{headed(head, alg=None)}.{payload}.{signature}", "format"


def confusion(issuer):
    """The public key, which everybody has, as the secret of an HMAC; and each algorithm with a key of another."""
    head, payload, signature = parts(issuer)
    kid = json.loads(unb64(head))["kid"]
    public = next(key for key in issuer.jwks["keys"] if key["kid"] == kid)
    pem = jwk.JWK(**public).export_to_pem()
    for secret in (pem, pem.strip(), json.dumps(public).encode(), unb64(public["x"]) + unb64(public["y"])):
        for algorithm, digest in (("HS256", hashlib.sha256), ("HS512", hashlib.sha512)):
            signed = f"{headed(head, alg=algorithm)}.{payload}"
            yield f"{signed}.{b64(hmac.new(secret, signed.encode(), digest).digest())}", "signature"
    rsa = next(key["kid"] for key in issuer.jwks["keys"] if key["kty"] == "RSA")
    for changes in ({"alg": "RS256"}, {"alg": "ES384"}, {"alg": "EdDSA"}, {"kid": rsa}, {"kid": rsa, "alg": "RS256"}):
        yield f"{headed(head, **changes)}.{payload}.{signature}", "signature"
    yield f"{head}.{payload}.{b64(bytes(64))}", "signature"
    yield f"{headed(head, crit=['exp'])}.{payload}.{signature}", "format"
    own = {"jwk": issuer.stranger.export_public(as_dict=True), "kid": issuer.stranger.thumbprint()}
    header = {**json.loads(unb64(head)), **own}
    yield sign(json.loads(unb64(payload)), header, issuer.stranger), "signature"  # a key it brings itself


def paths(issuer):
    head, payload, signature = parts(issuer)
    kid = json.loads(unb64(head))["kid"]
    for name in ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "/keys/" + kid, f"../keys/{kid}",
                 "'; DROP TABLE credentials; --", "", "\u0000", "A" * 100_000, f"did:web:else.example#{kid}"):
        yield f"{headed(head, kid=name)}.{payload}.{signature}", "signature"


def doubled(issuer):
    text = good(issuer, "dc+sd-jwt")
    first = text.split("~")[1]
    yield text + first + "~", "disclosures"
    yield text + (first + "~") * 2_000, "disclosures"


def nested(issuer):
    head, payload, signature = parts(issuer)
    for deep in ("[" * 500_000, '{"a":' * 150_000, "[" * 100_000 + "]" * 100_000, '{"proof":' + "[" * 200_000):
        yield deep, "format"
        yield f"{b64(deep.encode())}.{payload}.{signature}", "format"
        yield f"{head}.{b64(deep.encode())}.{signature}", "signature"
        yield good(issuer, "dc+sd-jwt") + b64(deep.encode()) + "~", "disclosures"
    claims = json.loads(unb64(payload))
    held = "[" * 400 + "]" * 400  # deeper than anything here, and signed by the issuer itself
    text = json.dumps({**claims, "more": "DEEP"}).replace('"DEEP"', held)
    signed = specimens.jws.JWS(text)
    signed.add_signature(issuer.keys["ES256"], protected=unb64(head).decode())
    yield signed.serialize(compact=True), "signature"


def foreign_checkpoint(issuer):
    """Our facts with proofs that lead to the checkpoint of another log, signed by that one."""
    theirs = issuer.elsewhere.get("/evidence/checkpoint").expect(200).text
    key = issuer.elsewhere.get("/v1/ledger/vkey").expect(200).text.split()[0]
    body, note = json.loads(issuer.page)["disclosures"][0]["proof"].split("\n\n", 1)
    assert note.split("\n")[0] != theirs.split("\n")[0], "the other log is another"
    renamed = note.replace(note.split("\n")[0], theirs.split("\n")[0])
    lines = note.split("\n\n")[0] + "\n\n" + theirs.split("\n\n")[1]  # our head under their signature
    for other in (theirs, renamed, lines):
        own = json.loads(issuer.page)
        for fact in own["disclosures"]:
            fact["proof"] = fact["proof"].split("\n\n", 1)[0] + "\n\n" + other
        yield written(own), "checkpoint"
    yield written({**json.loads(issuer.page), "vkey": key}), "log key"


TEXTS = {
    "garbage": garbage, "alg none": no_algorithm, "an algorithm for another's": confusion, "a kid that is a path": paths,
    "a disclosure twice": doubled, "deeply nested JSON": nested, "a checkpoint of another log": foreign_checkpoint,
}


# Who refuses it


def both(world, tried):
    count = 0
    for text, step in tried:
        for found in (by_service(world.issuer, text), by_tool(world.issuer, text)):
            failed = next((one["name"] for one in found["steps"] if one["outcome"] == "failed"), None)
            assert not found["valid"] and failed == step, f"{text[:70]!r} ({len(text)}): {failed}, not {step}"
        count += 1
    assert count > 1


@contextmanager
def in_time(what):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS, f"{what} took {time.monotonic() - began:.0f} s"


def by_service(issuer, text):
    with in_time("POST /v1/verify"):
        return issuer.service.post("/v1/verify", {"credential": text}).expect(200).json


def by_tool(issuer, text):
    """What the tool found, within its bounds."""
    file, keys = issuer.folder / "hostile", issuer.folder / "hostile.jwks"
    file.write_text(text)
    keys.write_text(json.dumps(issuer.jwks))
    command = [str(issuer.service.binaries / "standing"), "--json", "verify", str(file), "--key-file", str(keys)]
    with in_time("standing verify"), subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        said, _ = program.communicate(timeout=10 * SECONDS)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024  # of the largest child so far
    assert program.returncode == 1 and used < MEBIBYTES, (program.returncode, used)
    return json.loads(said)


def elsewhere(world):
    """Keys, types and lists at addresses that a token names: somebody listens there, and hears nothing."""
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 (the name is the library's)
            asked.append(self.path)
            self.send_error(404)

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        both(world, leading_to(world.issuer, f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert not asked, asked


def leading_to(issuer, base):
    head, payload, signature = parts(issuer)
    own, claims = json.loads(unb64(head)), json.loads(unb64(payload))
    thumbprint = issuer.stranger.thumbprint()
    for kid in (f"{base}/keys/{own['kid']}", f"{base}/keys/{thumbprint}", f"{base}#{own['kid']}"):
        yield f"{headed(head, kid=kid)}.{payload}.{signature}", "signature"
        yield sign({**claims, "iss": base}, {**own, "kid": kid}, issuer.stranger), "signature"
    for more in ({"jku": f"{base}/jwks"}, {"x5u": f"{base}/x5c"}):
        yield sign(claims, {**own, **more, "kid": thumbprint}, issuer.stranger), "signature"
    badge = good(issuer, "openbadge").split(".")
    kid = json.loads(unb64(badge[0]))["kid"].replace(specimens.ISSUER, base)
    yield f"{headed(badge[0], kid=kid)}.{badge[1]}.{badge[2]}", "signature"
    lists = json.loads(json.dumps(claims).replace(f"{specimens.ISSUER}/status", f"{base}/status"))
    yield f"{head}.{b64(json.dumps(lists).encode())}.{signature}", "signature"


def large(world):
    for text in ("A" * 20_000_000, "a.b." * 5_000_000, "~" * 20_000_000, "[" * 20_000_000):
        try:
            with in_time("20 MB"):
                world.issuer.service.post("/v1/verify", {"credential": text}).expect(413)
        except OSError:
            pass  # the answer came, and the connection was closed, before all of it was sent
        found = by_tool(world.issuer, text)
        assert [one["name"] for one in found["steps"] if one["outcome"] == "failed"] == ["format"], found["steps"]
    world.issuer.service.get("/healthz").expect(200)


def small(world):
    """The most memory that the service ever had, the credentials' checks before included."""
    status = Path(f"/proc/{world.issuer.service.process.pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) // 1024
    assert peak < MEBIBYTES, f"{peak} MiB"
    world.issuer.service.get("/readyz").expect(200)


def parts(issuer):
    return good(issuer, "vc+jwt").split(".")


def headed(head, **changes):
    header = {**json.loads(unb64(head)), **changes}
    return b64(json.dumps({name: value for name, value in header.items() if value is not None}).encode())
