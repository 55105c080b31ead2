import Glibc
import Reputation

/// The formulas of good-egg 2.0.0 (PyPI), versions 1 and 3, from what the replay knows.
///
/// Version 2 needs the age of accounts, which the data set does not have. Known contributors are scored too, as in
/// good-egg's own validation; its default is to pass over them.
struct GoodEgg {
    private struct Person {
        /// When changes were merged, by project, earliest first.
        var merged: [Int: [Instant]] = [:]
        var declined = 0
    }

    private let benchmark: Benchmark
    private var people: [Person]
    private var watchers: [Int64]

    init(_ benchmark: Benchmark) {
        self.benchmark = benchmark
        self.people = Array(repeating: Person(), count: benchmark.requesters.count)
        self.watchers = Array(repeating: 0, count: benchmark.projects.count)
    }

    /// Takes in how many watch the project now.
    mutating func submit(_ submission: Submission) {
        self.watchers[submission.project] = self.benchmark.cases[submission.position].watchers
    }

    mutating func decide(_ submission: Submission, _ decision: Decision) {
        if decision.isMerged {
            self.people[submission.requester].merged[submission.project, default: []].append(decision.decidedAt)
        } else {
            self.people[submission.requester].declined += 1
        }
    }

    /// Version 3: merged of decided, and 0 for who has nothing merged.
    func version3(_ submission: Submission) -> Double {
        let person = self.people[submission.requester]
        let merged = person.merged.values.map(\.count).reduce(0, +)
        return merged == 0 ? 0 : Double(merged) / Double(merged + person.declined)
    }

    /// Version 1: the person's rank in the graph of the person and the projects that merged its changes.
    func version1(_ submission: Submission) -> Double {
        let person = self.people[submission.requester]
        guard !person.merged.isEmpty else { return 0 }
        let projects = person.merged.keys.sorted()
        let weights = projects.map { project in
            self.weight(person.merged[project] ?? [], submission, project: project)
        }
        let nodes = Double(projects.count + 1)
        let ratio = GoodEgg.rank(weights, restart: self.restart(projects, person, submission)) * nodes
        // Its own iteration ends within a tolerance: what lies below that is no difference.
        return (ratio / (ratio + 1) * 1e9).rounded() / 1e9
    }

    private func weight(_ merged: [Instant], _ submission: Submission, project: Int) -> Double {
        let language = self.benchmark.languages[project]
        let quality = log1p(Double(self.watchers[project]) * (GoodEgg.multipliers[language.lowercased()] ?? 3))
        let name = self.benchmark.projects[project]
        let owner = name.split(separator: "/").first.map(String.init) ?? ""
        let isOwn =
            name.contains("/") && owner.lowercased() == self.benchmark.requesters[submission.requester].lowercased()
        return merged.suffix(20).reversed().reduce(0) { sum, moment in
            let days = max(0, submission.submittedAt.seconds - moment.seconds) / 86_400
            return sum + (days > 730 ? 0 : exp(-0.693 * Double(days) / 180)) * quality * (isOwn ? 0.3 : 1)
        }
    }

    /// Where the walk begins again, by project.
    private func restart(_ projects: [Int], _ person: Person, _ submission: Submission) -> [Double] {
        let total = person.merged.values.map(\.count).reduce(0, +)
        let diversity = 1 + 0.5 * min(1, Double(projects.count) / 20)
        let volume = 1 + 0.3 * min(1, log(Double(total)) / log(100))
        let isKnown = person.merged[submission.project] != nil
        let shares = projects.map { project -> Double in
            if project == submission.project { return 0.5 }
            let isAlike = self.benchmark.languages[project] == self.benchmark.languages[submission.project]
            return isKnown && isAlike ? 0.3 : 0.03 * diversity * volume
        }
        let sum = shares.reduce(0, +)
        return shares.map { $0 / sum }
    }

    /// The person's PageRank in a star: the person links to projects by `weights`, each project back. A node without
    /// weight sends the walk to `restart`.
    private static func rank(_ weights: [Double], restart: [Double]) -> Double {
        let total = weights.reduce(0, +)
        let nodes = Double(weights.count + 1)
        var person = 1 / nodes
        var projects = Array(repeating: 1 / nodes, count: weights.count)
        for _ in 0..<100 {
            var back = 0.0
            var lost = total > 0 ? 0 : person
            for index in projects.indices {
                if weights[index] > 0 { back += projects[index] } else { lost += projects[index] }
            }
            let next = projects.indices.map { index in
                let forward = total > 0 ? person * weights[index] / total : 0
                return 0.85 * (forward + lost * restart[index]) + 0.15 * restart[index]
            }
            let change = zip(next, projects).map { abs($0 - $1) }.reduce(abs(0.85 * back - person), +)
            (person, projects) = (0.85 * back, next)
            if change < nodes * 1e-6 { break }
        }
        return person
    }

    /// Its multipliers for the size of a language, as far as the data set has the language.
    private static let multipliers: [String: Double] = [
        "javascript": 1, "python": 1.13, "typescript": 1.3, "java": 1.55, "c++": 1.66, "c": 1.67, "php": 1.97,
        "c#": 2.03, "ruby": 2.17, "kotlin": 2.24, "go": 2.3, "swift": 2.4, "objective-c": 2.53, "lua": 2.61,
        "rust": 2.63, "dart": 2.82, "perl": 3.07, "r": 3.18, "scala": 3.5, "julia": 3.52, "haskell": 3.63,
        "elixir": 4.04, "clojure": 4.28, "ocaml": 4.63, "erlang": 5.18, "zig": 5.44, "f#": 5.57, "nim": 5.96,
    ]
}
