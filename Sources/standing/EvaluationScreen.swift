internal import Client

/// An evaluation as one screen of a terminal: the advice, its reasons, the facts, and what they were read from.
struct EvaluationScreen {
    let question: Question
    let evaluation: Evaluation
    let style: Style

    var text: String {
        var blocks = [self.subject, self.advice, self.reasons, self.facets]
        blocks.append(self.sources.map { wrapped($0) }.joined(separator: "\n"))
        blocks.append(self.style.show(wrapped(harmless(self.evaluation.advice)), as: .aside))
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private var subject: String {
        var text = "\(self.question.platform)/\(self.question.login)"
        switch (self.question.changedLines, self.question.repository) {
        case (let lines?, let repository?): text += ", a change of \(lines) lines in \(repository)"
        case (let lines?, nil): text += ", a change of \(lines) lines"
        case (nil, let repository?): text += ", a change in \(repository)"
        case (nil, nil): break
        }
        return wrapped(harmless(text))
    }

    private var advice: String {
        let (words, meaning): (String, Style.Meaning) =
            switch self.evaluation.outcome {
            case "allow": ("review as usual", .good)
            case "review_closely": ("review closely", .careful)
            case "ask_disclosure": ("ask whether tools assisted", .careful)
            case "hold": ("hold until a maintainer decides", .careful)
            case "insufficient_evidence": ("too little is known for any advice", .heading)
            case let other: (harmless(other), .heading)
            }
        return "Advice: \(self.style.show(words, as: meaning)) (policy \(harmless(self.evaluation.policy)))"
    }

    /// The rules in order: `▸` marks the one that decides, `✓` others that apply.
    private var reasons: String {
        let deciding = self.evaluation.reasons.firstIndex { $0.applies }
        return self.evaluation.reasons.enumerated().map { position, reason in
            let mark = position == deciding ? "▸" : reason.applies ? "✓" : "–"
            let line = wrapped(harmless("\(reason.rule): \(reason.reason)"), first: "  \(mark) ", rest: "    ")
            return position == deciding ? self.style.show(line, as: .heading) : line
        }.joined(separator: "\n")
    }

    private var facets: String {
        guard !self.evaluation.facets.isEmpty else { return "Nothing is known." }
        let title = "What is known     level   90 %  units  projects  others  quarters"
        return ([self.style.show(title, as: .heading)] + self.evaluation.facets.map(self.line)).joined(separator: "\n")
    }

    private func line(_ facet: Evaluation.Facet) -> String {
        let name = "  " + harmless(facet.name).padded(to: 16)
        guard let level = facet.level, let interval = facet.interval else {
            return name + "insufficient evidence: \(facet.n) of \(facet.minimum ?? 1) units a level needs"
        }
        let numbers = [
            ("\(level)", 5), ("\(interval.lowerBound)–\(interval.upperBound)", 7), ("\(facet.n)", 7),
            ("\(facet.projects)", 10), ("\(facet.counterparties)", 8), ("\(facet.longHorizon.activeQuarters)", 10),
        ]
        let years = facet.first.flatMap { first in facet.last.map { "  \(first.prefix(4))–\($0.prefix(4))" } } ?? ""
        return name + numbers.map { $0.0.padded(behind: $0.1) }.joined() + harmless(years)
    }

    private var sources: [String] {
        var lines: [String] = []
        if let here = self.evaluation.here, let repository = self.question.repository {
            lines.append("In \(repository): \(here.changesMerged) changes merged, \(here.changesReviewed) reviewed.")
        }
        lines.append("Profile: \(self.evaluation.profile ?? "none is published").")
        if !self.evaluation.complete { lines.append("There is more evidence than was read.") }
        let (ledger, model) = (self.evaluation.ledger, self.evaluation.model)
        lines.append(
            "Ledger \(ledger.origin), \(ledger.size) entries, as of \(self.evaluation.asOf); "
                + "model \(model.id)/\(model.version).")
        return lines.map(harmless)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - self.count))
    }

    fileprivate func padded(behind width: Int) -> String {
        String(repeating: " ", count: max(1, width - self.count)) + self
    }
}
