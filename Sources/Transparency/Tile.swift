/// A resource of the log's read interface (C2SP tlog-tiles): up to 256 hashes of one level, or up to 256 entries.
///
/// A tile grows until it is full and never changes what it holds, so a narrower tile is a prefix of a wider one.
public struct Tile: Hashable, Sendable {
    /// What a tile holds.
    public enum Kind: Hashable, Sendable {
        /// Hashes of subtrees of 256 to the power of `level` leaves, 0 to 7.
        case hashes(level: Int)
        /// Entries, as `EntryBundle` writes them.
        case entries

        /// The level of the hashes, nil for entries.
        var level: Int? { if case .hashes(let level) = self { level } else { nil } }
    }

    /// How many hashes or entries a full tile holds.
    public static let fullWidth = 256
    /// The highest level a tree of fewer than 2^63 leaves has tiles at.
    public static let highestLevel = 7

    /// What it holds.
    public let kind: Kind
    /// Its place among the tiles of its kind, from 0.
    public let number: Int64
    /// How many hashes or entries it holds, 1 to 256.
    public let width: Int

    /// The tile `number` of `kind`, holding `width`.
    public init(_ kind: Kind, number: Int64, width: Int = Tile.fullWidth) {
        precondition(number >= 0 && (1...Tile.fullWidth).contains(width), "no such tile")
        self.kind = kind
        self.number = number
        self.width = width
    }

    /// Whether nothing will be added to it.
    public var isFull: Bool { self.width == Tile.fullWidth }

    /// The tile of `kind` at `number` in a log of `size` entries, nil while it is still empty.
    public static func at(_ kind: Kind, number: Int64, size: Int64) -> Tile? {
        let level = if case .hashes(let level) = kind { level } else { 0 }
        let count = size >> Int64(8 * level)
        guard number >= 0, count > 0, number <= (count - 1) >> 8 else { return nil }
        return Tile(kind, number: number, width: Int(min(count - number << 8, Int64(Tile.fullWidth))))
    }
}

extension Tile {
    /// The path below the log's prefix: `tile/0/x001/x234/067.p/112`, `tile/entries/000`.
    public var path: String {
        var groups: [String] = []
        var rest = self.number
        repeat {
            let digits = String(rest % 1000)
            groups.insert((groups.isEmpty ? "" : "x") + String(repeating: "0", count: 3 - digits.count) + digits, at: 0)
            rest /= 1000
        } while rest > 0
        let level = if case .hashes(let level) = self.kind { String(level) } else { "entries" }
        return "tile/\(level)/" + groups.joined(separator: "/") + (self.isFull ? "" : ".p/\(self.width)")
    }

    /// The tile at `path`, or nil unless it is exactly what `path` gives for a tile.
    public init?(path: some StringProtocol) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst() == "tile" else { return nil }
        let name = parts.removeFirst()
        if name == "entries" {
            self.kind = .entries
        } else {
            guard let level = Int64(decimal: name), level <= Int64(Tile.highestLevel) else { return nil }
            self.kind = .hashes(level: Int(level))
        }
        self.width = Tile.partialWidth(&parts) ?? Tile.fullWidth
        guard let number = Tile.number(parts) else { return nil }
        self.number = number
    }

    /// Takes `.p` and the width off the end of `parts`; nil, and `parts` as they were, when there is none.
    private static func partialWidth<Text: StringProtocol>(_ parts: inout [Text]) -> Int?
    where Text.SubSequence == Text {
        guard parts.count >= 2, parts[parts.count - 2].hasSuffix(".p"), let last = parts.last,
            let width = Int64(decimal: last), (1..<Int64(Tile.fullWidth)).contains(width)
        else { return nil }
        parts.removeLast()
        parts.append(parts.removeLast().dropLast(2))
        return Int(width)
    }

    /// The number that groups of three digits write, nil unless they are as few as can be and all but the last have
    /// an `x`.
    private static func number(_ groups: [some StringProtocol]) -> Int64? {
        guard (1...7).contains(groups.count) else { return nil }
        var number: Int64 = 0
        for (position, group) in groups.enumerated() {
            var digits = Array(group.utf8)
            if position < groups.count - 1 {
                guard digits.first == UInt8(ascii: "x") else { return nil }
                digits.removeFirst()
            }
            guard digits.count == 3, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
                return nil
            }
            if position == 0, groups.count > 1, digits == Array("000".utf8) { return nil }
            for digit in digits {
                let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
                let (sum, isTooLargeStill) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
                guard !isTooLarge, !isTooLargeStill else { return nil }
                number = sum
            }
        }
        return number
    }
}

extension Int64 {
    /// The number `text` writes in decimal, nil unless it is 0 or more and without sign or leading zeros.
    init?(decimal text: some StringProtocol) {
        guard let first = text.utf8.first, first != UInt8(ascii: "0") || text.utf8.count == 1,
            text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        else { return nil }
        self.init(text)
    }
}
