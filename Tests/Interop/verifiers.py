"""Other people's verifiers on what the service signed: Go's sumdb, PyJWT, joserfc."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import joserfc.jwt
import jwt
from flow import HANDLE
from joserfc.jwk import KeySet
from service import bearer


def add(checks):
    checks("Go's sumdb opens the checkpoint, proves every entry, and the older checkpoint as a prefix")(ledger)
    checks("Go's sumdb refuses a checkpoint under another key")(other_key)
    checks("Go's sumdb refuses a log in which one tile's byte is changed")(changed_tile)
    checks("PyJWT verifies the credential from the served keys")(pyjwt)
    checks("joserfc verifies the credential from the served keys")(jose)
    checks("PyJWT refuses the credential with one character changed")(changed_token)


def audit(world, url, vkey, *older):
    return subprocess.run(
        [world.ledger_checker, vkey, url, *older], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def verifier_key(world):
    return world.service.get("/v1/ledger/vkey").expect(200).text.strip()


def ledger(world):
    done = audit(world, f"{world.service.base}/evidence", verifier_key(world), world.old_checkpoint)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "older checkpoint is a prefix" in done.stdout, done.stdout


def other_key(world):
    other = "example.com/log+d455c521+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    done = audit(world, f"{world.service.base}/evidence", other)
    assert done.returncode == 1 and "checkpoint" in done.stderr, done.stdout + done.stderr


class Tamper(BaseHTTPRequestHandler):
    """Passes everything on from the service, with the last byte of level-0 tiles changed."""

    service = None

    def do_GET(self):  # noqa: N802 (the name is the library's)
        answer = self.service.get(self.path)
        body = bytearray(answer.body)
        if self.path.startswith("/evidence/tile/0/"):
            body[-1] ^= 1
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def changed_tile(world):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("TamperHere", (Tamper,), {"service": world.service}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        done = audit(world, f"http://127.0.0.1:{server.server_port}/evidence", verifier_key(world))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert done.returncode == 1 and "tiles" in done.stderr, done.stdout + done.stderr


def credential(world):
    if not hasattr(world, "credential"):
        answer = world.service.post(f"/v1/profiles/{HANDLE}/credentials", {}, **bearer(world.session)).expect(201)
        assert answer.headers["Content-Type"].startswith("application/vc+jwt"), answer.headers
        world.credential = answer.text.strip()
    return world.credential


def keys(world):
    return world.service.get("/.well-known/jwks.json").expect(200).json


def decode(world, token):
    kid = jwt.get_unverified_header(token)["kid"]
    key = jwt.PyJWKSet.from_dict(keys(world))[kid]
    return jwt.decode(token, key.key, algorithms=["ES256"], options={"verify_aud": False})


def pyjwt(world):
    token = credential(world)
    assert jwt.get_unverified_header(token)["typ"] == "vc+jwt", jwt.get_unverified_header(token)
    claims = decode(world, token)
    assert claims["iss"] == world.service.base, claims["iss"]
    assert 0 < claims["exp"] - claims["iat"] <= 90 * 86400, claims


def jose(world):
    decoded = joserfc.jwt.decode(credential(world), KeySet.import_key_set(keys(world)), algorithms=["ES256"])
    assert decoded.header["typ"] == "vc+jwt"


def changed_token(world):
    token = credential(world)
    for part in range(3):
        pieces = token.split(".")
        middle = len(pieces[part]) // 2
        pieces[part] = pieces[part][:middle] + ("A" if pieces[part][middle] != "A" else "B") + pieces[part][middle + 1:]
        try:
            decode(world, ".".join(pieces))
        except (jwt.PyJWTError, KeyError, ValueError):
            continue
        raise AssertionError(f"part {part} changed and still accepted")
