import Glibc
import Reputation

/// What somebody did in one repository before a day.
struct Track {
    /// One act, and who else took part.
    struct Act: Hashable {
        enum Kind { case commit, review, endorsement, report }

        let kind: Kind
        let at: Instant
        let others: Set<String>
    }

    let acts: [Act]
    let end: Instant

    /// Acts, each weighing half after every half-life.
    func fadingActs(halfLife: Double) -> Double {
        self.acts.map { exp2(-self.days(since: $0.at) / halfLife) }.reduce(0, +)
    }

    func count(_ kind: Act.Kind) -> Int { self.acts.count { $0.kind == kind } }

    var reviewsOfLastYear: Int { self.acts.count { $0.kind == .review && self.days(since: $0.at) < 365 } }

    /// Distinct others whose commits somebody reviewed, acknowledged or tested.
    var reviewedPeople: Int {
        Set(self.acts.filter { $0.kind == .review || $0.kind == .endorsement }.flatMap(\.others)).count
    }

    /// Distinct others who took part.
    var counterparties: Int { Set(self.acts.flatMap(\.others)).count }

    /// Days since the last act.
    var idle: Double { self.acts.map { self.days(since: $0.at) }.min() ?? .infinity }

    /// Days between the first act and the last.
    var tenure: Double { (self.acts.map { self.days(since: $0.at) }.max() ?? 0) - (self.acts.isEmpty ? 0 : self.idle) }

    /// Distinct quarters of the calendar with an act.
    var quarters: Int { Set(self.acts.map(\.at.day.quarter)).count }

    private func days(since moment: Instant) -> Double { Double(self.end.seconds - moment.seconds) / 86_400 }
}

extension Track.Act {
    /// What the fact says its account did; nil for what is no act of its own: a sign-off goes with another act, and a
    /// review of one's own commit is none.
    init?(_ fact: Evidence, author: String, _ mailmap: Mailmap) {
        let kind: Kind
        switch (fact.kind, fact.outcome) {
        case (.commitAuthored, _): kind = .commit
        case (.commitTrailer, .reviewedBy?): kind = .review
        case (.commitTrailer, .ackedBy?), (.commitTrailer, .testedBy?): kind = .endorsement
        case (.commitTrailer, .reportedBy?): kind = .report
        case (.commitTrailer, .coAuthoredBy?): kind = .commit
        default: return nil
        }
        let others = Set(fact.counterparties.map { mailmap.address($0.account.key.id) })
        guard kind == .commit || !others.contains(author) else { return nil }
        self.init(kind: kind, at: fact.occurredAt, others: others.subtracting([author]))
    }
}

/// A single fact about a track, as a score.
enum Signal: String, CaseIterable {
    case commits = "commit_count"
    case reviews = "review_count"
    case acts = "act_count"
    case tenure
    case recency
    case quarters = "active_quarters"
    case counterparties
    case reviewsOfLate = "reviews_of_the_last_year"

    func value(_ track: Track) -> Double {
        switch self {
        case .commits: Double(track.count(.commit))
        case .reviews: Double(track.count(.review))
        case .acts: Double(track.acts.count)
        case .tenure: track.tenure
        case .recency: -track.idle
        case .quarters: Double(track.quarters)
        case .counterparties: Double(track.counterparties)
        case .reviewsOfLate: Double(track.reviewsOfLastYear)
        }
    }
}
