import CanonicalJSON
import Credentials
import Crypto
import Decoding
import Foundation
import Reputation
import TestSupport
import Testing

@testable import Connectors

@Suite struct AttestationTests {
    private let folder: Folder
    private let key = Ed25519PrivateKey.generate()
    private let tokenKey = P256PrivateKey.generate()

    init() throws { self.folder = try Folder() }

    private static let issuer = "https://northwind.example"

    private func organisations(_ more: [JSON] = []) throws -> Organisations {
        let list: JSON = .array(
            [
                [
                    "id": .string(Self.issuer), "name": "Northwind Conference",
                    "keys": [.string(self.key.publicKey.multikey), JWK.p256(self.tokenKey.publicKey).json],
                ]
            ] + more)
        return try Organisations(path: try self.folder.write(list.canonicalBytes, as: "organisations.json"))
    }

    private func activity(_ more: [String: JSON] = [:]) -> JSON {
        .object(
            [
                "type": "standing-attestation/1", "id": "urn:talk:7", "issuer": .string(Self.issuer),
                "activity": "talk",
                "account": ["platform": "github", "id": "7002", "login": "otto"], "from": "2025-03-01",
                "to": "2025-03-02",
                "url": "https://northwind.example/2025/talks/7",
            ]
            .merging(more) { $1 })
    }

    private func badge(_ more: [String: JSON] = [:]) -> JSON {
        .object(
            [
                "@context": ["https://www.w3.org/ns/credentials/v2"], "id": "urn:badge:1",
                "type": ["VerifiableCredential", "AchievementCredential"], "issuer": ["id": .string(Self.issuer)],
                "validFrom": "2025-04-01T00:00:00Z",
                "credentialSubject": [
                    "identifier": [["identityType": "ext:github", "identityHash": "7002", "hashed": false]],
                    "achievement": ["id": "https://northwind.example/badges/helper", "name": "Helper"],
                ],
            ]
            .merging(more) { $1 })
    }

    private func signed(_ document: JSON, with key: Ed25519PrivateKey? = nil) -> JSON {
        DataIntegrity.sign(
            document, with: key ?? self.key, verificationMethod: "\(Self.issuer)#key", created: "2025-03-03T00:00:00Z")
    }

    private func read(_ form: Attestations.Form, _ bytes: [UInt8]) throws -> [Record] {
        let path = try self.folder.write(bytes, as: "\(UUID()).json")
        return drain(
            try Attestations.open(form, paths: [path], signedBy: self.organisations(), observedAt: now)
        ).records
    }

    @Test func `an activity that a listed organisation signed is a fact in its words`() throws {
        let list = JSON.array([
            self.signed(self.activity()), self.signed(self.activity(["id": "urn:talk:8", "activity": "mentoring"])),
        ])
        let facts = try self.read(.attested, list.canonicalBytes).flatMap(\.evidence)
        #expect(facts.map(\.outcome) == [.talk, .mentoring])
        let fact = try #require(facts.first)
        #expect(fact.kind == .attestedActivity)
        #expect(fact.account.key == Account.Key(platform: .github, id: "7002"))
        #expect(fact.project.name == "Northwind Conference")
        #expect(fact.project.id == Self.issuer)
        #expect(fact.source.class == .attested)
        #expect(fact.object.url == "https://northwind.example/2025/talks/7")
        #expect(fact.measures[.periodTo].map { $0 - fact.measures[.periodFrom]! } == 1)
    }

    @Test func `an Open Badge is read with a proof inside and as a token`() throws {
        let inside = try self.read(.openBadge, self.signed(self.badge()).canonicalBytes)
        let claims = JSON.object((self.badge().object ?? [:]).merging(["iss": .string(Self.issuer)]) { $1 })
        let token = JWS(signing: claims, with: .es256(self.tokenKey), type: "JWT").text
        let wrapped = JWS(
            signing: ["iss": .string(Self.issuer), "vc": self.badge()], with: .es256(self.tokenKey), type: "JWT"
        ).text
        let tokens = try self.read(.openBadge, Array("\(token)\n\(wrapped)\n".utf8))
        let facts = (inside + tokens).flatMap(\.evidence)
        #expect(facts.count == 3)
        #expect(Set(facts.map(\.identity)).count == 1, "one badge is one fact in whatever it comes")
        #expect(facts.first?.outcome == .other)
        #expect(facts.first?.object.url == "https://northwind.example/badges/helper")
    }

    @Test func `whom a badge names by a mailbox is a mailbox, and by nothing is nobody`() throws {
        let mailbox: JSON = [
            "identifier": ["identityType": "emailAddress", "identityHash": "Otto@example.org", "hashed": false],
            "achievement": [:],
        ]
        let hashed: JSON = [
            "identifier": [["identityType": "emailAddress", "identityHash": "sha256$00", "hashed": true]],
            "achievement": [:],
        ]
        let list = JSON.array([
            self.signed(self.badge(["credentialSubject": mailbox])),
            self.signed(self.badge(["credentialSubject": ["id": "mailto:otto@example.org", "achievement": [:]]])),
            self.signed(self.badge(["credentialSubject": hashed])),
            self.signed(self.badge(["credentialSubject": ["id": "did:key:z6Mk", "achievement": [:]]])),
        ])
        let records = try self.read(.openBadge, list.canonicalBytes)
        let key = Account.Key(platform: .email, id: "otto@example.org")
        #expect(records.flatMap(\.evidence).map(\.account.key) == [key, key])
        #expect(records.flatMap(\.ignored) == ["subject_without_an_account", "subject_without_an_account"])
    }

    @Test func `what no listed key signed, and what makes no sense, is put aside by name`() throws {
        let stranger = Ed25519PrivateKey.generate()
        var changed = self.signed(self.activity()).object ?? [:]
        changed["activity"] = "writing"
        var rdfc = self.signed(self.badge()).object ?? [:]
        rdfc["proof"] = .object((rdfc["proof"]?.object ?? [:]).merging(["cryptosuite": "eddsa-rdfc-2022"]) { $1 })
        let cases: [(Attestations.Form, JSON, String)] = [
            (
                .attested, self.signed(self.activity(), with: stranger),
                "no listed key of \"\(Self.issuer)\" verifies it"
            ),
            (.attested, .object(changed), "no listed key of \"\(Self.issuer)\" verifies it"),
            (.attested, self.activity(), "/proof: only proofs of the suite eddsa-jcs-2022 are read"),
            (
                .attested, self.signed(self.activity(["issuer": "https://other.example"])),
                "issuer: \"https://other.example\" is not listed"
            ),
            (.attested, self.signed(self.activity(["issuer": .null])), "issuer: missing"),
            (.attested, self.signed(self.activity(["activity": "genius"])), "activity: unknown activity \"genius\""),
            (.attested, self.signed(self.activity(["to": "2024-01-01"])), "the period ends before it begins"),
            (.attested, self.signed(self.activity(["to": "2031-01-01"])), "the period ends in the future"),
            (.attested, self.signed(self.activity(["from": "soon"])), "from: not a day, 2025-03-01"),
            (
                .attested, self.signed(self.activity(["account": ["platform": "github", "id": "otto"]])),
                "the account: not a platform's number of one"
            ),
            (.attested, self.signed(self.badge()), "type: not text"),
            (.openBadge, self.signed(self.activity()), "type: not a list"),
            (.openBadge, .object(rdfc), "/proof/cryptosuite: only proofs of the suite eddsa-jcs-2022 are read"),
            (
                .openBadge, self.signed(self.badge(["credentialStatus": ["id": "https://northwind.example/status/1"]])),
                "credentialStatus: it can be taken back, and whether it was is not looked up"
            ),
        ]
        for (form, document, reason) in cases {
            let records = try self.read(form, document.canonicalBytes)
            #expect(records.map(\.quarantined?.reason) == [reason])
        }
    }

    @Test func `a token of another key, issuer, kind or none at all is put aside`() throws {
        let other = P256PrivateKey.generate()
        let claims = JSON.object((self.badge().object ?? [:]).merging(["iss": .string(Self.issuer)]) { $1 })
        let foreign = JSON.object((self.badge().object ?? [:]).merging(["iss": "https://other.example"]) { $1 })
        let good = JWS(signing: claims, with: .es256(self.tokenKey), type: "JWT").text
        let parts = JWS(signing: foreign, with: .es256(self.tokenKey), type: "JWT").text.split(separator: ".")
        let mixed = (good.split(separator: ".").prefix(1) + parts[1...1] + good.split(separator: ".").suffix(1))
        let lines = [
            JWS(signing: claims, with: .es256(other), type: "JWT").text,
            JWS(signing: foreign, with: .es256(self.tokenKey), type: "JWT").text,
            JWS(signing: claims, with: .es256(self.tokenKey), type: "kb+jwt").text,
            mixed.joined(separator: "."), "eyJhbGciOi", "<html>Sign in</html>", "nonsense",
        ]
        let records = try self.read(.openBadge, Array((lines + [good]).joined(separator: "\n").utf8))
        #expect(records.flatMap(\.evidence).count == 1, "the others do not keep the good one out")
        #expect(
            records.compactMap(\.quarantined?.reason).prefix(6) == [
                "no listed key verifies it", "iss: not the one whose key signed it",
                "typ: \"kb+jwt\" is no credential's", "no listed key verifies it",
                "not a token that is read here: malformed", "HTML, not JSON",
            ])
        #expect(records.count == 8)
    }

    @Test func `a list of organisations that cannot be meant is refused by name`() throws {
        let jwk = JWK.p256(self.tokenKey.publicKey).json
        let cases: [(JSON, String)] = [
            ([], "it lists no organisation"), ([:], "the document: not a list"),
            ([["id": "a", "name": "A", "keys": []]], "[0].keys: not keys"),
            ([["id": "a", "name": "A", "keys": ["z6Mk"]]], "[0].keys[0]: not an Ed25519 multikey"),
            (
                [["id": "a", "name": "A", "keys": [.object((jwk.object ?? [:]).merging(["d": "AA"]) { $1 })]]],
                "[0].keys[0]: not a public key: it holds the secret"
            ),
            (
                [["id": "a", "name": "A", "keys": [jwk]], ["id": "a", "name": "B", "keys": [jwk]]],
                "[1].id: listed twice"
            ),
        ]
        for (list, reason) in cases {
            let path = try self.folder.write(list.canonicalBytes, as: "\(UUID()).json")
            let error = #expect(throws: ReadError.self) { _ = try Organisations(path: path) }
            #expect(error?.detail == reason)
        }
    }
}
