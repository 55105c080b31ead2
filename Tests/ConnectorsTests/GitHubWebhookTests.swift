import CanonicalJSON
import Crypto
import Foundation
import Reputation
import TestSupport
import Testing

@testable import Connectors

/// Made-up payloads in GitHub's shapes.
enum Payload {
    static func user(_ id: Int64, _ login: String, type: String = "User") -> JSON {
        ["id": .int(id), "login": .string(login), "type": .string(type)]
    }

    static let (mira, otto, lena) = (user(7001, "mira"), user(7002, "otto"), user(7003, "lena"))
    static let repository: JSON = [
        "id": 9001, "full_name": "northwind/anemometer", "private": false, "fork": false, "archived": false,
        "owner": user(9000, "northwind", type: "Organization"),
    ]

    static func change(_ more: [String: JSON] = [:], by author: JSON = mira) -> JSON {
        let members: [String: JSON] = [
            "id": 501, "html_url": "https://github.com/northwind/anemometer/pull/3", "user": author,
            "author_association": "CONTRIBUTOR", "created_at": "2026-01-01T10:00:00Z",
            "updated_at": "2026-01-01T12:00:00Z", "closed_at": .null, "merged_at": .null, "merged": false,
            "merged_by": .null, "additions": 30, "deletions": 4, "changed_files": 2, "comments": 1,
            "review_comments": 1, "commits": 1, "body": "Reads gusts.", "labels": [],
        ]
        return .object(members.merging(more) { $1 })
    }

    static func issue(_ more: [String: JSON] = [:]) -> JSON {
        let members: [String: JSON] = [
            "id": 601, "html_url": "https://github.com/northwind/anemometer/issues/4", "user": mira,
            "author_association": "NONE", "created_at": "2026-01-01T10:00:00Z", "updated_at": "2026-01-01T12:00:00Z",
            "closed_at": .null, "comments": 2,
        ]
        return .object(members.merging(more) { $1 })
    }

    static func made(_ members: [String: JSON], by sender: JSON = otto) -> [UInt8] {
        JSON.object(["repository": repository, "sender": sender].merging(members) { $1 }).canonicalBytes
    }
}

@Suite struct GitHubWebhookTests {
    private func parse(_ event: String, _ members: [String: JSON], by sender: JSON = Payload.otto) -> WebhookDelivery {
        GitHubWebhook.parse(event: event, body: Payload.made(members, by: sender), observedAt: now)
    }

    private func facts(_ delivery: WebhookDelivery) -> [Evidence] {
        if case .mapped(let mapped) = delivery.outcome { mapped.evidence } else { [] }
    }

    private func rules(_ delivery: WebhookDelivery) -> [String] {
        if case .mapped(let mapped) = delivery.outcome { mapped.ignored } else { [] }
    }

    @Test func `the signature is GitHub's own test vector, and no other body's, secret's or spelling's`() {
        let secret = HMACSHA256(key: Array("It's a Secret to Everybody".utf8))
        let body = Array("Hello, World!".utf8)
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(GitHubWebhook.verifies(signature, of: body, secret: secret))
        #expect(!GitHubWebhook.verifies(signature, of: body + [0x0A], secret: secret))
        #expect(!GitHubWebhook.verifies(signature, of: body, secret: HMACSHA256(key: Array("guess".utf8))))
        for wrong in ["", "sha256=", "sha1=757107ea", String(signature.dropFirst(7)), String(signature.dropLast(2))] {
            #expect(!GitHubWebhook.verifies(wrong, of: body, secret: secret), "\(wrong)")
        }
        for position in 7..<signature.utf8.count {
            var changed = Array(signature.utf8)
            changed[position] = changed[position] == 0x30 ? 0x31 : 0x30
            #expect(!GitHubWebhook.verifies(String(decoding: changed, as: UTF8.self), of: body, secret: secret))
        }
    }

    @Test func `a merge by somebody else is the author's fact`() throws {
        let change = Payload.change([
            "merged": true, "merged_at": "2026-01-01T12:00:00Z", "closed_at": "2026-01-01T12:00:00Z",
            "merged_by": Payload.otto, "body": "Reads gusts.\n\nAssisted-by: Helper:model",
        ])
        let delivery = self.parse("pull_request", ["action": "closed", "pull_request": change])
        let fact = try #require(self.facts(delivery).first)
        #expect(fact.kind == .changeMerged)
        #expect(fact.account.key == Account.Key(platform: .github, id: "7001"))
        #expect(fact.counterparties.map(\.account.login) == ["otto"])
        #expect(fact.measures[.timeToMerge] == 7_200)
        #expect(fact.measures[.additions] == 30)
        #expect(fact.flags == [.assistanceDisclosed])
        #expect(fact.source.class == .webhook)
        #expect(fact.object.id == "501", "the same object as every other source of GitHub's names")
        #expect(delivery.occurredAt == Instant(rfc3339: "2026-01-01T12:00:00Z"))
        let own = self.parse(
            "pull_request", ["action": "closed", "pull_request": Payload.change()], by: Payload.mira)
        #expect(self.rules(own) == ["change_withdrawn_by_its_author"])
    }

    @Test func `reviews, remarks and resolved threads are the reviewer's, never the author's own`() throws {
        let review: JSON = [
            "id": 801, "user": Payload.otto, "state": "changes_requested", "author_association": "MEMBER",
            "submitted_at": "2026-01-01T11:00:00Z", "body": "Units?", "html_url": "https://elsewhere.example/x",
        ]
        let given = self.parse(
            "pull_request_review", ["action": "submitted", "review": review, "pull_request": Payload.change()])
        let fact = try #require(self.facts(given).first)
        #expect(fact.kind == .reviewGiven)
        #expect(fact.outcome == .changesRequested)
        #expect(fact.association == .member)
        #expect(fact.measures[.latency] == 3_600)
        #expect(fact.object.unit == "501")
        #expect(fact.object.url == nil, "a link to another host is shown nowhere")
        let remark: JSON = ["id": 802, "user": Payload.mira, "created_at": "2026-01-01T11:00:00Z", "body": "ok"]
        let own = self.parse(
            "pull_request_review_comment",
            ["action": "created", "comment": remark, "pull_request": Payload.change()], by: Payload.mira)
        #expect(self.rules(own) == ["review_comment_by_the_changes_author"])
        let first: JSON = ["id": 803, "user": Payload.otto, "created_at": "2026-01-01T11:00:00Z", "body": "Units?"]
        let thread = self.parse(
            "pull_request_review_thread",
            ["action": "resolved", "thread": ["comments": [first, remark]], "pull_request": Payload.change()])
        #expect(self.facts(thread).first?.measures[.threadsResolved] == 1)
        #expect(self.facts(thread).first?.measures[.inlineComments] == 1)
    }

    @Test(arguments: [
        ("labeled", nil, Evidence.Outcome.labeled), ("assigned", nil, .assigned), ("milestoned", nil, .milestoned),
        ("transferred", nil, .transferred), ("reopened", nil, .reopened), ("closed", "completed", .completed),
        ("closed", "not_planned", .notPlanned), ("closed", "duplicate", .duplicate), ("closed", nil, .closed),
    ])
    func `triage is somebody else's click, and the issue is the unit`(
        action: String, reason: String?, outcome: Evidence.Outcome
    ) throws {
        let issue = Payload.issue(["state_reason": reason.map(JSON.string) ?? .null])
        let delivery = self.parse("issues", ["action": .string(action), "issue": issue])
        let fact = try #require(self.facts(delivery).first)
        #expect(fact.kind == .issueTriaged)
        #expect(fact.outcome == outcome)
        #expect(fact.account.login == "otto")
        #expect(fact.object.unit == "601")
        #expect(self.facts(delivery).map(\.kind).contains(.issueReported) == (outcome == .completed))
        let own = self.parse("issues", ["action": .string(action), "issue": issue], by: Payload.mira)
        // Who opens their own issue again says that it was not done.
        #expect(self.rules(own) == (action == "reopened" ? [] : ["issue_\(action)_by_its_author"]))
    }

    @Test func `an answer that somebody else marked names both who asked and who chose`() throws {
        let discussion: JSON = [
            "id": 701, "user": Payload.mira, "author_association": "NONE", "created_at": "2026-01-01T10:00:00Z",
            "answer_chosen_at": "2026-01-01T12:00:00Z", "answer_chosen_by": Payload.lena, "comments": 3,
        ]
        let answer: JSON = [
            "id": 702, "user": Payload.otto, "author_association": "MEMBER", "created_at": "2026-01-01T11:00:00Z",
            "body": "In knots.",
        ]
        let delivery = self.parse(
            "discussion", ["action": "answered", "discussion": discussion, "answer": answer], by: Payload.lena)
        let fact = try #require(self.facts(delivery).first)
        #expect(fact.kind == .designDiscussion)
        #expect(fact.outcome == .answered)
        #expect(fact.counterparties.map(\.account.login) == ["mira", "lena"])
        let said = self.parse(
            "discussion_comment", ["action": "created", "discussion": discussion, "comment": answer])
        #expect(self.facts(said).map(\.account.login) == ["otto", "mira"], "one with a role answered whoever asked")
        #expect(Set(self.facts(said).map(\.object.unit)) == ["discussion:701"])
    }

    @Test func `deleted accounts, programs, private repositories and unknown words are told apart`() throws {
        let ghost = self.parse(
            "pull_request", ["action": "closed", "pull_request": Payload.change(by: .null)])
        #expect(self.rules(ghost) == ["change_author_unknown"])
        let stand = self.parse(
            "pull_request",
            ["action": "closed", "pull_request": Payload.change(by: Payload.user(10_137, "ghost"))])
        #expect(self.rules(stand) == ["change_author_unknown"])
        let bot = self.parse(
            "pull_request",
            ["action": "closed", "pull_request": Payload.change(by: Payload.user(7009, "gust[bot]", type: "Bot"))])
        #expect(self.facts(bot).first?.flags == [.botActor])
        let hidden = self.parse(
            "pull_request",
            [
                "action": "closed", "pull_request": Payload.change(),
                "repository": .object(Payload.repository.object!.merging(["private": true]) { $1 }),
            ])
        #expect(self.rules(hidden) == ["private_repository"])
        for (event, action) in [("pull_request", "melted"), ("gale", "blown")] {
            let delivery = self.parse(event, ["action": .string(action), "pull_request": Payload.change()])
            guard case .quarantined(let record) = delivery.outcome else {
                Issue.record("\(event) \(action) was taken")
                continue
            }
            #expect(record.reason.contains("unknown"))
        }
    }

    @Test func `what is no payload is refused by name, and no cut or flipped one crashes`() {
        let wrong = [
            "", "[]", "<html><body>Unicorn!</body></html>", #"{"action":"closed","action":"closed"}"#,
            #"{"repository":9007199254740993}"#, String(repeating: "[", count: 100_000), "{\"a\":\"\u{D7FF}",
            #"{"action":"closed","repository":{"id":1.5,"full_name":"a/b"},"pull_request":{}}"#,
        ]
        for text in wrong {
            let delivery = GitHubWebhook.parse(event: "pull_request", body: Array(text.utf8), observedAt: now)
            guard case .quarantined(let record) = delivery.outcome else {
                Issue.record("\(text.prefix(40)) was taken")
                continue
            }
            #expect(!record.reason.isEmpty)
        }
        let body = Payload.made(["action": "closed", "pull_request": Payload.change()])
        for count in stride(from: 0, to: body.count, by: 3) {
            guard
                case .quarantined = GitHubWebhook.parse(
                    event: "pull_request", body: Array(body[..<count]), observedAt: now
                ).outcome
            else {
                Issue.record("cut at \(count) was taken")
                return
            }
            var flipped = body
            flipped[count] ^= 0x11
            _ = GitHubWebhook.parse(event: "pull_request", body: flipped, observedAt: now)
        }
    }

    @Test(.enabled(if: Recorded.isThere, "no recorded data beside the checkout"))
    func `every recorded payload is evidence or ignored by a named rule`() throws {
        let folder = try Folder()
        let data = try #require(Recorded.folder)
        try shell("tar xzf \(data)/webhooks/octokit-payload-examples-api.github.com.tar.gz", in: folder.path)
        let paths = try shell("find . -type f -name '*.json' | sort", in: folder.path).split(separator: "\n")
        #expect(paths.count == 273)
        var tally: [String: Int] = [:]
        for path in paths {
            let parts = path.split(separator: "/")
            let event = String(parts[parts.count - 2])
            let body = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(path)")))
            switch GitHubWebhook.parse(event: event, body: body, observedAt: now).outcome {
            case .quarantined(let record): Issue.record("\(path): \(record.reason)")
            case .mapped(let mapped):
                #expect(!mapped.evidence.isEmpty || !mapped.ignored.isEmpty, "\(path)")
                for fact in mapped.evidence { tally[fact.kind.rawValue, default: 0] += 1 }
                for rule in mapped.ignored { tally["rule", default: 0] += rule.isEmpty ? 0 : 1 }
            }
        }
        #expect(tally["review_given"] == 3)
        print("webhook payloads: \(tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })")
    }
}
