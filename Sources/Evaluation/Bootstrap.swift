/// A 95 % interval.
public struct Interval: Hashable, Sendable {
    /// Its lower bound.
    public let low: Double
    /// Its upper bound.
    public let high: Double
}

/// SplitMix64 (Steele, Lea, Flood 2014): a few lines, and so the same numbers everywhere and always.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int(self.next().multipliedFullWidth(by: UInt64(bound)).high) }
}

/// Draws `count` things out of `count`, with replacement, over and over.
struct Bootstrap {
    /// How often.
    static let replicates = 1_000
    private static let seed: UInt64 = 20_140_210

    /// How many times each thing is drawn, replicate by replicate; the same for the same `count`.
    static func draws(_ count: Int, _ body: ([Double]) -> Void) {
        guard count > 0 else { return }
        var random = SplitMix64(seed: self.seed)
        for _ in 0..<self.replicates {
            var times = Array(repeating: 0.0, count: count)
            for _ in 0..<count { times[random.below(count)] += 1 }
            body(times)
        }
    }

    /// The 2.5 % and the 97.5 % quantile of the values there are; nil when more than a tenth are missing.
    static func interval(_ values: [Double?]) -> Interval? {
        let known = values.compactMap(\.self).sorted()
        guard let last = known.indices.last, known.count * 10 >= values.count * 9 else { return nil }
        return Interval(low: known[last * 25 / 1_000], high: known[last - last * 25 / 1_000])
    }
}
