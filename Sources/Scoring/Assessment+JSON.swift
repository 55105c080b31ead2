public import CanonicalJSON
import Reputation

extension Assessment {
    /// The version of the document's shape.
    public static let documentVersion: Int64 = 1

    /// The facets document that is stored and served. Its canonical text is the same bytes for the same evidence,
    /// subject, day and model.
    ///
    /// Levels and their bounds are 0…100, everything called `per_mille` is 0…1000. The rows are left out:
    /// `explanation` has them.
    public var document: JSON {
        [
            "v": .int(Assessment.documentVersion),
            "model": ["id": .string(self.model), "version": .int(self.modelVersion)],
            "as_of": .string(self.asOf.description), "facets": .array(self.facets.map { $0.document(self.names) }),
            "longevity": self.longevity.document, "domains": .array(self.domains.map { $0.document(self.names) }),
            "timeline": .array(self.timeline.map(\.document)),
        ]
    }

    /// What became of each row of evidence.
    public var explanation: JSON { .array(self.rows.map { $0.document(self.names) }) }
}

extension Facet {
    func document(_ names: Names) -> JSON {
        var members = self.level.members
        members.merge([
            "name": .string(self.name.rawValue), "n": JSON(self.n), "value_per_mille": .int(self.value),
            "credited_per_mille": .int(self.credited),
            "excluded": .object(
                Dictionary(uniqueKeysWithValues: self.excluded.map { ($0.key.rawValue, JSON($0.value)) })),
            "own_projects": [
                "n": JSON(self.ownProjects.n), "projects": JSON(self.ownProjects.projects),
                "counterparties": JSON(self.ownProjects.counterparties),
            ],
            "projects": JSON(self.projects), "counterparties": JSON(self.counterparties),
            "recent": .object(self.recent.level.members.merging(["n": JSON(self.recent.n)]) { $1 }),
            "long_horizon": self.longHorizon.document, "rates": .array(self.rates.map(\.document)),
            "evidence": .array(self.evidence.map { .string(names.commitment(of: $0)) }),
        ]) { $1 }
        members["first"] = self.days.map { .string($0.lowerBound.description) }
        members["last"] = self.days.map { .string($0.upperBound.description) }
        return .object(members)
    }
}

extension Level {
    /// A level that is not stated has no member, so that nobody can read it as 0.
    var members: [String: JSON] {
        switch self {
        case .measured(let level, let interval):
            ["state": "measured", "level": JSON(level), "interval": JSON(interval)]
        case .insufficientEvidence(let minimum):
            ["state": "insufficient_evidence", "minimum": JSON(minimum)]
        }
    }
}

extension Horizon {
    var document: JSON {
        [
            "active_quarters": JSON(self.activeQuarters), "sustained_quarters": JSON(self.sustainedQuarters),
            "longest_run": JSON(self.longestRun),
        ]
    }
}

extension Rate {
    var document: JSON {
        [
            "name": .string(self.name.rawValue), "successes": JSON(self.successes), "trials": JSON(self.trials),
            "per_mille": JSON(self.perMille), "interval_per_mille": JSON(self.interval),
        ]
    }
}

extension Names {
    /// The commitment of `entry`; `#` and the entry where it was not given.
    public func commitment(of entry: Int64) -> String { self.commitments[entry] ?? "#\(entry)" }
}

extension DomainShare {
    func document(_ names: Names) -> JSON {
        let project = names.projects[self.latest]
        let owner = project?.owner
        let name = project?.name ?? ""
        return [
            "platform": .string(owner?.platform.rawValue ?? project?.platform.rawValue ?? ""),
            "id": .string(owner?.id ?? project?.id ?? ""),
            "name": .string(owner == nil ? name : String(name.prefix { $0 != "/" })),
            "share_per_mille": JSON(self.share), "n": JSON(self.n), "active_quarters": JSON(self.activeQuarters),
            "counterparties": JSON(self.counterparties), "first": .string(self.days.lowerBound.description),
            "last": .string(self.days.upperBound.description),
            "facets": .array(self.facets.map { .string($0.rawValue) }),
        ]
    }
}

extension QuarterCount {
    /// The quarter as `2015-Q1`.
    public var label: String { "\(1970 + self.quarter / 4)-Q\(self.quarter % 4 + 1)" }

    var document: JSON {
        [
            "quarter": .string(self.label), "kind": .string(self.kind.rawValue), "n": JSON(self.n),
            "counted": JSON(self.counted),
        ]
    }
}

extension Row {
    /// The row as `explain` shows it.
    public func document(_ names: Names) -> JSON {
        var members: [String: JSON] = [
            "commitment": .string(names.commitment(of: self.entry)), "type": .string(self.kind.rawValue),
            "day": .string(self.day.description),
        ]
        members["facet"] = self.facet.map { .string($0.rawValue) }
        switch self.verdict {
        case .counted(let value, let credited):
            members["verdict"] = "counted"
            members["value_per_mille"] = .int(value)
            members["credited_per_mille"] = .int(credited)
            members["counterparty_per_mille"] = .int(self.weight)
        case .sameUnit: members["verdict"] = "same_unit"
        case .excluded(let reason):
            members["verdict"] = "excluded"
            members["reason"] = .string(reason.rawValue)
        }
        return .object(members)
    }
}

extension JSON {
    fileprivate init(_ count: Int) { self = .int(Int64(count)) }

    fileprivate init(_ interval: ClosedRange<Int>) {
        self = [.int(Int64(interval.lowerBound)), .int(Int64(interval.upperBound))]
    }
}
