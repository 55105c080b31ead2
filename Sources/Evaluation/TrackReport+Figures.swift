import Reputation

extension TrackPanel {
    /// The whole result, for programs. `auc` holds the figures that are quoted: of several cutoffs their means.
    public var figures: Figures {
        let (first, means) = (self.reports[0], self.means)
        func area(_ name: String) -> Figures { .number(means.first { $0.name == name }?.area) }
        return .members([
            (
                "model",
                .members([
                    ("id", .text(first.model.id)), ("version", .count(Int(first.model.version))),
                    ("digest", .text(first.model.digest)),
                ])
            ),
            ("auc", .members(["later_reviewers", "maintainers"].map { ($0, area($0)) })),
            ("means", .members(means.map { ($0.name, $0.figures) })),
            ("cutoffs", .list(self.reports.map(\.figures))),
        ])
    }

    /// The result for a person at a terminal.
    public var table: String {
        guard self.reports.count > 1 else { return self.reports[0].table }
        var lines: [String] = []
        for mean in self.means {
            lines += ["", "\(mean.name): means over \(mean.days) cutoffs"]
            lines.append("  " + "the model".padded(to: 32) + shown(mean.area))
            lines += mean.signals.map { "  " + $0.name.padded(to: 32) + shown($0.area) }
        }
        return self.reports.map(\.table).joined(separator: "\n") + lines.joined(separator: "\n") + "\n"
    }
}

extension TrackPanel.Mean {
    fileprivate var figures: Figures {
        .members([
            ("cutoffs", .count(self.days)), ("auc", .number(self.area)),
            ("signals", .members(self.signals.map { ($0.name, .number($0.area)) })),
            ("best_signal", self.best.map { .text($0.name) } ?? .number(nil)),
            (
                "not_below_best_signal",
                self.area.flatMap { area in self.best.map { .flag(area >= $0.area) } } ?? .number(nil)
            ),
        ])
    }
}

extension TrackReport {
    /// One cutoff's result, for programs.
    var figures: Figures {
        .members([
            (
                "sample",
                .members([
                    ("cutoff", .text(self.cutoff.description)), ("first", .text(self.first.description)),
                    ("last", .text(self.last.description)), ("facts_before", .count(self.before)),
                    ("facts_after", .count(self.after)), ("people", .count(self.people)),
                    ("people_with_any_act", .count(self.everybody)),
                ])
            ),
            ("questions", .members(self.questions.map { ($0.name, $0.figures) })),
        ])
    }

    /// The result for a person at a terminal.
    var table: String {
        var lines = [
            "\(self.people) people with \(Tracks.enough) acts or more before \(self.cutoff) (of \(self.everybody) with any); "
                + "history \(self.first) to \(self.last)"
        ]
        for question in self.questions {
            lines += ["", "\(question.name): \(question.sought) of \(self.people), \(question.label)"]
            lines.append(
                "  " + question.view.padded(to: 32) + shown(question.area).padded(to: 8) + "95 % "
                    + shown(question.interval))
            lines += question.signals.map { "  " + $0.name.padded(to: 32) + shown($0.area) }
            lines += question.others.map { "  " + $0.name.padded(to: 32) + shown($0.area) }
            if let best = question.best, let area = question.area {
                lines.append(
                    "  best single signal: \(best.name), the model \(shown(area - best.area)) above it, 95 % "
                        + shown(question.lead))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension TrackReport.Question {
    fileprivate var figures: Figures {
        .members([
            ("label", .text(self.label)), ("sought", .count(self.sought)), ("view", .text(self.view)),
            ("auc", .number(self.area)), ("interval", .interval(self.interval)),
            ("signals", .members(self.signals.map { ($0.name, .number($0.area)) })),
            ("best_signal", self.best.map { .text($0.name) } ?? .number(nil)),
            (
                "not_below_best_signal",
                self.area.flatMap { area in self.best.map { .flag(area >= $0.area) } } ?? .number(nil)
            ),
            ("above_best_signal", .interval(self.lead)),
            ("others", .members(self.others.map { ($0.name, .number($0.area)) })),
        ])
    }
}
