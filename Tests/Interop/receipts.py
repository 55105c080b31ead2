"""COSE receipts (RFC 9942) under scitt-cose, with the key as the service publishes it."""

import base64

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose import CoseError, verify_receipt


def add(checks):
    checks("scitt-cose verifies the receipts of the first, a middle and the last entry")(right)
    checks("scitt-cose refuses a receipt for the leaf of another entry")(wrong_leaf)
    checks("scitt-cose refuses a receipt in which one bit of the path or the signature is changed")(changed)
    checks("scitt-cose refuses a receipt under another key")(other_key)


def published_key(world):
    """The published key that receipts are signed with, as the PEM that scitt-cose reads."""
    keys = jwt.PyJWKSet.from_dict(world.service.get("/.well-known/jwks.json").expect(200).json).keys
    signing = [key.key for key in keys if isinstance(key.key, ec.EllipticCurvePublicKey)]
    assert len(signing) == 1, keys
    return pem(signing[0])


def pem(key):
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def entry(world, index):
    return world.service.get(f"/v1/ledger/entries/{index}").expect(200).json


def receipt(world, index):
    answer = world.service.get(f"/v1/ledger/entries/{index}.receipt").expect(200)
    assert answer.headers["Content-Type"] == "application/cose", answer.headers
    return answer.body


def verdict(body, leaf, key):
    """What scitt-cose makes of `body` as a receipt of `leaf`: a result, or None when it is none to it."""
    try:
        return verify_receipt(body, leaf_entry_hex=leaf.encode().hex(), log_public_key_pem=key)
    except CoseError:
        return None


def accepts(body, leaf, key):
    result = verdict(body, leaf, key)
    return result is not None and result.ok


def right(world):
    size = entry(world, 0)["size"]
    for index in (0, size // 2, size - 1):
        result = verdict(receipt(world, index), entry(world, index)["entry"], published_key(world))
        assert result.ok and (result.tree_size, result.leaf_index) == (size, index), f"entry {index}: {result}"


def wrong_leaf(world):
    assert not accepts(receipt(world, 1), entry(world, 0)["entry"], published_key(world))


def changed(world):
    """Of the size the key signs nothing but what the path gives away, so the path and the signature are changed."""
    whole, key, one = receipt(world, 1), published_key(world), entry(world, 1)
    starts = [whole.index(base64.b64decode(text)) for text in one["hashes"]]
    places = [start + byte for start in starts for byte in range(32)] + list(range(len(whole) - 64, len(whole)))
    for place in places:
        body = bytearray(whole)
        body[place] ^= 1
        assert not accepts(bytes(body), one["entry"], key), f"byte {place}"


def other_key(world):
    other = pem(ec.generate_private_key(ec.SECP256R1()).public_key())
    assert not accepts(receipt(world, 0), entry(world, 0)["entry"], other)
