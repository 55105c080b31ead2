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
    private struct Family: Hashable {
        let platform: Platform
        let id: String
    }

    /// The project families of `units`, the largest first.
    static func shares(of units: [Unit]) -> [DomainShare] {
        let families = Dictionary(grouping: units) { unit in
            let project = unit.best.evidence.project
            return project.owner.map { Family(platform: $0.platform, id: $0.id) }
                ?? Family(platform: unit.key.project.platform, id: unit.key.project.id)
        }
        return families.map { DomainShare($0.key.platform, $0.key.id, units: $0.value, of: units.count) }
            .sorted { ($1.n, $0.platform, $0.id) < ($0.n, $1.platform, $1.id) }
    }

    private init(_ platform: Platform, _ id: String, units: [Unit], of total: Int) {
        let rows = units.flatMap(\.members)
        let latest = rows.max { ($0.evidence.occurredAt, $0.index) < ($1.evidence.occurredAt, $1.index) }
        guard let latest, let days = ClosedRange(days: rows.map(\.day)) else {
            preconditionFailure("a family has units, and a unit has rows")
        }
        let name = latest.evidence.project.name
        let facets = Dictionary(grouping: units, by: \.key.facet).map { (name: $0.key, n: $0.value.count) }
        self.init(
            platform: platform, id: id,
            name: latest.evidence.project.owner == nil ? name : String(name.prefix { $0 != "/" }),
            share: units.count * 1_000 / total, n: units.count,
            activeQuarters: Set(rows.map(\.day.quarter)).count,
            counterparties: Set(units.flatMap(\.confirmers)).count, days: days,
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
        return Dictionary(grouping: own) { Key(quarter: $0.day.quarter, kind: $0.evidence.kind) }
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
