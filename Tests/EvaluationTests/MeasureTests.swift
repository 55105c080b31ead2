import Testing

@testable import Evaluation

/// The area by its definition: the share of unlike pairs that are in order, ties half.
private func definition(_ labels: [Bool], _ scores: [Double], _ alike: (Int, Int) -> Bool) -> Double {
    var (right, pairs) = (0.0, 0.0)
    for i in labels.indices where labels[i] {
        for j in labels.indices where !labels[j] && alike(i, j) {
            pairs += 1
            right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
    }
    return right / pairs
}

private func sample(_ count: Int, seed: UInt64) -> (labels: [Bool], groups: [Int], scores: [Double]) {
    var random = SplitMix64(seed: seed)
    return (
        (0..<count).map { _ in random.below(3) > 0 }, (0..<count).map { _ in random.below(5) },
        (0..<count).map { _ in Double(random.below(12)) }
    )
}

@Test(arguments: 1...6 as ClosedRange<UInt64>)
func `areas are the share of pairs in order, ties half`(seed: UInt64) throws {
    let (labels, groups, scores) = sample(80, seed: seed)
    let areas = Comparison(labels: labels, groups: groups).areas(scores)
    #expect(abs(try #require(areas.pooled) - definition(labels, scores) { _, _ in true }) < 1e-12)
    #expect(abs(try #require(areas.within) - definition(labels, scores) { groups[$0] == groups[$1] }) < 1e-12)
}

@Test(arguments: 1...6 as ClosedRange<UInt64>)
func `the table of pairs gives the areas of any draw of groups`(seed: UInt64) throws {
    let (labels, groups, scores) = sample(60, seed: seed)
    let times = [2, 0, 1, 3, 1]
    // The same draw, written out case by case; copies of a group are groups of their own.
    var drawn: (labels: [Bool], groups: [Int], scores: [Double]) = ([], [], [])
    for (group, count) in times.enumerated() {
        for copy in 0..<count {
            for one in labels.indices where groups[one] == group {
                drawn.labels.append(labels[one])
                drawn.groups.append(group * 10 + copy)
                drawn.scores.append(scores[one])
            }
        }
    }
    let table = ConcordanceTable(Comparison(labels: labels, groups: groups), scores, groups: 5)
    let expected = Comparison(labels: drawn.labels, groups: drawn.groups).areas(drawn.scores)
    let areas = table.areas(times.map(Double.init))
    #expect(abs(try #require(areas.pooled) - #require(expected.pooled)) < 1e-12)
    #expect(abs(try #require(areas.within) - #require(expected.within)) < 1e-12)
}

@Test func `where there is no pair there is no area`() {
    let areas = Comparison(labels: [true, true], groups: [0, 0]).areas([1, 2])
    #expect(areas.pooled == nil && areas.within == nil)
    #expect(Comparison(labels: [], groups: []).areas([]).pooled == nil)
}

@Test func `average precision is that of the textbook`() throws {
    // Found at ranks 1 and 3 of 4: (1/1 + 2/3) / 2.
    let found = try #require(averagePrecision([4, 3, 2, 1], sought: [true, false, true, false]))
    #expect(abs(found - 5.0 / 6) < 1e-12)
    // All tied: the share.
    #expect(averagePrecision([1, 1, 1, 1], sought: [true, false, false, false]) == 0.25)
    #expect(averagePrecision([1], sought: [false]) == nil)
}

@Test func `the Brier score and the tenths are those of the definition`() throws {
    let chances = (0..<20).map { Double($0) / 20 }
    let labels = (0..<20).map { $0 % 4 == 0 }
    let calibration = try #require(Calibration(chances, labels))
    let brier = zip(chances, labels).map { ($0 - ($1 ? 1 : 0)) * ($0 - ($1 ? 1 : 0)) }.reduce(0, +) / 20
    #expect(abs(calibration.brier - brier) < 1e-12)
    #expect(abs(calibration.brierOfBaseRate - 0.25 * 0.75) < 1e-12)
    #expect(calibration.bins.map(\.count) == Array(repeating: 2, count: 10))
    #expect(abs(calibration.bins[0].stated - 0.025) < 1e-12 && calibration.bins[0].merged == 0.5)
    for bin in calibration.bins { #expect(bin.interval.low <= bin.merged && bin.merged <= bin.interval.high) }
    #expect(Calibration([], []) == nil)
}

@Test func `a fit finds the weights that made the labels`() {
    var random = SplitMix64(seed: 3)
    var matrix = Matrix(width: 2)
    var labels: [Bool] = []
    for _ in 0..<20_000 {
        let values = [Double(random.below(1_000)) / 500 - 1, Double(random.below(1_000)) / 500 - 1]
        matrix.append(values)
        labels.append(Double(random.below(1_000_000)) / 1e6 < chance(logOdds: 0.5 + 2 * values[0] - values[1]))
    }
    let fit = Logistic(matrix, labels).fit(Array(labels.indices))
    #expect(abs(fit.intercept - 0.5) < 0.06 && abs(fit.weights[0] - 2) < 0.1 && abs(fit.weights[1] + 1) < 0.1)
    let warm = Logistic(matrix, labels).fit(Array(labels.indices), from: Coefficients(intercept: 3, weights: [-1, 4]))
    #expect(zip(fit.weights, warm.weights).allSatisfy { abs($0 - $1) < 1e-6 })
}

@Test func `a fit of what can be told apart, of one case and of no case stays finite`() {
    var matrix = Matrix(width: 1)
    for value in 0..<10 { matrix.append([Double(value)]) }
    let labels = (0..<10).map { $0 > 4 }
    for rows in [Array(0..<10), [0], []] {
        let fit = Logistic(matrix, labels).fit(rows)
        #expect(fit.intercept.isFinite && fit.weights.allSatisfy(\.isFinite))
    }
    #expect(Logistic(matrix, labels).fit(Array(0..<10)).weights[0] > 0)
}

@Test func `draws are the same every time, and of the right number`() {
    var (first, second): ([[Double]], [[Double]]) = ([], [])
    Bootstrap.draws(7) { first.append($0) }
    Bootstrap.draws(7) { second.append($0) }
    #expect(first == second && first.count == Bootstrap.replicates)
    #expect(first.allSatisfy { $0.reduce(0, +) == 7 })
    // SplitMix64's published first outputs for the seed 1234567.
    var random = SplitMix64(seed: 1_234_567)
    #expect([random.next(), random.next()] == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
}

@Test(arguments: [
    (0.0, 3, "0.000"), (-0.0004, 3, "0.000"), (-0.0006, 3, "-0.001"), (0.9996, 3, "1.000"), (12.5, 0, "13"),
    (0.0123456, 6, "0.012346"), (.nan, 3, "null"), (.infinity, 1, "null"),
])
func `numbers are written with so many decimals`(number: Double, decimals: Int, text: String) {
    #expect(fixed(number, decimals) == text)
}
