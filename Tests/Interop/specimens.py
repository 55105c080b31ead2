"""Credentials of every form as the service issues them, and each in every way that it can be bad.

What the service would never sign (expired, or with a fact too many) is signed here with its keys; what only somebody else
would sign, with a stranger's under the issuer's name.
"""

import base64
import hashlib
import json
import time
from types import SimpleNamespace

import archive
import foreign
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto import jwk, jws
from service import bearer

ISSUER = foreign.ISSUER
HANDLE = "mira"
ACCOUNT = archive.REVIEWER[1]
READER = SimpleNamespace(audience="https://reader.example", nonce="n-0S6_WzA2Mj")
PRESENTED = ("dc+sd-jwt", "threshold")  # forms that are shown piece by piece, by their holder, to one reader
THRESHOLD = {"claim": "years", "facet": "reviewing", "at_least": 1}
EXPIRED = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 1767225600, 1767312000)

# Case -> form -> what is tried, each with the step at which our own verifiers have to refuse it; None: to be taken.
SIGNED = {
    "good": {"good": None},
    "tampered": {"tampered": "signature"},
    "expired": {"expired": "validity"},
    "revoked": {"revoked": "status", "suspended": "status"},
    "wrong key": {"another's key": "signature"},
    "wrong audience or nonce": {"asked of its reader": "holder"},
    "missing disclosure": {"a fact taken out": "signature"},
    "extra disclosure": {"a fact put in": "signature", "a disclosure appended": "format"},
}
CASES = {
    "vc+jwt": SIGNED,
    "openbadge": SIGNED,
    "eddsa-jcs-2022": {**SIGNED, "extra disclosure": {"a fact put in": "signature"}},
    **{form: {
        **SIGNED,
        "wrong key": {"another's key": "signature", "another holder": "holder"},
        "wrong audience or nonce": {"another audience": "holder", "another nonce": "holder"},
        "missing disclosure": {"withheld by the holder": None, "dropped after the holder signed": "holder"},
        "extra disclosure": {"a stranger's disclosure": "disclosures", "a disclosure twice": "disclosures"},
    } for form in PRESENTED},
    "bundle": {
        **SIGNED,
        "tampered": {"a fact changed": "disclosures", "tampered": "signature"},
        "revoked": {"revoked": "status", "suspended": "status"},
        "wrong key": {"another's key": "issuer key"},
        "missing disclosure": {"a fact not shown": None},
        "extra disclosure": {"a fact of somebody else": "disclosures", "a fact twice": "disclosures"},
    },
}


def order(issuer, form):
    asked = {"format": form}
    if form == "threshold":
        asked["threshold"] = THRESHOLD
    if form in PRESENTED:
        public = issuer.holder.export_public(as_dict=True)
        public.pop("kid", None)
        asked["holder_jwk"] = public
    return asked


def issue(issuer, asked):
    """What the service issues for `asked`, and its id."""
    answer = issuer.service.post(
        f"/v1/profiles/{HANDLE}/credentials", asked, **bearer(issuer.session)).expect(201)
    return answer.text, answer.headers["Location"].split("/")[-2]


def good(issuer, form):
    """A good one of `form`, issued once."""
    if form not in issuer.made:
        issuer.made[form] = issue(issuer, order(issuer, form))[0]
    return issuer.made[form]


def fetch(issuer, address):
    return issuer.service.get(address.removeprefix(ISSUER)).expect(200).body


def specimen(issuer, form, name):
    """The text to verify, and what a verifier has to know: keys, lists, and in the forms that are shown to somebody, to whom."""
    if (form, name) not in issuer.specimens:
        issuer.specimens[form, name] = bundle(issuer, name) if form == "bundle" else made(issuer, form, name)
    asked = READER if form in PRESENTED or name == "asked of its reader" else SimpleNamespace(audience=None, nonce=None)
    return issuer.specimens[form, name], SimpleNamespace(
        jwks=issuer.jwks, get=lambda address: fetch(issuer, address), **vars(asked))


def made(issuer, form, name):
    if name in ("revoked", "suspended"):
        text = taken_back(issuer, form, name)
    else:
        text = CHANGES.get(name, unchanged)(issuer, form, good(issuer, form))
    if form not in PRESENTED:
        return text
    shown = present(text, issuer.stranger if name == "another holder" else issuer.holder, name)
    return without(shown, 1) if name == "dropped after the holder signed" else shown


def unchanged(issuer, form, text):
    return text


def taken_back(issuer, form, status):
    text, identity = issue(issuer, order(issuer, form))
    issuer.service.post(
        f"/v1/credentials/{identity}/revoke", {"status": status}, **bearer(issuer.session)).expect(200)
    return text


def present(text, holder, name):
    """The holder's word behind `text` for whoever asks, or in cases of these names for somebody else."""
    claims = {
        "iat": int(time.time()), "aud": READER.audience, "nonce": READER.nonce,
        "sd_hash": b64(hashlib.sha256(text.encode()).digest()),
    }
    claims.update(
        {"another audience": {"aud": "https://else.example"}, "another nonce": {"nonce": "another"}}.get(name, {}))
    return text + sign(claims, {"alg": "ES256", "typ": "kb+jwt"}, holder)


def without(text, part):
    return "~".join(one for index, one in enumerate(text.split("~")) if index != part)


# One way each of being bad


def tampered(issuer, form, text):
    if form == "eddsa-jcs-2022":
        return text.replace(f'"handle":"{HANDLE}"', '"handle":"eve0"')
    head, payload, rest = text.split(".", 2)
    claims = json.loads(unb64(payload))
    claims["iat"] -= 1
    return f"{head}.{b64(json.dumps(claims).encode())}.{rest}"


def expired(issuer, form, text):
    if form == "eddsa-jcs-2022":
        return foreign.sign_document(
            issuer.seed, json.loads(text), validFrom=EXPIRED[0], validUntil=EXPIRED[1])

    def age(claims):
        claims["iat"] = claims["nbf"] = EXPIRED[2]
        claims["exp"] = EXPIRED[3]
        if "validFrom" in claims:
            claims["validFrom"], claims["validUntil"] = EXPIRED[:2]
    return signed_again(text, age, lambda algorithm: issuer.keys[algorithm])


def by_another(issuer, form, text):
    """Signed by a stranger under the name of the issuer's key."""
    if form == "eddsa-jcs-2022":
        return foreign.sign_document(Ed25519PrivateKey.generate(), json.loads(text))
    return signed_again(text, lambda claims: None, lambda algorithm: {
        "ES256": issuer.stranger, "RS256": jwk.JWK.generate(kty="RSA", size=2048)}[algorithm])


def fact_out(issuer, form, text):
    return with_evidence(form, text, lambda evidence: evidence[1:])


def fact_in(issuer, form, text):
    return with_evidence(form, text, lambda evidence: [*evidence, b64(bytes(32))])


def with_evidence(form, text, change):
    """The list of facts changed under the signature as it was."""
    if form == "eddsa-jcs-2022":
        document = json.loads(text)
        document["credentialSubject"]["evidence"] = change(document["credentialSubject"]["evidence"])
        return json.dumps(document)
    head, payload, signature = text.split(".")
    claims = json.loads(unb64(payload))
    claims["credentialSubject"]["evidence"] = change(claims["credentialSubject"]["evidence"])
    return f"{head}.{b64(json.dumps(claims).encode())}.{signature}"


EXTRA = json.dumps(["AAAAAAAAAAAAAAAAAAAAAA", {"platform": "github", "login": "eve"}]).encode()
CHANGES = {
    "tampered": tampered,
    "expired": expired,
    "another's key": by_another,
    "a fact taken out": fact_out,
    "a fact put in": fact_in,
    "a disclosure appended": lambda issuer, form, text: f"{text}~{b64(EXTRA)}~",
    "a stranger's disclosure": lambda issuer, form, text: f"{text}{b64(EXTRA)}~",
    "a disclosure twice": lambda issuer, form, text: text + text.split("~")[1] + "~",
    "withheld by the holder": lambda issuer, form, text: without(text, 1),
}


def bundle(issuer, name):
    """The bundle of the page, with the same done to it."""
    if name in ("revoked", "suspended"):
        whole = json.loads(taken_back(issuer, "bundle", name))
        return written({**whole, "status": fetch(issuer, "/status/tsl/1").decode().strip()})
    whole = json.loads(issuer.page)
    facts = whole["disclosures"]
    if name in ("tampered", "expired"):
        whole["credential"] = CHANGES[name](issuer, "vc+jwt", whole["credential"])
    elif name == "another's key":
        by_stranger(issuer, whole)
    elif name == "a fact changed":
        facts[0]["disclosure"] = b64(unb64(facts[0]["disclosure"]).replace(b'"login":"', b'"login":"x', 1))
    elif name == "a fact not shown":
        facts.pop()
    elif name == "a fact twice":
        facts.append(facts[0])
    elif name == "a fact of somebody else":
        disclosure = b64(EXTRA)
        facts[0].update(disclosure=disclosure, commitment=b64(hashlib.sha256(disclosure.encode()).digest()))
    return written(whole)


def by_stranger(issuer, whole):
    """All of it by a stranger, who brings a key of their own: sound in itself, and not the issuer's."""
    public = {name: issuer.stranger.export_public(as_dict=True)[name] for name in ("crv", "kty", "x", "y")}
    public.update(alg="ES256", use="sig", kid=issuer.stranger.thumbprint())
    head, payload, _ = whole["credential"].split(".")
    header = {**json.loads(unb64(head)), "kid": public["kid"]}
    whole["credential"] = sign(json.loads(unb64(payload)), header, issuer.stranger)
    whole["jwks"] = {"keys": [public, *whole["jwks"]["keys"]]}


def written(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def signed_again(text, change, key_of):
    token, _, rest = text.partition("~")
    head, payload, _ = token.split(".")
    header, claims = json.loads(unb64(head)), json.loads(unb64(payload))
    change(claims)
    return sign(claims, header, key_of(header["alg"])) + ("~" + rest if "~" in text else "")


def sign(claims, header, key):
    token = jws.JWS(json.dumps(claims).encode())
    token.add_signature(key, protected=json.dumps(header))
    return token.serialize(compact=True)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
