import Reputation

/// What is counted once, and the rows that are about it: a change, an issue, a package.
struct Unit {
    /// What makes two rows be about the same unit, whichever of the subject's accounts did them.
    struct Key: Hashable, Comparable {
        let facet: Facet.Name
        let project: ProjectKey
        let id: String

        /// Packages built from one source are one unit, and one project.
        init(_ evidence: Evidence, facet: Facet.Name) {
            self.facet = facet
            self.id = evidence.object.unit
            self.project =
                evidence.kind == .packageMaintained
                ? ProjectKey(platform: evidence.project.platform, id: evidence.object.unit)
                : ProjectKey(evidence.project)
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.facet.rawValue, left.project, left.id) < (right.facet.rawValue, right.project, right.id)
        }
    }

    /// Whether others confirm the work, or it was done in the subject's own projects.
    enum Standing { case independent, own }

    let key: Key
    let standing: Standing
    /// The rows that count, or for own work the rows that would.
    let members: [Judged]
    /// The weightiest of them; of equals the first.
    let best: Judged
    /// Distinct accounts that confirmed it.
    let confirmers: [Account.Key]

    private init(key: Key, standing: Standing, members: [Judged], best: Judged) {
        self.key = key
        self.standing = standing
        self.members = members
        self.best = best
        self.confirmers = Set(members.flatMap(\.confirmers)).sorted()
    }

    /// The units among `judged`, in the order of their keys.
    static func grouping(_ judged: [Judged]) -> [Unit] {
        var members: [Key: [Judged]] = [:]
        for row in judged where row.exclusion == nil || row.exclusion == .selfOwned {
            if let key = row.unit { members[key, default: []].append(row) }
        }
        return members.sorted { $0.key < $1.key }.compactMap { key, rows in
            let counted = rows.filter { $0.exclusion == nil }
            let members = counted.isEmpty ? rows : counted
            guard let best = members.max(by: { ($0.value, $1.index) < ($1.value, $0.index) }) else { return nil }
            return Unit(key: key, standing: counted.isEmpty ? .own : .independent, members: members, best: best)
        }
    }

    /// Per mille of a unit.
    var value: Int64 { self.best.value }
}
