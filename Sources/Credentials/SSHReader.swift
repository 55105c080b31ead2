/// Reads the values of the SSH wire format (RFC 4251, section 5) off the front of bytes; nil where there is none.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { self.rest = Array(bytes)[...] }

    /// Whether all was read.
    var isAtEnd: Bool { self.rest.isEmpty }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard self.rest.count >= count else { return nil }
        defer { self.rest = self.rest.dropFirst(count) }
        return Array(self.rest.prefix(count))
    }

    mutating func uint32() -> UInt32? {
        self.bytes(4).map { $0.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    /// A string: its length, then as many bytes.
    mutating func string() -> [UInt8]? {
        guard let count = self.uint32() else { return nil }
        return self.bytes(Int(count))
    }

    /// A string that is text.
    mutating func text() -> String? {
        self.string().flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// A positive integer, written in as few bytes as it can be: its magnitude, big-endian.
    mutating func integer() -> [UInt8]? {
        guard let bytes = self.string(), let first = bytes.first, first < 0x80 else { return nil }
        guard first == 0 else { return bytes }
        guard bytes.count > 1, bytes[1] >= 0x80 else { return nil }
        return Array(bytes.dropFirst())
    }

    /// The bytes of a string holding `content`.
    static func string(_ content: some Collection<UInt8>) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: content.count >> $0) } + Array(content)
    }
}
