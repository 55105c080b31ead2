import Reputation

/// Measures `model` on `benchmark`, whose file has the `digest`.
///
/// Cases are replayed in the order in which they were proposed; before each, every decision made earlier is applied; the
/// requester is scored for that project; the label is whether it was merged. On the very file that the model was
/// fitted on, weights fitted on the other projects stand in for its own.
///
/// - Throws: `LookAhead` when a feature knows what came later.
public func evaluateMerges(
    _ benchmark: Benchmark, digest: String, model: MergeModel = .merge1
) throws(LookAhead) -> MergeReport {
    let checked = spread(25, over: benchmark.cases.count)
    if let position = firstLookAhead(in: benchmark, at: checked, features: { Replay.terms(of: $0, model.memory) }) {
        throw LookAhead(id: benchmark.cases[position].id)
    }
    let replay = Replay(benchmark, model.memory)
    let terms = replay.terms.columns(Term.model.map(\.column))
    let validation = CrossValidation(terms, benchmark)
    let isOwnFile = digest == model.fittedOn
    let logOdds =
        isOwnFile
        ? validation.logOdds : benchmark.cases.indices.map { model.coefficients.logOdds(terms, $0) }
    let trial = Trial(benchmark, newcomers: replay.newcomers)
    let chances = logOdds.map(chance(logOdds:))
    let baselines = Baseline.allCases.map { baseline in
        MergeReport.Line(name: baseline.rawValue, areas: trial.areas(replay.baselines[baseline] ?? []))
    }
    return MergeReport(
        model: (model.id, model.version, model.digest),
        coefficients: (model.coefficients.intercept, Array(zip(Term.model, model.coefficients.weights))),
        weights: isOwnFile ? .crossValidated(folds: CrossValidation.folds) : .committed,
        sample: trial.sample(digest: digest), areas: trial.areas(logOdds), intervals: trial.intervals(logOdds),
        areaByCases: trial.areaByCases(logOdds), areaByProjects: trial.areaByProjects(logOdds),
        comparableProjects: trial.comparableProjects(logOdds),
        precisionRecall: (
            averagePrecision(trial.picked(logOdds), sought: trial.all.labels),
            averagePrecision(trial.picked(logOdds).map { -$0 }, sought: trial.all.labels.map { !$0 })
        ),
        calibration: Calibration(trial.picked(chances), trial.all.labels),
        newcomersCalibration: Calibration(trial.pickedNewcomers(chances), trial.new.labels),
        baselines: baselines, closest: trial.closest(baselines, replay, logOdds),
        ablation: ablation(replay, benchmark, trial, whole: validation.logOdds), fitted: validation.whole,
        casesCheckedForLookAhead: checked.count)
}

/// `count` numbers from 0 to below `total`, evenly apart, the last among them.
private func spread(_ count: Int, over total: Int) -> [Int] {
    total <= count ? Array(0..<total) : (1...count).map { total * $0 / count - 1 }
}

/// The model refitted without each term and each kind of evidence, and with each term that was left out.
private func ablation(_ replay: Replay, _ benchmark: Benchmark, _ trial: Trial, whole: [Double]) -> MergeReport.Ablation
{
    func line(_ name: String, _ terms: [Term]) -> MergeReport.Line {
        let matrix = replay.terms.columns(terms.map(\.column))
        return MergeReport.Line(name: name, areas: trial.areas(CrossValidation(matrix, benchmark).logOdds))
    }
    let kinds = Term.Kind.allCases.filter { kind in Term.model.contains { $0.evidence == kind } }
    return MergeReport.Ablation(
        whole: trial.areas(whole),
        without: Term.model.map { gone in line(gone.rawValue, Term.model.filter { $0 != gone }) }
            + kinds.map { kind in line("all of \(kind.rawValue)", Term.model.filter { $0.evidence != kind }) },
        with: Term.tried.map { line($0.rawValue, Term.model + [$0]) })
}

/// The decided cases of a benchmark, ready to be compared by any score.
private struct Trial {
    let all: Comparison
    let new: Comparison
    private let benchmark: Benchmark
    private let decided: [Int]
    private let newcomers: [Int]

    init(_ benchmark: Benchmark, newcomers: [Bool]) {
        self.benchmark = benchmark
        self.decided = benchmark.cases.indices.filter { benchmark.cases[$0].decision != nil }
        self.newcomers = self.decided.filter { newcomers[$0] }
        func comparison(_ positions: [Int]) -> Comparison {
            Comparison(
                labels: positions.map { benchmark.cases[$0].decision?.isMerged ?? false },
                groups: positions.map { benchmark.cases[$0].submission.project })
        }
        self.all = comparison(self.decided)
        self.new = comparison(self.newcomers)
    }

    func picked(_ scores: [Double]) -> [Double] { self.decided.map { scores[$0] } }

    func pickedNewcomers(_ scores: [Double]) -> [Double] { self.newcomers.map { scores[$0] } }

    func areas(_ scores: [Double]) -> Areas {
        let all = self.all.areas(self.picked(scores))
        let new = self.new.areas(self.pickedNewcomers(scores))
        return Areas(
            pooled: all.pooled, withinProject: all.within, newcomers: new.pooled, newcomersWithinProject: new.within)
    }

    func areaByCases(_ scores: [Double]) -> Double? {
        let areas = self.all.areasByGroup(self.picked(scores))
        let cases = areas.map(\.count).reduce(0, +)
        return cases == 0 ? nil : areas.map { $0.area * Double($0.count) }.reduce(0, +) / Double(cases)
    }

    func areaByProjects(_ scores: [Double]) -> Double? {
        let areas = self.all.areasByGroup(self.picked(scores))
        return areas.isEmpty ? nil : areas.map(\.area).reduce(0, +) / Double(areas.count)
    }

    func comparableProjects(_ scores: [Double]) -> Int { self.all.areasByGroup(self.picked(scores)).count }

    /// Intervals of the areas, were other projects drawn from where these come from.
    func intervals(_ scores: [Double]) -> MergeReport.Intervals {
        let count = self.benchmark.projects.count
        let all = ConcordanceTable(self.all, self.picked(scores), groups: count)
        let new = ConcordanceTable(self.new, self.pickedNewcomers(scores), groups: count)
        var drawn: [Areas] = []
        Bootstrap.draws(count) { times in
            let (all, new) = (all.areas(times), new.areas(times))
            drawn.append(
                Areas(
                    pooled: all.pooled, withinProject: all.within, newcomers: new.pooled,
                    newcomersWithinProject: new.within))
        }
        return MergeReport.Intervals(
            pooled: Bootstrap.interval(drawn.map(\.pooled)),
            withinProject: Bootstrap.interval(drawn.map(\.withinProject)),
            newcomers: Bootstrap.interval(drawn.map(\.newcomers)),
            newcomersWithinProject: Bootstrap.interval(drawn.map(\.newcomersWithinProject)))
    }

    /// The best of the baselines over all pairs, and the model's lead over it, both on the same draws of projects.
    func closest(
        _ lines: [MergeReport.Line], _ replay: Replay, _ scores: [Double]
    ) -> (name: String, above: Double, interval: Interval?)? {
        let best = lines.max { ($0.areas.pooled ?? 0) < ($1.areas.pooled ?? 0) }
        guard let best, let baseline = Baseline(rawValue: best.name), let other = best.areas.pooled,
            let own = self.areas(scores).pooled
        else { return nil }
        let count = self.benchmark.projects.count
        let model = ConcordanceTable(self.all, self.picked(scores), groups: count)
        let rival = ConcordanceTable(self.all, self.picked(replay.baselines[baseline] ?? []), groups: count)
        var leads: [Double?] = []
        Bootstrap.draws(count) { times in
            if let own = model.areas(times).pooled, let other = rival.areas(times).pooled {
                leads.append(own - other)
            } else {
                leads.append(nil)
            }
        }
        return (best.name, own - other, Bootstrap.interval(leads))
    }

    func sample(digest: String) -> MergeReport.Sample {
        let cases = self.benchmark.cases
        let days = cases.map(\.submission.submittedAt.day)
        return MergeReport.Sample(
            digest: digest, cases: self.decided.count, merged: self.all.labels.count { $0 },
            undecided: cases.count - self.decided.count, contradictory: self.benchmark.contradictory,
            projects: self.benchmark.projects.count, requesters: self.benchmark.requesters.count,
            newcomers: self.newcomers.count, newcomersMerged: self.new.labels.count { $0 },
            first: days.first ?? Day(number: 0), last: days.last ?? Day(number: 0))
    }
}
