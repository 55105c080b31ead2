import Connectors
import Decoding
import Foundation
import Reputation
import TestSupport
import Testing

/// The records of `lines`, read from a file.
private func records(_ lines: [String]) throws -> [Record] {
    let folder = try Folder()
    let path = try folder.write(lines.joined(separator: "\n").utf8, as: "2015-06-07-8.json")
    let (records, error) = drain(try GHArchive(path: path, observedAt: now))
    #expect(error == nil)
    return records
}

private func record(_ line: String) throws -> Record { try #require(try records([line]).first) }

private func fact(_ line: String) throws -> Evidence {
    let facts = try record(line).evidence
    #expect(facts.count == 1)
    return try #require(facts.first)
}

/// A line in the shape since 2015.
private func event(
    _ type: String, _ payload: String, actor: String = #"{"id": 7, "login": "mira"}"#,
    at time: String = "2015-06-07T08:09:10Z"
) -> String {
    #"{"id": "1", "type": "\#(type)", "actor": \#(actor), "created_at": "\#(time)", "public": true, "#
        + #""repo": {"id": 40, "name": "harbor/crane"}, "org": {"id": 9, "login": "harbor"}, "payload": \#(payload)}"#
}

/// A closed change of `ada` (5) against `harbor/crane`, opened 100 seconds before.
private func change(
    _ action: String = "closed", merged: Bool = true, author: String = #"{"id": 5, "login": "ada", "type": "User"}"#,
    by merger: String = #"{"id": 7, "login": "mira", "type": "User"}"#, additions: Int = 10, comments: Int = 2,
    fork: Bool = false, owner: Int = 9, id: String = "31", association: String = "CONTRIBUTOR"
) -> String {
    #"{"action": "\#(action)", "number": 3, "pull_request": {"id": \#(id), "number": 3, "title": "T", "user": \#(author), "#
        + #""body": "fünf ", "created_at": "2015-06-07T08:00:00Z", "closed_at": "2015-06-07T08:01:40Z", "#
        + #""merged_at": \#(merged ? #""2015-06-07T08:01:40Z""# : "null"), "merged": \#(merged), "#
        + #""merged_by": \#(merged ? merger : "null"), "author_association": "\#(association)", "#
        + #""html_url": "https://github.com/harbor/crane/pull/3", "additions": \#(additions), "deletions": 491, "#
        + #""changed_files": 4, "commits": 2, "comments": \#(comments), "review_comments": 0, "#
        + #""base": {"repo": {"id": 40, "full_name": "harbor/crane", "fork": \#(fork), "#
        + #""owner": {"id": \#(owner), "login": "harbor", "type": "Organization"}}}}}"#
}

@Test func `a change merged by somebody else is a fact about its author`() throws {
    let line = event("PullRequestEvent", change())
    let fact = try fact(line)
    #expect(fact.kind == .changeMerged)
    #expect(fact.account == Account(key: .init(platform: .github, id: "5"), login: "ada"))
    #expect(
        fact.project
            == Project(
                platform: .github, id: "40", name: "harbor/crane", owner: .init(platform: .github, id: "9")))
    #expect(fact.object == .init(id: "31", url: "https://github.com/harbor/crane/pull/3", number: 3))
    #expect(fact.occurredAt == Instant(rfc3339: "2015-06-07T08:01:40Z"))
    #expect(fact.observedAt == now)
    #expect(fact.counterparties.map(\.role) == [.merger])
    #expect(fact.counterparties.map(\.account.key.id) == ["7"])
    #expect(fact.association == .contributor)
    #expect(fact.outcome == .merged)
    #expect(
        fact.measures == [
            .additions: 10, .deletions: 491, .changedFiles: 4, .commits: 2, .comments: 2, .reviewComments: 0,
            .timeToMerge: 100, .bodyLength: 5,
        ])
    #expect(fact.flags.isEmpty)
    #expect(fact.source.adapter == "gharchive" && fact.source.class == .archive)
    #expect(fact.source.locator == "2015-06-07-8.json")
    let digest = try shell("printf %s \"$LINE\" | sha256sum", ["LINE": line])
    #expect(digest.hasPrefix(fact.source.digest) && fact.source.digest.count == 64)
}

@Test(
    arguments: [
        (change(by: #"{"id": 5, "login": "ada"}"#), .selfMerged),
        (change(by: #"{"id": 8, "login": "merge[bot]", "type": "Bot"}"#), .botCounterparty),
        (change(author: #"{"id": 49699333, "login": "dependabot[bot]"}"#), .botActor),
        (change(fork: true), .forkOnly),
        (change(owner: 5), .selfOwned),
        (change(additions: 9, comments: 0), nil),
        (change(additions: 10, comments: 0), .rubberStamp),
        (change(additions: 10, comments: 1), nil),
    ] as [(String, Evidence.Flag?)])
func `what weakens a merge is recorded and flagged, not dropped`(payload: String, flag: Evidence.Flag?) throws {
    #expect(try fact(event("PullRequestEvent", payload)).flags == Set([flag].compactMap { $0 }))
}

@Test func `a change closed unmerged is declined by somebody else or withdrawn by its author`() throws {
    let declined = try fact(event("PullRequestEvent", change(merged: false)))
    #expect(declined.kind == .changeDeclined && declined.outcome == .declined)
    #expect(declined.counterparties.map(\.role) == [.closer])
    #expect(declined.measures[.timeToMerge] == nil)
    let own = event("PullRequestEvent", change(merged: false), actor: #"{"id": 5, "login": "ada"}"#)
    #expect(try record(own).ignored == ["change_withdrawn_by_its_author"])
}

@Test(
    arguments: [
        ("Reverts harbor/crane#12", "#12"), ("Reverts #7\\n\\nIt broke the hook.", "#7"),
        ("Why.\\r\\nReverts Harbor/Crane#3", "#3"),
        ("Reverts harbor/winch#12", nil), ("Reverts harbor/crane#012", nil), ("Reverts harbor/crane#1234567890", nil),
        ("It Reverts harbor/crane#12", nil), ("Reverts a lot of #12", nil), ("", nil),
    ] as [(String, String?)])
func `a merged change says in GitHub's own words which one it reverts`(body: String, undone: String?) throws {
    func payload(_ title: String, merged: Bool = true) -> String {
        change(merged: merged).replacing(#""title": "T""#, with: #""title": "\#(title)""#)
            .replacing(#""body": "fünf ""#, with: #""body": "\#(body)""#)
    }
    #expect(try fact(event("PullRequestEvent", payload(#"Revert \"Lift\""#))).object.undoes == undone)
    #expect(try fact(event("PullRequestEvent", payload("Lift"))).object.undoes == nil)
    #expect(try fact(event("PullRequestEvent", payload(#"Revert \"Lift\""#, merged: false))).object.undoes == nil)
}

@Test func `facts about a change name the commit it stood at`() throws {
    let (one, two) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
    func at(_ payload: String) -> String {
        payload.replacing(#""number": 3, "title""#, with: #""number": 3, "head": {"sha": "\#(two)"}, "title""#)
    }
    #expect(try fact(event("PullRequestEvent", at(change()))).object.revision == two)
    let review = at(review("approved")).replacing(#""id": 77,"#, with: #""id": 77, "commit_id": "\#(one)","#)
    #expect(try fact(event("PullRequestReviewEvent", review)).object.revision == one)
    let odd = change().replacing(#""number": 3, "title""#, with: #""number": 3, "head": {"sha": "main"}, "title""#)
    #expect(try fact(event("PullRequestEvent", odd)).object.revision == nil)
}

@Test func `a change opened before 2015 has logins for actors, matched with the ids in its payload`() throws {
    func line(_ actor: String, merged: Bool) -> String {
        #"{"type": "PullRequestEvent", "actor": "\#(actor)", "actor_attributes": {"type": "User"}, "#
            + #""created_at": "2014-02-15T00:04:18-08:00", "repository": {"id": 40, "name": "crane", "owner": "harbor", "#
            + #""fork": false}, "payload": \#(change(merged: merged))}"#
    }
    let merged = try fact(line("mira", merged: true))
    #expect(merged.counterparties.map(\.account.key.id) == ["7"])
    #expect(merged.project.name == "harbor/crane")
    #expect(merged.project.owner?.id == "9")
    let declined = try fact(line("Mira", merged: false))
    #expect(declined.counterparties.map(\.account.key.id) == ["login:mira"])
    #expect(declined.counterparties.map(\.account.login) == ["Mira"])
    #expect(try record(line("Ada", merged: false)).ignored == ["change_withdrawn_by_its_author"])
}

@Test func `the normalised old shape carries its payload as text and UTC times without a zone`() throws {
    let payload = try #require(String(data: try JSONEncoder().encode(change()), encoding: .utf8))
    let line =
        #"{"type": "PullRequestEvent", "actor": {"login": "mira"}, "created_at": "2014-02-15 08:04:08", "#
        + #""repo": {"id": 40, "name": "crane", "url": "https://github.com/harbor/crane"}, "payload": \#(payload), "#
        + #""other": "{}"}"#
    #expect(try fact(line).project.name == "harbor/crane")
}

@Test func `a merge is the same fact whichever way it is reported`() throws {
    func fact(_ action: String) throws -> Evidence {
        var fact = try ConnectorsTests.fact(event("PullRequestEvent", change(action)))
        fact.source.digest = ""
        return fact
    }
    let before = try fact("closed")
    #expect(try fact("merged") == before)
    #expect(before.kind == .changeMerged)
}

@Test func `the trimmed shape does not say who wrote a change, and nobody is guessed`() throws {
    let trimmed =
        #"{"action": "ACTION", "number": 3, "pull_request": {"url": "u", "id": 31, "number": 3, "#
        + #""head": {"ref": "r", "sha": "s", "repo": {"id": 41, "url": "u", "name": "crane"}}, "#
        + #""base": {"ref": "r", "sha": "s", "repo": {"id": 40, "url": "u", "name": "crane"}}}}"#
    for action in ["merged", "closed"] {
        let line = event("PullRequestEvent", trimmed.replacing("ACTION", with: action), at: "2026-06-01T15:00:00Z")
        #expect(try record(line).ignored == ["change_author_unknown"])
    }
}

/// A review by `mira` (7) of the change of `ada`.
private func review(_ state: String, action: String = "created", by reviewer: String = #"{"id": 7, "login": "mira"}"#)
    -> String
{
    change().replacing(
        #"{"action": "closed","#,
        with: #"{"action": "\#(action)", "review": {"id": 77, "user": \#(reviewer), "#
            + #""state": "\#(state)", "body": null, "submitted_at": "2015-06-07T08:00:30Z", "#
            + #""html_url": "https://github.com/harbor/crane/pull/3#r77", "author_association": "MEMBER"},"#)
}

@Test(arguments: [
    ("approved", Evidence.Outcome.approved), ("APPROVED", .approved), ("commented", .commented),
    ("changes_requested", .changesRequested), ("dismissed", .dismissed),
])
func `a review is a fact about the reviewer, counted by the change`(state: String, outcome: Evidence.Outcome) throws {
    let fact = try fact(event("PullRequestReviewEvent", review(state)))
    #expect(fact.kind == .reviewGiven)
    #expect(fact.account.key.id == "7")
    let id = outcome == .dismissed ? "77:dismissed" : "77"
    #expect(fact.object == .init(id: id, unit: "31", url: "https://github.com/harbor/crane/pull/3#r77", number: 3))
    #expect(fact.outcome == outcome)
    #expect(fact.association == .member)
    #expect(fact.counterparties.map(\.role) == [.author])
    #expect(fact.counterparties.map(\.association) == [.contributor])
    #expect(fact.measures == [.latency: 30, .bodyLength: 0])
    #expect(fact.flags.isEmpty)
}

@Test func `a review of one's own change is flagged`() throws {
    let own = review("commented", by: #"{"id": 5, "login": "ada"}"#)
    #expect(try fact(event("PullRequestReviewEvent", own)).flags == [.selfReviewed])
}

@Test func `reviews that are pending, edited or in a state nobody knows are no reviews`() throws {
    #expect(try record(event("PullRequestReviewEvent", review("pending"))).ignored == ["review_pending"])
    #expect(
        try record(event("PullRequestReviewEvent", review("approved", action: "edited"))).ignored == ["review_edited"])
    #expect(
        try record(event("PullRequestReviewEvent", review("blessed"))).quarantined?.reason
            == #"payload.review.state: unknown state "blessed""#)
}

@Test func `a review comment stands for its review only until the archive has reviews`() throws {
    let payload = change().replacing(
        #"{"action": "closed","#,
        with: #"{"action": "created", "comment": {"id": 88, "user": {"id": 7, "login": "mira"}, "body": "why?", "#
            + #""created_at": "2015-06-07T09:00:00Z", "html_url": "https://github.com/harbor/crane/pull/3#d88"},"#)
    let fact = try fact(event("PullRequestReviewCommentEvent", payload, at: "2020-08-31T23:59:59Z"))
    #expect(fact.kind == .reviewGiven && fact.outcome == .commented)
    #expect(fact.object.unit == "31")
    #expect(fact.measures == [.inlineComments: 1, .bodyLength: 4, .latency: 3_600])
    let later = event("PullRequestReviewCommentEvent", payload, at: "2020-09-01T00:00:00Z")
    #expect(try record(later).ignored == ["review_comment_reported_with_its_review"])
    let old = event("PullRequestReviewCommentEvent", #"{"comment": {"id": 88, "user": {"id": 7, "login": "mira"}}}"#)
    #expect(try record(old).ignored == ["change_author_unknown"])
}

/// An issue of `ada`.
private func issue(_ action: String, reason: String = "null", more: String = "") -> String {
    #"{"action": "\#(action)", "issue": {"id": 60, "number": 2, "user": {"id": 5, "login": "ada"}, "comments": 3, "#
        + #""created_at": "2015-06-07T07:00:00Z", "closed_at": "2015-06-07T08:09:00Z", "state_reason": \#(reason), "#
        + #""author_association": "NONE", "html_url": "https://github.com/harbor/crane/issues/2"\#(more)}}"#
}

@Test func `closing another's issue is triage, and completing it credits who reported it`() throws {
    let closed = try fact(event("IssuesEvent", issue("closed")))
    #expect(closed.kind == .issueTriaged && closed.outcome == .closed)
    #expect(closed.account.key.id == "7")
    #expect(closed.object.unit == "60")
    #expect(closed.counterparties.map(\.role) == [.author])
    let reopened = try fact(event("IssuesEvent", issue("reopened")))
    #expect(reopened.outcome == .reopened)
    #expect(reopened.object.unit == "60" && reopened.object.id != closed.object.id)
    let completed = try record(event("IssuesEvent", issue("closed", reason: #""completed""#))).evidence
    #expect(completed.map(\.kind) == [.issueTriaged, .issueReported])
    #expect(completed.map(\.account.login) == ["mira", "ada"])
    #expect(completed.map(\.outcome) == [.completed, .completed])
    let notPlanned = try fact(event("IssuesEvent", issue("closed", reason: #""not_planned""#)))
    #expect(notPlanned.outcome == .notPlanned)
}

@Test(arguments: [
    (event("IssuesEvent", issue("closed"), actor: #"{"id": 5, "login": "ada"}"#), "issue_closed_by_its_author"),
    (event("IssuesEvent", issue("opened")), "issue_opened"),
    (event("IssuesEvent", #"{"action": "closed", "issue": 60, "number": 2}"#), "issue_author_unknown"),
    (event("IssuesEvent", issue("closed", more: #", "pull_request": {"html_url": "u"}"#)), "issue_is_a_change"),
    (event("IssuesEvent", issue("closed"), actor: #""mira""#), "account_without_id"),
    (event("PullRequestEvent", change("opened")), "change_opened"),
    (event("PullRequestEvent", change(author: "null")), "change_author_unknown"),
    (event("PullRequestEvent", change(author: #"{"login": "ada"}"#)), "account_without_id"),
    (event("ReleaseEvent", #"{"action": "edited", "release": {"id": 1}}"#), "release_edited"),
    (event("PushEvent", "{}"), "PushEvent"),
    (event("ForkApplyEvent", "{}"), "ForkApplyEvent"),
    (#"{"type": "GistEvent", "created_at": "2014-02-15T00:04:18-08:00", "payload": {}}"#, "event_without_actor"),
    (event("GistEvent", "{}", actor: #"{"login": ""}"#), "event_without_actor"),
    (
        #"{"type": "PullRequestEvent", "actor": "mira", "created_at": "2014-02-15T00:04:18-08:00", "payload": "#
            + #"{"action": "closed", "pull_request": {"id": 1}}}"#, "project_without_id"
    ),
])
func `what is no evidence says by which rule`(line: String, rule: String) throws {
    #expect(try record(line).ignored == [rule])
    #expect(try record(line).evidence.isEmpty)
}

@Test func `a release is a fact about who published it`() throws {
    func line(_ prerelease: Bool) -> String {
        event(
            "ReleaseEvent",
            #"{"action": "published", "release": {"id": 90, "author": {"id": 5, "login": "ada"}, "tag_name": "1", "#
                + #""prerelease": \#(prerelease), "published_at": "2015-06-07T08:09:09Z", "body": "notes", "#
                + #""html_url": "javascript:alert(1)"}}"#)
    }
    let fact = try fact(line(false))
    #expect(fact.kind == .releasePublished && fact.outcome == .published)
    #expect(fact.account.login == "ada")
    #expect(fact.measures == [.bodyLength: 5])
    #expect(fact.object.url == nil)
    #expect(try #require(try record(line(true)).evidence.first).outcome == .prerelease)
}

@Test(arguments: [
    ("nonsense", "not JSON"), ("[]", "the line: not an object"), (#"{"type": "PushEvent""#, "not JSON"),
    (#"{"type": "PushEvent"}"#, "created_at: missing"),
    (#"{"type": 1, "created_at": "2015-06-07T08:09:10Z"}"#, "type: not text"),
    (event("PushEvent", "{}", at: "yesterday"), "created_at: not a time"),
    (event("PullRequestEvent", change(id: #""31""#)), "payload.pull_request.id: not a whole number"),
    (event("PullRequestEvent", change(id: "-1")), "payload.pull_request.id: not an id"),
    (event("PullRequestEvent", change(additions: -1)), "payload.pull_request.additions: not a count"),
    (event("PullRequestEvent", change(additions: Int.max)), "payload.pull_request.additions: not a count"),
    (event("PullRequestEvent", "{}"), "payload.action: missing"),
    (
        event("PullRequestEvent", change(author: #"{"id": 5, "login": "a\u0000"}"#)),
        "payload.pull_request.user.login: not a name"
    ),
    (
        event("PullRequestEvent", change("exploded")),
        #"payload.action: PullRequestEvent has an unknown action "exploded""#
    ),
    (event("MagicEvent", "{}"), #"unknown event type "MagicEvent""#),
])
func `a record that makes no sense is put aside with its place and reason`(line: String, reason: String) throws {
    let all = try records([event("PushEvent", "{}"), line, event("WatchEvent", "{}")])
    #expect(all.map(\.position) == ["line 1", "line 2", "line 3"])
    #expect(all.map { $0.quarantined == nil } == [true, false, true])
    #expect(all[1].quarantined?.reason == reason)
    let digest = try shell("printf %s \"$LINE\" | sha256sum", ["LINE": line])
    #expect(digest.prefix(64) == all[1].quarantined?.digest ?? "")
}

@Test func `a cut archive gives its whole lines, puts the last aside and says what is missing`() throws {
    let folder = try Folder()
    let lines = (0..<50).map { event("PullRequestEvent", change(id: String($0 + 1), association: "ASSOC\($0 * $0)")) }
    _ = try folder.write((lines.joined(separator: "\n") + "\n").utf8, as: "a.json")
    try shell("gzip a.json && head -c 600 a.json.gz > b.json.gz", in: folder.path)
    let archive = try GHArchive(path: "\(folder.path)/b.json.gz", observedAt: now)
    let (records, error) = drain(archive)
    #expect((error as? ReadError)?.kind == .cut)
    #expect(records.count > 1)
    #expect(records.dropLast().allSatisfy { $0.evidence.count == 1 })
    #expect(records.last?.quarantined?.reason == "the line breaks off")
    #expect(!archive.coverage.complete)
    #expect(archive.coverage.reason?.contains("b.json.gz") == true)
    #expect(archive.coverage.reason?.contains(folder.path) == false)
}

@Test func `an import resumes after any record, and only in the same file`() throws {
    let folder = try Folder()
    let lines = (1...5).map { event("PullRequestEvent", change(id: String($0))) }
    let path = try folder.write(lines.joined(separator: "\n\n").utf8, as: "a.json")
    let (all, _) = drain(try GHArchive(path: path, observedAt: now))
    #expect(all.count == 5)
    for stop in 0...5 {
        let first = try GHArchive(path: path, observedAt: now)
        for _ in 0..<stop { _ = try first.next() }
        let rest = try GHArchive(path: path, observedAt: now, resumingAfter: first.cursor)
        #expect(drain(rest).records == Array(all.dropFirst(stop)))
    }
    let other = try folder.write("\(lines[0])\n".utf8, as: "b.json")
    let cursor = try GHArchive(path: path, observedAt: now).cursor
    #expect(throws: ReadError.self) { try GHArchive(path: other, observedAt: now, resumingAfter: cursor) }
    #expect(throws: ReadError.self) { try GHArchive(path: path, observedAt: now, resumingAfter: "junk") }
}

@Test func `coverage spans the events, the ignored ones included`() throws {
    let folder = try Folder()
    let lines = ["2015-06-07T08:00:00Z", "2015-06-07T07:00:00Z", "2015-06-07T09:00:00Z"].map {
        event("PushEvent", "{}", at: $0)
    }
    let archive = try GHArchive(
        path: try folder.write(lines.joined(separator: "\n").utf8, as: "a.json"), observedAt: now)
    _ = drain(archive)
    #expect(archive.coverage.from == Instant(rfc3339: "2015-06-07T07:00:00Z"))
    #expect(archive.coverage.to == Instant(rfc3339: "2015-06-07T09:00:00Z"))
    #expect(archive.coverage.n == 3 && archive.coverage.complete)
}

@Test func `no cut and no flipped bit of an event crashes the reader`() throws {
    let bytes = Array(event("PullRequestEvent", change()).utf8)
    let folder = try Folder()
    for position in bytes.indices {
        var flipped = bytes
        flipped[position] ^= 1 << UInt8(position % 7)
        let path = try folder.write(bytes[..<position] + [0x0A] + flipped + [0x0A], as: "a.json")
        let (records, error) = drain(try GHArchive(path: path, observedAt: now))
        #expect(error == nil)
        #expect(!records.isEmpty)
        if position > 0 { #expect(records[0].quarantined != nil) }
    }
}

@Test func `the first year's shape tells who acted and little else, and none of it is put aside`() throws {
    /// An event of 2011: ids in the API's shape, the timeline's payload.
    func line(_ type: String, _ payload: String) -> String {
        #"{"repo":{"id":40,"url":"https://api.github.dev/repos/harbor/crane","name":"harbor/crane"},"type":"\#(type)","#
            + #""org":{"gravatar_id":"00","id":9,"url":"https://api.github.dev/orgs/harbor","avatar_url":"https://a.example/0","#
            + #""login":"harbor"},"public":true,"created_at":"2011-02-12T00:00:00Z","payload":\#(payload),"#
            + #""actor":{"gravatar_id":"00","id":7,"url":"https://api.github.dev/users/mira","avatar_url":"https://a.example/7","#
            + #""login":"mira"},"id":"1127195475"}"#
    }
    let about = #""repo":"harbor/crane","actor":"mira","actor_gravatar":"00""#
    let change = #"{"title":"T","number":3,"commits":1,"deletions":4,"id":31,"issue_id":60,"additions":2}"#
    let read = try records([
        line(
            "PushEvent",
            #"{"shas":[["aa","a@example.org","m","Ada"]],"size":1,"ref":"refs/heads/master","head":"aa",\#(about)}"#),
        line("PullRequestEvent", #"{"number":3,"pull_request":\#(change),"action":"closed",\#(about)}"#),
        line("PullRequestEvent", #"{"number":3,"pull_request":\#(change),"action":"opened",\#(about)}"#),
        line("IssuesEvent", #"{"number":2,"action":"closed","issue":60,\#(about)}"#),
        line("FollowEvent", #"{"target":{"login":"ada","followers":1,"repos":2},\#(about)}"#),
        line("WatchEvent", #"{"action":"started",\#(about)}"#),
    ])
    #expect(
        tally(read) == [
            "PushEvent": 1, "change_author_unknown": 1, "change_opened": 1, "issue_author_unknown": 1, "FollowEvent": 1,
            "WatchEvent": 1,
        ])
}
