import CanonicalJSON
import Connectors
import Foundation
import HTTP
import Reputation
import Service
import Store
import Synchronization
import TestSupport
import Testing

@Suite struct ForgejoImportTests {
    private static func user(_ id: Int64, _ login: String) -> JSON { ["id": .int(id), "login": .string(login)] }

    private static let (mira, otto, lena) = (user(91, "mira"), user(92, "otto"), user(93, "lena"))
    private static let ghost = user(-1, "Ghost")

    private static func time(_ day: Int) -> JSON { .string("2025-03-\(day < 10 ? "0" : "")\(day)T10:00:00+01:00") }

    private static func event(_ id: Int64, _ type: String, _ who: JSON, _ day: Int, _ more: [String: JSON] = [:])
        -> JSON
    {
        .object(
            ["id": .int(id), "type": .string(type), "user": who, "created_at": self.time(day)].merging(more) { $1 })
    }

    private static func item(_ number: Int64, _ day: Int, _ more: [String: JSON]) -> JSON {
        .object(
            [
                "id": .int(700 + number), "number": .int(number), "user": mira, "created_at": self.time(1),
                "updated_at": self.time(day), "closed_at": self.time(day), "original_author": "", "body": "",
                "comments": 0,
                "html_url": .string("https://forge.example/wind/vane/issues/\(number)"),
            ]
            .merging(more) { $1 })
    }

    /// A made-up repository with three issues, two changes and a release.
    static func repository() -> [String: JSON] {
        let top = "/repos/wind/vane"
        let merged = item(
            2, 8,
            [
                "pull_request": [:], "merged": true, "merged_at": time(8), "merged_by": lena, "additions": 9,
                "deletions": 1,
            ])
        let declined = item(3, 7, ["pull_request": [:], "merged": false])
        let (triaged, taken) = (item(1, 7, [:]), item(4, 6, [:]))
        let migrated = item(5, 6, ["original_author": "somebody-elsewhere"])
        let closes: JSON = ["number": 2, "pull_request": ["merged": true, "merged_at": time(8)]]
        return [
            top: [
                "id": 11, "full_name": "wind/vane", "private": false, "internal": false, "owner": user(90, "wind"),
                "html_url": "https://forge.example/wind/vane",
            ],
            "/settings/api": ["max_response_items": 2],
            "\(top)/issues": [migrated, taken, declined, merged, triaged],
            "\(top)/issues/1": triaged, "\(top)/issues/4": taken, "\(top)/issues/5": migrated,
            "\(top)/pulls/2": merged, "\(top)/pulls/3": declined,
            "\(top)/issues/1/timeline": [
                event(1, "label", otto, 2, ["body": "1"]), event(2, "label", otto, 3, ["body": ""]),
                event(3, "pull_ref", mira, 3, ["ref_action": "closes", "ref_issue": closes]),
                event(4, "comment", otto, 4), event(5, "close", lena, 8),
            ],
            "\(top)/issues/2/timeline": [event(6, "pull_push", mira, 5), event(7, "merge_pull", lena, 8)],
            "\(top)/issues/3/timeline": [event(8, "close", otto, 7)],
            "\(top)/issues/4/timeline": [
                event(9, "assignees", otto, 3, ["assignee": otto]), event(10, "assignees", otto, 3, ["assignee": lena]),
                event(11, "milestone", lena, 4, ["milestone": ["id": 1]]), event(12, "close", ghost, 6),
            ],
            "\(top)/issues/5/timeline": [event(13, "close", otto, 6)],
            "\(top)/pulls/2/reviews": [
                ["id": 21, "user": otto, "state": "REQUEST_CHANGES", "submitted_at": time(4), "comments_count": 3],
                ["id": 22, "user": otto, "state": "APPROVED", "submitted_at": time(6), "comments_count": 0],
                ["id": 23, "user": lena, "state": "APPROVED", "submitted_at": time(6), "dismissed": true],
                ["id": 24, "user": lena, "state": "REQUEST_REVIEW", "submitted_at": time(6)],
            ],
            "\(top)/pulls/3/reviews": [],
            "\(top)/releases": [
                [
                    "id": 31, "author": otto, "prerelease": true, "draft": false, "published_at": time(9),
                    "html_url": "https://forge.example/wind/vane/releases/1",
                ]
            ],
        ]
    }

    private func bring(_ forge: LoopbackREST, _ service: RunningService) async throws -> ImportSummary {
        let (base, clock) = (forge.base, forge.clock)
        return try await service.bring {
            try ForgejoRepository.open(
                "wind/vane", base: base, token: "a made-up token", client: HTTPClient(), clock: clock, observedAt: $0,
                resumingAfter: $1)
        }.summary
    }

    @Test func `a repository is imported whole, and again nothing is asked for twice`() async throws {
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.repository())
            let first = try await self.bring(forge, service)
            #expect(first.isWhole, "\(first.quarantine) \(first.coverage)")
            #expect(
                first.evidence == [
                    "change_merged": 1, "change_declined": 1, "review_given": 3, "issue_triaged": 4,
                    "issue_reported": 1,
                    "release_published": 1,
                ])
            #expect(first.ignored["item_migrated"] == 1, "another forge's work is nobody's here")
            #expect(first.ignored["triager_unknown"] == 1, "a deleted account closed it")
            #expect(first.ignored["issue_taken_oneself"] == 1)
            #expect(first.ignored["review_pending"] == 1)
            let facts = try await service.documents(of: forge)
            let asked = try #require(facts.first { $0.contains("changes_requested") })
            for part in [#""author_pushed_after":1"#, #""inline_comments":3"#, #""merged_after":1"#] {
                #expect(asked.contains(part), "\(part) in \(asked)")
            }
            #expect(facts.contains { $0.contains(#""outcome":"dismissed""#) })
            #expect(facts.contains { $0.contains("issue_reported") && $0.contains(#""outcome":"completed""#) })
            let count = forge.state.withLock { $0.requests.count }
            let again = try await self.bring(forge, service)
            #expect(again.isWhole)
            #expect(again.evidence.isEmpty)
            #expect(forge.state.withLock { $0.requests.count } - count < count / 2)
        }
    }

    @Test func `cut off at any request it goes on, and the ledger is the same`() async throws {
        try await RunningService.expectToGoOn(
            every: 5, forge: { try LoopbackREST(Self.repository()) }, bring: { try await self.bring($0, $1) })
    }

    @Test func `limits, failures and what may not be read`() async throws {
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.repository())
            forge.state.withLock {
                $0.faults = [
                    1: ScriptedServer.answer([], status: "429 Too Many Requests", headers: [("Retry-After", "9")]),
                    3: ScriptedServer.answer([], status: "504 Gateway Timeout"),
                    5: ScriptedServer.answer(Array(#"[{"id":1,"#.utf8), length: 4_000),
                ]
            }
            let summary = try await self.bring(forge, service)
            #expect(summary.isWhole, "\(summary.coverage)")
            #expect(forge.state.withLock { $0.waits } == [9, 1, 1])
            let facts = try await service.documents(of: forge)
            #expect(facts.count == 11)
        }
        try await RunningService.with { service in
            var documents = Self.repository()
            documents["/repos/wind/vane"] = .object(
                (documents["/repos/wind/vane"]?.object ?? [:]).merging(["internal": true]) { $1 })
            let hidden = try await self.bring(try LoopbackREST(documents), service)
            #expect(hidden.coverage.reason?.contains("the repository is not public") == true)
            let missing = try await self.bring(try LoopbackREST([:]), service)
            #expect(missing.coverage.reason?.contains("there is no such repository") == true)
            documents = Self.repository()
            documents["/repos/wind/vane/pulls/3"] = ["id": 703, "user": Self.mira, "created_at": 12]
            let forge = try LoopbackREST(documents)
            forge.state.withLock { $0.faults = [2: ScriptedServer.answer(Array("<html>".utf8))] }
            let page = try await self.bring(forge, service)
            #expect(page.coverage.reason?.contains("the forge answered HTML, not JSON") == true)
            forge.state.withLock { $0.documents["/repos/wind/vane/pulls/3"] = ["created_at": "soon"] }
            let broken = try await self.bring(forge, service)
            #expect(broken.quarantine.first?.contains("change 3: created_at: not a time") == true)
            #expect(broken.coverage.complete)
        }
    }
}
