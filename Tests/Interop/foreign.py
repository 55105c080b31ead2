"""Other people's verifiers of credentials: each knows its forms, and says what it takes and what it refuses.

A generic JOSE library knows nothing of status lists: there it verifies the credential and each list the credential names,
and openvc-core reads the place in them. What a program does not look at at all is named with the reason in `beyond`; the
checks hold it to that, too.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field

import jose_programs as programs
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto import jwk as jwcrypto_jwk
from jose_programs import header, key_of, unb64

ISSUER = programs.ISSUER


@dataclass
class Verifier:
    name: str
    form: str
    verify: object  # (text, known) -> the claims it read, where it gives any; whatever it raises is a refusal
    helped: dict = field(default_factory=dict)  # case -> what stands beside it to decide the case
    beyond: dict = field(default_factory=dict)  # what is tried -> why this program does not look at it


# Status, where a library has no notion of it


def by_jose(opens, algorithm):
    """`opens` on the token, then on each list that it names, whose places openvc-core reads."""
    verified = set()

    def opened(token, known, algorithm, audience=None):
        opens(token, key_of(token, known), algorithm, audience)
        verified.add(token)
        return json.loads(unb64(token.split(".")[1]))

    def verify(text, known):
        claims = opened(text, known, algorithm, known.audience)

        def listed(address):
            token = known.get(address).decode().strip()
            if token in verified:  # the same list is signed once
                return json.loads(unb64(token.split(".")[1]))
            return opened(token, known, "ES256")
        not_taken_back(claims, listed)
        return claims
    return verify


def not_taken_back(claims, listed):
    """Reads every place that `claims` name in the lists that `listed` gives, by openvc-core."""
    from openvc.status.status_list import check_credential_status
    from openvc.status.token_status_list import check_token_status
    token = check_token_status(claims, resolve_status_list_token=listed)
    assert token is not None or "credentialStatus" in claims, "no status is named"
    assert token is None or token.status == 0, token
    bits = check_credential_status(claims, resolve_status_list=listed)
    assert not (bits.revoked or bits.suspended), bits


def listed_by_pyjwt(known):
    return lambda address: signed_claims(known.get(address).decode(), known)


def signed_claims(token, known):
    """A status list's claims, once PyJWT has verified it."""
    return jwt.decode(token.strip(), jwt.PyJWK(key_of(token, known)).key, algorithms=["ES256"])


# Open Badges


def by_openbadgeslib(text, known):
    from openbadgeslib.ob3.verifier import OB3Verifier
    pem = jwcrypto_jwk.JWK(**key_of(text, known)).export_to_pem()
    return OB3Verifier(pubkey_pem=pem).verify(
        text, expected_recipient=known.audience, check_status=True, verify_status_list=False, download=known.get)


# SD-JWT VC


def by_sd_jwt(text, known):
    from sd_jwt.verifier import SDJWTVerifier
    claims = SDJWTVerifier(
        text, lambda issuer, header: jwcrypto_jwk.JWK(**key_of(text, known)), known.audience, known.nonce
    ).get_verified_payload()
    signed_claims(text.split("~")[0], known)  # the dates
    not_taken_back(claims, listed_by_pyjwt(known))
    return claims


def by_openvc(type_):
    def verify(text, known):
        import openvc.verify
        policy = openvc.verify.VerificationPolicy(
            audience=known.audience, nonce=known.nonce, require_key_binding=True, expected_vct=f"{ISSUER}/vct/{type_}")
        return openvc.verify.verify_credential(
            text, policy=policy, jwt_vc_issuer_fetch=lambda _: {"issuer": ISSUER, "jwks": known.jwks},
            resolve_status_list_token=listed_by_pyjwt(known)).credential
    return verify


def by_polaris(text, known):
    from polaris_oid4vp import sdjwt
    verdict = sdjwt.verify_presentation(
        text, expected_nonce=known.nonce, expected_audience=known.audience, issuer_jwks=[key_of(text, known)]).as_dict()
    assert verdict["authentic"], verdict
    not_taken_back(verdict["claims"], listed_by_pyjwt(known))
    return verdict["claims"]


# Data Integrity


def by_openvc_document(text, known):
    import openvc.verify
    return openvc.verify.verify_credential(
        json.loads(text), resolver=Resolver(known), resolve_status_list=listed_by_pyjwt(known),
        policy=openvc.verify.VerificationPolicy(audience=known.audience)).credential


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


def sign_document(key, document, **changes):
    """`document` with `changes`, signed anew (eddsa-jcs-2022) with `key`, or the one whose seed is in that file."""
    proof = document.pop("proof")
    document |= changes
    proof.pop("proofValue")

    def digest(value):
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()

    if not isinstance(key, Ed25519PrivateKey):
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.read_text()))
    proof["proofValue"] = "z" + base58(key.sign(digest(proof) + digest(document)))
    return json.dumps({**document, "proof": proof})


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


READER = "openvc-core reads the status lists"
UNASKED = "it has no notion of whom a credential is shown to"
SIGNATURES = "it verifies signatures and looks at no claim"
UNREFERENCED = "it leaves aside what no digest names, and does not say so"
TYPES = {"dc+sd-jwt": "developer-reputation/v1", "threshold": "threshold/v1"}

ALL = []
for form_, type_ in TYPES.items():
    ALL += [
        Verifier(
            "sd-jwt", form_, by_sd_jwt, helped={"expired": "PyJWT reads the dates", "revoked": READER},
            beyond={"a stranger's disclosure": UNREFERENCED}),
        Verifier("openvc-core", form_, by_openvc(type_)),
        Verifier("polaris-oid4vp", form_, by_polaris, helped={"revoked": READER}),
    ]
for form_, algorithm_ in (("vc+jwt", "ES256"), ("openbadge", "RS256")):
    for name_, opens_ in programs.ALL.items():
        bare = name_ in programs.SIGNATURES_ALONE
        ALL.append(Verifier(
            name_, form_, by_jose(opens_, algorithm_), helped={"revoked": READER},
            beyond={"expired": SIGNATURES, "asked of its reader": SIGNATURES} if bare else {}))
ALL += [
    Verifier("openbadgeslib", "openbadge", by_openbadgeslib),
    Verifier("openvc-core", "eddsa-jcs-2022", by_openvc_document, beyond={"asked of its reader": UNASKED}),
]
