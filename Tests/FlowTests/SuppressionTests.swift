import CanonicalJSON
import Connectors
import Foundation
import HTTP
import Postgres
import Reputation
import Service
import Store
import Testing

/// What was erased does not come back, unless the person does.
@Suite struct SuppressionTests {
    private static func erase(_ service: RunningService, _ session: String) async throws {
        let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: session)
        guard answer.status == 200 else { throw FlowFailure(answer: answer.json.canonical) }
    }

    @Test func `importing the same again brings nothing back`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: service.writer)
            try await Self.erase(service, maya)
            let head = try await service.writer.ledgerHead()
            let summary = try await service.importArchive(.withMayaEverywhere())
            #expect(summary.evidence.isEmpty)
            #expect(summary.ignored["erased_subject"] == 216)
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            let after = try await service.writer.ledgerHead()
            #expect(after == head, "facts about others are known, whoever they named")
        }
    }

    @Test func `a program that sends facts about the person is told to stop, and a batch skips them`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let key = try await service.key(scope: "ingest")
            try await Self.erase(service, maya)
            let one = try await service.call(
                "POST", "/v1/evidence", Self.fact(about: MadeUpArchive.maya, 1), token: key)
            #expect(one.status == 422)
            #expect(one.json["type"]?.string == "/problems/erased-subject")
            let lines = [
                Self.fact(about: MadeUpArchive.maya, 2),
                Self.fact(about: MadeUpArchive.pia, 3, with: MadeUpArchive.maya),
            ].map(\.canonical).joined(separator: "\n")
            let response = try await service.client.send(
                "POST", service.base + "/v1/evidence:batch",
                headers: ["Content-Type": "application/x-ndjson", "Authorization": "Bearer \(key)"],
                body: Array(lines.utf8))
            #expect(response.status == 200)
            let results = try JSON(parsing: response.body)["results"]?.array ?? []
            #expect(results.first == ["status": "ignored", "rule": "erased_subject"])
            #expect(results.last?["status"]?.string == "appended")
            let stored = try await service.writer.run(
                "SELECT document FROM evidence WHERE entry_index = \(results.last?["index"]?.int ?? -1)")[0].text(0)
            #expect(!stored.contains(MadeUpArchive.maya.login) && !stored.contains(String(MadeUpArchive.maya.id)))
            #expect(stored.contains(#""platform":"erased""#))
            let again = try await service.call(
                "POST", "/v1/evidence", Self.fact(about: MadeUpArchive.pia, 3, with: MadeUpArchive.maya), token: key)
            #expect(again.json["status"]?.string == "known", "without the person it is the same fact")
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
        }
    }

    @Test func `facts whose ids hold the name stay as many as they were`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let key = try await service.key(scope: "ingest")
            let ids = ["\(MadeUpArchive.maya.login)/1", "MAYA-BEFORE/1", "\(MadeUpArchive.maya.login)/2"]
            let facts = zip(
                ids, [MadeUpArchive.maya, (login: "maya-before", id: MadeUpArchive.maya.id)] + [MadeUpArchive.maya]
            )
            .map { id, other in
                var fact = Self.fact(about: MadeUpArchive.pia, 0, with: other).object ?? [:]
                fact["object"] = ["id": .string(id), "unit": .string(id)]
                return JSON.object(fact)
            }
            for fact in facts {
                let status = try await service.call("POST", "/v1/evidence", fact, token: key).status
                #expect(status == 201)
            }
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: service.writer)
            try await Self.erase(service, maya)
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            for fact in facts {
                let again = try await service.call("POST", "/v1/evidence", fact, token: key)
                #expect(again.json["status"]?.string == "known")
            }
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
        }
    }

    @Test func `an import that runs meanwhile leaves nothing behind`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: service.writer)
            let file = service.directory.appendingPathComponent("2024-12-02-0.json")
            var archive = MadeUpArchive.withMayaEverywhere()
            archive.again(times: 20)
            try archive.write(to: file.path)
            let importer = try await Connection.open(service.database)
            async let imported = Import(authority: service.authority).run(
                { try GHArchive(path: file.path, observedAt: $0, resumingAfter: $1) }, on: importer
            ) { _, _ in }
            try await Self.erase(service, maya)
            let (summary, _) = try await imported
            #expect(summary.ignored["erased_subject"] ?? 0 > 0)
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
        }
    }

    @Test func `whoever claims the account again is recorded again, and nobody else gets the handle`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            try await Self.erase(service, maya)
            let noor = try await service.claim(MadeUpArchive.noor)
            let taken = try await service.call("POST", "/v1/me/publish", ["handle": "maya"], token: noor)
            #expect(taken.status == 409)
            #expect(taken.json["type"]?.string == "/problems/handle-taken")
            let back = try await service.publish(MadeUpArchive.maya, as: "maya")
            let profile = try await service.call("GET", "/v1/profiles/maya").json
            #expect(profile["facets"]?.array?.allSatisfy { $0["n"] == 0 } == true, "what was erased stays erased")
            let summary = try await service.importArchive(.withMayaEverywhere())
            #expect(summary.evidence.values.reduce(0, +) == 216)
            let again = try await service.call("GET", "/v1/profiles/maya").json
            let reviewing = again["facets"]?.array?.first { $0["name"]?.string == "reviewing" }
            #expect(reviewing?["n"]?.int == 72)
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
            try await Self.erase(service, back)
            let gone = try await service.call("GET", "/v1/profiles/maya").status
            #expect(gone == 404)
            let once = try await service.erase.catchUp()
            #expect(once == 0)
        }
    }

    @Test func `what programs send about somebody who came back is told of the account there is now`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let key = try await service.key(scope: "ingest")
            func tell(_ number: Int) async throws {
                let fact = Self.fact(about: MadeUpArchive.maya, number)
                let answer = try await service.call("POST", "/v1/evidence", fact, token: key)
                #expect(answer.json["status"]?.string == "appended")
            }
            try await tell(1)
            try await Self.erase(service, maya)
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            try await tell(2)
            let accounts = try await service.writer.run(
                """
                SELECT a.login FROM evidence e LEFT JOIN accounts a ON a.id = e.account
                WHERE e.document LIKE '%made-up%' ORDER BY e.entry_index DESC LIMIT 1
                """)
            #expect(try accounts[0].textOrNil(0) == MadeUpArchive.maya.login)
        }
    }

    @Test func `a word that is neither handle nor account deletes nothing`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            for word in ["omar", "github/\(MadeUpArchive.omar.login)", MadeUpArchive.maya.login, "MAYA"] {
                let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": .string(word)], token: maya)
                #expect(answer.status == 422)
                #expect(answer.json["pointer"]?.string == "/confirm")
            }
            let there = try await service.call("GET", "/v1/profiles/maya").status
            #expect(there == 200)
            let named = try await service.call(
                "POST", "/v1/me/erasure", ["confirm": .string("github/\(MadeUpArchive.maya.login)")], token: maya)
            #expect(named.status == 200)
        }
    }

    @Test func `the operator forgets an account nobody claimed, and no other`() async throws {
        try await ErasureTests.withMaya { service, _, _ in
            let noor = Account.Key(platform: .github, id: String(MadeUpArchive.noor.id))
            let maya = Account.Key(platform: .github, id: String(MadeUpArchive.maya.id))
            await #expect(throws: EraseError.claimed) { try await service.erase.account(maya) }
            let head = try await service.writer.ledgerHead()
            let preview = try await service.erase.preview(noor)
            let unchanged = try await service.writer.ledgerHead()
            #expect(unchanged == head)
            let remains = try await Remains.of(MadeUpArchive.noor, on: service.writer)
            let erased = try await service.erase.account(noor)
            #expect(erased.document == preview.document)
            #expect(erased.document["facts"]?.int == 24)
            await #expect(throws: EraseError.alreadyErased) { try await service.erase.account(noor) }
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            let profile = try await service.call("GET", "/v1/profiles/maya").json
            let reviewing = profile["facets"]?.array?.first { $0["name"]?.string == "reviewing" }
            #expect(reviewing?["n"]?.int == 72, "reviews for somebody who was erased are reviews")
            #expect(reviewing?["projects"]?.int == 3)
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
        }
    }

    @Test func `a developer takes everything along before they go`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            _ = try await service.call("POST", "/v1/grants", ["audience": "Somebody"], token: maya)
            let export = try await service.call("GET", "/v1/me/export", token: maya).json
            #expect(export["handle"]?.string == "maya")
            #expect(export["facts"]?.array?.count == 216)
            #expect(export["proofs"]?.array?.count == 1)
            #expect(export["credentials"]?.array?.count == 1)
            #expect(export["grants"]?.array?.count == 1)
            #expect(export["sessions"]?.array?.count == 1)
            let fact = try #require(export["facts"]?.array?.first)
            let entry = try await service.call("GET", "/v1/ledger/entries/\(fact["index"]?.int ?? -1)").json
            #expect(entry["commitment"] == fact["commitment"])
            #expect(fact["fact"]?["account"]?["login"]?.string == MadeUpArchive.maya.login)
            let nobody = try await service.call("GET", "/v1/me/export").status
            #expect(nobody == 401)
        }
    }

    /// A review about `person`, which a program sends.
    private static func fact(
        about person: MadeUpArchive.Person, _ number: Int, with other: MadeUpArchive.Person = MadeUpArchive.omar
    ) -> JSON {
        func account(_ person: MadeUpArchive.Person) -> JSON {
            ["platform": "github", "id": .string(String(person.id)), "login": .string(person.login), "kind": "user"]
        }
        return [
            "v": 1, "type": "review_given", "account": account(person),
            "project": ["platform": "github", "id": "9001", "name": "northwind/anemometer"],
            "object": ["id": .string("relayed/\(number)"), "unit": .string("change/\(number)")],
            "occurred_at": "2025-03-01T10:00:00Z", "counterparties": [["account": account(other), "role": "author"]],
            "flags": [], "measures": [:], "outcome": "approved",
            "source": ["adapter": "relay", "class": "forge", "locator": "relay", "digest": "00"],
        ]
    }
}
