import CanonicalJSON
import Connectors
import Foundation
import HTTP
import Postgres
import Reputation
import Service
import Store
import Synchronization
import TestSupport
import Testing

@Suite struct GitHubImportTests {
    private static func user(_ id: Int64, _ login: String) -> JSON {
        ["id": .int(id), "login": .string(login), "type": "User"]
    }

    private static let (mira, otto, lena) = (user(7001, "mira"), user(7002, "otto"), user(7003, "lena"))

    /// A made-up repository with three issues, two changes and a release.
    static func repository() -> [String: JSON] {
        func happened(_ name: String, _ who: JSON, _ day: Int) -> JSON {
            ["id": .int(Int64(day)), "event": .string(name), "actor": who, "created_at": .string(time(day))]
        }
        func time(_ day: Int) -> String { "2025-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z" }
        func item(_ number: Int64, _ day: Int, _ more: [String: JSON]) -> JSON {
            let members: [String: JSON] = [
                "id": .int(600 + number), "number": .int(number), "user": mira, "author_association": "NONE",
                "created_at": .string(time(1)), "updated_at": .string(time(day)), "closed_at": .string(time(day)),
                "state": "closed", "html_url": .string("https://github.com/northwind/anemometer/issues/\(number)"),
            ]
            return .object(members.merging(more) { $1 })
        }
        func said(_ who: JSON, _ day: Int) -> JSON {
            [
                "id": .int(Int64(100 + day)), "event": "commented", "user": who, "author_association": "MEMBER",
                "created_at": .string(time(day)), "body": "Indeed.",
            ]
        }
        let change: [String: JSON] = [
            "pull_request": [:], "merged": true, "merged_at": .string(time(5)), "merged_by": otto, "additions": 40,
            "deletions": 2, "closed_at": .string(time(5)),
        ]
        let review: JSON = [
            "id": 801, "user": otto, "state": "CHANGES_REQUESTED", "author_association": "MEMBER",
            "submitted_at": .string(time(3)), "body": "Units?",
        ]
        let pull = "/repos/northwind/anemometer/pulls"
        let issues = "/repos/northwind/anemometer/issues"
        let closed = item(1, 4, ["state_reason": "completed"])
        let (merged, declined) = (item(2, 5, change), item(3, 5, ["pull_request": [:], "merged": false]))
        return [
            "/repos/northwind/anemometer": [
                "id": 9001, "full_name": "northwind/anemometer", "private": false, "owner": user(9000, "northwind"),
            ],
            issues: [closed, merged, declined, item(4, 5, [:]), item(5, 6, [:])],
            "\(issues)/events": .array(
                (2...8).map { day in
                    .object(happened("labeled", otto, day).object!.merging(["issue": closed]) { $1 })
                }),
            "\(issues)/1/timeline": [
                happened("labeled", otto, 2), said(otto, 2), said(lena, 3), said(mira, 3), happened("closed", otto, 4),
            ],
            "\(issues)/2/timeline": [
                ["event": "committed", "sha": "00"],
                ["event": "reviewed", "id": 801],
                ["event": "line-commented", "comments": [["pull_request_review_id": 801]]],
                ["event": "committed", "sha": "01"], happened("merged", otto, 5), happened("closed", otto, 5),
            ],
            "\(issues)/3/timeline": [happened("closed", lena, 5)],
            "\(issues)/4/timeline": [happened("closed", mira, 5)],
            "\(issues)/5/timeline": [happened("closed", .null, 6)],
            "\(pull)/2": merged, "\(pull)/2/reviews": [review], "\(pull)/3": declined, "\(pull)/3/reviews": [],
            "/repos/northwind/anemometer/releases": [
                [
                    "id": 901, "author": otto, "prerelease": false, "draft": false,
                    "published_at": .string(time(7)), "html_url": "https://github.com/northwind/anemometer/releases/1",
                ]
            ],
        ]
    }

    private func bring(_ forge: LoopbackREST, _ service: RunningService) async throws -> ImportSummary {
        let (base, clock) = (forge.base, forge.clock)
        return try await service.bring {
            try GitHubRepository.open(
                "northwind/anemometer", base: base, token: "a made-up token", client: HTTPClient(), clock: clock,
                observedAt: $0, resumingAfter: $1)
        }.summary
    }

    @Test func `a repository is imported whole, and again nothing is asked for twice`() async throws {
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.repository())
            let first = try await self.bring(forge, service)
            #expect(first.isWhole, "\(first.quarantine) \(first.coverage)")
            #expect(
                first.evidence == [
                    "issue_triaged": 8, "issue_reported": 1, "change_merged": 1, "change_declined": 1,
                    "review_given": 1,
                    "release_published": 1, "design_discussion": 1,
                ])
            #expect(first.ignored["issue_closed_by_its_author"] == 1)
            #expect(first.ignored["triager_unknown"] == 1, "a deleted account closed it")
            #expect(first.coverage.first == Instant(rfc3339: "2025-03-01T10:00:00Z"))
            let facts = try await service.documents(of: forge)
            let review = try #require(facts.first { $0.contains("review_given") })
            for measure in [#""author_pushed_after":1"#, #""inline_comments":1"#, #""merged_after":1"#] {
                #expect(review.contains(measure))
            }
            let asked = forge.state.withLock { $0.requests }
            #expect(asked.allSatisfy { $0.headers["authorization"] == "Bearer a made-up token" })
            let again = try await self.bring(forge, service)
            #expect(again.isWhole)
            #expect(again.evidence.isEmpty)
            let second = forge.state.withLock { Array($0.requests.dropFirst(asked.count)) }
            #expect(
                second.filter { $0.headers["if-none-match"] != nil }.count == 2, "events and releases are unchanged")
            #expect(second.count < asked.count / 2)
        }
    }

    @Test func `limits, failures and cut answers cost time and nothing else`() async throws {
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.repository())
            let html = Array("<html><body>Unicorn!</body></html>".utf8)
            let secondary = Array(#"{"message":"You have exceeded a secondary rate limit."}"#.utf8)
            let reset = forge.state.withLock { $0.now } + 900
            forge.state.withLock {
                $0.faults = [
                    0: ScriptedServer.answer(secondary, status: "403 Forbidden", headers: [("Retry-After", "7")]),
                    2: ScriptedServer.answer(html, status: "502 Bad Gateway", headers: [("Content-Type", "text/html")]),
                    3: ScriptedServer.answer(secondary, status: "403 Forbidden"),
                    5: ScriptedServer.answer(Array(#"[{"id":1,"#.utf8), length: 4_000),
                    7: ScriptedServer.answer(Array(#"[{"id":1,"#.utf8)),
                    9: ScriptedServer.answer(
                        secondary, status: "429 Too Many Requests",
                        headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", String(reset))]),
                ]
            }
            let summary = try await self.bring(forge, service)
            #expect(summary.isWhole, "\(summary.coverage)")
            let waits = forge.state.withLock { $0.waits }
            #expect(waits.prefix(3) == [7, 1, 120], "told seconds, the first back-off, the second minute's double")
            #expect(waits.count == 6)
            #expect(forge.state.withLock { $0.now } == reset, "the last wait ended when the limit did")
            let disturbed = try await service.documents(of: forge)
            try await RunningService.with { other in
                let calm = try LoopbackREST(Self.repository())
                _ = try await self.bring(calm, other)
                let content = try await other.documents(of: calm)
                #expect(content == disturbed)
            }
        }
    }

    @Test func `cut off at any request it goes on, and the ledger is the same`() async throws {
        try await RunningService.expectToGoOn(
            every: 4, forge: { try LoopbackREST(Self.repository()) }, bring: { try await self.bring($0, $1) })
    }

    @Test func `a forge that answers HTML, leads elsewhere or in circles is refused by name`() async throws {
        let html = Array("<!DOCTYPE html><title>Sign in</title>".utf8)
        let elsewhere = [("Link", "<https://elsewhere.example/steal>; rel=\"next\"")]
        let faults: [([UInt8], String)] = [
            (ScriptedServer.answer(html), "the forge answered HTML, not JSON"),
            (ScriptedServer.answer(Array("[]".utf8), headers: elsewhere), "at another address than the API's"),
            (ScriptedServer.answer([], status: "401 Unauthorized"), "the token is not accepted"),
            (ScriptedServer.answer([], status: "403 Forbidden"), "the forge forbids it (403)"),
        ]
        for (fault, reason) in faults {
            try await RunningService.with { service in
                let forge = try LoopbackREST(Self.repository())
                forge.state.withLock { $0.faults = [1: fault] }
                let summary = try await self.bring(forge, service)
                #expect(summary.coverage.complete == false)
                #expect(summary.coverage.reason?.contains(reason) == true, "\(summary.coverage)")
            }
        }
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.repository())
            let circle = [("Link", "<\(forge.base)/repos/northwind/anemometer/events?page=7>; rel=\"next\"")]
            let page = ScriptedServer.answer(Array("[]".utf8), headers: circle)
            forge.state.withLock { $0.faults = Dictionary(uniqueKeysWithValues: (1...9).map { ($0, page) }) }
            let summary = try await self.bring(forge, service)
            #expect(summary.coverage.reason?.contains("the list has no end") == true, "\(summary.coverage)")
            #expect(forge.state.withLock { $0.requests.count } == 4, "found when the page comes again")
        }
        try await RunningService.with { service in
            let missing = try await self.bring(try LoopbackREST([:]), service)
            #expect(missing.coverage.reason?.contains("there is no such repository") == true)
        }
    }
}
