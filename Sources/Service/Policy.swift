internal import CanonicalJSON
internal import Reputation
internal import Scoring
internal import Store

/// What the subject did in the repository in question.
struct Standing {
    let merged: Int
    let reviewed: Int
    let asked: Bool

    /// Counts among `rows` what happened in the repository called `name` and was not excluded by the model.
    init(here name: String?, in rows: [StoredEvidence], counted assessment: Assessment) throws {
        self.asked = name != nil
        guard let name else {
            (self.merged, self.reviewed) = (0, 0)
            return
        }
        let excluded = Set(
            assessment.rows.filter {
                if case .excluded = $0.verdict { true } else { false }
            }.map(\.entry))
        var units: [Evidence.Kind: Set<String>] = [:]
        for row in rows where !excluded.contains(row.entryIndex) {
            let evidence = try Evidence(parsing: row.document.utf8)
            guard evidence.project.name.lowercased() == name.lowercased() else { continue }
            units[evidence.kind, default: []].insert(evidence.object.unit)
        }
        self.merged = units[.changeMerged]?.count ?? 0
        self.reviewed = units[.reviewGiven]?.count ?? 0
    }

    var json: JSON {
        self.asked
            ? ["changes_merged": .int(Int64(self.merged)), "changes_reviewed": .int(Int64(self.reviewed))] : .null
    }
}

/// What one rule of a policy came to.
struct PolicyResult {
    let rule: String
    let applies: Bool
    let outcome: Policy.Outcome
    let reason: String

    var json: JSON {
        [
            "rule": .string(self.rule), "applies": .bool(self.applies), "outcome": .string(self.outcome.rawValue),
            "reason": .string(self.reason),
        ]
    }
}

/// Rules in order; the first that applies decides. The built-in policy, until a repository brings its own.
struct Policy {
    enum Outcome: String {
        case allow, hold
        case reviewClosely = "review_closely"
        case askDisclosure = "ask_disclosure"
        case insufficientEvidence = "insufficient_evidence"
    }

    let id: String
    /// Lines from which a change by somebody without a record here asks for a closer look.
    let largeChange: Int64
    /// Distinct active quarters that make a record a long one.
    let longRecord: Int

    static let standard = Policy(id: "standard/1", largeChange: 500, longRecord: 4)

    func apply(_ assessment: Assessment, here: Standing, request: EvaluationRequest) -> [PolicyResult] {
        let measured = assessment.facets.filter {
            if case .measured = $0.level, $0.longHorizon.activeQuarters >= self.longRecord { true } else { false }
        }
        let lines = request.changedLines ?? 0
        let size = request.changedLines.map { "a change of \($0) lines" } ?? "a change of unknown size"
        return [
            PolicyResult(
                rule: "known_here", applies: here.merged + here.reviewed > 0, outcome: .allow,
                reason:
                    "\(here.merged) changes merged and \(here.reviewed) reviewed in this repository, confirmed by others"
            ),
            PolicyResult(
                rule: "long_independent_record", applies: !measured.isEmpty, outcome: .allow,
                reason: measured.isEmpty
                    ? "no facet is measured over \(self.longRecord) or more quarters"
                    : "measured over \(self.longRecord) or more quarters: "
                        + measured.map { "\($0.name.rawValue) (\($0.n) units, \($0.projects) projects)" }
                        .joined(separator: ", ")),
            PolicyResult(
                rule: "assistance_not_stated", applies: request.assistance == nil && lines >= self.largeChange,
                outcome: .askDisclosure,
                reason: "\(size) that does not say whether tools assisted"),
            PolicyResult(
                rule: "large_change_without_record", applies: lines >= self.largeChange, outcome: .reviewClosely,
                reason: "\(size) by somebody whose record does not reach the rules above"),
            PolicyResult(
                rule: "otherwise", applies: true, outcome: .insufficientEvidence,
                reason: "too little is known to say more; treat it like any first contribution"),
        ]
    }
}
