import Scoring

/// What became of the facts that a page lists.
enum Verdicts {
    /// By the facts' entries.
    case known([Int64: Row])
    /// Not reckoned for this page, and why.
    case unknown(String)

    /// What is said above the list of facts.
    var sentence: String? {
        switch self {
        case .known: nil
        case .unknown(let reason): "What each fact counts is not shown: \(reason)"
        }
    }

    /// Whether the fact at `entry` counts, and for how much, or why not.
    func cell(_ entry: Int64?) -> Markup {
        guard case .known(let rows) = self, let entry, let row = rows[entry] else { return .text("–") }
        return .group([
            tag(.span, Attribute(.dataFact, "verdict"), text: row.verdict.words),
            row.weight < 1_000 && row.verdict.isCounted
                ? tag(.small, text: " \(units(row.weight)) of it left by its confirmers’ standing") : .group([]),
        ])
    }
}

extension Row.Verdict {
    var isCounted: Bool { if case .counted = self { true } else { false } }

    /// The verdict in words: `counts 0.8, credited 0.75 after the caps`, `does not count: done by a bot`.
    var words: String {
        switch self {
        case .counted(let value, let credited) where value == credited: "counts \(units(value))"
        case .counted(let value, let credited):
            "counts \(units(value)), credited \(units(credited)) after the caps"
        case .sameUnit: "counted once, by another row about the same"
        case .excluded(let exclusion): "does not count: \(reason(exclusion.rawValue))"
        }
    }
}

/// `perMille` of a unit as a number without needless noughts: `1`, `0.8`, `0.125`.
private func units(_ perMille: Int64) -> String {
    var fraction = String(String(1_000 + perMille % 1_000).dropFirst())
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? "\(perMille / 1_000)" : "\(perMille / 1_000).\(fraction)"
}
