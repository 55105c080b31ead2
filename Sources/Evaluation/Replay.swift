/// What was known before each case, and what the scores that have to be beaten said.
struct Replay {
    /// The model's terms, a row a case, a column a term in the order of `Term.allCases`.
    private(set) var terms = Matrix(width: Term.allCases.count)
    /// Whether the requester is new: nothing of theirs decided in the project, nothing proposed there before by the
    /// data set's count, and not of its main team.
    private(set) var newcomers: [Bool] = []
    /// Scores by baseline.
    private(set) var baselines: [Baseline: [Double]] = [:]

    /// Goes through `benchmark` in the order of time.
    init(_ benchmark: Benchmark, _ memory: MergeModel.Memory) {
        var history = History(benchmark, memory)
        var goodEgg = GoodEgg(benchmark)
        benchmark.replay { moment in
            switch moment {
            case .decided(let submission, let decision):
                history.decide(submission, decision)
                goodEgg.decide(submission, decision)
            case .submitted(let submission):
                let outlook = history.outlook(submission)
                let one = benchmark.cases[submission.position]
                self.terms.append(Term.allCases.map { $0.value(outlook, memory) })
                self.newcomers.append(
                    outlook.personHere.decided == 0 && one.priorSubmissions == 0 && !one.isMainTeam)
                goodEgg.submit(submission)
                for baseline in Baseline.allCases {
                    self.baselines[baseline, default: []].append(baseline.score(outlook, one, goodEgg, memory))
                }
                history.submit(submission, outlook)
            }
        }
    }

    /// The terms alone, of what was known before each case.
    static func terms(of benchmark: Benchmark, _ memory: MergeModel.Memory) -> Matrix {
        var history = History(benchmark, memory)
        var terms = Matrix(width: Term.allCases.count)
        benchmark.replay { moment in
            switch moment {
            case .decided(let submission, let decision): history.decide(submission, decision)
            case .submitted(let submission):
                let outlook = history.outlook(submission)
                terms.append(Term.allCases.map { $0.value(outlook, memory) })
                history.submit(submission, outlook)
            }
        }
        return terms
    }
}

/// The first of `positions` whose features look ahead; nil when none does.
///
/// A feature that looks only back says the same of a case whether or not anything came after it: so each case is
/// computed again from what was known at its time alone, and compared number by number.
func firstLookAhead(
    in benchmark: Benchmark, at positions: some Sequence<Int>, features: (Benchmark) -> Matrix
) -> Int? {
    let whole = features(benchmark)
    return positions.first { features(benchmark.known(at: $0)).row($0) != whole.row($0) }
}

extension Term {
    /// Where it is in the rows of a replay.
    var column: Int {
        guard let column = Term.allCases.firstIndex(of: self) else { preconditionFailure("a term is one of all") }
        return column
    }
}
