import Reputation

/// One row of evidence with what the model thinks of it alone.
struct Judged {
    let evidence: Evidence
    /// Its position among the judged, which is the order of identities.
    let index: Int
    /// What is counted once: nil when the row concerns no facet.
    let unit: Unit.Key?
    /// Per mille of a unit, if it counts.
    let value: Int64
    /// Distinct accounts of other people that took part, in order.
    let confirmers: [Account.Key]
    var row: Row

    var day: Day { self.evidence.occurredAt.day }
    var exclusion: Exclusion? {
        if case .excluded(let reason) = self.row.verdict { reason } else { nil }
    }
}

/// Judges every row, in the order of identity, and then commitment.
func judge(
    _ evidence: some Sequence<(commitment: String, evidence: Evidence)>, of subject: Set<Account.Key>, asOf: Day,
    model: Model
) -> [Judged] {
    let sorted = evidence.map { (identity: $0.evidence.identity, commitment: $0.commitment, evidence: $0.evidence) }
        .sorted { ($0.identity, $0.commitment) < ($1.identity, $1.commitment) }
    var seen: Set<String> = []
    var judged: [Judged] = []
    judged.reserveCapacity(sorted.count)
    for (identity, commitment, evidence) in sorted {
        let opinion = Opinion(evidence, subject: subject, model: model)
        var exclusion = opinion.exclusion
        if !subject.contains(evidence.account.key) {
            exclusion = .notTheSubject
        } else if evidence.occurredAt.day > asOf {
            exclusion = .future
        } else if !seen.insert(identity).inserted {
            exclusion = .duplicate
        }
        judged.append(
            Judged(
                evidence: evidence, index: judged.count, unit: opinion.facet.map { Unit.Key(evidence, facet: $0) },
                value: opinion.value, confirmers: opinion.confirmers,
                row: Row(
                    commitment: commitment, identity: identity, facet: opinion.facet,
                    verdict: exclusion.map { .excluded($0) } ?? .counted(value: opinion.value))))
    }
    withdrawUndone(&judged, asOf: asOf, model: model)
    admitCommits(&judged, model: model)
    return judged
}

/// An issue that was open again was not triaged: reopened by the subject whenever, or by somebody else soon after.
///
/// Others' reopenings are not the subject's evidence; they are known where the caller gives them along.
private func withdrawUndone(_ judged: inout [Judged], asOf: Day, model: Model) {
    var closings: [Unit.Key: [Judged]] = [:]
    var reopenings: [Unit.Key: [Judged]] = [:]
    for row in judged where row.evidence.kind == .issueTriaged && row.day <= asOf {
        guard let unit = row.unit else { continue }
        if row.evidence.outcome == .reopened {
            reopenings[unit, default: []].append(row)
        } else if row.exclusion == nil {
            closings[unit, default: []].append(row)
        }
    }
    for (unit, reopenings) in reopenings {
        let closings = closings[unit] ?? []
        guard let last = closings.map(\.evidence.occurredAt).max() else { continue }
        let undoing = reopenings.contains { row in
            let isLater = row.evidence.occurredAt >= last
            let isOwn = row.exclusion != .notTheSubject
            return isLater && (isOwn || row.day.number - last.day.number <= model[.undone])
        }
        guard undoing else { continue }
        for row in closings { judged[row.index].row = row.row.with(.excluded(.undone)) }
    }
}

/// A commit whose committer is not known counts where the subject's other work shows that the project has others.
private func admitCommits(_ judged: inout [Judged], model: Model) {
    let confirmed = Set(
        judged.filter { $0.exclusion == nil && !$0.confirmers.isEmpty }.map { ProjectKey($0.evidence.project) })
    for row in judged where row.evidence.kind == .commitAuthored && row.exclusion == .noCounterparty {
        if confirmed.contains(ProjectKey(row.evidence.project)) {
            judged[row.index].row = row.row.with(.counted(value: row.value))
        }
    }
}

extension Row {
    func with(_ verdict: Verdict) -> Row {
        Row(commitment: self.commitment, identity: self.identity, facet: self.facet, verdict: verdict)
    }
}

/// A project without the name it bears at the time.
struct ProjectKey: Hashable, Comparable {
    let platform: Platform
    let id: String

    init(platform: Platform, id: String) {
        self.platform = platform
        self.id = id
    }

    init(_ project: Project) { self.init(platform: project.platform, id: project.id) }

    static func < (left: ProjectKey, right: ProjectKey) -> Bool {
        (left.platform, left.id) < (right.platform, right.id)
    }
}
