"""Other people's verifiers on the credentials the service signed: PyJWT, joserfc."""

import joserfc.jwt
import jwt
from flow import HANDLE
from joserfc.jwk import KeySet
from service import bearer


def add(checks):
    checks("PyJWT verifies the credential from the served keys")(pyjwt)
    checks("joserfc verifies the credential from the served keys")(jose)
    checks("PyJWT refuses the credential with one character changed")(changed_token)


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
