"""Bundles and lists as only the issuer could make them: changed, and signed anew with the service's own key.

A change under a good signature gets past the first steps, so that the later ones are seen to fail on their own account.
"""

import base64
import gzip
import hashlib
import json
import re
import subprocess
import zlib

from visit import SEASONED

BUNDLE = f"{SEASONED}/bundle"


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(world, header, payload):
    """A token of these two bytes, by the key that signs credentials."""
    text = f"{b64(header)}.{b64(payload)}"
    key = world.service.state / "keys" / "credentials.p256.pem"
    der = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", str(key)], input=text.encode(), capture_output=True, check=True).stdout
    numbers, at = [], 2  # a sequence of two integers: r and s
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + size]).to_bytes(32))
        at += 2 + size
    return f"{text}.{b64(b''.join(numbers))}"


def again(world, token, change):
    """`token` with its payload changed by `change` (bytes to bytes), and signed."""
    header, payload, _ = token.split(".")
    changed = change(unb64(payload))
    assert changed != unb64(payload), "nothing was changed"
    return signed(world, unb64(header), changed)


def written(bundle):
    return json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def answer(change):
    """What to answer instead of the service: its body, changed by `change` (text to text)."""
    return lambda status, body: (status, change(body.decode()).encode())


def a_claim(world):
    """One letter in the name of a member."""
    def change(text):
        bundle = json.loads(text)
        bundle["credential"] = again(
            world, bundle["credential"], lambda payload: payload.replace(b'"iss":', b'"isz":', 1))
        return written(bundle)
    return answer(change)


def a_fact(world):
    """One digit in a fact: it says that it is of another schema. It is committed to, and listed, like any."""
    def change(text):
        bundle = json.loads(text)
        fact = bundle["disclosures"][0]
        before = fact["commitment"]
        opened = re.sub(rb'"v":1\}', b'"v":2}', unb64(fact["disclosure"]))
        fact["disclosure"] = b64(opened)
        fact["commitment"] = b64(hashlib.sha256(fact["disclosure"].encode()).digest())
        bundle["credential"] = again(
            world, bundle["credential"],
            lambda payload: payload.replace(before.encode(), fact["commitment"].encode()))
        return written(bundle)
    return answer(change)


def a_bit_of_the_token_list(world):
    """The bundle's status list says that the credential is revoked."""
    def change(text):
        bundle = json.loads(text)
        index = json.loads(unb64(bundle["credential"].split(".")[1]))["status"]["status_list"]["idx"]

        def set_bit(payload):
            claims = json.loads(payload)
            bytes_ = bytearray(zlib.decompress(unb64(claims["status_list"]["lst"])))
            bytes_[index * 2 // 8] |= 1 << index * 2 % 8
            claims["status_list"]["lst"] = b64(zlib.compress(bytes_))
            return json.dumps(claims).encode()

        bundle["status"] = again(world, bundle["status"], set_bit)
        return written(bundle)
    return answer(change)


def a_bit_of_the_bitstring_list(world):
    """The list that the issuer publishes today says that the credential is revoked."""
    bundle = world.service.get(BUNDLE).expect(200).json
    entries = json.loads(unb64(bundle["credential"].split(".")[1]))["credentialStatus"]
    index = int(next(entry["statusListIndex"] for entry in entries if entry["statusPurpose"] == "revocation"))

    def set_bit(payload):
        claims = json.loads(payload)
        bits = bytearray(gzip.decompress(unb64(claims["credentialSubject"]["encodedList"][1:])))
        bits[index // 8] |= 0x80 >> index % 8
        claims["credentialSubject"]["encodedList"] = "u" + b64(gzip.compress(bytes(bits)))
        return json.dumps(claims).encode()

    return answer(lambda text: again(world, text.strip(), set_bit))
