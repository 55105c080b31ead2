"""Other people's verifiers of credentials: each knows one form, and says what it takes and what it refuses.

What a verifier does not look at (a generic JOSE library knows nothing of status lists) is not among its cases; each
case stands for what that program itself decides.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import joserfc.jwt
import jwt
from checks import Skipped
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jwt as jwcrypto_jwt

ISSUER = "https://standing.example"
SIGNATURE = {"good": "taken", "tampered": "refused", "wrong key": "refused"}
TIMED = {**SIGNATURE, "expired": "refused"}
PRESENTED = {
    **TIMED, "wrong audience": "refused", "wrong nonce": "refused", "missing disclosure": "taken", "extra disclosure": "refused",
}


@dataclass
class Verifier:
    name: str
    form: str
    cases: dict
    verify: object  # (text, known) -> anything; whatever it raises is a refusal


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def header(token):
    return json.loads(unb64(token.split(".")[0]))


def key_of(token, known):
    """The key that a token names, as a JWK: by its thumbprint, or by the address that ends in it."""
    kid = header(token)["kid"].rpartition("/")[2]
    return next(key for key in known.jwks["keys"] if key["kid"] == kid)


# JOSE, of which each library is asked for exactly one algorithm


def by_pyjwt(algorithm):
    return lambda text, known: jwt.decode(
        text, jwt.PyJWK(key_of(text, known)).key, algorithms=[algorithm], issuer=ISSUER)


def by_joserfc(algorithm):
    def verify(text, known):
        token = joserfc.jwt.decode(text, joserfc.jwk.import_key(key_of(text, known)), algorithms=[algorithm])
        joserfc.jwt.JWTClaimsRegistry(iss={"essential": True, "value": ISSUER}).validate(token.claims)
    return verify


def by_jwcrypto(algorithm):
    return lambda text, known: jwcrypto_jwt.JWT(
        jwt=text, key=jwcrypto_jwk.JWK(**key_of(text, known)), algs=[algorithm], check_claims={"iss": ISSUER, "exp": None},
        expected_type="JWS")


NODE = """
const {jwtVerify, importJWK} = require('jose');
const [token, jwk, alg] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
importJWK(jwk, alg).then(key => jwtVerify(token, key, {algorithms: [alg], issuer: '%s'}))
  .then(() => process.exit(0), error => { console.error(String(error)); process.exit(1) });
""" % ISSUER


def by_node(algorithm):
    def verify(text, known):
        need("node", Path("/usr/share/nodejs/jose"))
        run(["node", "-e", NODE], json.dumps([text, key_of(text, known), algorithm]), NODE_PATH="/usr/share/nodejs")
    return verify


RUBY = """
require 'jwt'; require 'json'
token, jwk, alg = JSON.parse(STDIN.read)
JWT.decode(token, JWT::JWK.import(jwk).keypair, true, {algorithm: alg, iss: '%s', verify_iss: true})
""" % ISSUER


def by_ruby(algorithm):
    def verify(text, known):
        need("ruby", Path("/usr/share/doc/ruby-jwt"))
        run(["ruby", "-e", RUBY], json.dumps([text, key_of(text, known), algorithm]))
    return verify


PERL = """
use strict; use JSON; use Crypt::JWT qw(decode_jwt);
my ($token, $jwk, $alg) = @{decode_json(join '', <STDIN>)};
decode_jwt(token => $token, key => $jwk, accepted_alg => $alg, verify_exp => 1, verify_nbf => 1);
"""


def by_perl(algorithm):
    def verify(text, known):
        need("perl", Path("/usr/share/perl5/Crypt/JWT.pm"))
        run(["perl", "-e", PERL], json.dumps([text, key_of(text, known), algorithm]))
    return verify


def by_jose_cli(text, known):
    need("jose")
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "jwk"
        key.write_text(json.dumps(key_of(text, known)))
        run(["jose", "jws", "ver", "-i", "-", "-k", str(key), "-O", "/dev/null"], text)


def by_openssl(text, known):
    """The bare signature: r and s put into DER, the hash of what is signed, the key as PEM."""
    key = key_of(text, known)
    signed, _, signature = text.rpartition(".")
    signature = unb64(signature)
    if key["kty"] == "EC":
        half = len(signature) // 2
        signature = sequence(integer(signature[:half]) + integer(signature[half:]))
    with tempfile.TemporaryDirectory() as folder:
        pem, file = Path(folder) / "key.pem", Path(folder) / "signature"
        pem.write_bytes(jwcrypto_jwk.JWK(**key).export_to_pem())
        file.write_bytes(signature)
        run(["openssl", "dgst", "-sha256", "-verify", str(pem), "-signature", str(file)], signed)


def integer(data):
    data = data.lstrip(b"\0") or b"\0"
    data = b"\0" + data if data[0] & 0x80 else data
    return bytes([2, len(data)]) + data


def sequence(data):
    return bytes([0x30, len(data)]) + data


# Open Badges


def by_openbadgeslib(text, known, **options):
    from openbadgeslib.ob3.verifier import OB3Verifier
    pem = jwcrypto_jwk.JWK(**key_of(text, known)).export_to_pem()
    return OB3Verifier(pubkey_pem=pem).verify(text, check_status=True, verify_status_list=False, download=known.get)


# SD-JWT VC


def by_sd_jwt(text, known):
    from sd_jwt.verifier import SDJWTVerifier
    SDJWTVerifier(
        text, lambda issuer, header: jwcrypto_jwk.JWK(**key_of(text, known)), known.audience, known.nonce
    ).get_verified_payload()


def by_openvc(text, known):
    import openvc.verify
    policy = openvc.verify.VerificationPolicy(
        audience=known.audience, nonce=known.nonce, require_key_binding=True,
        expected_vct=f"{ISSUER}/vct/developer-reputation/v1")
    return openvc.verify.verify_credential(
        text, policy=policy, jwt_vc_issuer_fetch=lambda _: {"issuer": ISSUER, "jwks": known.jwks},
        resolve_status_list_token=lambda address: signed_claims(known.get(address).decode(), known))


def by_polaris(text, known):
    from polaris_oid4vp import sdjwt
    verdict = sdjwt.verify_presentation(
        text, expected_nonce=known.nonce, expected_audience=known.audience, issuer_jwks=[key_of(text, known)]).as_dict()
    assert verdict["authentic"], verdict


def signed_claims(token, known):
    """A status list's claims, once PyJWT has verified it."""
    return jwt.decode(token, jwt.PyJWK(key_of(token, known)).key, algorithms=["ES256"])


# Data Integrity


def by_openvc_document(text, known):
    import openvc.verify
    document = json.loads(text)
    return openvc.verify.verify_credential(
        document, resolver=Resolver(known), resolve_status_list=lambda address: signed_claims(
            known.get(address).decode(), known))


class Resolver:
    """The issuer's DID document, with whatever keys the case gives it."""

    def __init__(self, known):
        self.known = known

    def resolve(self, did):
        from openvc.did.base import parse_did_document
        document = json.loads(self.known.get("/.well-known/did.json"))
        assert document["id"] == did, did
        own = {key["kid"]: key for key in self.known.jwks["keys"]}
        for method in document["verificationMethod"]:
            key = own[method["id"].rpartition("#")[2]]
            if key["kty"] == "OKP":
                method["publicKeyMultibase"] = "z" + base58(b"\xed\x01" + unb64(key["x"]))
            else:
                method["publicKeyJwk"] = key
        return parse_did_document(document)


def sign_document(seed, document, **changes):
    """`document` with `changes`, signed anew with the key in the file `seed` (eddsa-jcs-2022)."""
    proof = document.pop("proof")
    document |= changes
    proof.pop("proofValue")

    def digest(value):
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()

    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed.read_text()))
    proof["proofValue"] = "z" + base58(key.sign(digest(proof) + digest(document)))
    return json.dumps({**document, "proof": proof})


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


# Programs


def need(program, file=None):
    if not shutil.which(program) or (file and not file.exists()):
        raise Skipped(f"{program}{f' with {file}' if file else ''} is not installed")


def run(command, text, **environment):
    import os
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert done.returncode == 0, f"{command[0]}: exit {done.returncode}: {done.stdout}{done.stderr}"


ALL = [
    Verifier("sd-jwt", "dc+sd-jwt", {name: end for name, end in PRESENTED.items() if name not in ("expired", "extra disclosure")}, by_sd_jwt),
    Verifier("openvc-core", "dc+sd-jwt", {**PRESENTED, "revoked": "refused"}, by_openvc),
    Verifier("polaris-oid4vp", "dc+sd-jwt", PRESENTED, by_polaris),
    Verifier("openvc-core", "eddsa-jcs-2022", {**TIMED, "revoked": "refused"}, by_openvc_document),
    Verifier("openbadgeslib", "openbadge", {**TIMED, "revoked": "refused"}, by_openbadgeslib),
]
for form, algorithm in (("vc+jwt", "ES256"), ("openbadge", "RS256")):
    ALL += [
        Verifier("PyJWT", form, TIMED, by_pyjwt(algorithm)), Verifier("joserfc", form, TIMED, by_joserfc(algorithm)),
        Verifier("jwcrypto", form, TIMED, by_jwcrypto(algorithm)), Verifier("node-jose", form, TIMED, by_node(algorithm)),
        Verifier("ruby-jwt", form, TIMED, by_ruby(algorithm)), Verifier("Crypt::JWT", form, TIMED, by_perl(algorithm)),
        Verifier("José CLI", form, SIGNATURE, by_jose_cli), Verifier("openssl", form, SIGNATURE, by_openssl),
    ]
