"""Other people's JOSE libraries in five languages, each asked for exactly one algorithm: (token, JWK, algorithm, audience)."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import joserfc.jwt
import jwt
from checks import Skipped
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jwt as jwcrypto_jwt

ISSUER = "https://standing.example"


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def header(token):
    return json.loads(unb64(token.split(".")[0]))


def key_of(token, known):
    """The key that a token names, as a JWK: by its thumbprint, or by the address that ends in it."""
    kid = header(token)["kid"].rpartition("/")[2]
    return next(key for key in known.jwks["keys"] if key["kid"] == kid)


def by_pyjwt(token, key, algorithm, audience):
    jwt.decode(token, jwt.PyJWK(key).key, algorithms=[algorithm], issuer=ISSUER, audience=audience)


def by_joserfc(token, key, algorithm, audience):
    wanted = {"iss": {"essential": True, "value": ISSUER}}
    if audience:
        wanted["aud"] = {"essential": True, "value": audience}
    opened = joserfc.jwt.decode(token, joserfc.jwk.import_key(key), algorithms=[algorithm])
    joserfc.jwt.JWTClaimsRegistry(**wanted).validate(opened.claims)


def by_jwcrypto(token, key, algorithm, audience):
    wanted = {"iss": ISSUER, "exp": None, **({"aud": audience} if audience else {})}
    jwcrypto_jwt.JWT(
        jwt=token, key=jwcrypto_jwk.JWK(**key), algs=[algorithm], check_claims=wanted, expected_type="JWS")


NODE = """
const {jwtVerify, importJWK} = require('jose');
const [token, jwk, alg, audience] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const asked = {algorithms: [alg], issuer: '%s', ...(audience ? {audience} : {})};
importJWK(jwk, alg).then(key => jwtVerify(token, key, asked))
  .then(() => process.exit(0), error => { console.error(String(error)); process.exit(1) });
""" % ISSUER


def by_node(*asked):
    need("node", Path("/usr/share/nodejs/jose"))
    run(["node", "-e", NODE], json.dumps(asked), NODE_PATH="/usr/share/nodejs")


RUBY = """
require 'jwt'; require 'json'
token, jwk, alg, audience = JSON.parse(STDIN.read)
asked = {algorithm: alg, iss: '%s', verify_iss: true}
asked.merge!(aud: audience, verify_aud: true) if audience
JWT.decode(token, JWT::JWK.import(jwk).keypair, true, asked)
""" % ISSUER


def by_ruby(*asked):
    need("ruby", Path("/usr/share/doc/ruby-jwt"))
    run(["ruby", "-e", RUBY], json.dumps(asked))


PERL = """
use strict; use JSON; use Crypt::JWT qw(decode_jwt);
my ($token, $jwk, $alg, $audience) = @{decode_json(join '', <STDIN>)};
decode_jwt(token => $token, key => $jwk, accepted_alg => $alg, verify_exp => 1,
    defined $audience ? (verify_aud => $audience) : ());
"""


def by_perl(*asked):
    need("perl", Path("/usr/share/perl5/Crypt/JWT.pm"))
    run(["perl", "-e", PERL], json.dumps(asked))


def by_jose_cli(token, key, algorithm, audience):
    need("jose")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "jwk"
        file.write_text(json.dumps(key))
        run(["jose", "jws", "ver", "-i", "-", "-k", str(file), "-O", "/dev/null"], token)


def by_openssl(token, key, algorithm, audience):
    """The bare signature: r and s put into DER, the hash of what is signed, the key as PEM."""
    signed, _, signature = token.rpartition(".")
    signature = strictly(signature)
    if key["kty"] == "EC":
        half = len(signature) // 2
        signature = sequence(integer(signature[:half]) + integer(signature[half:]))
    with tempfile.TemporaryDirectory() as folder:
        pem, file = Path(folder) / "key.pem", Path(folder) / "signature"
        pem.write_bytes(jwcrypto_jwk.JWK(**key).export_to_pem())
        file.write_bytes(signature)
        run(["openssl", "dgst", "-sha256", "-verify", str(pem), "-signature", str(file)], signed)


def strictly(text):
    """What base64url stands for; Python's own reader skips over what is none."""
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), text
    return unb64(text)


def integer(data):
    data = data.lstrip(b"\0") or b"\0"
    data = b"\0" + data if data[0] & 0x80 else data
    return bytes([2, len(data)]) + data


def sequence(data):
    return bytes([0x30, len(data)]) + data


def need(program, file=None):
    if not shutil.which(program) or (file and not file.exists()):
        raise Skipped(f"{program}{f' with {file}' if file else ''} is not installed")


def run(command, text, **environment):
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, env={**os.environ, **environment})
    assert done.returncode == 0, f"{command[0]}: exit {done.returncode}: {done.stdout}{done.stderr}"


ALL = {
    "PyJWT": by_pyjwt, "joserfc": by_joserfc, "jwcrypto": by_jwcrypto, "node-jose": by_node, "ruby-jwt": by_ruby,
    "Crypt::JWT": by_perl, "José CLI": by_jose_cli, "openssl": by_openssl,
}
SIGNATURES_ALONE = {"José CLI", "openssl"}
