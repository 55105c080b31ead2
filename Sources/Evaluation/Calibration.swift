import Glibc

/// How chances that were stated compare with what came of them.
public struct Calibration: Hashable, Sendable {
    /// Cases of similar stated chance.
    public struct Bin: Hashable, Sendable {
        /// How many.
        public let count: Int
        /// Their stated chance on average.
        public let stated: Double
        /// The share that was merged.
        public let merged: Double
        /// The 95 % interval of that share (Wilson).
        public let interval: Interval
    }

    /// Tenths of the cases, lowest chance first.
    public let bins: [Bin]
    /// The mean square of the difference between chance and outcome (Brier).
    public let brier: Double
    /// The same had everyone got the share that was merged overall.
    public let brierOfBaseRate: Double
    /// The mean of −ln of the chance given to what happened.
    public let logLoss: Double
    /// The mean distance of a bin's stated chance from its share, by cases.
    public let error: Double

    /// Compares `chances` with `labels`; nil when there are none.
    init?(_ chances: [Double], _ labels: [Bool]) {
        guard !chances.isEmpty else { return nil }
        let n = Double(chances.count)
        let share = Double(labels.count { $0 }) / n
        let pairs = zip(chances, labels)
        self.brier = pairs.map { ($0 - ($1 ? 1 : 0)) * ($0 - ($1 ? 1 : 0)) }.reduce(0, +) / n
        self.brierOfBaseRate = share * (1 - share)
        self.logLoss = pairs.map { -log(max($1 ? $0 : 1 - $0, 1e-12)) }.reduce(0, +) / n
        let order = chances.indices.sorted { (chances[$0], $0) < (chances[$1], $1) }
        self.bins = (0..<10).compactMap { tenth in
            let part = order[order.count * tenth / 10..<order.count * (tenth + 1) / 10]
            return part.isEmpty ? nil : Bin(part.map { chances[$0] }, part.map { labels[$0] })
        }
        self.error = self.bins.map { Double($0.count) * abs($0.stated - $0.merged) }.reduce(0, +) / n
    }
}

extension Calibration.Bin {
    init(_ chances: [Double], _ labels: [Bool]) {
        let n = Double(chances.count)
        let share = Double(labels.count { $0 }) / n
        let z = 1.96
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        self.init(
            count: chances.count, stated: chances.reduce(0, +) / n, merged: share,
            interval: Interval(low: max(0, centre - half), high: min(1, centre + half)))
    }
}

/// The area under the precision-recall curve of finding the cases that are `sought`, as average precision: ties are
/// taken together. Nil when nothing is sought.
func averagePrecision(_ scores: [Double], sought: [Bool]) -> Double? {
    let total = sought.count { $0 }
    guard total > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var (found, seen, sum) = (0, 0, 0.0)
    var position = 0
    while position < order.count {
        let score = scores[order[position]]
        let before = found
        while position < order.count, scores[order[position]] == score {
            if sought[order[position]] { found += 1 }
            position += 1
        }
        seen = position
        sum += Double(found - before) / Double(total) * Double(found) / Double(seen)
    }
    return sum
}
