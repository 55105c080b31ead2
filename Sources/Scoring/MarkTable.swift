/// Small numbers by 64-bit keys that are hashes already, such as the bits of a mark.
///
/// Half of what standings cost is to find somebody, so a lookup is one multiplication and mostly one line of memory. The
/// factor is odd and drawn for each table: whoever chooses names cannot make them fall on one place (Dietzfelbinger,
/// Hagerup, Katajainen, Penttonen: A Reliable Randomized Algorithm for the Closest-Pair Problem, 1997). Nothing that is
/// reckoned depends on where something stands.
struct MarkTable: Sendable {
    private struct Slot {
        var key: UInt64 = 0
        /// −1 in a free slot.
        var value: Int32 = -1
    }

    private var slots: [Slot] = []
    private var count = 0
    private var shift: UInt64 = 64
    private let factor = UInt64.random(in: 0...UInt64.max) | 1

    /// The number at `key`, which is not negative; nil when there is none.
    subscript(key: UInt64) -> Int? {
        guard !self.slots.isEmpty else { return nil }
        let value = self.slots[self.place(of: key)].value
        return value < 0 ? nil : Int(value)
    }

    /// The number at `key`; when there is none, nil, and from then on `new`.
    mutating func known(_ key: UInt64, orFrom new: Int) -> Int? {
        if self.count * 4 >= self.slots.count * 3 { self.grow() }
        let place = self.place(of: key)
        let value = self.slots[place].value
        if value >= 0 { return Int(value) }
        self.slots[place] = Slot(key: key, value: Int32(new))
        self.count += 1
        return nil
    }

    /// Where `key` is, or the free slot where it belongs.
    private func place(of key: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: (key &* self.factor) &>> self.shift)
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
