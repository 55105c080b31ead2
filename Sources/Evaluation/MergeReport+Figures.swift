import Reputation

extension MergeReport {
    /// The whole result, for programs. `auc` holds the figures that are quoted.
    public var figures: Figures {
        .members([
            ("model", self.modelFigures), ("sample", self.sampleFigures), ("auc", self.areas.figures),
            (
                "auc_95_percent_by_project",
                .members([
                    ("pooled", .interval(self.intervals.pooled)),
                    ("within_project", .interval(self.intervals.withinProject)),
                    ("newcomers", .interval(self.intervals.newcomers)),
                    ("newcomers_within_project", .interval(self.intervals.newcomersWithinProject)),
                ])
            ),
            (
                "auc_of_single_projects",
                .members([
                    ("projects", .count(self.comparableProjects)), ("mean_by_cases", .number(self.areaByCases)),
                    ("mean_by_projects", .number(self.areaByProjects)),
                ])
            ),
            (
                "auc_pr",
                .members([
                    ("merged", .number(self.precisionRecall.merged)),
                    ("declined", .number(self.precisionRecall.declined)),
                ])
            ),
            ("calibration", self.calibration?.figures ?? .number(nil)),
            ("calibration_of_newcomers", self.newcomersCalibration?.figures ?? .number(nil)),
            ("baselines", .members(self.baselines.map { ($0.name, $0.areas.figures) })),
            ("above_every_baseline", .flag(self.isAboveEveryBaseline)),
            ("closest_baseline", self.closestFigures),
            (
                "ablation",
                .members([
                    ("whole", self.ablation.whole.figures),
                    ("without", .members(self.ablation.without.map { ($0.name, $0.areas.figures) })),
                    ("with", .members(self.ablation.with.map { ($0.name, $0.areas.figures) })),
                ])
            ),
            ("cases_checked_for_look_ahead", .count(self.casesCheckedForLookAhead)),
        ])
    }

    private var modelFigures: Figures {
        .members([
            ("id", .text(self.model.id)), ("version", .count(Int(self.model.version))),
            ("digest", .text(self.model.digest)),
            ("weights", .text(self.weights.name)), ("intercept", .number(self.coefficients.intercept)),
            ("terms", .members(self.coefficients.terms.map { ($0.term.rawValue, .number($0.weight)) })),
            (
                "fitted_on_this_file",
                .members(
                    [("intercept", .number(self.fitted.intercept))]
                        + zip(Term.model, self.fitted.weights).map { ($0.rawValue, .number($1)) })
            ),
        ])
    }

    private var sampleFigures: Figures {
        .members([
            ("sha256", .text(self.sample.digest)), ("cases", .count(self.sample.cases)),
            ("merged", .count(self.sample.merged)), ("undecided", .count(self.sample.undecided)),
            ("contradictory", .count(self.sample.contradictory)), ("projects", .count(self.sample.projects)),
            ("requesters", .count(self.sample.requesters)), ("newcomers", .count(self.sample.newcomers)),
            ("newcomers_merged", .count(self.sample.newcomersMerged)),
            ("first", .text(self.sample.first.description)), ("last", .text(self.sample.last.description)),
        ])
    }

    private var closestFigures: Figures {
        guard let closest else { return .number(nil) }
        return .members([
            ("name", .text(closest.name)), ("model_above_pooled", .number(closest.above)),
            ("interval", .interval(closest.interval)),
        ])
    }
}

extension MergeReport.Weights {
    /// What JSON calls it.
    var name: String {
        switch self {
        case .committed: "committed"
        case .crossValidated(let folds): "cross-validated over projects, \(folds) folds"
        }
    }
}

extension Areas {
    var figures: Figures {
        .members([
            ("pooled", .number(self.pooled)), ("within_project", .number(self.withinProject)),
            ("newcomers", .number(self.newcomers)),
            ("newcomers_within_project", .number(self.newcomersWithinProject)),
        ])
    }
}

extension Calibration {
    var figures: Figures {
        .members([
            ("brier", .number(self.brier)), ("brier_of_base_rate", .number(self.brierOfBaseRate)),
            ("log_loss", .number(self.logLoss)), ("mean_error", .number(self.error)),
            (
                "tenths",
                .list(
                    self.bins.map { bin in
                        .members([
                            ("cases", .count(bin.count)), ("stated", .number(bin.stated)),
                            ("merged", .number(bin.merged)), ("interval", .interval(bin.interval)),
                        ])
                    })
            ),
        ])
    }
}
