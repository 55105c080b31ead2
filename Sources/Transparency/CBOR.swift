/// Writes the CBOR that receipts are made of, in the one form RFC 8949, section 4.2.1 calls deterministic.
struct CBORWriter {
    private(set) var bytes: [UInt8] = []

    mutating func integer(_ value: Int64) {
        if value < 0 {
            self.head(.negative, UInt64(-1 - value))
        } else {
            self.head(.unsigned, UInt64(value))
        }
    }

    mutating func bytes(_ content: [UInt8]) {
        self.head(.bytes, UInt64(content.count))
        self.bytes += content
    }

    mutating func text(_ content: StaticString) {
        let content = Array("\(content)".utf8)
        self.head(.text, UInt64(content.count))
        self.bytes += content
    }

    /// The head of an array; its `count` items follow.
    mutating func array(_ count: Int) { self.head(.array, UInt64(count)) }

    /// The head of a map; its `count` pairs follow, ordered by the bytes of their keys.
    mutating func map(_ count: Int) { self.head(.map, UInt64(count)) }

    mutating func tag(_ number: UInt64) { self.head(.tag, number) }

    mutating func null() { self.head(.simple, CBORType.null) }

    private mutating func head(_ type: CBORType, _ argument: UInt64) {
        let type = type.rawValue << 5
        switch argument {
        case 0..<24: self.bytes.append(type | UInt8(argument))
        case 24...0xFF: self.bytes += [type | 24, UInt8(argument)]
        case 0x100...0xFFFF: self.bytes += [type | 25] + UInt16(argument).bigEndianBytes
        case 0x1_0000...0xFFFF_FFFF: self.bytes += [type | 26] + UInt32(argument).bigEndianBytes
        default: self.bytes += [type | 27] + argument.bigEndianBytes
        }
    }
}

/// The major types of CBOR (RFC 8949, section 3.1).
enum CBORType: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple

    /// The simple value `null` (RFC 8949, section 3.3).
    static let null: UInt64 = 22
}

/// Bytes are not the CBOR they should be: cut short, of another type, longer than the shortest form, or of a length
/// that is not said first.
struct CBORError: Error {}

/// Reads CBOR item by item, each of the type the caller expects next.
///
/// There is no tree and no recursion: how deep an input goes is decided by the code that reads it, not by the input.
/// Only the deterministic form is taken (RFC 8949, section 4.2.1), so what was read has been written one way.
struct CBORReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { self.rest = Array(bytes)[...] }

    mutating func integer() throws(CBORError) -> Int64 {
        let (type, argument) = try self.head()
        guard let value = Int64(exactly: argument) else { throw CBORError() }
        switch type {
        case .unsigned: return value
        case .negative: return -1 - value
        default: throw CBORError()
        }
    }

    mutating func bytes() throws(CBORError) -> [UInt8] {
        let count = try self.count(.bytes)
        guard count <= self.rest.count else { throw CBORError() }
        defer { self.rest = self.rest.dropFirst(count) }
        return Array(self.rest.prefix(count))
    }

    /// How many items of an array follow.
    mutating func array() throws(CBORError) -> Int { try self.count(.array) }

    /// How many pairs of a map follow.
    mutating func map() throws(CBORError) -> Int { try self.count(.map) }

    mutating func tag() throws(CBORError) -> UInt64 { try self.argument(.tag) }

    mutating func null() throws(CBORError) {
        guard try self.argument(.simple) == CBORType.null else { throw CBORError() }
    }

    /// Nothing may be left.
    func end() throws(CBORError) {
        guard self.rest.isEmpty else { throw CBORError() }
    }

    private mutating func count(_ type: CBORType) throws(CBORError) -> Int {
        guard let count = Int(exactly: try self.argument(type)) else { throw CBORError() }
        return count
    }

    private mutating func argument(_ type: CBORType) throws(CBORError) -> UInt64 {
        let head = try self.head()
        guard head.type == type else { throw CBORError() }
        return head.argument
    }

    private mutating func head() throws(CBORError) -> (type: CBORType, argument: UInt64) {
        guard let first = self.rest.popFirst(), let type = CBORType(rawValue: first >> 5) else { throw CBORError() }
        let short = first & 31
        guard short > 23 else { return (type, UInt64(short)) }
        guard short <= 27 else { throw CBORError() }
        let width = 1 << Int(short - 24)
        guard self.rest.count >= width else { throw CBORError() }
        let argument = UInt64(bigEndian: self.rest.prefix(width))
        self.rest = self.rest.dropFirst(width)
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard argument >= least, type != .simple else { throw CBORError() }
        return (type, argument)
    }
}
