extension Span<UInt8> {
    /// The index of the first `byte` from `start` on; `count` when there is none.
    public func firstIndex(of byte: UInt8, from start: Int) -> Int {
        self.firstIndex(from: start) { $0.marks(of: byte) }
    }

    /// The index of the first byte from `start` on that cannot stand in a JSON text as it is (RFC 8259, section 7): a quotation
    /// mark, a backslash or a control character; `count` when there is none.
    func endOfPlainText(from start: Int) -> Int {
        self.firstIndex(from: start) {
            $0.marks(of: UInt8(ascii: "\"")) | $0.marks(of: UInt8(ascii: "\\")) | $0.marksOfControls
        }
    }

    /// The index of the first byte from `start` on that `marks` says is sought; `count` when there is none.
    ///
    /// Eight bytes at a time, as one number: most texts are names, which end within two of them, and which byte it is then needs
    /// no loop.
    @inline(__always)
    private func firstIndex(from start: Int, marks: (EightBytes) -> UInt64) -> Int {
        var index = start
        while index + 8 <= self.count {
            let found = marks(EightBytes(self.extracting(index..<(index + 8))))
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < self.count, marks(EightBytes(first: self[index])) & EightBytes.markOfFirst == 0 { index += 1 }
        return index
    }
}

/// Eight bytes of a text, the first of them the least significant.
///
/// What marks the bytes that are sought has the highest bit of each set. A borrow may set that of a byte behind one that is
/// sought, too; the first is right (Hank Warren, "Hacker's Delight", section 6-1).
private struct EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highest: UInt64 = 0x8080_8080_8080_8080

    private let bytes: UInt64

    @inline(__always)
    init(_ text: Span<UInt8>) {
        let low = UInt64(text[0]) | UInt64(text[1]) << 8 | UInt64(text[2]) << 16 | UInt64(text[3]) << 24
        let high = UInt64(text[4]) | UInt64(text[5]) << 8 | UInt64(text[6]) << 16 | UInt64(text[7]) << 24
        self.bytes = low | high << 32
    }

    /// Of which the first alone is of interest.
    init(first: UInt8) { self.bytes = UInt64(first) }

    /// What marks the first.
    static let markOfFirst: UInt64 = 0x80

    /// Where a byte is `sought`.
    func marks(of sought: UInt8) -> UInt64 {
        self.marks(below: 1, in: self.bytes ^ (UInt64(sought) &* EightBytes.ones))
    }

    /// Where a byte is below U+0020.
    var marksOfControls: UInt64 { self.marks(below: 0x20, in: self.bytes) }

    private func marks(below limit: UInt64, in bytes: UInt64) -> UInt64 {
        (bytes &- limit &* EightBytes.ones) & ~bytes & EightBytes.highest
    }
}
