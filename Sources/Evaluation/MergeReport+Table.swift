import Reputation

extension MergeReport {
    /// The result for a person at a terminal.
    public var table: String {
        let heading = "pooled  within  newcomers  within".padded(to: 34)
        var lines = [
            "\(self.sample.cases) cases, \(percent(self.sample.merged, of: self.sample.cases)) merged, "
                + "\(self.sample.projects) projects, \(self.sample.requesters) requesters, "
                + "\(self.sample.first) to \(self.sample.last)",
            "\(self.sample.newcomers) of newcomers, "
                + "\(percent(self.sample.newcomersMerged, of: self.sample.newcomers)) merged",
            "weights: \(self.weights.name)", "",
            "AUC".padded(to: 36) + heading,
            self.line("\(self.model.id)/\(self.model.version)", self.areas),
            "  95 %, pooled".padded(to: 36) + shown(self.intervals.pooled),
            "  95 %, within project".padded(to: 36) + shown(self.intervals.withinProject),
            "  95 %, newcomers".padded(to: 36) + shown(self.intervals.newcomers),
            "  95 %, newcomers within project".padded(to: 36) + shown(self.intervals.newcomersWithinProject), "",
        ]
        lines += self.baselines.map { self.line($0.name, $0.areas) }
        if let closest = self.closest {
            lines.append("  above \(closest.name) by \(shown(closest.above)), 95 % \(shown(closest.interval))")
        }
        lines += ["", "refitted on this file".padded(to: 36) + heading, self.line("as it is", self.ablation.whole)]
        lines += self.ablation.without.map { self.line("without \($0.name)", $0.areas) }
        lines += self.ablation.with.map { self.line("with \($0.name)", $0.areas) }
        lines += [""] + self.quality
        return lines.joined(separator: "\n") + "\n"
    }

    private var quality: [String] {
        [
            "AUC-PR: merged \(shown(self.precisionRecall.merged)), declined \(shown(self.precisionRecall.declined))",
            "Brier \(shown(self.calibration?.brier)) (base rate \(shown(self.calibration?.brierOfBaseRate))), "
                + "log loss \(shown(self.calibration?.logLoss)), calibration error \(shown(self.calibration?.error))",
            "newcomers: Brier \(shown(self.newcomersCalibration?.brier)) "
                + "(base rate \(shown(self.newcomersCalibration?.brierOfBaseRate))), "
                + "calibration error \(shown(self.newcomersCalibration?.error))",
            "within single projects (\(self.comparableProjects)): mean by cases \(shown(self.areaByCases)), "
                + "by projects \(shown(self.areaByProjects))",
            "look-ahead: none in \(self.casesCheckedForLookAhead) cases computed again from their past alone",
        ]
    }

    private func line(_ name: String, _ areas: Areas) -> String {
        ("  " + name).padded(to: 36) + shown(areas.pooled).padded(to: 8) + shown(areas.withinProject).padded(to: 8)
            + shown(areas.newcomers).padded(to: 11) + shown(areas.newcomersWithinProject)
    }
}
