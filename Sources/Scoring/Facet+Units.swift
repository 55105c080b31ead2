import Reputation

extension Facet {
    /// The facet that `units` add up to; `judged` are all rows that concern it.
    init(_ name: Name, units: [Unit], judged: [Judged], asOf: Day, model: Model) {
        let counted = units.filter { $0.standing == .independent }
        let own = units.filter { $0.standing == .own }
        let scale = model[name]
        let rows = counted.flatMap(\.members)
        let whole = Fading(asOf: asOf, halfLife: nil, quarter: scale.quarter)
        let credited = credit(counted, fading: whole, scale: scale)
        self.init(
            name: name, level: Level(credited: credited, n: counted.count, scale: scale), n: counted.count,
            value: counted.map(\.value).reduce(0, +), credited: credited,
            excluded: judged.reduce(into: [:]) { counts, row in
                if let reason = row.exclusion, reason != .notTheSubject { counts[reason, default: 0] += 1 }
            },
            ownProjects: OwnWork(
                n: own.count, projects: Set(own.map(\.key.project)).count,
                counterparties: Set(own.flatMap(\.confirmers)).count),
            projects: Set(counted.map(\.key.project)).count,
            counterparties: Set(counted.flatMap(\.confirmers)).count, days: ClosedRange(days: rows.map(\.day)),
            recent: Recent(counted, asOf: asOf, scale: scale, model: model),
            longHorizon: Horizon(days: rows.map(\.day), gap: model[.gap]),
            rates: Rate.rates(of: name, counted: counted, judged: judged, model: model),
            evidence: counted.map(\.best).sorted { ($1.value, $0.row.commitment) < ($0.value, $1.row.commitment) }
                .prefix(Int(model[.listed])).map(\.row.commitment))
    }
}

extension Level {
    /// The level of what `n` units were credited.
    init(credited: Int64, n: Int, scale: Model.Scale) {
        guard n >= Int(scale.minimum) else {
            self = .insufficientEvidence(minimum: Int(scale.minimum))
            return
        }
        func level(_ credited: Int64) -> Int {
            Int((saturated(credited, half: scale.half, limit: 1_000_000) + 5_000) / 10_000)
        }
        let bounds = chance(credited, n: n)
        self = .measured(level(credited), interval: level(bounds.lowerBound)...level(bounds.upperBound))
    }
}

extension Recent {
    init(_ units: [Unit], asOf: Day, scale: Model.Scale, model: Model) {
        let halfLife = model[.halfLife]
        let quarter = scale.half * model[.recentQuarter] / 1_000
        let fading = Fading(asOf: asOf, halfLife: halfLife, quarter: quarter)
        self.n = units.count { $0.members.contains { $0.day.age(asOf: asOf) < 2 * halfLife } }
        self.level = Level(credited: credit(units, fading: fading, scale: scale), n: self.n, scale: scale)
    }
}

extension Rate {
    /// The rates that a facet has.
    static func rates(of facet: Facet.Name, counted: [Unit], judged: [Judged], model: Model) -> [Rate] {
        switch facet {
        case .contributing:
            let merged = Set(counted.filter { $0.members.contains { $0.evidence.kind == .changeMerged } }.map(\.key))
            let declined = Set(
                judged.filter { $0.evidence.kind == .changeDeclined && $0.exclusion == .notConfirmed }
                    .compactMap(\.unit)
            ).subtracting(merged)
            return Rate.stated(.acceptance, merged.count, merged.count + declined.count, model: model)
        case .reviewing:
            let bare = counted.count { $0.members.allSatisfy { $0.evidence.isBareReview(model) } }
            return Rate.stated(.substantive, counted.count - bare, counted.count, model: model)
        case .triage:
            let undone = Set(judged.filter { $0.exclusion == .undone }.compactMap(\.unit)).count
            return Rate.stated(.kept, counted.count, counted.count + undone, model: model)
        case .maintaining, .design, .security: return []
        }
    }

    /// Nothing where there was nothing to accept or refuse: a prior alone says nothing about anybody.
    private static func stated(_ name: Name, _ successes: Int, _ trials: Int, model: Model) -> [Rate] {
        trials == 0 ? [] : [Rate(name, successes: successes, trials: trials, model: model)]
    }
}
