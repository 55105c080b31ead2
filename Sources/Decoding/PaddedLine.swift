import Crypto

/// One line of a file within a block of many, with bytes after it that may be read and mean nothing.
public struct PaddedLine {
    /// Counted from 1.
    public let number: Int
    /// Whether it is all there.
    public let state: Line.State
    private let block: [UInt8]
    private let range: Range<Int>
    private let skipped: Digest?

    /// The bytes at `range` of `block`, which has the padding a parser asks for after every line.
    init(number: Int, state: Line.State, block: [UInt8], range: Range<Int>, skipped: Digest? = nil) {
        precondition(range.upperBound + LineBlocks.padding <= block.count, "a block ends with its padding")
        self.number = number
        self.state = state
        self.block = block
        self.range = range
        self.skipped = skipped
    }

    /// Without the newline; none when it is too long. `LineBlocks.padding` more can be read after them where they lie.
    public var bytes: ArraySlice<UInt8> { self.block[self.range] }

    /// Whether there is nothing but spaces.
    public var isBlank: Bool { self.bytes.allSatisfy { $0 == 0x20 || $0 == 0x0D } }

    /// Lower-case hex SHA-256 of the whole line, the bytes that were not kept included.
    public var digest: String { (self.skipped ?? SHA256.hash(self.bytes)).hex }
}
