/// Small numbers by 64-bit keys that are hashes already, such as the bits of a mark.
///
/// Half of what standings cost is to find somebody, so a lookup is one multiplication and mostly one line of memory. The
/// factor is odd and drawn for each table: whoever chooses names cannot make them fall on one place (Dietzfelbinger,
/// Hagerup, Katajainen, Penttonen: A Reliable Randomized Algorithm for the Closest-Pair Problem, 1997). Nothing that is
/// reckoned depends on where something stands.
///
/// A large table is 256 of its own, each of which grows by itself: with ten million keys the longest wait for one to be
/// added is 9 ms. Of a table in one piece it was 200 to 900, when it doubled.
struct MarkTable: Sendable {
    /// The table while it is one.
    private var whole = Part(factor: UInt64.random(in: 0...UInt64.max) | 1, shared: 0)
    /// Afterwards; a key is in the part that the first 8 bits of its product name.
    private var parts: [Part] = []

    /// The number at `key`, which is not negative; nil when there is none.
    subscript(key: UInt64) -> Int? {
        self.parts.isEmpty ? self.whole[key] : self.parts[self.part(of: key)][key]
    }

    /// The number at `key`; when there is none, nil, and from then on `new`.
    mutating func known(_ key: UInt64, orFrom new: Int) -> Int? {
        if self.parts.isEmpty {
            if !self.whole.isLarge { return self.whole.known(key, orFrom: new) }
            self.fallApart()
        }
        return self.parts[self.part(of: key)].known(key, orFrom: new)
    }

    private func part(of key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* self.whole.factor) &>> 56) }

    private mutating func fallApart() {
        self.parts = Array(repeating: Part(factor: self.whole.factor, shared: 8), count: 256)
        for slot in self.whole.slots where slot.value >= 0 {
            _ = self.parts[self.part(of: slot.key)].known(slot.key, orFrom: Int(slot.value))
        }
        self.whole = Part(factor: self.whole.factor, shared: 0)
    }
}

extension MarkTable {
    fileprivate struct Slot {
        var key: UInt64 = 0
        /// −1 in a free slot.
        var value: Int32 = -1
    }

    /// Open addressing, at most three quarters full.
    fileprivate struct Part {
        private(set) var slots: [Slot] = []
        private var count = 0
        private var shift: UInt64 = 64
        let factor: UInt64
        /// How many bits all products here begin with alike.
        let shared: UInt64

        init(factor: UInt64, shared: UInt64) {
            self.factor = factor
            self.shared = shared
        }

        /// Whether it fills 1 MB, and would have to grow.
        var isLarge: Bool { self.slots.count >= 1 << 16 && self.isFull }

        private var isFull: Bool { self.count * 4 >= self.slots.count * 3 }

        subscript(key: UInt64) -> Int? {
            guard !self.slots.isEmpty else { return nil }
            let value = self.slots[self.place(of: key)].value
            return value < 0 ? nil : Int(value)
        }

        mutating func known(_ key: UInt64, orFrom new: Int) -> Int? {
            if self.isFull { self.grow() }
            let place = self.place(of: key)
            let value = self.slots[place].value
            if value >= 0 { return Int(value) }
            self.slots[place] = Slot(key: key, value: Int32(new))
            self.count += 1
            return nil
        }

        /// Where `key` is, or the free slot where it belongs.
        private func place(of key: UInt64) -> Int {
            var place = Int(truncatingIfNeeded: ((key &* self.factor) &<< self.shared) &>> self.shift)
            while self.slots[place].value >= 0, self.slots[place].key != key {
                place = (place &+ 1) & (self.slots.count &- 1)
            }
            return place
        }

        private mutating func grow() {
            let old = self.slots
            self.slots = Array(repeating: Slot(), count: max(8, old.count * 2))
            self.shift = UInt64(64 - self.slots.count.trailingZeroBitCount)
            for slot in old where slot.value >= 0 { self.slots[self.place(of: slot.key)] = slot }
        }
    }
}
