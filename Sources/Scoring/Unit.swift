import Reputation

/// What is counted once, and the facts that are about it: a change, an issue, a package.
struct Unit {
    /// What makes two facts be about the same unit, whichever of the subject's accounts did them.
    struct Key: Hashable, Comparable {
        let facet: Facet.Name
        let project: Mark<Project>
        let id: Mark<Evidence.Object>

        init(_ fact: Fact, facet: Facet.Name) {
            self.facet = facet
            self.project = fact.project
            self.id = fact.unit
        }

        static func < (left: Key, right: Key) -> Bool {
            if left.facet != right.facet { return left.facet.place < right.facet.place }
            if left.project != right.project { return left.project < right.project }
            return left.id < right.id
        }
    }

    /// Whether others confirm the work, or it was done in the subject's own projects.
    enum Standing { case independent, own }

    let key: Key
    let standing: Standing
    /// The facts that count, or for own work those that would.
    let members: [Judged]
    /// The weightiest of them; of equals the first.
    let best: Judged
    /// Distinct accounts that confirmed it, in order.
    let confirmers: [Mark<Account>]

    private init(key: Key, standing: Standing, members: [Judged], best: Judged) {
        self.key = key
        self.standing = standing
        self.members = members
        self.best = best
        self.confirmers = members.count == 1 ? best.confirmers : Set(members.flatMap(\.confirmers)).sorted()
    }

    /// The units among `judged`, in the order of their keys.
    static func grouping(_ judged: [Judged]) -> [Unit] {
        var keyed: [(key: Key, index: Int)] = []
        keyed.reserveCapacity(judged.count)
        for row in judged where row.exclusion == nil || row.exclusion == .selfOwned {
            if let key = row.unit { keyed.append((key, row.index)) }
        }
        keyed.sort { $0.key == $1.key ? $0.index < $1.index : $0.key < $1.key }
        var units: [Unit] = []
        var start = 0
        while start < keyed.count {
            var end = start + 1
            while end < keyed.count, keyed[end].key == keyed[start].key { end += 1 }
            units.append(Unit(keyed[start].key, rows: keyed[start..<end].map { judged[$0.index] }))
            start = end
        }
        return units
    }

    private init(_ key: Key, rows: [Judged]) {
        let counted = rows.filter { $0.exclusion == nil }
        let members = counted.isEmpty ? rows : counted
        var best = members[0]
        for row in members where row.value > best.value { best = row }
        self.init(key: key, standing: counted.isEmpty ? .own : .independent, members: members, best: best)
    }

    /// Per mille of a unit.
    var value: Int64 { self.best.value }
}

extension Facet.Name {
    /// Its place in the fixed order of facets.
    var place: Int {
        switch self {
        case .reviewing: 0
        case .contributing: 1
        case .triage: 2
        case .maintaining: 3
        case .design: 4
        case .security: 5
        }
    }
}
