/// How often a score puts a case that was merged above one that was not: the area under the ROC curve, and where the
/// pairs come from.
///
/// A tie counts half. A figure is nil where there is no pair to compare.
public struct Areas: Hashable, Sendable {
    /// Over all pairs.
    public var pooled: Double?
    /// Over the pairs of one project: what the project's habits cannot explain.
    public var withinProject: Double?
    /// Over all pairs of newcomers.
    public var newcomers: Double?
    /// Over the pairs of newcomers to one project.
    public var newcomersWithinProject: Double?
}

/// The cases that are compared: their labels, and the groups whose inner pairs count apart.
struct Comparison {
    let labels: [Bool]
    let groups: [Int]

    /// The areas of all pairs and of pairs within a group.
    func areas(_ scores: [Double]) -> (pooled: Double?, within: Double?) {
        let byScore = scores.indices.sorted { scores[$0] < scores[$1] }
        let byGroup = scores.indices.sorted { (self.groups[$0], scores[$0]) < (self.groups[$1], scores[$1]) }
        let pooled = self.concordance(byScore[...], scores)
        var (right, pairs) = (0.0, 0.0)
        for range in self.runs(byGroup) {
            let part = self.concordance(byGroup[range], scores)
            right += part.right
            pairs += part.pairs
        }
        return (
            pooled.pairs > 0 ? pooled.right / pooled.pairs : nil, pairs > 0 ? right / pairs : nil
        )
    }

    /// The area of each group that has both labels, with the number of its cases.
    func areasByGroup(_ scores: [Double]) -> [(group: Int, area: Double, count: Int)] {
        let byGroup = scores.indices.sorted { (self.groups[$0], scores[$0]) < (self.groups[$1], scores[$1]) }
        return self.runs(byGroup).compactMap { range in
            let part = self.concordance(byGroup[range], scores)
            guard part.pairs > 0 else { return nil }
            return (self.groups[byGroup[range.lowerBound]], part.right / part.pairs, range.count)
        }
    }

    /// The ranges of `order` that belong to one group.
    private func runs(_ order: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        for position in order.indices.dropFirst()
        where self.groups[order[position]] != self.groups[order[position - 1]] {
            runs.append(start..<position)
            start = position
        }
        if start < order.count { runs.append(start..<order.count) }
        return runs
    }

    /// The pairs of unlike labels among `order`, which rises with the score, and how many of them are right.
    private func concordance(_ order: ArraySlice<Int>, _ scores: [Double]) -> (right: Double, pairs: Double) {
        var (right, merged, declined) = (0.0, 0.0, 0.0)
        var position = order.startIndex
        while position < order.endIndex {
            let score = scores[order[position]]
            var (mergedHere, declinedHere) = (0.0, 0.0)
            while position < order.endIndex, scores[order[position]] == score {
                if self.labels[order[position]] { mergedHere += 1 } else { declinedHere += 1 }
                position += 1
            }
            right += mergedHere * (declined + declinedHere / 2)
            merged += mergedHere
            declined += declinedHere
        }
        return (right, merged * declined)
    }
}

/// The same, kept by pair of groups, so that groups can be drawn again and again without going through the cases.
struct ConcordanceTable {
    let groups: Int
    private var merged: [Double]
    private var declined: [Double]
    /// Right pairs of a merged case of one group and a declined case of another, row by row.
    private var right: [Double]

    init(_ comparison: Comparison, _ scores: [Double], groups: Int) {
        self.groups = groups
        self.merged = Array(repeating: 0, count: groups)
        self.declined = Array(repeating: 0, count: groups)
        self.right = Array(repeating: 0, count: groups * groups)
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var position = 0
        while position < order.count {
            let start = position
            while position < order.count, scores[order[position]] == scores[order[start]] { position += 1 }
            // A declined case of equal score counts half: the table is read between its two halves.
            let tied = order[start..<position]
            let declinedHere = tied.filter { !comparison.labels[$0] }.map { comparison.groups[$0] }
            for group in declinedHere { self.declined[group] += 0.5 }
            for case_ in tied where comparison.labels[case_] { self.count(merged: comparison.groups[case_]) }
            for group in declinedHere { self.declined[group] += 0.5 }
        }
    }

    private mutating func count(merged group: Int) {
        self.merged[group] += 1
        for other in 0..<self.groups { self.right[group * self.groups + other] += self.declined[other] }
    }

    /// The areas when every group is there so many times.
    func areas(_ times: [Double]) -> (pooled: Double?, within: Double?) {
        var (right, inner, innerPairs, merged, declined) = (0.0, 0.0, 0.0, 0.0, 0.0)
        let present = times.indices.filter { times[$0] > 0 }
        for group in present {
            merged += times[group] * self.merged[group]
            declined += times[group] * self.declined[group]
            innerPairs += times[group] * self.merged[group] * self.declined[group]
            inner += times[group] * self.right[group * self.groups + group]
            var row = 0.0
            for other in present { row += times[other] * self.right[group * self.groups + other] }
            right += times[group] * row
        }
        let pairs = merged * declined
        return (pairs > 0 ? right / pairs : nil, innerPairs > 0 ? inner / innerPairs : nil)
    }
}
