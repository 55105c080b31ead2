import Foundation
import Testing

@testable import Scoring

/// The whole-number arithmetic against the C library's and against first principles.
struct ArithmeticTests {
    @Test func `halving agrees with pow and never rises`() {
        var last = Int64.max
        for age: Int64 in 0..<5_000 {
            let left = halved(1_000_000_000, age, per: 180)
            let exact = 1e9 * pow(2, -Double(age) / 180)
            #expect(abs(Double(left) - exact) <= exact * 2e-5 + 1)
            #expect(left <= last)
            last = left
        }
        #expect(halved(1_000, 180, per: 180) == 500)
        #expect(halved(1_000, 1_000_000, per: 180) == 0)
    }

    @Test func `saturation starts at nothing, reaches half at half, never falls and never passes its limit`() {
        #expect(saturated(0, half: 12_000, limit: 16_601) == 0)
        #expect(saturated(12_000, half: 12_000, limit: 16_600) == 8_300)
        var last: Int64 = 0
        for value: Int64 in stride(from: 0, to: 400_000, by: 37) {
            let reached = saturated(value, half: 12_000, limit: 16_601)
            #expect(reached >= last && reached <= 16_601 && reached <= value)
            last = reached
        }
    }

    @Test func `the logarithm rises and is exact at powers of two`() {
        for exponent: Int64 in 0..<40 { #expect(logarithm2(1 << exponent) == exponent * 1_000) }
        for value: Int64 in 1..<5_000 {
            #expect(logarithm2(value) <= logarithm2(value + 1))
            #expect(abs(Double(logarithm2(value)) - 1_000 * log2(Double(value))) < 88)
        }
    }

    @Test func `the root is whole`() {
        for value: Int64 in [0, 1, 2, 3, 4, 8, 9, 999_999, 1_000_000, 4_000_000_000_000, Int64(1) << 62] {
            let root = squareRoot(value)
            #expect(root * root <= value && (root + 1).multipliedReportingOverflow(by: root + 1).partialValue > value)
        }
    }

    @Test func `the Beta distribution matches its polynomials`() {
        for x in [0.0, 0.1, 0.35, 0.5, 0.9, 1.0] {
            #expect(abs(betaBelow(x, 1, 1) - x) < 1e-12)
            #expect(abs(betaBelow(x, 3, 1) - x * x * x) < 1e-12)
            #expect(abs(betaBelow(x, 1, 2) - (1 - (1 - x) * (1 - x))) < 1e-12)
            #expect(abs(betaBelow(x, 2, 2) - (3 * x * x - 2 * x * x * x)) < 1e-12)
        }
        #expect(abs(betaBelow(0.5, 1_000_001, 1_000_001) - 0.5) < 1e-9)
        #expect(betaBelow(0.1, 1_000_000, 10) == 0)
        #expect(betaBelow(0.99, 10, 1_000_000) == 1)
    }

    /// The exact bounds of a Poisson mean (chi-square quantiles) for n = 1, 5, 20, 100.
    @Test(arguments: [(1, 0.05, 4.74), (5, 1.97, 10.51), (20, 13.25, 29.06), (100, 84.14, 118.08)])
    func `the interval of a count is that of a Poisson mean`(n: Int, low: Double, high: Double) {
        let interval = chance(Int64(n) * 1_000, n: n)
        #expect(abs(Double(interval.lowerBound) / 1_000 - low) < 0.1)
        #expect(abs(Double(interval.upperBound) / 1_000 - high) < 0.1)
    }

    @Test(arguments: 0..<60)
    func `the flow equals the smallest cut`(seed: Int) {
        var chance = Seeded(seed)
        let nodes = Int.random(in: 2...8, using: &chance)
        var network = FlowNetwork()
        for _ in 0..<nodes { _ = network.node() }
        var arcs: [(Int, Int, Int64)] = []
        for _ in 0..<Int.random(in: 1...24, using: &chance) {
            let arc = (
                Int.random(in: 0..<nodes, using: &chance), Int.random(in: 0..<nodes, using: &chance),
                Int64.random(in: 0...9, using: &chance)
            )
            arcs.append(arc)
            network.connect(arc.0, arc.1, capacity: arc.2)
        }
        // Node 0 is the source and node 1 the sink; a cut is any set with the first and without the second.
        let cut = stride(from: 1, to: 1 << nodes, by: 2).filter { $0 & 2 == 0 }.map { side in
            arcs.filter { side >> $0.0 & 1 == 1 && side >> $0.1 & 1 == 0 }.map(\.2).reduce(0, +)
        }.min()
        #expect(network.maximumFlow(from: 0, to: 1) == cut)
    }
}
