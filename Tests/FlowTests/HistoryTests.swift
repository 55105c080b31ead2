import CanonicalJSON
import HTTP
import Postgres
import Service
import Store
import Testing

/// Profiles that are kept fact by fact, from other moments, by other models, and row by row.
@Suite struct HistoryTests {
    private func stored(_ service: RunningService) async throws -> [String] {
        try await service.writer.run(
            "SELECT handle, document FROM developers WHERE document IS NOT NULL ORDER BY handle"
        )
        .map { try $0.text(0) + " " + $0.text(1) }
    }

    private func review(_ number: Int, by id: Int, of author: Int, login: String) -> JSON {
        guard case .object(var fact) = IngestTests.fact(number) else { return .null }
        func who(_ id: Int, _ login: String) -> JSON {
            ["platform": "github", "id": .string(String(id)), "login": .string(login), "kind": "user"]
        }
        fact["account"] = who(id, login)
        fact["project"] = ["platform": "github", "id": "70000", "name": "noor-made-up/tool-0"]
        fact["counterparties"] = [["account": who(author, "somebody-\(author)"), "role": "author"]]
        fact["measures"] = ["inline_comments": 2]
        return .object(fact)
    }

    /// Two developers; new facts about one of them and about strangers, in turns. What is stored then is what a rebuild
    /// writes, and what a rebuild writes from nothing.
    @Test func `a profile kept fact by fact is the profile rebuilt, byte for byte`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            _ = try await service.publish(MadeUpArchive.noor, as: "noor")
            let key = try await service.key(scope: "ingest")
            for turn in 0..<6 {
                let about = turn % 3 == 0 ? MadeUpArchive.maya : turn % 3 == 1 ? MadeUpArchive.noor : MadeUpArchive.pia
                for number in 0..<4 {
                    let answer = try await service.call(
                        "POST", "/v1/evidence",
                        self.review(turn * 10 + number, by: about.id, of: 5_000 + number % 3, login: about.login),
                        token: key)
                    #expect(answer.status == 201, "\(answer.json.canonical)")
                }
                try await service.background.refresher.turn()
            }
            let kept = try await self.stored(service)
            let first = try await Aggregate(authority: service.authority).rebuild(on: service.writer)
            let rebuilt = try await self.stored(service)
            #expect(kept == rebuilt, "a rebuild finds nothing to change")
            try await service.writer.run("UPDATE developers SET document = '{}' WHERE document IS NOT NULL")
            let again = try await Aggregate(authority: service.authority).rebuild(on: service.writer)
            #expect(first.digest == again.digest && first.developers == 2)
            let anew = try await self.stored(service)
            let (one, other) = (try anew.map(self.withoutLedger), try kept.map(self.withoutLedger))
            #expect(one == other, "from nothing, the same")
        }
    }

    private func withoutLedger(_ text: String) throws -> String {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard case .object(var members) = try JSON(parsing: parts[1].utf8) else { return "" }
        members["ledger"] = nil
        return "\(parts[0]) \(JSON.object(members).canonical)"
    }

    @Test func `briefs written anew are the briefs that came with their facts`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let statement: SQL = "SELECT md5(string_agg(brief, '' ORDER BY entry_index)), count(*) FROM briefs"
            let before = try await service.writer.run(statement)[0]
            let written = try await Briefs.rewrite(on: service.writer)
            let after = try await service.writer.run(statement)[0]
            let (digest, count, digestAfter) = (try before.text(0), try before.int(1), try after.text(0))
            #expect(digest == digestAfter)
            #expect(count == written && written > 200)
        }
    }

    @Test func `every row is explained, and what they are credited adds up`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            var rows: [JSON] = []
            var facets: [JSON] = []
            var path = "/v1/profiles/maya/explain?limit=50"
            while true {
                let answer = try await service.call("GET", path)
                #expect(answer.status == 200)
                rows += answer.json["rows"]?.array ?? []
                facets = answer.json["facets"]?.array ?? []
                guard let next = answer.json["next"]?.string else { break }
                path = "/v1/profiles/maya/explain?limit=50&cursor=\(next)"
            }
            let shown = try await service.call("GET", "/v1/profiles/maya/evidence?limit=200")
            #expect(rows.count == 216 && Set(rows.compactMap { $0["index"]?.int }).count == 216)
            #expect(
                (shown.json["evidence"]?.array ?? []).allSatisfy { fact in
                    rows.contains { $0["commitment"] == fact["commitment"] && $0["index"] == fact["index"] }
                })
            for facet in facets {
                let sum = rows.filter { $0["facet"] == facet["name"] }.reduce(0) {
                    $0 + ($1["credited_per_mille"]?.int ?? 0)
                }
                #expect(sum == facet["credited_per_mille"]?.int, "\(facet.canonical)")
            }
            #expect(rows.allSatisfy { $0["verdict"]?.string != "excluded" || $0["reason"]?.string != nil })
            let unknown = try await service.call("GET", "/v1/profiles/nobody/explain")
            #expect(unknown.status == 404)
            let bad = try await service.call("GET", "/v1/profiles/maya/explain?facet=charm")
            #expect(bad.status == 422 && bad.json["pointer"]?.string == "?facet")
        }
    }

    @Test func `a commit says whether it is signed by a key that its author has claimed`() async throws {
        try await RunningService.with { service in
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let claimed = try await service.writer.run("SELECT key_fingerprint FROM proofs")[0].text(0)
            let ingest = try await service.key(scope: "ingest")
            let signatures: [JSON?] = [
                ["state": "valid", "key": .string(claimed)], ["state": "valid", "key": "SHA256:another"],
                ["state": "invalid", "key": .string(claimed), "reason": "wrong_signature"], nil,
            ]
            for (number, signature) in signatures.enumerated() {
                let sent = self.review(number, by: MadeUpArchive.maya.id, of: 5_000, login: MadeUpArchive.maya.login)
                guard case .object(var fact) = sent else { return }
                fact["type"] = "commit_authored"
                fact["outcome"] = nil
                fact["signature"] = signature
                let answer = try await service.call("POST", "/v1/evidence", .object(fact), token: ingest)
                #expect(answer.status == 201, "\(answer.json.canonical)")
            }
            let explained = try await service.call("GET", "/v1/profiles/maya/explain")
            let rows = explained.json["rows"]?.array ?? []
            let told = rows.map { row in
                "\(row["signature"]?["state"]?.string ?? "none") \(row["signature"]?["claimed"] == .bool(true))"
            }
            #expect(told.sorted() == ["invalid true", "none false", "valid false", "valid true"])
        }
    }

    @Test func `a profile of an earlier day has what happened until then, and the difference names each row since`()
        async throws
    {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            func reviews(_ query: String) async throws -> Int64? {
                let answer = try await service.call("GET", "/v1/profiles/maya\(query)")
                return answer.json["facets"]?.array?.first { $0["name"]?.string == "reviewing" }?["n"]?.int
            }
            let (now, then) = (try await reviews(""), try await reviews("?as_of=2021-12-31"))
            #expect(now == 72 && then == 36)
            let present = try await service.call("GET", "/v1/profiles/maya?model=standing-1")
            let document = try await service.call("GET", "/v1/profiles/maya")
            #expect(present.json["facets"] == document.json["facets"])
            let diff = try await service.call(
                "GET", "/v1/profiles/maya/diff?from=2021-11-30&to=2022-03-01&facet=reviewing")
            let rows = diff.json["rows"]?.array ?? []
            #expect(rows.count { $0["from"] == .null } == 3, "the three reviews of that February")
            #expect(rows.filter { $0["from"] == .null }.allSatisfy { $0["to"]?["day"]?.string == "2022-02-14" })
            #expect(diff.json["facets"]?.array?.contains { $0["name"]?.string == "reviewing" } == true)
            let same = try await service.call("GET", "/v1/profiles/maya/diff?from=2022-03-01&to=2022-03-01")
            #expect(same.json["rows"]?.array == [] && same.json["facets"]?.array == [])
        }
    }

    @Test func `a profile of an earlier size is the one that was published at that size`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let session = try await service.publish(MadeUpArchive.maya, as: "maya")
            let before = try await service.call("GET", "/v1/profiles/maya")
            let size = before.json["ledger"]?["size"]?.int ?? 0
            let key = try await service.key(scope: "ingest")
            for number in 0..<9 {
                let fact = self.review(
                    number, by: MadeUpArchive.maya.id, of: 5_000 + number, login: MadeUpArchive.maya.login)
                _ = try await service.call("POST", "/v1/evidence", fact, token: key)
            }
            try await service.background.refresher.turn()
            let after = try await service.call("GET", "/v1/profiles/maya")
            #expect(after.json["facets"] != before.json["facets"])
            let then = try await service.call("GET", "/v1/profiles/maya?as_of=\(size)")
            #expect(then.json == before.json, "root, facets and all")
            let never = try await service.call("GET", "/v1/profiles/maya?as_of=999999999")
            #expect(never.status == 422)
            let hidden = try await service.call("POST", "/v1/me/hide", token: session)
            #expect(hidden.status == 200)
            let gone = try await service.call("GET", "/v1/profiles/maya?as_of=\(size)")
            #expect(gone.status == 404)
        }
    }

    @Test func `readers can ask for another model, and are told which one spoke`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let models = try await service.call("GET", "/v1/models")
            let names = models.json["models"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(names == ["standing-1", "plain-1"])
            for name in names {
                let model = try await service.call("GET", "/v1/models/\(name)")
                let profile = try await service.call("GET", "/v1/profiles/maya?model=\(name)")
                #expect(profile.status == 200)
                #expect(profile.json["model"] == model.json["model"])
            }
            let other = try await service.call("GET", "/v1/profiles/maya?model=plain-1")
            let usual = try await service.call("GET", "/v1/profiles/maya?model=standing-1")
            #expect(other.json["facets"] != usual.json["facets"])
            let unknown = try await service.call("GET", "/v1/profiles/maya?model=oracle-1")
            #expect(unknown.status == 422)
        }
    }
}
