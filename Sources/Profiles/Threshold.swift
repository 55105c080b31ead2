public import CanonicalJSON
public import Reputation
public import Scoring

/// A claim with a bound, which says no more of a developer than that it is met.
public enum Threshold: Hashable, Sendable {
    /// Independent work in a facet, from its first counted fact to its last, over this many years or more.
    case years(Facet.Name, atLeast: Int64)
    /// This many packages or more, each with this many dependents or more that belong to others.
    case packages(atLeast: Int64, dependents: Int64)

    /// What the claims mean, for the type's description.
    static let explanation = """
        The issuer computed from the facts in its ledger that the bound is met at the time stated. By how much is not said. \
        Who fails a bound gets no credential, so its absence says nothing.
        """

    /// The claim that `json` asks for, nil when it is none.
    public init?(json: JSON) {
        guard let members = json.object, let least = members["at_least"]?.int else { return nil }
        switch json["claim"]?.string {
        case "years":
            guard (1...50).contains(least), members.count == 3,
                let facet = members["facet"]?.string.flatMap(Facet.Name.init)
            else { return nil }
            self = .years(facet, atLeast: least)
        case "packages":
            guard (1...1_000).contains(least), members.count == 3, let dependents = members["dependents"]?.int,
                (1...1_000_000).contains(dependents)
            else { return nil }
            self = .packages(atLeast: least, dependents: dependents)
        default: return nil
        }
    }

    /// The claim as a credential states it.
    public var claim: JSON {
        switch self {
        case .years(let facet, let least):
            [
                "claim": "years", "facet": .string(facet.rawValue), "at_least": .int(least),
                "text": .string("\(facet.rawValue) for \(least) \(least == 1 ? "year" : "years") or more"),
            ]
        case .packages(let least, let dependents):
            [
                "claim": "packages", "at_least": .int(least), "dependents": .int(dependents),
                "text": .string(
                    "maintains \(least) \(least == 1 ? "package" : "packages") or more, each with \(dependents) or more "
                        + "dependents that belong to others"),
            ]
        }
    }

    /// Whether the bound is met.
    ///
    /// - Parameters:
    ///   - assessment: of the developer.
    ///   - evidence: the facts it was made from, all about the developer.
    public func isMet(by assessment: Assessment, from evidence: some Sequence<Evidence>) -> Bool {
        switch self {
        case .years(let name, let least):
            guard let facet = assessment.facets.first(where: { $0.name == name }), let days = facet.days,
                case .measured = facet.level
            else { return false }
            return days.lowerBound.age(asOf: days.upperBound) * 10_000 >= least * 3_652_425  // days of a Gregorian year
        case .packages(let least, let dependents):
            // The newest fact about a package counts: one that lost its dependents meets no bound any more.
            var newest: [String: Evidence] = [:]
            for fact in evidence where fact.kind == .packageMaintained {
                let package = "\(fact.project.platform.rawValue)/\(fact.project.id)/\(fact.object.unit)"
                if let known = newest[package], fact.occurredAt < known.occurredAt { continue }
                newest[package] = fact
            }
            let met = newest.values.count { ($0.measures[.externalDependents] ?? 0) >= dependents }
            return Int64(met) >= least
        }
    }
}
