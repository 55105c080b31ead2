import Reputation

/// One fact with what the model thinks of it; an object, because units, facets and rates each look at it.
final class Judged {
    let fact: Fact
    /// Its position among the judged, which is the order of entries.
    let index: Int
    /// What is counted once: nil when the fact concerns no facet.
    let unit: Unit.Key?
    /// Per mille of a unit, if it counts.
    let value: Int64
    /// The part of the value that the confirmers' standing left, per mille.
    let weight: Int64
    /// Distinct accounts of other people that took part, in order.
    let confirmers: [Mark<Account>]
    /// Why it does not count; nil when it does.
    var exclusion: Exclusion?

    init(_ fact: Fact, index: Int, opinion: Opinion, exclusion: Exclusion?) {
        self.fact = fact
        self.index = index
        self.unit = opinion.facet.map { Unit.Key(fact, facet: $0) }
        self.value = opinion.value
        self.weight = opinion.weight
        self.confirmers = opinion.confirmers
        self.exclusion = exclusion
        self.day = fact.day
    }

    let day: Day
    var facet: Facet.Name? { self.unit?.facet }
}

/// Judges every fact, in the order of entries.
func judge(
    _ facts: [Fact], of subject: Set<Mark<Account>>, asOf: Day, model: Model, surroundings: Surroundings
) -> [Judged] {
    var judged: [Judged] = []
    judged.reserveCapacity(facts.count)
    var (triages, reverts) = (false, false)
    for fact in inOrder(settled(facts, asOf: asOf)) {
        let opinion = Opinion(fact, subject: subject, model: model, surroundings: surroundings)
        var exclusion = opinion.exclusion
        if !subject.contains(fact.account) {
            exclusion = .notTheSubject
        } else if fact.day > asOf {
            exclusion = .future
        } else if fact.isRepeated {
            exclusion = .duplicate
        }
        triages = triages || fact.kind == .issueTriaged
        reverts = reverts || fact.undoes != nil
        judged.append(Judged(fact, index: judged.count, opinion: opinion, exclusion: exclusion))
    }
    if triages { withdrawUndone(judged, asOf: asOf, model: model) }
    if reverts { withdrawReverted(judged, asOf: asOf) }
    admitCommits(judged)
    return judged
}

/// `facts` in the order of entries, in which they mostly come.
private func inOrder(_ facts: [Fact]) -> [Fact] {
    let isInOrder = facts.indices.dropFirst().allSatisfy { facts[$0 - 1].entry < facts[$0].entry }
    return isInOrder ? facts : facts.sorted { $0.entry < $1.entry }
}

/// An issue that was open again was not triaged: reopened by the subject whenever, or by somebody else soon after.
///
/// Others' reopenings are not the subject's evidence; they are known where the caller gives them along.
private func withdrawUndone(_ judged: [Judged], asOf: Day, model: Model) {
    var closings: [Unit.Key: [Int]] = [:]
    var reopenings: [Unit.Key: [Int]] = [:]
    for row in judged where row.fact.kind == .issueTriaged && row.day <= asOf {
        guard let unit = row.unit else { continue }
        if row.fact.outcome == .reopened {
            reopenings[unit, default: []].append(row.index)
        } else if row.exclusion == nil {
            closings[unit, default: []].append(row.index)
        }
    }
    for (unit, reopenings) in reopenings {
        let closings = closings[unit] ?? []
        guard let last = closings.map({ judged[$0].fact.occurredAt }).max() else { continue }
        let undoing = reopenings.contains { index in
            let isLater = judged[index].fact.occurredAt >= last
            let isOwn = judged[index].exclusion != .notTheSubject
            return isLater && (isOwn || judged[index].day.number - last.day.number <= model[.undone])
        }
        guard undoing else { continue }
        for index in closings { judged[index].exclusion = .undone }
    }
}

/// A commit whose committer is not known counts where the subject's other work shows that the project has others.
private func admitCommits(_ judged: [Judged]) {
    let lone = judged.filter { $0.fact.kind == .commitAuthored && $0.exclusion == .noCounterparty }.map(\.index)
    guard !lone.isEmpty else { return }
    let confirmed = Set(
        judged.filter { $0.exclusion == nil && !$0.confirmers.isEmpty }.map(\.fact.project))
    for index in lone where confirmed.contains(judged[index].fact.project) { judged[index].exclusion = nil }
}
