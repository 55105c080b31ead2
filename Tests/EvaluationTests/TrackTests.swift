import Foundation
import Reputation
import Testing

@testable import Evaluation

private let cutoff = Day(year: 2020, month: 1, day: 1)

/// A fact of `who` in a repository; `days` counts from the cutoff.
private func fact(
    _ kind: Evidence.Kind, _ who: String, days: Int64, outcome: Evidence.Outcome? = nil, with other: String? = nil,
    id: String = "c"
) -> Evidence {
    let moment = Instant(seconds: cutoff.start.seconds + days * 86_400)
    func account(_ address: String) -> Account {
        Account(
            key: Account.Key(platform: .email, id: address), login: "",
            kind: address.hasPrefix("bot") ? .bot : .user)
    }
    return Evidence(
        kind: kind, account: account(who), project: Project(platform: .git, id: "root", name: "kite"),
        object: Evidence.Object(id: "\(id) \(days) \(who)"), occurredAt: moment, observedAt: moment,
        counterparties: other.map { [Evidence.Counterparty(account: account($0), role: .author)] } ?? [],
        outcome: outcome,
        source: Evidence.Source(adapter: "git", class: .repository, locator: "kite", digest: ""))
}

private func commits(_ who: String, _ days: Int64...) -> [Evidence] {
    days.map { fact(.commitAuthored, who, days: $0) }
}

private func reviews(_ who: String, of author: String, _ days: ClosedRange<Int64>) -> [Evidence] {
    days.map { fact(.commitTrailer, who, days: $0, outcome: .reviewedBy, with: author) }
}

/// Ada commits and reviews and goes on reviewing; Ben and Cleo commit and stop; Dan did too little to be a case.
private let history =
    commits("ada@a", -300, -40, -3) + commits("ben@b", -900, -800, -700) + commits("cleo@c", -30, -20, -10)
    + commits("dan@d", -5, -4) + reviews("ada@a", of: "ben@b", -60 ... -50) + reviews("ada@a", of: "cleo@c", 1...12)
    + reviews("dan@d", of: "cleo@c", 1...30) + commits("bot@b", -9, -8, -7)

@Test func `cases are people with three acts before the cutoff; bots are none`() throws {
    let tracks = Tracks(history, cutoff: cutoff, mailmap: Mailmap())
    #expect(tracks.people.map(\.address) == ["ada@a", "ben@b", "cleo@c"])
    #expect(tracks.everybody == 4)
    #expect(tracks.laterReviewers == ["ada@a", "dan@d"])
}

@Test func `the later reviewer is found, and the single signals stand beside`() throws {
    let report = try evaluateTracks(history, cutoff: cutoff)
    let question = try #require(report.questions.first)
    #expect(question.sought == 1 && question.area == 1)
    #expect(question.signals.map(\.name) == Signal.allCases.map(\.rawValue))
    #expect(question.signals.first { $0.name == "tenure" }?.area == 1)
    #expect(question.signals.first { $0.name == "recency" }?.area == 1)
    #expect(report.questions.count == 1)
}

@Test func `how far the model is from the best single signal is told with what chance makes of it`() throws {
    // Of twenty who commit in turn, those with an odd number review on; nothing before the cutoff tells them apart.
    let people = (0..<20).map { "p\($0)@p" }
    let reviewers = people.indices.filter { $0 % 2 == 1 }.map { people[$0] }
    var crowd: [Evidence] = []
    for (number, person) in people.enumerated() {
        let day = -Int64(number)
        crowd += commits(person, day - 90, day - 60, day - 30)
    }
    for reviewer in reviewers { crowd += reviews(reviewer, of: "ada@a", 1...10) }
    let report = try evaluateTracks(crowd, cutoff: cutoff)
    let even = try #require(report.questions.first)
    let lead = try #require(even.lead)
    #expect(lead.low < 0 && lead.high >= 0, "\(lead)")
    #expect(lead.high - lead.low > 0.1, "twenty people tell little")
    // Who reviewed before goes on, and the model sees it as well as the best signal does.
    for reviewer in reviewers { crowd += reviews(reviewer, of: "ada@a", -50 ... -40) }
    let reviewed = try evaluateTracks(crowd, cutoff: cutoff)
    let plain = try #require(reviewed.questions.first)
    #expect(plain.area == 1 && plain.lead == Interval(low: 0, high: 0))
}

@Test func `nothing from the cutoff on reaches a score`() throws {
    let known = history.filter { $0.occurredAt < cutoff.start }
    let whole = Tracks(history, cutoff: cutoff, mailmap: Mailmap())
    let past = Tracks(known, cutoff: cutoff, mailmap: Mailmap())
    #expect(whole.people.map(\.track.acts) == past.people.map(\.track.acts))
    let scores = [whole, past].map { tracks in
        tracks.people.flatMap { [TrackModel.track1.recentScore($0.track), TrackModel.track1.longScore($0.track)] }
    }
    #expect(scores[0] == scores[1])
    // An act in the very moment of the cutoff is after it.
    let edge = Tracks(history + commits("dan@d", 0), cutoff: cutoff, mailmap: Mailmap())
    #expect(edge.people.count == 3)
}

@Test func `sign-offs and reviews of one's own commits are no acts`() throws {
    let facts = [
        fact(.commitTrailer, "ada@a", days: -5, outcome: .signedOffBy, with: "ben@b"),
        fact(.commitTrailer, "ada@a", days: -4, outcome: .reviewedBy, with: "ada@a"),
        fact(.commitTrailer, "ada@a", days: -3, outcome: .reviewedBy, with: "ben@b"),
    ]
    let acts = facts.compactMap { Track.Act($0, author: "ada@a", Mailmap()) }
    #expect(acts.map(\.others) == [["ben@b"]])
}

@Test func `a mailmap makes one person of two addresses, and a review of the other a review of oneself`() throws {
    let mailmap = Mailmap("Ada <ada@a> <ada@old>\n")
    let facts =
        commits("ada@old", -3, -2) + commits("ada@a", -1) + commits("ben@b", 1)
        + reviews("ada@old", of: "ada@a", 1...20)
    let tracks = Tracks(facts, cutoff: cutoff, mailmap: mailmap)
    #expect(tracks.people.map(\.address) == ["ada@a"])
    #expect(tracks.laterReviewers.isEmpty)
}

@Test func `the forms of a mailmap's lines are read, and others say nothing`() {
    let mailmap = Mailmap(
        """
        # people
        Ada Proper <ada@proper.org> <ADA@old.org>  # moved
        Ben Named <ben@b.org>
        <cleo@new.org> <cleo@old.org>
        Dan <dan@new.org> Daniel Old <shared@old.org>
        nonsense
        <open@x.org
        """)
    #expect(mailmap.address("ada@old.org") == "ada@proper.org")
    #expect(mailmap.address("cleo@old.org") == "cleo@new.org")
    #expect(mailmap.address("shared@old.org") == "shared@old.org")
    #expect(mailmap.address("ben@b.org") == "ben@b.org")
    #expect(mailmap.addresses(named: "Ben Named") == ["ben@b.org"])
}

@Test func `maintainers are read from the kernel's lines, from Markdown lists and from plain contacts`() {
    let maintainers = Maintainers(
        """
        Descriptions of section entries:
        \tM: Maintainer's Full Name <address@domain>
        KITE
        M:\tAda Proper <Ada@Old.org>
        L:\tlist@example.org (moderated for non-subscribers) <list@example.org>
        * **Ben Named** ([@ben](https://example.org/ben))
          - key: 0123 <key@example.org>
        - **Cleo**: docs
        Dan Plain <dan@d.org>
        # Someone <old@example.org>
        """)
    let mailmap = Mailmap("Ada Proper <ada@proper.org> <ada@old.org>\n")
    let authors: [String: Set<String>] = ["Ben Named": ["ben@b.org", "ben@c.org"], "Zoe": ["zoe@z.org"]]
    #expect(
        maintainers.addresses(mailmap, authors: authors)
            == ["ada@proper.org", "ben@b.org", "ben@c.org", "dan@d.org", "address@domain"])
}

@Test func `maintainers are a question of their own`() throws {
    let report = try evaluateTracks(
        history, cutoff: cutoff, maintainers: Maintainers("* **Ada** (x)"), authors: ["Ada": ["ada@a"]])
    let question = try #require(report.questions.last)
    #expect(report.questions.map(\.name) == ["later_reviewers", "maintainers"])
    #expect(question.sought == 1 && question.area == 1)
}

@Test func `a cutoff before or after everything is refused`() {
    #expect(throws: TrackError.nobodyBefore(Day(year: 2001, month: 1, day: 1))) {
        try evaluateTracks(history, cutoff: Day(year: 2001, month: 1, day: 1))
    }
    #expect(throws: TrackError.nothingAfter(Day(year: 2031, month: 1, day: 1))) {
        try evaluateTracks(history, cutoff: Day(year: 2031, month: 1, day: 1))
    }
}

@Test func `nobody sought is no area, in JSON null`() throws {
    let quiet = history.filter { $0.occurredAt < cutoff.start } + commits("ada@a", 5)
    let panel = TrackPanel([try evaluateTracks(quiet, cutoff: cutoff)])
    let json = try JSONSerialization.jsonObject(with: Data(panel.figures.json.utf8)) as? [String: Any]
    let areas = try #require(json?["auc"] as? [String: Any])
    #expect(areas["later_reviewers"] is NSNull && areas["maintainers"] is NSNull)
}

@Test func `of several cutoffs the means are quoted`() throws {
    let reports = try [cutoff, Day(number: cutoff.number - 15)].map { try evaluateTracks(history, cutoff: $0) }
    let panel = TrackPanel(reports)
    let areas = reports.compactMap { $0.questions[0].area }
    let mean = try #require(panel.means.first)
    #expect(mean.days == areas.count)
    #expect(mean.area == areas.reduce(0, +) / Double(areas.count))
    #expect(panel.table.contains("means over \(mean.days) cutoffs"))
}

@Test func `the order of the facts changes nothing`() throws {
    let plain = TrackPanel([try evaluateTracks(history, cutoff: cutoff)])
    let turned = TrackPanel([try evaluateTracks(history.reversed(), cutoff: cutoff)])
    #expect(plain.figures.json == turned.figures.json)
}

@Test func `the numbers of the view of tracks are pinned by their digest`() {
    #expect(TrackModel.track1.digest == "83a3cd783a62bc0c0e8ecaf2da3a207bdd102fe5250a63ec2f9759ee3bc53e56")
}
