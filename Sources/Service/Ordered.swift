extension Array {
    /// The elements by `key`; those with equal keys as they were.
    ///
    /// Sorted by what lies in an array together, where to look at two elements for each comparison would be to look all over
    /// the memory.
    func ordered(by key: (Element) -> some Comparable) -> [Element] {
        self.enumerated().map { (key: key($0.element), position: $0.offset) }
            .sorted { ($0.key, $0.position) < ($1.key, $1.position) }
            .map { self[$0.position] }
    }
}

extension Array where Element: Comparable {
    /// Whether none of the elements is in `other`; both in order.
    func isDisjoint(fromOrdered other: [Element]) -> Bool {
        var place = 0
        for element in self {
            while place < other.count, other[place] < element { place += 1 }
            if place < other.count, other[place] == element { return false }
        }
        return true
    }
}
