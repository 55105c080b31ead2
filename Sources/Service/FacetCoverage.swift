internal import CanonicalJSON
internal import Reputation
internal import Scoring
internal import Store

extension SourceCoverage {
    /// What the source covers, as profiles show it.
    var json: JSON {
        [
            "source": .string(self.adapter), "from": .string(self.first?.day.description ?? ""),
            "to": .string(self.last?.day.description ?? ""), "n": .int(self.records), "complete": .bool(self.complete),
            "quarantined": .int(self.quarantined),
        ]
    }

    /// Whether facts of the facet can come from such a source: where none can, nothing is known, and nothing is missing.
    func canTell(_ facet: Facet.Name) -> Bool {
        switch self.adapter {
        case "gharchive": [.reviewing, .contributing, .triage, .maintaining].contains(facet)
        case "git", "gerrit": [.reviewing, .contributing].contains(facet)
        case "debian", "pypi", "npm", "crates", "crates.io": facet == .maintaining
        case "osv", "ghsa": facet == .security
        default: facet != .security  // a forge
        }
    }
}

extension [SourceCoverage] {
    /// What was read that could have told of `facet`: which sources, the days and records of all of them together.
    func json(of facet: Facet.Name) -> JSON {
        let told = self.filter { $0.canTell(facet) }
        return [
            "sources": .array(told.map { .string($0.adapter) }),
            "from": .string(told.compactMap(\.first).min()?.day.description ?? ""),
            "to": .string(told.compactMap(\.last).max()?.day.description ?? ""),
            "n": .int(told.reduce(0) { $0 + $1.records }),
            "complete": .bool(!told.isEmpty && told.allSatisfy(\.complete)),
            "quarantined": .int(told.reduce(0) { $0 + $1.quarantined }),
        ]
    }
}
