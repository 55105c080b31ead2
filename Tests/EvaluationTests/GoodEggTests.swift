import Reputation
import Testing

@testable import Evaluation

private func scores(_ rows: [String]) throws -> (version1: [Double], version3: [Double]) {
    let replay = Replay(try Benchmark(pullRequests: table(rows)), MergeModel.merge1.memory)
    return (replay.baselines[.goodEgg1] ?? [], replay.baselines[.goodEgg3] ?? [])
}

/// What version 1 makes of so many projects whose merges still count: the walk is with the person 0.85 / 1.85 of the time.
private func star(_ projects: Double) -> Double {
    let ratio = 0.85 / 1.85 * (projects + 1)
    return ratio / (ratio + 1)
}

@Test func `version 3 is the share merged, and nothing without a merge`() throws {
    let scores = try scores([
        row(1, "k/a", "ada", proposed: 0, closed: 1), row(2, "k/a", "ada", proposed: 2, merged: 3),
        row(3, "k/a", "ada", proposed: 4, merged: 5), row(4, "k/a", "ada", proposed: 6),
    ]).version3
    #expect(scores == [0, 0, 0.5, 2.0 / 3])
}

@Test func `version 1 counts projects and nothing else while merges are not too old`() throws {
    let scores = try scores([
        row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ada", proposed: 2, merged: 3),
        row(3, "k/b", "ada", proposed: 4, merged: 5), row(4, "k/a", "ada", proposed: 600),
    ]).version1
    for (score, expected) in zip(scores, [0, star(1), star(1), star(2)]) { #expect(abs(score - expected) < 1e-5) }
}

@Test func `version 1 of merges that are all too old is the walk's restart`() throws {
    let scores = try scores([row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ada", proposed: 800)])
        .version1
    // No edge has weight, and the walk never begins at a person.
    #expect(try #require(scores.last) < 1e-4)
}
