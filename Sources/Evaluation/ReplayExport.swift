import Reputation

/// The replay as a table, so that other people's code can be tried on the very same events.
///
/// One row an event, in the order in which they were applied. `propose` rows have what is known of a case and, for
/// comparison, the label and the scores of this run; `merge` and `close` rows say what came of an earlier one. Whoever
/// reads it scores at `propose` from the rows above alone.
public struct ReplayExport {
    private let benchmark: Benchmark
    private let model: MergeModel

    /// The export of `benchmark`, scored by `model` as committed.
    public init(_ benchmark: Benchmark, model: MergeModel = .merge1) {
        self.benchmark = benchmark
        self.model = model
    }

    /// Comma-separated values with a header. It holds the logins of the labelled file.
    public var csv: String {
        let replay = Replay(self.benchmark, self.model.memory)
        let terms = replay.terms.columns(Term.model.map(\.column))
        var text = "event,time,case,project,requester,language,watchers,newcomer,merged,score"
        text += ",good_egg_v1,good_egg_v3\n"
        self.benchmark.replay { moment in
            switch moment {
            case .decided(let submission, let decision):
                let one = self.benchmark.cases[submission.position]
                text += "\(decision.isMerged ? "merge" : "close"),\(decision.decidedAt.seconds),\(one.id),,,,,,,,,\n"
            case .submitted(let submission):
                let one = self.benchmark.cases[submission.position]
                let label = one.decision.map { $0.isMerged ? "1" : "0" } ?? ""
                let score = self.model.coefficients.logOdds(terms, submission.position)
                let rivals = [Baseline.goodEgg1, .goodEgg3].map { replay.baselines[$0]?[submission.position] ?? 0 }
                text += "propose,\(submission.submittedAt.seconds),\(one.id),"
                text += quoted(self.benchmark.projects[submission.project]) + ","
                text += quoted(self.benchmark.requesters[submission.requester]) + ","
                text += quoted(self.benchmark.languages[submission.project]) + ",\(one.watchers),"
                text += "\(replay.newcomers[submission.position] ? 1 : 0),\(label),\(fixed(score, 9)),"
                text += rivals.map { fixed($0, 9) }.joined(separator: ",") + "\n"
            }
        }
        return text
    }
}

/// `text` as a field of comma-separated values.
private func quoted(_ text: String) -> String {
    let special: Set<Character> = ["\"", ",", "\n", "\r", "\r\n"]
    return text.contains(where: special.contains) ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
}
