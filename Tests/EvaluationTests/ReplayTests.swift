import Foundation
import Reputation
import Testing

@testable import Evaluation

private let memory = MergeModel.merge1.memory

private func terms(_ rows: [String]) throws -> [[Term: Double]] {
    let benchmark = try Benchmark(pullRequests: table(rows))
    let matrix = Replay.terms(of: benchmark, memory)
    return (0..<matrix.count).map { Dictionary(uniqueKeysWithValues: zip(Term.allCases, matrix.row($0))) }
}

@Test func `a decision is known from the second after it`() throws {
    let second = 1.0 / 86_400
    let before = try terms([row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ben", proposed: 1)])
    let after = try terms([row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ben", proposed: 1 + second)])
    #expect(before[1][.queue] == log(2))
    #expect(after[1][.queue] == 0)
    #expect(before[1][.projectRate] == before[0][.projectRate])
    #expect(try #require(after[1][.projectRate]) > #require(before[1][.projectRate]))
}

@Test func `with nothing decided everything is the prior, seven of ten`() throws {
    let first = try #require(try terms([row(1, "k/a", "ada", proposed: 0)]).first)
    #expect(abs(try #require(first[.projectRate]) - logOdds(0.7)) < 1e-12)
    for term in Term.model.dropFirst() { #expect(first[term] == 0) }
}

@Test func `rates are those that the formulas say`() throws {
    // Two merges and a refusal of Ada's, on the day itself but for seconds: fading takes less than a millionth.
    let last = try #require(
        try terms([
            row(1, "k/a", "ada", proposed: 0, merged: 0), row(2, "k/a", "ada", proposed: 0, merged: 0),
            row(3, "k/a", "ada", proposed: 0, closed: 0), row(4, "k/a", "ada", proposed: 0.001),
        ]).last)
    let everywhere = (2.0 + 7) / (3 + 10)
    let project = (2 + 10 * everywhere) / 13
    let late = (2 + 6 * project) / 9
    let person = (2 + 5 * project) / 8
    func near(_ term: Term, _ value: Double) -> Bool { abs((last[term] ?? .nan) - value) < 1e-4 }
    #expect(near(.projectRate, logOdds(late)))
    #expect(near(.personSurplus, logOdds(person) - logOdds(project)))
    #expect(near(.recentMerges, log(3)))
    #expect(near(.breadth, log(2) - log(4)))
}

@Test func `a decision weighs half after 180 days`() throws {
    let last = try #require(
        try terms([row(1, "k/a", "ada", proposed: 0, merged: 0), row(2, "k/a", "ada", proposed: 180)]).last)
    #expect(abs(try #require(last[.recentMerges]) - log(1.5)) < 1e-9)
}

@Test func `whoever has no history in a project gets the same chance there, wherever else they failed`() throws {
    let rows = [
        row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/b", "ben", proposed: 0, closed: 1),
        row(3, "k/b", "ben", proposed: 2, closed: 3), row(4, "k/a", "cleo", proposed: 9),
        row(5, "k/a", "ben", proposed: 9),
    ]
    let benchmark = try Benchmark(pullRequests: table(rows))
    let matrix = Replay.terms(of: benchmark, memory).columns(Term.model.map(\.column))
    let chances = benchmark.cases.suffix(2).map {
        MergeModel.merge1.coefficients.logOdds(matrix, $0.submission.position)
    }
    // The second of the two sees the first one's proposal: the project takes from one person more.
    let breadth = matrix[4, 3] - matrix[3, 3]
    #expect(abs(chances[1] - chances[0] - 0.2195 * breadth) < 1e-9)
}

@Test func `a newcomer is one by all three signs`() throws {
    let benchmark = try Benchmark(
        pullRequests: table([
            row(1, "k/a", "ada", proposed: 0, merged: 1), row(2, "k/a", "ada", proposed: 2),
            row(3, "k/b", "ada", proposed: 2), row(4, "k/b", "ben", proposed: 2, prior: 1),
            row(5, "k/b", "cleo", proposed: 2, mainTeam: true), row(6, "k/b", "ada", proposed: 2),
        ]))
    // Nothing of Ada's is decided in k/b yet, so she is new there again.
    #expect(Replay(benchmark, memory).newcomers == [true, false, true, false, false, true])
}

@Test func `other names, and rows in another order, change nothing`() throws {
    let rows = madeUpRows(cases: 200)
    let plain = Replay.terms(of: try Benchmark(pullRequests: table(rows)), memory)
    let renamed = rows.map { $0.replacing("kite/p", with: "zebra/q").replacing(",u", with: ",someone-") }
    #expect(Replay.terms(of: try Benchmark(pullRequests: table(renamed)), memory).values == plain.values)
    #expect(Replay.terms(of: try Benchmark(pullRequests: table(rows.reversed())), memory).values == plain.values)
}
