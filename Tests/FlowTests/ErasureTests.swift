import CanonicalJSON
import Crypto
import Foundation
import HTTP
import Postgres
import Profiles
import Reputation
import Service
import Store
import Testing
import Transparency

@Suite struct ErasureTests {
    /// A service that knows Maya in every way, with Maya and Omar published; hands out their sessions.
    static func withMaya(_ body: @Sendable (RunningService, _ maya: String, _ omar: String) async throws -> Void)
        async throws
    {
        try await RunningService.with { service in
            _ = try await service.importArchive(.withMayaEverywhere())
            let maya = try await service.publish(MadeUpArchive.maya, as: "maya")
            let omar = try await service.publish(MadeUpArchive.omar, as: "omar")
            try await body(service, maya, omar)
        }
    }

    @Test func `an erased person leaves no trace, and others keep what is theirs`() async throws {
        try await Self.withMaya { service, maya, omar in
            let recruiter = try await service.key(scope: "recruiter")
            _ = try await service.call("GET", "/v1/search?facet=reviewing", token: recruiter)
            let grant = try await service.call("POST", "/v1/grants", ["audience": "Somebody"], token: maya)
            let token = grant.json["token"]?.string ?? ""
            let maintainer = try await service.key(scope: "maintainer")
            let question: JSON = [
                "account": ["platform": "github", "login": .string(MadeUpArchive.omar.login)],
                "repository": .string("\(MadeUpArchive.maya.login)/kite"),
            ]
            _ = try await service.call("POST", "/v1/evaluate", question, token: maintainer)
            let before = try await service.call("GET", "/v1/profiles/omar")
            #expect(before.json.canonical.contains(MadeUpArchive.maya.login), "there is something to take away")
            let remains = try await Remains.of(
                MadeUpArchive.maya, also: ["maya-before", "\"maya\""], on: service.writer)
            let found = try await remains.found(on: service.writer)
            #expect(found.count > 100)
            let entries = try await Self.entries(service)

            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 200, "\(answer.json)")
            #expect(answer.json["deleted"]?["facts"]?.int == 216)
            #expect(answer.json["deleted"]?["facts_of_others"]?.int == 77)
            #expect(answer.json["credentials_valid_until_they_end"] == true)

            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            try await Self.expectUnknown(service, handle: "maya", session: maya, grant: token)
            let after = try await Self.entries(service)
            #expect(after.prefix(entries.count).elementsEqual(entries), "no entry changed")
            #expect(after.dropFirst(entries.count).filter { $0 == "erasure" }.count == 1)
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
            try await Self.expectWhole(service, "omar", session: omar, before: before.json)
            try await Self.expectProofs(service, entries: after.count)
        }
    }

    @Test func `facts a start has not yet written the briefs of are found and go too`() async throws {
        try await Self.withMaya { service, maya, _ in
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: service.writer)
            try await service.asOwner("DELETE FROM briefs WHERE entry_index % 3 = 0")
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.json["deleted"]?["facts"]?.int == 216, "\(answer.json)")
            #expect(answer.json["deleted"]?["facts_of_others"]?.int == 77)
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
        }
    }

    /// The kinds of all entries, in order; an evidence entry by its commitment.
    private static func entries(_ service: RunningService) async throws -> [String] {
        try await service.writer.run(
            "SELECT CASE kind WHEN 'evidence' THEN commitment ELSE kind END FROM entries ORDER BY index"
        ).map { try $0.text(0) }
    }

    /// What is asked of `handle` is answered as what is asked of nobody.
    private static func expectUnknown(
        _ service: RunningService, handle: String, session: String, grant: String
    ) async throws {
        for path in [
            "/v1/profiles/%@", "/v1/profiles/%@/facets", "/v1/profiles/%@/evidence", "/p/%@/bundle", "/p/%@/badge.svg",
            "/p/%@",
        ] {
            let erased = try await service.raw("GET", path.replacingOccurrences(of: "%@", with: handle))
            let absent = try await service.raw("GET", path.replacingOccurrences(of: "%@", with: "nobody"))
            #expect(erased.status == 404)
            func shape(_ response: ClientResponse) throws -> JSON {
                guard response.headers["Content-Type"] == "application/problem+json" else {
                    return .string(String(decoding: response.body, as: UTF8.self))
                }
                var members = try JSON(parsing: response.body).object ?? [:]
                members["instance"] = nil
                return .object(members)
            }
            #expect(try shape(erased) == shape(absent), "\(path)")
        }
        let read = try await service.call("GET", "/v1/grants/\(grant)").status
        #expect(read == 404)
        let me = try await service.call("GET", "/v1/me", token: session).status
        #expect(me == 401)
        let key = try await service.key(scope: "maintainer")
        func evaluation(_ login: String) async throws -> JSON {
            let question: JSON = ["account": ["platform": "github", "login": .string(login)]]
            var members = try await service.call("POST", "/v1/evaluate", question, token: key).json.object ?? [:]
            members["account"] = nil
            return .object(members)
        }
        let erased = try await evaluation(MadeUpArchive.maya.login)
        let nobody = try await evaluation("nobody-at-all")
        #expect(erased == nobody)
        let hits = try await service.call(
            "GET", "/v1/search?facet=reviewing", token: try await service.key(scope: "recruiter"))
        #expect(hits.json["developers"]?.array?.contains { $0["handle"]?.string == handle } == false)
    }

    /// The other's profile counts what it counted, names the erased person nowhere, and its bundle verifies whole.
    private static func expectWhole(
        _ service: RunningService, _ handle: String, session: String, before: JSON
    ) async throws {
        let profile = try await service.call("GET", "/v1/profiles/\(handle)").json
        let facets = { (profile: JSON) in
            (profile["facets"]?.array ?? []).map { [$0["n"], $0["level"], $0["counterparties"]] }
        }
        #expect(facets(profile) == facets(before))
        let bundle = try await service.raw("GET", "/p/\(handle)/bundle")
        let verification = Profiles.Bundle.verify(bundle.body, now: service.authority.now())
        #expect(verification.isValid, "\(verification)")
        let named = verification.claims?["credentialSubject"]?["evidence"]?.array?.count ?? 0
        let shown = try JSON(parsing: bundle.body)["disclosures"]?.array?.count
        #expect(named > 0 && shown == named, "every fact that is named can be shown")
        for path in ["/v1/profiles/\(handle)", "/v1/profiles/\(handle)/evidence?limit=200", "/p/\(handle)"] {
            let text = String(decoding: try await service.raw("GET", path).body, as: UTF8.self)
            for name in [MadeUpArchive.maya.login, "maya-before", String(MadeUpArchive.maya.id)] {
                #expect(!text.contains(name), "\(name) in \(path)")
            }
        }
        let export = try await service.call("GET", "/v1/me/export", token: session).json.canonical
        #expect(!export.contains(MadeUpArchive.maya.login))
    }

    /// The published ledger proves entries that lost their facts like any other.
    private static func expectProofs(_ service: RunningService, entries: Int) async throws {
        let lost = try await service.writer.run(
            """
            SELECT index FROM entries n WHERE kind = 'evidence'
                AND NOT EXISTS (SELECT FROM evidence e WHERE e.entry_index = n.index) ORDER BY index
            """
        ).map { try $0.int(0) }
        #expect(lost.count == 216 + 77)
        let stored = try await service.writer.ledgerHead()
        let head = TreeHead(try #require(stored))
        #expect(head.size == Int64(entries))
        for index in [lost[0], lost[lost.count / 2], Int64(entries - 1)] {
            let entry = try await service.call("GET", "/v1/ledger/entries/\(index)").json
            let leaf = try #require(LedgerEntry(parsing: entry["entry"]?.string ?? "")).leafHash
            let hashes = try (entry["hashes"]?.array ?? []).map { try #require(Digest(base64: $0.string ?? "")) }
            #expect(entry["size"]?.int == head.size, "what was erased is published")
            #expect(throws: Never.self) { try head.verifyInclusion(of: leaf, at: index, proof: hashes) }
        }
    }
}
