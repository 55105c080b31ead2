import Reputation

extension Facet {
    /// The facet that `units` add up to, and what each of its independent units was credited over the whole life, by the
    /// index of its best fact; `judged` are all facts that concern it.
    static func summed(
        _ name: Name, units: [Unit], judged: [Judged], asOf: Day, model: Model, surroundings: Surroundings
    ) -> (facet: Facet, shares: [Int: Int64]) {
        let counted = units.filter { $0.standing == .independent }
        let own = units.filter { $0.standing == .own }
        let scale = model[name]
        let days = counted.flatMap { $0.members.map(\.day) }
        let whole = Fading(asOf: asOf, halfLife: nil, quarter: scale.quarter)
        let credit = credit(counted, fading: whole, scale: scale)
        let facet = Facet(
            name: name, level: Level(credited: credit.total, n: counted.count, scale: scale), n: counted.count,
            value: counted.map(\.value).reduce(0, +), credited: credit.total,
            excluded: judged.reduce(into: [:]) { counts, row in
                if let reason = row.exclusion, reason != .notTheSubject { counts[reason, default: 0] += 1 }
            },
            ownProjects: OwnWork(
                n: own.count, projects: distinct(own.map(\.key.project)),
                counterparties: distinct(own.flatMap(\.confirmers))),
            projects: distinct(counted.map(\.key.project)), counterparties: distinct(counted.flatMap(\.confirmers)),
            days: ClosedRange(days: days), recent: Recent(counted, asOf: asOf, scale: scale, model: model),
            longHorizon: Horizon(days: days, gap: model[.gap]),
            rates: Rate.rates(of: name, counted: counted, judged: judged, model: model, surroundings: surroundings),
            evidence: counted.map(\.best).sorted { ($1.value, $0.fact.entry) < ($0.value, $1.fact.entry) }
                .prefix(Int(model[.listed])).map(\.fact.entry))
        return (facet, Dictionary(uniqueKeysWithValues: zip(counted.map(\.best.index), credit.shares)))
    }
}

/// How many different ones there are.
func distinct(_ values: [some Hashable]) -> Int {
    guard values.count <= 16 else { return Set(values).count }
    // Few are compared quicker than hashed.
    return values.indices.count { !values[..<$0].contains(values[$0]) }
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
        self.level = Level(credited: credit(units, fading: fading, scale: scale).total, n: self.n, scale: scale)
    }
}

extension Rate {
    /// The rates that a facet has.
    static func rates(
        of facet: Facet.Name, counted: [Unit], judged: [Judged], model: Model, surroundings: Surroundings
    ) -> [Rate] {
        switch facet {
        case .contributing:
            let merged = counted.filter { $0.members.contains { $0.fact.kind == .changeMerged } }.map(\.key)
            let declined = Set(
                judged.filter { $0.fact.kind == .changeDeclined && $0.exclusion == .notConfirmed }.compactMap(\.unit)
            ).subtracting(merged)
            let prior = surroundings.prior(for: merged + Array(declined), of: .acceptance, model: model)
            return Rate.stated(.acceptance, merged.count, merged.count + declined.count, prior: prior)
                + self.stood(counted, judged, model: model, surroundings: surroundings)
        case .reviewing:
            let bare = counted.count { $0.members.allSatisfy { $0.fact.isBareReview(model) } }
            return Rate.stated(.substantive, counted.count - bare, counted.count, prior: Prior(model))
        case .triage:
            let undone = Set(judged.filter { $0.exclusion == .undone }.compactMap(\.unit))
            let prior = surroundings.prior(for: counted.map(\.key) + Array(undone), of: .kept, model: model)
            return Rate.stated(.kept, counted.count, counted.count + undone.count, prior: prior)
        case .maintaining, .design, .security: return []
        }
    }

    /// How often changes and commits were left in: what else contributes, such as a report, is never taken back.
    private static func stood(
        _ counted: [Unit], _ judged: [Judged], model: Model, surroundings: Surroundings
    ) -> [Rate] {
        let stood = counted.filter { $0.members.contains { $0.fact.turnedBy == .revert } }.map(\.key)
        let reverted = Set(judged.filter { $0.exclusion == .undone }.compactMap(\.unit)).subtracting(stood)
        let prior = surroundings.prior(for: stood + Array(reverted), of: .stood, model: model)
        return Rate.stated(.stood, stood.count, stood.count + reverted.count, prior: prior)
    }

    /// Nothing where there was nothing to accept or refuse: a prior alone says nothing about anybody.
    private static func stated(_ name: Name, _ successes: Int, _ trials: Int, prior: Prior) -> [Rate] {
        trials == 0 ? [] : [Rate(name, successes: successes, trials: trials, prior: prior)]
    }
}
