import Crypto

/// Weights fitted on some projects and tried on others, in turn.
struct CrossValidation {
    /// How many parts the projects are dealt into.
    static let folds = 10

    /// The log-odds of every case under the weights fitted without its project's fold.
    let logOdds: [Double]
    /// The weights fitted on all cases.
    let whole: Coefficients

    /// Fits on the decided cases of `benchmark`; all its cases get a score.
    init(_ matrix: Matrix, _ benchmark: Benchmark) {
        let logistic = Logistic(matrix, benchmark.cases.map { $0.decision?.isMerged ?? false })
        let folds = benchmark.projects.map(CrossValidation.fold)
        let decided = benchmark.cases.indices.filter { benchmark.cases[$0].decision != nil }
        func fold(_ position: Int) -> Int { folds[benchmark.cases[position].submission.project] }
        let whole = logistic.fit(decided)
        let fitted = (0..<CrossValidation.folds).map { out in
            logistic.fit(decided.filter { fold($0) != out }, from: whole)
        }
        self.whole = whole
        self.logOdds = benchmark.cases.indices.map { fitted[fold($0)].logOdds(matrix, $0) }
    }

    /// The fold that a project is dealt into: by its name alone, so that no other project moves it.
    static func fold(_ project: String) -> Int {
        let digest = SHA256.hash(project.lowercased().utf8).hex.prefix(12)
        guard let number = Int(digest, radix: 16) else { preconditionFailure("a digest is hexadecimal") }
        return number % self.folds
    }
}
