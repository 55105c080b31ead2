public import Reputation
import Scoring

/// Measures `model` on the facts of one repository: who of those with three acts before `cutoff` reviews ten times or
/// more from that day on, and who is named in `maintainers`.
///
/// People are addresses as `mailmap` has them, bots left out; `authors` are the addresses that commit authors of a name
/// bore, which only names in `maintainers` need. Nothing from `cutoff` on reaches a score.
public func evaluateTracks(
    _ facts: [Evidence], cutoff: Day, mailmap: Mailmap = Mailmap(), maintainers: Maintainers? = nil,
    authors: [String: Set<String>] = [:], model: TrackModel = .track1
) throws(TrackError) -> TrackReport {
    let tracks = Tracks(facts, cutoff: cutoff, mailmap: mailmap)
    guard !tracks.people.isEmpty else { throw .nobodyBefore(cutoff) }
    guard tracks.after > 0 else { throw .nothingAfter(cutoff) }
    var questions = [
        tracks.question(
            "later_reviewers", label: "\(Tracks.manyReviews) or more Reviewed-by on others' commits from \(cutoff) on",
            sought: tracks.laterReviewers, view: .recent, model: model)
    ]
    if let maintainers {
        questions.append(
            tracks.question(
                "maintainers", label: "named in the MAINTAINERS file",
                sought: maintainers.addresses(mailmap, authors: authors), view: .long, model: model))
    }
    return TrackReport(
        model: (model.id, model.version, model.digest), cutoff: cutoff, first: tracks.first, last: tracks.last,
        before: tracks.before, after: tracks.after, people: tracks.people.count, everybody: tracks.everybody,
        questions: questions)
}

/// What everybody did in a repository before a day, and who reviewed after.
struct Tracks {
    /// Acts before the cutoff with which somebody is a case.
    static let enough = 3
    /// Reviews after it that make a later reviewer.
    static let manyReviews = 10

    /// A view of the model.
    enum View: String, CaseIterable { case recent, long }

    /// Somebody with enough acts.
    struct Person {
        let address: String
        let track: Track
        let facts: [Evidence]
    }

    let cutoff: Day
    /// In the order of their addresses.
    let people: [Person]
    let everybody: Int
    let laterReviewers: Set<String>
    let first, last: Day
    let before, after: Int

    init(_ facts: [Evidence], cutoff: Day, mailmap: Mailmap) {
        var known: [String: (acts: [Track.Act], facts: [Evidence])] = [:]
        var reviews: [String: Int] = [:]
        let days = facts.map(\.occurredAt.day)
        for fact in facts where fact.account.kind == .user {
            let address = mailmap.address(fact.account.key.id)
            guard let act = Track.Act(fact, author: address, mailmap) else { continue }
            if fact.occurredAt < cutoff.start {
                known[address, default: ([], [])].acts.append(act)
                known[address, default: ([], [])].facts.append(fact)
            } else if act.kind == .review {
                reviews[address, default: 0] += 1
            }
        }
        self.cutoff = cutoff
        self.everybody = known.count
        self.people = known.filter { $0.value.acts.count >= Tracks.enough }.sorted { $0.key < $1.key }.map {
            Person(address: $0.key, track: Track(acts: $0.value.acts, end: cutoff.start), facts: $0.value.facts)
        }
        self.laterReviewers = Set(reviews.filter { $0.value >= Tracks.manyReviews }.keys)
        self.first = days.min() ?? cutoff
        self.last = days.max() ?? cutoff
        self.before = days.count { $0 < cutoff }
        self.after = days.count - self.before
    }

    func question(
        _ name: String, label: String, sought: Set<String>, view: View, model: TrackModel
    ) -> TrackReport.Question {
        let labels = self.people.map { sought.contains($0.address) }
        let comparison = Comparison(labels: labels, groups: labels.map { _ in 0 })
        func area(_ scores: [Double]) -> Double? { comparison.areas(scores).pooled }
        let views = View.allCases.map { view in (view, self.people.map { view.score($0.track, model) }) }
        guard let scores = views.first(where: { $0.0 == view })?.1 else { preconditionFailure("a view is one of all") }
        let signals = Signal.allCases.map { signal in
            (name: signal.rawValue, scores: self.people.map { signal.value($0.track) })
        }
        let areas = signals.map { (name: $0.name, area: area($0.scores)) }
        let drawn = areasOfDraws(scores, labels)
        let best = TrackReport.best(areas).flatMap { best in signals.first { $0.name == best.name } }
        return TrackReport.Question(
            name: name, label: label, sought: labels.count { $0 }, area: area(scores),
            interval: Bootstrap.interval(drawn), view: "\(model.id)/\(model.version) \(view.rawValue)", signals: areas,
            lead: best.flatMap { best in
                Bootstrap.interval(
                    zip(drawn, areasOfDraws(best.scores, labels)).map { own, other in
                        own.flatMap { own in other.map { own - $0 } }
                    })
            },
            others: views.map { ("\(model.id)_\(model.version)_\($0.0.rawValue)", area($0.1)) }
                + self.facetScores.map { ($0.name, area($0.scores)) })
    }

    /// What the facets of standing/1 say of each person: credits before the level's rounding, so that people can be told
    /// apart; a facet of too little evidence ranks by what little there is.
    private var facetScores: [(name: String, scores: [Double])] {
        let assessments = self.people.map { person in
            assess(
                person.facts.map { (commitment: $0.object.id + ($0.outcome?.rawValue ?? ""), evidence: $0) },
                of: Set(person.facts.map(\.account.key)), asOf: Day(number: self.cutoff.number - 1))
        }
        return [
            ("standing_1_reviewing", assessments.map { Double($0[.reviewing].credited) }),
            ("standing_1_contributing", assessments.map { Double($0[.contributing].credited) }),
            ("standing_1_reviewing_recent", assessments.map { Double($0[.reviewing].recent.n) }),
            ("standing_1_longevity", assessments.map { Double($0.longevity.sustainedQuarters) }),
        ]
    }
}

extension Tracks.View {
    func score(_ track: Track, _ model: TrackModel) -> Double {
        switch self {
        case .recent: model.recentScore(track)
        case .long: model.longScore(track)
        }
    }
}

/// The area in each draw of people, nil in one that has none of those sought or nobody else; the same draws for any scores.
private func areasOfDraws(_ scores: [Double], _ labels: [Bool]) -> [Double?] {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var drawn: [Double?] = []
    Bootstrap.draws(scores.count) { times in
        var (right, merged, declined) = (0.0, 0.0, 0.0)
        var position = 0
        while position < order.count {
            let score = scores[order[position]]
            var (soughtHere, othersHere) = (0.0, 0.0)
            while position < order.count, scores[order[position]] == score {
                if labels[order[position]] {
                    soughtHere += times[order[position]]
                } else {
                    othersHere += times[order[position]]
                }
                position += 1
            }
            right += soughtHere * (declined + othersHere / 2)
            merged += soughtHere
            declined += othersHere
        }
        drawn.append(merged * declined > 0 ? right / (merged * declined) : nil)
    }
    return drawn
}
