import Reputation

extension Horizon {
    /// The activity on `days`, with runs unbroken by up to `gap` quarters without any.
    init(days: [Day], gap: Int64) {
        let quarters = Set(days.map(\.quarter)).sorted()
        var sustained = 0
        var longest = 0
        var run: ClosedRange<Int64>?
        for quarter in quarters {
            if let current = run, quarter - current.upperBound <= gap + 1 {
                run = current.lowerBound...quarter
            } else {
                sustained += run?.count ?? 0
                run = quarter...quarter
            }
            longest = max(longest, run?.count ?? 0)
        }
        self.init(
            activeQuarters: quarters.count, sustainedQuarters: sustained + (run?.count ?? 0), longestRun: longest)
    }
}

extension DomainShare {
    private enum Family: Hashable {
        case owner(Mark<Account>)
        case project(Mark<Project>)

        var bits: UInt64 {
            switch self {
            case .owner(let owner): owner.bits
            case .project(let project): project.bits
            }
        }
    }

    /// The project families of `units`, the largest first, as many as the model lists.
    static func shares(of units: [Unit], model: Model) -> [DomainShare] {
        Dictionary(grouping: units) { unit in
            unit.best.fact.owner.map(Family.owner) ?? Family.project(unit.key.project)
        }
        .map { (family: $0.key, share: DomainShare($0.value, of: units.count)) }
        .sorted { ($1.share.n, $0.family.bits) < ($0.share.n, $1.family.bits) }
        .prefix(Int(model[.families]))
        .map(\.share)
    }

    private init(_ units: [Unit], of total: Int) {
        let rows = units.flatMap(\.members)
        let latest = rows.max { ($0.fact.occurredAt, $0.index) < ($1.fact.occurredAt, $1.index) }
        guard let latest, let days = ClosedRange(days: rows.map(\.day)) else {
            preconditionFailure("a family has units, and a unit has rows")
        }
        let facets = Dictionary(grouping: units, by: \.key.facet).map { (name: $0.key, n: $0.value.count) }
        self.init(
            latest: latest.fact.entry, share: units.count * 1_000 / total, n: units.count,
            activeQuarters: distinct(rows.map(\.day.quarter)),
            counterparties: distinct(units.flatMap(\.confirmers)), days: days,
            facets: facets.sorted { ($1.n, $0.name.rawValue) < ($0.n, $1.name.rawValue) }.map(\.name))
    }
}

extension QuarterCount {
    /// The facts of the subject in `judged` by quarter and kind, earliest first.
    static func timeline(of judged: [Judged]) -> [QuarterCount] {
        struct Key: Hashable {
            let quarter: Int64
            let kind: Evidence.Kind
        }
        let own = judged.filter { ![.notTheSubject, .future, .duplicate].contains($0.exclusion) }
        return Dictionary(grouping: own) { Key(quarter: $0.day.quarter, kind: $0.fact.kind) }
            .map { key, rows in
                QuarterCount(
                    quarter: key.quarter, kind: key.kind, n: rows.count,
                    counted: rows.count { $0.exclusion == nil })
            }
            .sorted { ($0.quarter, $0.kind.rawValue) < ($1.quarter, $1.kind.rawValue) }
    }
}

extension ClosedRange<Day> {
    /// From the first of `days` to the last; nil when there are none.
    init?(days: [Day]) {
        guard let first = days.min(), let last = days.max() else { return nil }
        self = first...last
    }
}
