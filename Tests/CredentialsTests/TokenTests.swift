import CanonicalJSON
import Credentials
import Crypto
import Testing

private let keys: [TokenKey] = [.es256(.generate()), .rs256(.generate())]
private let claims: JSON = ["iss": "https://example.com", "exp": 1_900_000_000]

/// A token put together from any header and payload, signed by `key` over exactly these texts.
private func forge(header: String, payload: String = "{}", key: P256PrivateKey) -> String {
    let signed = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload.utf8)
    return signed + "." + Base64URL.encode(key.signature(of: signed.utf8))
}

@Test(arguments: keys) func `a token verifies under its key and type, and no other`(key: TokenKey) throws {
    let token = JWS(signing: claims, with: key, type: "vc+jwt", contentType: "vc")
    let read = try JWS(parsing: token.text)
    #expect(read == token)
    #expect(read.keyID == key.publicKey.thumbprint)
    #expect(read.header["cty"] == "vc" && read.header["typ"] == "vc+jwt")
    #expect(try read.payload(verifiedBy: key.publicKey, type: "vc+jwt") == claims)
    #expect(throws: JWSError.wrongType) { try read.payload(verifiedBy: key.publicKey, type: "dc+sd-jwt") }
    let other = JWK.p256(P256PrivateKey.generate().publicKey)
    #expect(throws: key.publicKey.algorithm == "ES256" ? JWSError.wrongSignature : .wrongAlgorithm) {
        try read.payload(verifiedBy: other, type: "vc+jwt")
    }
    let ed25519 = JWK.ed25519(Ed25519PrivateKey.generate().publicKey)
    #expect(throws: JWSError.wrongAlgorithm) { try read.payload(verifiedBy: ed25519, type: "vc+jwt") }
}

@Test func `a token changed in any bit or cut short anywhere is refused`() throws {
    let key = keys[0]
    let bytes = Array(JWS(signing: claims, with: key, type: "vc+jwt").text.utf8)
    func verify(_ bytes: [UInt8]) throws {
        _ = try JWS(parsing: String(decoding: bytes, as: UTF8.self)).payload(verifiedBy: key.publicKey, type: "vc+jwt")
    }
    try verify(bytes)
    for position in bytes.indices {
        #expect(throws: JWSError.self) { try verify(Array(bytes[..<position])) }
        for bit in 0..<8 {
            var changed = bytes
            changed[position] ^= 1 << UInt8(bit)
            #expect(throws: JWSError.self) { try verify(changed) }
        }
    }
}

@Test(arguments: [
    (#"{"alg":"none","typ":"vc+jwt"}"#, JWSError.wrongAlgorithm),
    (#"{"alg":"HS256","typ":"vc+jwt"}"#, .wrongAlgorithm), (#"{"alg":"RS256","typ":"vc+jwt"}"#, .wrongAlgorithm),
    (#"{"alg":"es256","typ":"vc+jwt"}"#, .wrongAlgorithm), (#"{"alg":"ES256"}"#, .wrongType),
    (#"{"alg":"ES256","typ":"VC+JWT"}"#, .wrongType), (#"{"typ":"vc+jwt"}"#, .malformedHeader),
    (#"{"alg":1,"typ":"vc+jwt"}"#, .malformedHeader), (#"{"alg":"ES256","typ":["vc+jwt"]}"#, .malformedHeader),
    (#"{"alg":"ES256","typ":"vc+jwt","kid":1}"#, .malformedHeader),
    (#"{"alg":"none","alg":"ES256","typ":"vc+jwt"}"#, .malformedHeader), ("[]", .malformedHeader),
    ("ES256", .malformedHeader),
    (#"{"alg":"ES256","typ":"vc+jwt","crit":["b64"],"b64":false}"#, .criticalExtension),
    (#"{"alg":"ES256","typ":"vc+jwt","crit":[]}"#, .criticalExtension),
])
func `a header that asks for anything else is refused, though the signature holds`(header: String, error: JWSError) {
    let key = P256PrivateKey.generate()
    #expect(throws: error) {
        try JWS(parsing: forge(header: header, key: key)).payload(verifiedBy: .p256(key.publicKey), type: "vc+jwt")
    }
}

@Test func `a payload that is not strict JSON is refused, though the signature holds`() throws {
    let key = P256PrivateKey.generate()
    for payload in ["", "{", #"{"a":1,"a":2}"#, #"{"a":1.5}"#] {
        let token = try JWS(parsing: forge(header: #"{"alg":"ES256","typ":"JWT"}"#, payload: payload, key: key))
        #expect(throws: JWSError.malformedPayload) { try token.payload(verifiedBy: .p256(key.publicKey), type: "JWT") }
    }
}

@Test func `text that is not a compact token is refused`() {
    let token = JWS(signing: claims, with: keys[0], type: "JWT").text
    let parts = token.split(separator: ".").map(String.init)
    for text in [
        "", ".", "..", "...", parts[0], "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).",
        ".\(parts[1]).\(parts[2])",
        token + ".", token + "=", token + "\n", " " + token, token.replacing(".", with: ". "), token + "." + parts[2],
    ] {
        #expect(throws: JWSError.malformed) { try JWS(parsing: text) }
    }
    #expect(throws: JWSError.tooLarge) { try JWS(parsing: token + String(repeating: "A", count: JWS.limit)) }
}

/// RFC 7638, section 3.1.
private let rsaExample: JSON = [
    "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
    "n": .string(
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF"
            + "V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZg"
            + "nYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBni"
            + "Iqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"),
]

@Test func `a key goes by its published thumbprint`() throws {
    let rsa = try JWK(json: rsaExample)
    #expect(rsa.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    // RFC 8037, appendix A.3.
    let okp: JSON = ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
    #expect(try JWK(json: okp).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    #expect(rsa.json["kid"] == .string(rsa.thumbprint))
}

@Test func `the token of RFC 7515, appendix A.3, verifies under its key`() throws {
    let key = try JWK(json: [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ])
    let signed =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        + "cnVlfQ"
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    guard case .p256(let publicKey) = key else {
        Issue.record("not an EC key")
        return
    }
    #expect(publicKey.verifies(try #require(Base64URL.decode(signature)), of: signed.utf8))
    // It names no type, and no token without one is taken.
    let token = try JWS(parsing: signed + "." + signature)
    #expect(throws: JWSError.wrongType) { try token.payload(verifiedBy: key, type: "JWT") }
}

@Test func `a set of keys reads back and finds each by its thumbprint`() throws {
    let set = JWKS(keys.map(\.publicKey) + [.ed25519(Ed25519PrivateKey.generate().publicKey)])
    let read = try JWKS(json: JSON(parsing: set.json.canonical.utf8))
    #expect(read == set)
    for key in set.keys { #expect(read[key.thumbprint] == key) }
    #expect(read["nobody"] == nil)
    let foreign: JSON = ["keys": [["kty": "EC", "crv": "P-384"], ["kty": "oct"], rsaExample]]
    #expect(try JWKS(json: foreign).keys == [JWK(json: rsaExample)])
    #expect(throws: JWKError.malformed("keys")) { try JWKS(json: []) }
}

@Test func `a key with a member missing, wrong or secret is refused`() throws {
    let good = try #require(JWK.p256(P256PrivateKey.generate().publicKey).json.object)
    func with(_ name: String, _ value: JSON?) -> JSON {
        var members = good
        members[name] = value
        return .object(members)
    }
    #expect(throws: Never.self) { try JWK(json: with("kid", "anything")) }
    for name in ["x", "y", "kty"] {
        #expect(throws: JWKError.malformed(name)) { try JWK(json: with(name, nil)) }
        #expect(throws: JWKError.malformed(name)) { try JWK(json: with(name, 1)) }
    }
    #expect(throws: JWKError.malformed("x")) { try JWK(json: with("x", .string(good["x"]!.string! + "="))) }
    #expect(throws: JWKError.malformed("alg")) { try JWK(json: with("alg", "RS256")) }
    #expect(throws: JWKError.invalidKey) { try JWK(json: with("x", good["y"])) }
    #expect(throws: JWKError.invalidKey) { try JWK(json: with("x", "AAAA")) }
    #expect(throws: JWKError.unsupported) { try JWK(json: with("crv", "P-384")) }
    #expect(throws: JWKError.secret) { try JWK(json: with("d", "AAAA")) }
}
