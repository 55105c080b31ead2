/// Numbers things as they are met: a few by looking through them, many by a table.
struct Numbering<Thing: Hashable> {
    /// How many are compared at most before a table is made; hashing costs as much as so many comparisons.
    private static var few: Int { 16 }

    private var things: [Thing] = []
    private var table: [Thing: Int] = [:]

    /// The number of `thing`; nil when it was not met before, and then it has the next one from now on.
    mutating func known(_ thing: Thing) -> Int? {
        if self.table.isEmpty {
            if let known = self.things.firstIndex(of: thing) { return known }
            self.things.append(thing)
            guard self.things.count > Self.few else { return nil }
            for (number, thing) in self.things.enumerated() { self.table[thing] = number }
            return nil
        }
        let next = self.table.count
        if let known = self.table[thing] { return known }
        self.table[thing] = next
        return nil
    }
}
