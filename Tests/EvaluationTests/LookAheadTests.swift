import Reputation
import Testing

@testable import Evaluation

private let memory = MergeModel.merge1.memory

/// A matrix of one feature.
private func feature(_ benchmark: Benchmark, _ value: (Case) -> Double) -> Matrix {
    var matrix = Matrix(width: 1)
    for one in benchmark.cases { matrix.append([value(one)]) }
    return matrix
}

@Test func `no term looks ahead`() throws {
    let benchmark = try madeUp()
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { Replay.terms(of: $0, memory) }
    #expect(found == nil)
}

@Test func `no baseline looks ahead`() throws {
    let benchmark = try madeUp(cases: 200)
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { benchmark in
        let replay = Replay(benchmark, memory)
        var matrix = Matrix(width: Baseline.allCases.count)
        for one in benchmark.cases.indices {
            matrix.append(Baseline.allCases.map { replay.baselines[$0]?[one] ?? .nan })
        }
        return matrix
    }
    #expect(found == nil)
}

@Test func `a feature that knows the label is found out`() throws {
    let benchmark = try madeUp(cases: 50)
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { benchmark in
        feature(benchmark) { $0.decision?.isMerged == true ? 1 : 0 }
    }
    #expect(found != nil)
}

@Test func `a rate over changes proposed earlier but decided later is found out`() throws {
    let benchmark = try madeUp()
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { benchmark in
        feature(benchmark) { one in
            Double(benchmark.cases[..<one.submission.position].count { $0.decision?.isMerged == true })
        }
    }
    #expect(found != nil)
}

@Test func `a decision in the very second of a proposal is not known yet, and a feature that knows it is found out`()
    throws
{
    let benchmark = try Benchmark(
        pullRequests: table([row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ben", proposed: 1)]))
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { benchmark in
        feature(benchmark) { one in
            let now = one.submission.submittedAt
            return Double(benchmark.cases[..<one.submission.position].count { ($0.decision?.decidedAt ?? .end) <= now })
        }
    }
    #expect(found == 1)
}

@Test func `a feature that counts what comes after is found out`() throws {
    let benchmark = try madeUp(cases: 20)
    let found = firstLookAhead(in: benchmark, at: benchmark.cases.indices) { benchmark in
        feature(benchmark) { _ in Double(benchmark.cases.count) }
    }
    #expect(found == 0)
}

extension Instant {
    fileprivate static let end = Instant(seconds: .max)
}
