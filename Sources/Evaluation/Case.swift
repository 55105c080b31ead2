public import Reputation

/// A change as it stood when it was proposed: all that a score may know of it.
///
/// What came of it is no part of this type, so that no score can look there.
public struct Submission: Hashable, Sendable {
    /// Where the case is in `Benchmark.cases`.
    public let position: Int
    /// Index into `Benchmark.projects`.
    public let project: Int
    /// Index into `Benchmark.requesters`.
    public let requester: Int
    /// When it was proposed.
    public let submittedAt: Instant

    /// A submission.
    public init(position: Int, project: Int, requester: Int, submittedAt: Instant) {
        self.position = position
        self.project = project
        self.requester = requester
        self.submittedAt = submittedAt
    }
}

/// What came of a change.
public struct Decision: Hashable, Sendable {
    /// When it was merged, or closed without.
    public let decidedAt: Instant
    /// Whether it was merged.
    public let isMerged: Bool

    /// A decision.
    public init(decidedAt: Instant, isMerged: Bool) {
        self.decidedAt = decidedAt
        self.isMerged = isMerged
    }
}

/// A labelled case: a submission and what came of it.
public struct Case: Hashable, Sendable {
    /// The case's number in its source.
    public let id: Int64
    /// What a score may know.
    public let submission: Submission
    /// The label; nil while nothing is decided.
    public var decision: Decision?
    /// How many changes the requester had proposed to the project before, by the source's own count.
    public let priorSubmissions: Int64
    /// Whether the source counts the requester to the project's main team.
    public let isMainTeam: Bool
    /// How many watched the project then; only other people's formulas read it.
    public let watchers: Int64

    /// A case.
    public init(
        id: Int64, submission: Submission, decision: Decision?, priorSubmissions: Int64, isMainTeam: Bool,
        watchers: Int64
    ) {
        self.id = id
        self.submission = submission
        self.decision = decision
        self.priorSubmissions = priorSubmissions
        self.isMainTeam = isMainTeam
        self.watchers = watchers
    }
}

/// Labelled cases in the order in which they were proposed.
public struct Benchmark: Sendable {
    /// The projects' names.
    public let projects: [String]
    /// The projects' languages as the source writes them, by project.
    public let languages: [String]
    /// The requesters' logins.
    public let requesters: [String]
    /// The cases; `cases[i].submission.position` is `i`.
    public let cases: [Case]
    /// Rows that were left out because they say that a change was decided before it was proposed.
    public let contradictory: Int

    /// A benchmark of `cases`, which must be in order of time and know their positions.
    public init(
        projects: [String], languages: [String], requesters: [String], cases: [Case], contradictory: Int = 0
    ) {
        precondition(languages.count == projects.count)
        precondition(cases.indices.allSatisfy { cases[$0].submission.position == $0 })
        precondition(
            zip(cases, cases.dropFirst()).allSatisfy { $0.submission.submittedAt <= $1.submission.submittedAt })
        self.projects = projects
        self.languages = languages
        self.requesters = requesters
        self.cases = cases
        self.contradictory = contradictory
    }

    /// What an onlooker knew when case `position` was proposed: the cases up to it, and of their decisions those made
    /// before that moment.
    public func known(at position: Int) -> Benchmark {
        let now = self.cases[position].submission.submittedAt
        let cases = self.cases[...position].map { earlier in
            var earlier = earlier
            if let decision = earlier.decision, decision.decidedAt >= now { earlier.decision = nil }
            return earlier
        }
        return Benchmark(
            projects: self.projects, languages: self.languages, requesters: self.requesters, cases: cases)
    }
}

extension Benchmark {
    /// Something that happened, as a replay meets it.
    enum Moment {
        case submitted(Submission)
        case decided(Submission, Decision)
    }

    /// Everything that happened, in order: before each submission the decisions made earlier than it, to the second;
    /// decisions after the last submission are left out, since nobody is scored after them.
    func replay(_ body: (Moment) -> Void) {
        let decided = self.cases.indices.filter { self.cases[$0].decision != nil }
            .sorted { (self.decidedAt($0), $0) < (self.decidedAt($1), $1) }
        var next = 0
        for one in self.cases {
            while next < decided.count, self.decidedAt(decided[next]) < one.submission.submittedAt {
                let past = self.cases[decided[next]]
                if let decision = past.decision { body(.decided(past.submission, decision)) }
                next += 1
            }
            body(.submitted(one.submission))
        }
    }

    private func decidedAt(_ position: Int) -> Instant {
        self.cases[position].decision?.decidedAt ?? Instant(seconds: .max)
    }
}
