import Reputation

/// What facts of several people can be about together: a change, a commit, an issue of one project.
public enum Matter {
    /// The mark of what a fact names as undone in `project`: a change as `#12`, anything else by its id.
    static func mark(of name: String, in project: Mark<Project>, by marking: Marking) -> Mark<Matter> {
        if name.first == "#", let number = UInt32(name.dropFirst()) { return self.mark(number: number, in: project) }
        return self.mark(unit: marking.unit(name), in: project)
    }

    static func mark(number: UInt32, in project: Mark<Project>) -> Mark<Matter> {
        Mark(bits: project.bits ^ (UInt64(number) &* 0x9E37_79B9_7F4A_7C15))
    }

    static func mark(unit: Mark<Evidence.Object>, in project: Mark<Project>) -> Mark<Matter> {
        Mark(bits: project.bits ^ unit.bits)
    }
}

extension Fact {
    /// What the fact is about, as other people's facts name it, too.
    public var matter: Mark<Matter> {
        self.number == 0
            ? Matter.mark(unit: self.unit, in: self.project) : Matter.mark(number: self.number, in: self.project)
    }
}

/// How facts bear on what other facts come to, whichever is known first. Facts stay as they are; what they come to is
/// worked out from all of them.
public enum Turn: Int16, Sendable, CaseIterable {
    /// It names the commit a change stood at, or that the change came to its end: a review before another commit was
    /// followed by a push.
    case change = 1
    /// An issue was sorted or closed: undone by a reopening.
    case triage = 2
    /// An issue was opened again.
    case reopening = 3
    /// A commit: undone by a revert.
    case commit = 4
    /// It takes back what it names (`Fact.undoes`).
    case revert = 5

    /// Those that it may turn.
    public var turned: [Turn] {
        switch self {
        case .change: [.change]
        case .reopening: [.triage]
        case .revert: [.change, .commit]
        case .triage, .commit: []
        }
    }
}

extension Fact {
    /// Where the fact stands to others that are about the same: each matter it has a part in, and which.
    public var turns: [(matter: Mark<Matter>, turn: Turn)] {
        var turns: [(matter: Mark<Matter>, turn: Turn)] = []
        switch self.kind {
        case .reviewGiven where self.revision != 0: turns.append((self.matter, .change))
        case .changeMerged where self.revision != 0 || self.number != 0: turns.append((self.matter, .change))
        case .changeDeclined where self.revision != 0: turns.append((self.matter, .change))
        case .issueTriaged: turns.append((self.matter, self.outcome == .reopened ? .reopening : .triage))
        case .commitAuthored: turns.append((self.matter, .commit))
        default: break
        }
        if let undoes = self.undoes { turns.append((undoes, .revert)) }
        return turns
    }

    /// What turns this fact, where anything can.
    public var turnedBy: Turn? {
        switch self.kind {
        case .reviewGiven: self.awaitsChange ? .change : nil
        case .changeMerged, .commitAuthored: .revert
        case .issueTriaged: self.outcome == .reopened ? nil : .reopening
        default: nil
        }
    }
}

/// `facts` with every review as later facts about its change let it appear, as far as they tell.
///
/// A review says which commit it saw. A later fact about the same change that names another one shows that the change was
/// pushed to in between, whoever reported it. And an archive tells a change's size only when it ends: then it shows that a
/// bare approval was of much in no time.
func settled(_ facts: [Fact], asOf: Day) -> [Fact] {
    guard facts.contains(where: { $0.awaitsChange }) else { return facts }
    struct Sight {
        let time: Instant
        let revision: UInt32
        let lines: Int64
    }
    var sights: [Mark<Matter>: [Sight]] = [:]
    for fact in facts where fact.turns.contains(where: { $0.turn == .change }) && fact.day <= asOf {
        let lines = (fact.measures[.additions] ?? 0) + (fact.measures[.deletions] ?? 0)
        sights[fact.matter, default: []].append(
            Sight(time: fact.occurredAt, revision: fact.revision, lines: fact.kind == .changeMerged ? lines : 0))
    }
    var facts = facts
    for index in facts.indices where facts[index].awaitsChange {
        let fact = facts[index]
        for sight in sights[fact.matter] ?? [] {
            let isAnother = sight.revision != 0 && fact.revision != 0 && sight.revision != fact.revision
            if sight.time > fact.occurredAt, isAnother { facts[index].measures[.authorPushedAfter] = 1 }
            if fact.isQuickApproval, sight.lines > 500 { facts[index].flags.insert(.rubberStamp) }
        }
    }
    return facts
}

extension Fact {
    /// Whether a fact about the change's end, or a later look at it, says more about this review.
    fileprivate var awaitsChange: Bool {
        guard self.kind == .reviewGiven, self.number != 0 || self.revision != 0 else { return false }
        return self.isQuickApproval || (self.revision != 0 && (self.measures[.authorPushedAfter] ?? 0) == 0)
    }

    /// An approval without a word, less than two minutes after the change was opened.
    fileprivate var isQuickApproval: Bool {
        guard self.kind == .reviewGiven, self.outcome == .approved, let latency = self.measures[.latency] else {
            return false
        }
        let remarks = (self.measures[.inlineComments] ?? 0) + (self.measures[.bodyLength] ?? 0)
        return latency < 120 && remarks == 0
    }
}

/// Days within which a revert undoes a change: what `reverted` means, whatever a model makes of it.
private let revertedWithinDays: Int64 = 30
/// How many reverts of reverts are looked at.
private let longestChain = 32

/// A change that was taken back soon after did not hold, unless the revert itself was taken back.
func withdrawReverted(_ judged: [Judged], asOf: Day) {
    var reverts: [Mark<Matter>: [Judged]] = [:]
    for row in judged where row.day <= asOf {
        if let undoes = row.fact.undoes { reverts[undoes, default: []].append(row) }
    }
    // A revert is later than what it undoes, so no chain of them comes back to where it began.
    func isReverted(_ fact: Fact, within days: Int64, chain: Int = 0) -> Bool {
        guard chain < longestChain else { return false }
        return (reverts[fact.matter] ?? []).contains { revert in
            revert.fact.occurredAt > fact.occurredAt && revert.day.number - fact.day.number <= days
                && !isReverted(revert.fact, within: Int64.max, chain: chain + 1)
        }
    }
    for index in judged.indices where judged[index].exclusion == nil {
        let fact = judged[index].fact
        guard fact.kind == .changeMerged || fact.kind == .commitAuthored else { continue }
        if isReverted(fact, within: revertedWithinDays) { judged[index].exclusion = .undone }
    }
}
