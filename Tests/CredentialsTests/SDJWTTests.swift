import CanonicalJSON
import Credentials
import Crypto
import Testing

struct SDJWTTests {
    let key = TokenKey.es256(.generate())
    let name = Disclosure("Mira", name: "name", salt: Array(repeating: 1, count: 16))
    let element = Disclosure(["a": 1], salt: Array(repeating: 2, count: 16))

    private func sign(_ payload: JSON) -> JWS { JWS(signing: payload, with: self.key, type: "dc+sd-jwt") }

    private var payload: JSON {
        [
            "_sd_alg": "sha-256", "_sd": [.string(self.name.digest.base64URL)], "list": [self.element.arrayElement, 7],
            "iss": "https://example.com",
        ]
    }

    private func read(_ payload: JSON, _ disclosures: [Disclosure]) throws -> JSON {
        try SDJWT(parsing: SDJWT(self.sign(payload), disclosures: disclosures).text)
            .payload(verifiedBy: self.key.publicKey)
    }

    @Test func `what is shown stands in its place, what is not leaves no trace`() throws {
        #expect(try self.read(self.payload, []) == ["list": [7], "iss": "https://example.com"])
        #expect(
            try self.read(self.payload, [self.element, self.name])
                == ["list": [["a": 1], 7], "iss": "https://example.com", "name": "Mira"])
    }

    @Test func `a disclosure that is referred to nowhere, or twice, is refused`() throws {
        let stranger = Disclosure("Eve", name: "name", salt: Array(repeating: 3, count: 16))
        #expect(throws: SDJWTError.unreferencedDisclosure) { try self.read(self.payload, [stranger]) }
        #expect(throws: SDJWTError.duplicateDigest) { try self.read(self.payload, [self.name, self.name]) }
        let digest = JSON.string(self.name.digest.base64URL)
        for twice: JSON in [
            ["_sd": [digest, digest]], ["_sd": [digest], "x": ["_sd": [digest]]],
            ["_sd": [digest], "list": [["...": digest]]],
        ] {
            #expect(throws: SDJWTError.duplicateDigest) { try self.read(twice, []) }
        }
    }

    @Test func `a disclosure in the wrong kind of place is refused`() throws {
        let digests = (name: self.name.digest.base64URL, element: self.element.digest.base64URL)
        #expect(throws: SDJWTError.misplacedDisclosure) {
            try self.read(["list": [["...": .string(digests.name)]]], [self.name])
        }
        #expect(throws: SDJWTError.misplacedDisclosure) {
            try self.read(["_sd": [.string(digests.element)]], [self.element])
        }
        #expect(throws: SDJWTError.misplacedDisclosure) { try self.read(["_sd": "x"], []) }
        #expect(throws: SDJWTError.misplacedDisclosure) { try self.read(["_sd": [1]], []) }
        #expect(throws: SDJWTError.misplacedDisclosure) { try self.read(["...": "x"], []) }
        #expect(throws: SDJWTError.misplacedDisclosure) { try self.read(["list": [["...": "x", "more": 1]]], []) }
    }

    @Test func `a disclosure cannot replace a claim or supply one that may not be hidden`() throws {
        let digest = JSON.string(self.name.digest.base64URL)
        #expect(throws: SDJWTError.forbiddenName("name")) {
            try self.read(["_sd": [digest], "name": "Eve"], [self.name])
        }
        for name in ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"] {
            let hidden = Disclosure("x", name: name, salt: Array(repeating: 4, count: 16))
            #expect(throws: SDJWTError.forbiddenName(name)) {
                try self.read(["_sd": [.string(hidden.digest.base64URL)]], [hidden])
            }
        }
    }

    @Test func `another hash, and disclosures without end in one another, are refused`() throws {
        #expect(throws: SDJWTError.unknownHash) { try self.read(["_sd_alg": "sha-512"], []) }
        var inner = Disclosure(0, name: "n", salt: Array(repeating: 5, count: 16))
        var all = [inner]
        for _ in 0..<40 {
            inner = Disclosure(
                ["_sd": [.string(inner.digest.base64URL)]], name: "n", salt: Array(repeating: 5, count: 16))
            all.append(inner)
        }
        #expect(throws: SDJWTError.tooDeep) { try self.read(["_sd": [.string(inner.digest.base64URL)]], all) }
    }

    @Test func `too large, too many, and no token at all are refused before anything is verified`() throws {
        let token = self.sign([:]).text
        #expect(throws: SDJWTError.tooLarge) { try SDJWT(parsing: String(repeating: "a", count: 20_000_000) + "~") }
        #expect(throws: SDJWTError.tooLarge) {
            try SDJWT(parsing: token + String(repeating: "~x", count: 20_001) + "~")
        }
        #expect(throws: SDJWTError.malformed) { try SDJWT(parsing: token) }
        #expect(throws: SDJWTError.token(.malformed)) { try SDJWT(parsing: "~") }
        #expect(throws: SDJWTError.token(.malformed)) { try SDJWT(parsing: token + "~" + self.name.text) }
        #expect(throws: SDJWTError.disclosure(.malformed)) { try SDJWT(parsing: token + "~!~") }
        #expect(throws: SDJWTError.disclosure(.malformed)) { try SDJWT(parsing: token + "~~") }
        let deep = Base64URL.encode((String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)).utf8)
        #expect(throws: SDJWTError.disclosure(.malformed)) { try SDJWT(parsing: "\(token)~\(deep)~") }
    }

    @Test func `every cut and every flipped bit of a presentation is refused`() throws {
        let holder = TokenKey.es256(.generate())
        var payload = self.payload.object ?? [:]
        payload["cnf"] = ["jwk": holder.publicKey.json]
        let question = KeyBindingQuestion(audience: "https://reader.example", nonce: "n-0S6_WzA2Mj")
        let text = SDJWT(self.sign(.object(payload)), disclosures: [self.name, self.element])
            .bound(to: question, by: holder, at: 1_000)
        func verify(_ bytes: [UInt8]) throws {
            let token = try SDJWT(parsing: String(decoding: bytes, as: UTF8.self))
            let claims = try token.payload(verifiedBy: self.key.publicKey)
            try token.verifyKeyBinding(to: question, claims: claims, at: 1_010)
        }
        let good = Array(text.utf8)
        try verify(good)
        for position in good.indices {
            #expect(throws: (any Error).self) { try verify(Array(good[..<position])) }
            var changed = good
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(throws: (any Error).self, "byte \(position)") { try verify(changed) }
        }
    }

    @Test func `a key binding by another key, or of another type, is refused`() throws {
        let (holder, other) = (TokenKey.es256(.generate()), TokenKey.es256(.generate()))
        let question = KeyBindingQuestion(audience: "a", nonce: "n")
        let token = SDJWT(self.sign(["cnf": ["jwk": holder.publicKey.json]]), disclosures: [])
        func verify(_ text: String) throws {
            let token = try SDJWT(parsing: text)
            try token.verifyKeyBinding(
                to: question, claims: token.payload(verifiedBy: self.key.publicKey), at: 0)
        }
        try verify(token.bound(to: question, by: holder, at: 0))
        #expect(throws: KeyBindingError.token(.wrongSignature)) {
            try verify(token.bound(to: question, by: other, at: 0))
        }
        let typeless = token.presented + JWS(signing: [:], with: holder, type: "JWT").text
        #expect(throws: KeyBindingError.token(.wrongType)) { try verify(typeless) }
        let empty = token.presented + JWS(signing: [:], with: holder, type: "kb+jwt").text
        #expect(throws: KeyBindingError.malformed("iat")) { try verify(empty) }
    }
}
