/// Writes canonical JSON (RFC 8785) value by value, for texts whose members are known when the program is written.
///
/// A tree of `JSON` and its sorting cost five times the writing. The members of an object are written in their order; the
/// writer does not sort.
public struct CanonicalWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []
    /// Whether a comma is due before the next value or member.
    private var isBehindValue = false

    /// A writer of one value.
    public init() { self.bytes.reserveCapacity(1_024) }

    /// Writes an object whose members `body` writes, by UTF-16 order of their names.
    public mutating func object(_ body: (inout CanonicalWriter) -> Void) {
        self.begin(UInt8(ascii: "{"))
        body(&self)
        self.end(UInt8(ascii: "}"))
    }

    /// Writes an array whose elements `body` writes.
    public mutating func array(_ body: (inout CanonicalWriter) -> Void) {
        self.begin(UInt8(ascii: "["))
        body(&self)
        self.end(UInt8(ascii: "]"))
    }

    /// Writes the name of a member, which must have nothing to escape; its value comes next.
    public mutating func name(_ name: String) {
        assert(!name.utf8.contains(where: CanonicalWriter.isEscaped), "a name to be escaped goes to name(of:)")
        let (comma, text) = (self.isBehindValue, name.utf8.span)
        self.bytes.append(addingCapacity: text.count + 4) { bytes in
            if comma { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for index in text.indices { bytes.append(text[index]) }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(UInt8(ascii: ":"))
        }
        self.isBehindValue = false
    }

    /// Writes the name of a member, whatever is in it; its value comes next.
    public mutating func name(of member: String) {
        self.string(member)
        self.bytes.append(UInt8(ascii: ":"))
        self.isBehindValue = false
    }

    /// Writes a member whose value is a text.
    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        self.string(value)
    }

    /// Writes a member whose value is a number.
    public mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        self.int(value)
    }

    /// Writes a number of at most 2^53 either way.
    public mutating func int(_ value: Int64) {
        precondition(
            value.magnitude <= UInt64(JSON.largestInteger),
            "an integer beyond 2^53 has no exact JSON number; carry it as text")
        self.word(String(value))
    }

    /// Writes `null`, `true` or `false`, or another text that is JSON already.
    mutating func word(_ word: String) {
        self.comma()
        self.bytes.append(contentsOf: word.utf8)
        self.isBehindValue = true
    }

    /// Writes a text, escaping only what RFC 8785, section 3.2.2.2 asks for.
    public mutating func string(_ value: String) {
        let (comma, text) = (self.isBehindValue, value.utf8.span)
        let start = self.bytes.count + (comma ? 2 : 1)
        // Hardly any text has something to escape: it is copied and looked through in one pass, without a branch for each
        // byte, and what stands between the quotes is written anew when there was.
        var isPlain = true
        self.bytes.append(addingCapacity: text.count + 3) { bytes in
            if comma { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            var escaped: UInt8 = 0
            for index in text.indices {
                let byte = text[index]
                escaped |= CanonicalWriter.isEscaped(byte) ? 1 : 0
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
            isPlain = escaped == 0
        }
        if !isPlain {
            self.bytes.removeSubrange(start...)
            for byte in value.utf8 { self.escape(byte) }
            self.bytes.append(UInt8(ascii: "\""))
        }
        self.isBehindValue = true
    }

    /// Whether `byte` cannot stand in a text as it is.
    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x08: self.bytes.append(contentsOf: "\\b".utf8)
        case 0x09: self.bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: self.bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: self.bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: self.bytes.append(contentsOf: "\\r".utf8)
        case 0x22: self.bytes.append(contentsOf: "\\\"".utf8)
        case 0x5C: self.bytes.append(contentsOf: "\\\\".utf8)
        case 0..<0x20:
            let hex = String(byte, radix: 16)
            self.bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
        default: self.bytes.append(byte)
        }
    }

    private mutating func begin(_ bracket: UInt8) {
        self.comma()
        self.bytes.append(bracket)
        self.isBehindValue = false
    }

    private mutating func end(_ bracket: UInt8) {
        self.bytes.append(bracket)
        self.isBehindValue = true
    }

    private mutating func comma() {
        if self.isBehindValue { self.bytes.append(UInt8(ascii: ",")) }
    }
}
