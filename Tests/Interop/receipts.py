"""COSE receipts (RFC 9942) under scitt-cose, with the key as the service publishes it."""

import json
import subprocess
import sys
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def add(checks):
    checks("scitt-cose verifies the receipts of the first, a middle and the last entry")(right)
    checks("scitt-cose refuses a receipt for the leaf of another entry")(wrong_leaf)
    checks("scitt-cose refuses a receipt in which one bit is changed")(changed)
    checks("scitt-cose refuses a receipt under another key")(other_key)


def key_file(world):
    """The published key that receipts name, as the PEM that scitt-cose reads."""
    keys = jwt.PyJWKSet.from_dict(world.service.get("/.well-known/jwks.json").expect(200).json).keys
    signing = [key.key for key in keys if isinstance(key.key, ec.EllipticCurvePublicKey)]
    assert len(signing) == 1, keys
    return write_key(world.folder / "receipts.pem", signing[0])


def write_key(path, key):
    path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def entry(world, index):
    return world.service.get(f"/v1/ledger/entries/{index}").expect(200).json


def receipt(world, index):
    answer = world.service.get(f"/v1/ledger/entries/{index}.receipt").expect(200)
    assert answer.headers["Content-Type"] == "application/cose", answer.headers
    return answer.body


def verdict(world, body, leaf, key):
    """Whether scitt-cose takes `body` for a receipt of `leaf`; what it printed is in the failure."""
    path = world.folder / "receipt.cose"
    path.write_bytes(body)
    done = subprocess.run(
        [Path(sys.executable).parent / "scitt-cose", "--receipt", path, "--receipt-log-pubkey", key,
         "--leaf-entry-hex", leaf.encode().hex(), "--json"],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    said = json.loads(done.stdout)
    assert said["ok"] == (done.returncode == 0), done.stdout + done.stderr
    return said["ok"]


def right(world):
    last = entry(world, 0)["size"] - 1
    for index in (0, last // 2, last):
        assert verdict(world, receipt(world, index), entry(world, index)["entry"], key_file(world)), index


def wrong_leaf(world):
    assert not verdict(world, receipt(world, 1), entry(world, 0)["entry"], key_file(world))


def changed(world):
    whole, key, leaf = receipt(world, 1), key_file(world), entry(world, 1)["entry"]
    for position in range(0, len(whole), max(1, len(whole) // 12)):
        body = bytearray(whole)
        body[position] ^= 1
        assert not verdict(world, bytes(body), leaf, key), f"byte {position}"


def other_key(world):
    other = write_key(world.folder / "other.pem", ec.generate_private_key(ec.SECP256R1()).public_key())
    assert not verdict(world, receipt(world, 0), entry(world, 0)["entry"], other)
