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

@Suite struct GitLabImportTests {
    private static func user(_ id: Int64, _ login: String) -> JSON {
        ["id": .int(id), "username": .string(login), "name": .string(login.capitalized), "state": "active"]
    }

    private static let (mira, otto, lena) = (user(71, "mira"), user(72, "otto"), user(73, "lena"))
    private static let ghost: JSON = ["id": 9, "username": "ghost1", "name": "Ghost User"]

    private static func time(_ day: Int) -> JSON { .string("2025-03-\(day < 10 ? "0" : "")\(day)T10:00:00.000Z") }

    private static func note(_ id: Int64, _ who: JSON, _ day: Int, _ more: [String: JSON]) -> JSON {
        .object(
            ["id": .int(id), "author": who, "created_at": self.time(day), "system": false, "body": "Indeed."]
                .merging(more) { $1 })
    }

    private static func did(_ id: Int64, _ who: JSON, _ day: Int, _ deed: String) -> JSON {
        self.note(id, who, day, ["system": true, "body": .string(deed)])
    }

    private static func item(_ number: Int64, _ day: Int, _ more: [String: JSON]) -> JSON {
        .object(
            [
                "id": .int(500 + number), "iid": .int(number), "author": mira, "created_at": self.time(1),
                "updated_at": self.time(day), "user_notes_count": 2, "description": "More wind.", "labels": [],
                "web_url": .string("https://gitlab.example/northwind/vane/-/issues/\(number)"),
            ]
            .merging(more) { $1 })
    }

    /// A made-up project with three merge requests, three issues and a release.
    static func project() -> [String: JSON] {
        let top = "/projects/northwind/vane"
        let merged = item(
            1, 8,
            [
                "state": "merged", "merged_at": time(8), "merge_user": lena, "merge_commit_sha": "c0ffee",
                "changes_count": "3",
            ])
        let declined = item(2, 9, ["state": "closed", "closed_at": time(9), "closed_by": otto])
        let old = item(3, 7, ["state": "merged", "merged_at": .null, "merged_by": .null])
        let issues = [
            item(1, 5, ["state": "closed"]), item(2, 6, ["state": "closed"]), item(3, 4, ["confidential": true]),
        ]
        return [
            top: [
                "id": 41, "path_with_namespace": "northwind/vane", "visibility": "public", "archived": false,
                "namespace": ["id": 7, "kind": "group", "path": "northwind"],
                "web_url": "https://gitlab.example/northwind/vane",
            ],
            "\(top)/members/all": [
                .object(otto.object!.merging(["access_level": 40, "created_at": time(1)]) { $1 }),
                .object(lena.object!.merging(["access_level": 50, "created_at": time(1)]) { $1 }),
            ],
            "\(top)/merge_requests": [merged, declined, old], "\(top)/merge_requests/1": merged,
            "\(top)/merge_requests/2": declined, "\(top)/merge_requests/3": old,
            "\(top)/merge_requests/1/notes": [
                note(11, otto, 3, ["type": "DiffNote", "resolvable": true, "resolved": true]),
                note(12, otto, 3, ["type": "DiffNote", "resolvable": true, "resolved": false]),
                note(13, mira, 4, ["type": "DiffNote"]), note(14, otto, 4, [:]), did(15, otto, 4, "requested changes"),
                did(16, otto, 6, "approved this merge request"), did(17, ghost, 6, "approved this merge request"),
                did(18, lena, 7, "approved this merge request"), did(19, lena, 7, "unapproved this merge request"),
            ],
            "\(top)/merge_requests/1/versions": [["created_at": time(5)], ["created_at": time(1)]],
            "\(top)/merge_requests/1/approvals": [
                "approved_by": [["user": otto, "approved_at": time(6)], ["user": lena]]
            ],
            "\(top)/merge_requests/2/notes": [], "\(top)/merge_requests/2/versions": [],
            "\(top)/merge_requests/3/notes": [did(31, otto, 9, "merged")],
            "\(top)/repository/commits/c0ffee": ["stats": ["additions": 40, "deletions": 2]],
            "\(top)/issues": .array(issues),
            "\(top)/issues/1/notes": [
                note(21, otto, 2, [:]), note(22, lena, 3, [:]), note(23, mira, 3, [:]),
                did(24, otto, 3, "assigned to @lena"), did(25, otto, 3, "assigned to @otto"),
                did(26, lena, 5, "closed"),
            ],
            "\(top)/issues/1/resource_state_events": [
                ["user": lena, "state": "closed", "created_at": time(5), "source_merge_request": ["iid": 1]]
            ],
            "\(top)/issues/1/resource_label_events": [
                ["user": otto, "action": "add", "created_at": time(2)],
                ["user": otto, "action": "remove", "created_at": time(3)],
            ],
            "\(top)/issues/2/notes": [did(28, mira, 6, "closed")], "\(top)/issues/3/notes": [],
            "\(top)/releases": [
                [
                    "tag_name": "v1.0", "author": otto, "released_at": time(7), "description": "The first.",
                    "_links": ["self": "https://gitlab.example/northwind/vane/-/releases/v1.0"],
                ]
            ],
        ]
    }

    private func bring(_ forge: LoopbackREST, _ service: RunningService) async throws -> ImportSummary {
        let (base, clock) = (forge.base, forge.clock)
        return try await service.bring {
            try GitLabProject.open(
                "northwind/vane", base: base, token: "a made-up token", client: HTTPClient(), clock: clock,
                observedAt: $0, resumingAfter: $1)
        }.summary
    }

    @Test func `a project is imported whole, and again nothing is asked for twice`() async throws {
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.project())
            let first = try await self.bring(forge, service)
            #expect(first.isWhole, "\(first.quarantine) \(first.coverage)")
            #expect(
                first.evidence == [
                    "change_merged": 2, "change_declined": 1, "review_given": 3, "issue_triaged": 3,
                    "issue_reported": 1,
                    "design_discussion": 1, "release_published": 1,
                ])
            #expect(first.ignored["reviewer_unknown"] == 1, "a deleted account approved")
            #expect(first.ignored["approval_without_a_time"] == 1)
            #expect(first.ignored["issue_closed_by_its_author"] == 1)
            #expect(first.ignored["issue_confidential"] == 1)
            #expect(first.ignored["issue_taken_oneself"] == 1)
            #expect(first.coverage.first == Instant(rfc3339: "2025-03-01T10:00:00Z"))
            let facts = try await service.documents(of: forge)
            let asked = try #require(facts.first { $0.contains("changes_requested") })
            for part in [#""author_pushed_after":1"#, #""inline_comments":2"#, #""threads_resolved":1"#, #""MEMBER""#] {
                #expect(asked.contains(part), "\(part) in \(asked)")
            }
            let approved = try #require(facts.first { $0.contains(#""outcome":"approved""#) })
            #expect(approved.contains(#""author_pushed_after":0"#))
            #expect(approved.contains(#""additions":40"#))
            #expect(facts.contains { $0.contains(#""outcome":"dismissed""#) })
            let count = forge.state.withLock { $0.requests.count }
            let again = try await self.bring(forge, service)
            #expect(again.isWhole)
            #expect(again.evidence.isEmpty)
            let second = forge.state.withLock { Array($0.requests.dropFirst(count)) }
            #expect(second.filter { $0.headers["if-none-match"] != nil }.count == 1, "releases are unchanged")
            #expect(second.count < count / 2)
        }
    }

    @Test func `limits, failures and cut answers cost time and nothing else`() async throws {
        let facts = try await self.facts { _ in }
        #expect(facts.count == 12)
        let disturbed = try await self.facts { state in
            state.faults = [
                0: ScriptedServer.answer(
                    [], status: "429 Too Many Requests",
                    headers: [("RateLimit-Remaining", "0"), ("RateLimit-Reset", String(state.now + 900))]),
                2: ScriptedServer.answer([], status: "503 Service Unavailable", headers: [("Retry-After", "30")]),
                4: ScriptedServer.answer(Array(#"[{"id":1,"#.utf8), length: 4_000),
                6: ScriptedServer.answer(Array(#"[{"id":1,"#.utf8)),
            ]
        }
        #expect(disturbed == facts)
    }

    private func facts(_ disturb: @Sendable @escaping (inout LoopbackREST.State) -> Void) async throws -> [String] {
        let found = Found()
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.project())
            forge.state.withLock { disturb(&$0) }
            let faults = forge.state.withLock { $0.faults.count }
            let summary = try await self.bring(forge, service)
            #expect(summary.isWhole, "\(summary.coverage)")
            let waits = forge.state.withLock { $0.waits }
            #expect(waits == (faults == 0 ? [] : [900, 30, 1, 1]))
            let facts = try await service.documents(of: forge)
            found.facts.withLock { $0 = facts }
        }
        return found.facts.withLock { $0 }
    }

    @Test func `cut off at any request it goes on, and the ledger is the same`() async throws {
        try await RunningService.expectToGoOn(
            every: 6, forge: { try LoopbackREST(Self.project()) }, bring: { try await self.bring($0, $1) })
    }

    @Test func `what may not be read is refused by name, what makes no sense put aside`() async throws {
        let top = "/projects/northwind/vane"
        let html = Array("<!DOCTYPE html><title>Sign in</title>".utf8)
        try await RunningService.with { service in
            let forge = try LoopbackREST(Self.project())
            forge.state.withLock { $0.faults = [1: ScriptedServer.answer(html)] }
            let summary = try await self.bring(forge, service)
            #expect(summary.coverage.reason?.contains("the forge answered HTML, not JSON") == true)
            forge.state.withLock { state in
                state.documents[top] = .object(
                    (state.documents[top]?.object ?? [:]).merging(["visibility": "internal"]) { $1 })
            }
            let hidden = try await self.bring(forge, service)
            #expect(hidden.coverage.reason?.contains("the project is not public") == true)
            let missing = try await self.bring(try LoopbackREST([:]), service)
            #expect(missing.coverage.reason?.contains("there is no such project") == true)
        }
        try await RunningService.with { service in
            var documents = Self.project()
            documents["\(top)/merge_requests/2"] = ["id": 502, "iid": 2, "state": "closed", "created_at": "soon"]
            let forge = try LoopbackREST(documents)
            forge.state.withLock { state in
                state.faults = [1: ScriptedServer.answer([], status: "403 Forbidden")]
            }
            let summary = try await self.bring(forge, service)
            #expect(summary.quarantine.count == 1)
            #expect(summary.quarantine.first?.contains("merge_requests 2: created_at: not a time") == true)
            #expect(summary.coverage.complete, "who has a role may not be seen, and the rest counts")
            #expect(summary.evidence["design_discussion"] == nil)
        }
    }
}
