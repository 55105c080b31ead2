import CanonicalJSON
import Credentials
import Crypto
import Foundation
import HTTP
import Postgres
import Profiles
import Reputation
import Service
import Store
import Synchronization
import TestSupport
import Testing
import Transparency

/// A new key signs, the old one ends, and whatever was signed before still verifies.
@Suite struct KeyRotationTests {
    /// A deployment whose service a test starts anew after each rotation.
    private struct Deployment: Sendable {
        let database: String
        let folder: URL
        static let start: Int64 = 1_767_225_600
        static let life: Int64 = 90 * 86_400

        func serve(
            at now: Int64 = Self.start, _ body: @Sendable (RunningService) async throws -> Void
        ) async throws {
            try await RunningService.with(
                .init(publicURL: "http://standing.example", now: now, directory: self.folder),
                database: self.database, body)
        }

        func rotation(at now: Int64 = Self.start) throws -> KeyRotation {
            let directory = try StateDirectory(self.folder.path)
            let authority = Authority(
                settings: Settings(publicURL: "http://standing.example"), keys: try directory.keys(),
                now: { Instant(seconds: now) })
            return KeyRotation(authority: authority, directory: directory)
        }

        func connected<Value>(_ body: (Connection) async throws -> Value) async throws -> Value {
            let connection = try await Connection.open(self.database)
            let value = try await body(connection)
            await connection.close()
            return value
        }

        func rotate(_ use: KeyRecord.Use, at now: Int64 = Self.start) async throws -> KeyRecord {
            try await self.connected { try await self.rotation(at: now).rotate(use, on: $0) }
        }

        func check() async throws -> [Finding] {
            let authority = Authority(
                settings: Settings(publicURL: "http://standing.example"),
                keys: try StateDirectory(self.folder.path).keys(), now: { Instant(seconds: Self.start) })
            return try await self.connected {
                try await Check(authority: authority, directory: StateDirectory(self.folder.path)).run(on: $0).problems
            }
        }

        static func with(_ body: @Sendable (Deployment) async throws -> Void) async throws {
            try await withFolder { folder in
                try await withDatabaseURL { url in
                    let deployment = Deployment(
                        database: url, folder: URL(fileURLWithPath: folder).appendingPathComponent("state"))
                    try await body(deployment)
                }
            }
        }
    }

    @Test func `both ledger keys sign while both are in use, and what was proved before stays proved`() async throws {
        try await Deployment.with { deployment in
            let old = Shown()
            try await deployment.serve { service in
                try await service.record(0..<20)
                old.key = try await LedgerReader(service: service).key()
                old.note = try SignedNote(parsing: try await service.raw("GET", "/evidence/checkpoint").body)
                old.proof = String(
                    decoding: try await service.raw("GET", "/v1/ledger/entries/7.tlog-proof").body, as: UTF8.self)
                let leaf = try await service.call("GET", "/v1/ledger/entries/7").json["leaf_hash"]?.string
                old.leaf = leaf.flatMap { Digest(base64: $0) }
            }
            let record = try await deployment.rotate(.ledger)
            let findings = try await deployment.check()
            #expect(findings == [])
            try await deployment.serve { service in
                try await service.record(20..<30)
                let lines = String(
                    decoding: try await service.raw("GET", "/v1/ledger/vkey").body, as: UTF8.self
                ).split(separator: "\n").map(String.init)
                let key = try #require(old.key)
                #expect(lines == [record.key, key.text], "the newest first")
                let note = try SignedNote(parsing: try await service.raw("GET", "/evidence/checkpoint").body)
                let newer = try Checkpoint(note, of: try #require(VerifierKey(parsing: lines[0])))
                let older = try Checkpoint(note, of: key)
                #expect(newer == older && newer.head.size == 32, "30 facts and two entries of keys")
                // The old checkpoint and the old proof, under the old key; and the way from the old tree to the new one.
                let before = try Checkpoint(try #require(old.note), of: key)
                let consistency = try await service.call("GET", "/v1/ledger/proof/consistency?from=20")
                try newer.head.verifyConsistency(with: before.head, proof: LedgerReader.hashes(consistency.json))
                let proof = try TlogProof(parsing: try #require(old.proof))
                _ = try proof.verify(leaf: try #require(old.leaf), log: key)
            }
        }
    }

    @Test func `what is said of keys is public, and anybody can compare it with the ledger`() async throws {
        try await Deployment.with { deployment in
            try await deployment.serve { service in
                try await service.record(0..<3)
                let answer = try await service.call("GET", "/v1/ledger/keys")
                #expect(answer.json["records"] == [])
                #expect(answer.json["ledger"]?.array?.count == 1)
            }
            _ = try await deployment.rotate(.ledger)
            _ = try await deployment.rotate(.credentials)
            try await deployment.serve { service in
                let answer = try await service.call("GET", "/v1/ledger/keys")
                let records = answer.json["records"]?.array ?? []
                #expect(Set(records.compactMap { $0["index"]?.int }) == [3, 4, 5, 6])
                #expect(
                    records.compactMap { $0["state"]?.string }.sorted() == ["overlap", "overlap", "signing", "signing"])
                for record in records {
                    let disclosure = try Disclosure(parsing: record["disclosure"]?.string ?? "")
                    #expect(disclosure.value["key"] == record["key"] && disclosure.value["state"] == record["state"])
                    let entry = try await service.call("GET", "/v1/ledger/entries/\(record["index"]?.int ?? -1)")
                    #expect(entry.json["commitment"]?.string == disclosure.digest.base64URL)
                    #expect(entry.json["kind"]?.string == "issuer-key")
                }
                let names = (answer.json["ledger"]?.array ?? []) + (answer.json["credentials"]?.array ?? [])
                #expect(names.count == 3)
                #expect(Set(names).isSubset(of: Set(records.compactMap { $0["key"] })))
            }
        }
    }

    @Test func `credentials of the old key verify and are bundled until the last of them has ended`() async throws {
        try await Deployment.with { deployment in
            let old = Shown()
            try await deployment.serve { service in
                _ = try await service.importArchive()
                _ = try await service.publish(MadeUpArchive.maya, as: "maya")
                let keys = try await service.call("GET", "/.well-known/jwks.json").json["keys"]?.array ?? []
                old.kid = keys.first?["kid"]?.string
            }
            let ledger = try await deployment.rotate(.ledger)
            let record = try await deployment.rotate(.credentials)
            let last = Deployment.start + Deployment.life
            #expect(ledger.until == nil && record.until == nil)
            try await deployment.serve { service in
                let keys = try await service.call("GET", "/.well-known/jwks.json").json["keys"]?.array ?? []
                let tokens = keys.filter { $0["alg"] == "ES256" }.compactMap { $0["kid"]?.string }
                #expect(tokens == [record.key, old.kid], "the newest first")
                let bundle = try await service.raw("GET", "/p/maya/bundle")
                #expect(bundle.status == 200)
                let verified = Profiles.Bundle.verify(
                    bundle.body, now: Instant(seconds: Deployment.start),
                    trust: Trust(issuerKeys: [old.kid ?? ""]))
                #expect(verified.isValid, "\(verified)")
                let noor = try await service.publish(MadeUpArchive.noor, as: "noor")
                #expect(!noor.isEmpty)
                let newer = Profiles.Bundle.verify(
                    try await service.raw("GET", "/p/noor/bundle").body, now: Instant(seconds: Deployment.start),
                    trust: Trust(issuerKeys: [record.key], logKeys: [ledger.key]))
                #expect(newer.isValid, "\(newer)")
            }
            let findings = try await deployment.check()
            #expect(findings == [], "it knows the old keys")
            try await deployment.serve(at: last) { service in
                let keys = try await service.call("GET", "/.well-known/jwks.json").json["keys"]?.array ?? []
                #expect(keys.filter { $0["alg"] == "ES256" }.compactMap { $0["kid"]?.string } == [record.key])
            }
        }
    }

    @Test(arguments: [(KeyRecord.Use.badges, "openbadge"), (.proofs, "eddsa-jcs-2022")])
    func `what the old key of badges or proofs signed verifies on, by a key that is listed`(
        use: KeyRecord.Use, format: String
    ) async throws {
        try await Deployment.with { deployment in
            let old = Shown()
            try await deployment.serve { service in
                _ = try await service.importArchive()
                let session = try await service.publish(MadeUpArchive.maya, as: "maya")
                let made = try await service.raw(
                    "POST", "/v1/profiles/maya/credentials", ["format": .string(format)], token: session)
                old.kid = String(decoding: made.body, as: UTF8.self)
            }
            let record = try await deployment.rotate(use)
            try await deployment.serve { service in
                let keys = try await service.call("GET", "/v1/ledger/keys").json
                #expect(keys[use.rawValue] == [.string(record.key)])
                #expect(keys["records"]?.array?.count == 2)
                let single = try await service.call("GET", "/keys/\(record.key)").status
                #expect(single == 200)
                let verified = try await service.call("POST", "/v1/verify", ["credential": .string(old.kid ?? "")])
                #expect(verified.json["valid"] == true, "\(verified.json.canonical)")
                let session = try await service.claim(MadeUpArchive.maya)
                let made = try await service.raw(
                    "POST", "/v1/profiles/maya/credentials", ["format": .string(format)], token: session)
                let text = String(decoding: made.body, as: UTF8.self)
                let again = try await service.call("POST", "/v1/verify", ["credential": .string(text)])
                #expect(again.json["valid"] == true)
                #expect(again.json.canonical.contains(record.key))
            }
            let findings = try await deployment.check()
            #expect(findings == [])
        }
    }

    @Test func `a service that runs on with the old keys records nothing and says why`() async throws {
        try await Deployment.with { deployment in
            try await deployment.serve { service in
                try await service.record(0..<3)
                let key = try await service.key(scope: "ingest")
                _ = try await deployment.rotate(.ledger)
                let refused = try await service.call("POST", "/v1/evidence", IngestTests.fact(9), token: key)
                #expect(refused.status == 503)
                #expect(refused.json["type"]?.string == "/problems/keys-changed")
                let ready = try await service.call("GET", "/readyz")
                #expect(ready.json["type"]?.string == "/problems/keys-changed")
            }
            try await deployment.serve { service in
                let key = try await service.key(scope: "ingest")
                let taken = try await service.call("POST", "/v1/evidence", IngestTests.fact(9), token: key)
                #expect(taken.status == 201)
            }
        }
    }

    @Test func `an old key ends when nothing in use is signed by it, or at once when it is compromised`() async throws {
        try await Deployment.with { deployment in
            let old = Shown()
            try await deployment.serve { service in
                try await service.record(0..<3)
                old.key = try await LedgerReader(service: service).key()
            }
            let rotated = try await deployment.rotate(.ledger)
            let key = try #require(old.key).text
            let name = String(key.split(separator: "+")[1])
            let end = Deployment.start + Deployment.life
            func retire(_ name: String, at now: Int64, compromised: Bool = false) async throws -> KeyRecord {
                try await deployment.connected { connection in
                    try await deployment.rotation(at: now).retire(
                        .ledger, key: name, isCompromised: compromised, on: connection)
                }
            }
            await #expect(throws: KeyRotationError.stillSigning(rotated.key)) { try await retire(rotated.key, at: end) }
            await #expect(throws: KeyRotationError.unknownKey("x")) { try await retire("x", at: end) }
            await #expect(throws: KeyRotationError.stillInUse(key, until: Instant(seconds: end))) {
                try await retire(name, at: end - 1)
            }
            await #expect(throws: KeyRotationError.notPublished(key)) { try await retire(name, at: end) }
            try await deployment.serve { try await $0.record(3..<5) }
            let retired = try await retire(name, at: end)
            #expect(retired.key == key && retired.state == .retired)
            #expect(FileManager.default.fileExists(atPath: deployment.folder.path + "/keys/retired/ledger.ed25519"))
            try await deployment.serve(at: end) { service in
                try await service.record(5..<6)
                let note = try SignedNote(parsing: try await service.raw("GET", "/evidence/checkpoint").body)
                #expect(note.signatures.count == 1)
                _ = try Checkpoint(note, of: try #require(VerifierKey(parsing: rotated.key)))
            }
            let findings = try await deployment.check()
            #expect(findings == [])

            let second = try await deployment.rotate(.ledger, at: end)
            try await deployment.serve(at: end) { try await $0.record(6..<7) }
            let compromised = try await retire(rotated.key, at: end, compromised: true)
            #expect(compromised.key == rotated.key)
            try await deployment.serve(at: end) { service in
                let keys = String(decoding: try await service.raw("GET", "/v1/ledger/vkey").body, as: UTF8.self)
                #expect(keys == second.key + "\n")
            }
        }
    }

    @Test func `a rotation cut short before or after the ledger has it is finished by the same command`() async throws {
        try await Deployment.with { deployment in
            try await deployment.serve { try await $0.record(0..<3) }
            let keys = deployment.folder.path + "/keys/"
            let first = try await deployment.rotate(.ledger)
            // After: the file has not got its name yet.
            try FileManager.default.moveItem(atPath: keys + "ledger-2.ed25519", toPath: keys + "ledger-2.ed25519.new")
            await #expect(throws: KeysChanged.self) {
                try await deployment.serve { _ in Issue.record("it serves") }
            }
            let finished = try await deployment.rotate(.ledger)
            #expect(finished == first)
            try await deployment.serve { try await $0.record(3..<5) }
            // Before: there is a file, and the ledger knows nothing of it.
            let seed = try String(contentsOfFile: keys + "ledger-2.ed25519", encoding: .utf8)
            let made = FileManager.default.createFile(
                atPath: keys + "ledger-3.ed25519.new", contents: Data(String(seed.reversed().drop { $0 == "\n" }).utf8),
                attributes: [.posixPermissions: 0o600])
            #expect(made)
            try FileManager.default.removeItem(atPath: keys + "ledger-3.ed25519.new")
            let half = try Base64.encode(#require(Base64.decode(seed.dropLast())).reversed())
            try Data((half + "\n").utf8).write(to: URL(fileURLWithPath: keys + "ledger-3.ed25519.new"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: keys + "ledger-3.ed25519.new")
            let second = try await deployment.rotate(.ledger)
            #expect(second.key != first.key)
            let kept = try String(contentsOfFile: keys + "ledger-3.ed25519", encoding: .utf8)
            #expect(kept == half + "\n", "the key that was begun is the one that signs")
            let findings = try await deployment.check()
            #expect(findings == [])
        }
    }

    @Test func `older keys than the ledger knows sign nothing`() async throws {
        try await Deployment.with { deployment in
            try await deployment.serve { try await $0.record(0..<3) }
            _ = try await deployment.rotate(.credentials)
            let keys = deployment.folder.path + "/keys/"
            try FileManager.default.removeItem(atPath: keys + "credentials-2.p256.pem")
            await #expect(throws: KeysChanged.self) {
                try await deployment.serve { _ in Issue.record("it serves") }
            }
            let findings = try await deployment.check()
            #expect(findings.map(\.kind) == [.key])
        }
    }

    @Test func `what was said of keys is repaired from beside the keys, and comes back with a refilled database`()
        async throws
    {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                let dump = folder + "/standing.dump"
                try await site.open { try await $0.record(5, from: 0) }
                try site.dump(to: dump)
                let rotated = try await StandingdProgram.run(["keys", "rotate", "ledger", "--json"], on: site)
                #expect(rotated.status == 0, "\(rotated.messages)")
                let newer = try await Site(database: url, directory: site.directory, clock: .present)
                try await newer.open { try await $0.record(5, from: 5) }
                try await newer.inspect { owner in
                    for damage in [
                        "DELETE FROM issuer_keys WHERE state = 'signing'", "UPDATE issuer_keys SET salt = sha256('x')",
                    ] {
                        try await owner.asOwner(damage)
                        let damaged = try await StandingdProgram.run(["check"], on: newer)
                        #expect(
                            damaged.status == 1 && damaged.messages.contains("key (derived)"), "\(damaged.messages)")
                        let repaired = try await StandingdProgram.run(["check", "--repair"], on: newer)
                        #expect(repaired.status == 0, "\(repaired.messages)")
                    }
                    _ = try await LogCopy(of: owner, to: folder + "/copy")
                }
                try await withDatabaseURL { url in
                    try Site.restore(dump, into: url)
                    let restored = try await Site(database: url, directory: site.directory, clock: .present)
                    let recovered = try await StandingdProgram.run(
                        ["recover", "--from", folder + "/copy"], on: restored)
                    #expect(recovered.status == 0, "\(recovered.messages)")
                    let check = try await StandingdProgram.run(["check"], on: restored)
                    #expect(check.status == 0, "\(check.messages)")
                    let listed = try await StandingdProgram.run(["keys", "list"], on: restored)
                    #expect(
                        listed.output.contains("ledger  signing") && listed.output.contains("ledger  overlap until"))
                    try await restored.open { try await $0.record(5, from: 10) }
                }
            }
        }
    }

    /// What was seen before a rotation.
    @dynamicMemberLookup private final class Shown: Sendable {
        struct Values {
            var key: VerifierKey?
            var note: SignedNote?
            var proof: String?
            var leaf: Digest?
            var kid: String?
        }

        private let values = Mutex(Values())

        subscript<Value: Sendable>(dynamicMember member: WritableKeyPath<Values, Value>) -> Value {
            get { self.values.withLock { $0[keyPath: member] } }
            set { self.values.withLock { $0[keyPath: member] = newValue } }
        }
    }
}
