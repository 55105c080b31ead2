import Foundation
import Reputation

@testable import Evaluation

/// A table of pull requests as text.
func table(_ rows: [String]) -> [UInt8] {
    Array((([Benchmark.columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n").utf8)
}

/// A row of such a table: proposed and decided on days counted from 15,000 days after 1970.
func row(
    _ id: Int, _ project: String, _ requester: String, proposed: Double, merged: Double? = nil, closed: Double? = nil,
    prior: Int = 0, mainTeam: Bool = false
) -> String {
    func time(_ day: Double?) -> String { day.map { String(Int(($0 + 15_000) * 86_400)) } ?? "" }
    let decided = "\(time(merged)),\(time(closed ?? merged))"
    return "\(id),\(project),ruby,\(time(proposed)),\(decided),12,\(requester),\(prior),\(mainTeam)"
}

/// Made-up cases in which projects have rates of their own, and people are better or worse than them.
func madeUp(cases: Int = 600, projects: Int = 12, people: Int = 40, seed: UInt64 = 7) throws -> Benchmark {
    try Benchmark(pullRequests: table(madeUpRows(cases: cases, projects: projects, people: people, seed: seed)))
}

func madeUpRows(cases: Int = 600, projects: Int = 12, people: Int = 40, seed: UInt64 = 7) -> [String] {
    var random = SplitMix64(seed: seed)
    return (0..<cases).map { id in
        let (project, person) = (random.below(projects), random.below(people))
        let proposed = Double(id) / 2
        let decided = proposed + Double(random.below(4_000)) / 100
        let isMerged = random.below(100) < 20 + 5 * project + person
        return row(
            id, "kite/p\(project)", "u\(person)", proposed: proposed, merged: isMerged ? decided : nil, closed: decided)
    }
}

/// The file of `name` in the real data beside the checkout, or nil.
func realData(_ name: String) -> String? {
    var folder = URL(fileURLWithPath: #filePath)
    while folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        let file = folder.appendingPathComponent("shared/data").appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: file.path) { return file.path }
    }
    return nil
}
