/// Why a text is not a value `JSON` can hold, and the byte where reading stopped.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What was found.
    public let reason: String
    /// The offset into the bytes read, from 0.
    public let offset: Int

    /// A sentence for a person.
    public var description: String { "\(self.reason) at byte \(self.offset)" }
}

extension JSON {
    /// Reads `text` (RFC 8259) strictly: one value, no duplicate members (RFC 7493, section 2.3), no fractions, valid
    /// UTF-8, nesting up to `depth`.
    ///
    /// Our own because the choices matter to what we sign: a general reader keeps the last of two members with one
    /// name and rounds large numbers, and either lets two parties see different values in one signed text.
    public init(parsing text: some Sequence<UInt8>, depth: Int = 64) throws(JSONError) {
        var reader = Reader(bytes: Array(text), depth: depth)
        self = try reader.document()
    }
}

private struct Reader {
    let bytes: [UInt8]
    let depth: Int
    var position = 0

    init(bytes: [UInt8], depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try self.value(depth: self.depth)
        self.skipSpace()
        guard self.position == self.bytes.count else { throw self.error("text after the value") }
        return value
    }

    func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: self.position) }

    var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth > 0 else { throw self.error("nested too deeply") }
        self.skipSpace()
        switch self.next {
        case UInt8(ascii: "{"): return try self.object(depth: depth)
        case UInt8(ascii: "["): return try self.array(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case UInt8(ascii: "-"): return .int(try self.integer())
        case let digit? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit): return .int(try self.integer())
        case nil: throw self.error("the text ends where a value should be")
        default: throw self.error("no JSON value starts like this")
        }
    }

    mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = Array("\(word)".utf8)
        guard self.bytes[self.position...].starts(with: expected) else {
            throw self.error("no JSON value starts like this")
        }
        self.position += expected.count
        return value
    }

    mutating func integer() throws(JSONError) -> Int64 {
        let start = self.position
        if self.next == UInt8(ascii: "-") { self.position += 1 }
        let digits = self.position
        while let byte = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.position += 1 }
        let count = self.position - digits
        guard count > 0, count == 1 || self.bytes[digits] != UInt8(ascii: "0") else { throw self.error("not a number") }
        if let byte = self.next, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(byte) {
            throw self.error("only whole numbers are taken here")
        }
        guard let value = Int64(String(decoding: self.bytes[start..<self.position], as: UTF8.self)),
            value.magnitude <= UInt64(JSON.largestInteger)
        else { throw self.error("a number beyond 2^53") }
        return value
    }

    mutating func array(depth: Int) throws(JSONError) -> JSON {
        var elements: [JSON] = []
        self.position += 1
        self.skipSpace()
        if self.next == UInt8(ascii: "]") {
            self.position += 1
            return .array([])
        }
        while true {
            elements.append(try self.value(depth: depth - 1))
            if try self.ends(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    mutating func object(depth: Int) throws(JSONError) -> JSON {
        var members: [String: JSON] = [:]
        self.position += 1
        self.skipSpace()
        if self.next == UInt8(ascii: "}") {
            self.position += 1
            return .object([:])
        }
        members.reserveCapacity(6)
        while true {
            self.skipSpace()
            guard self.next == UInt8(ascii: "\"") else { throw self.error("expected a member name") }
            let name = try self.string()
            self.skipSpace()
            guard self.next == UInt8(ascii: ":") else { throw self.error("expected ':'") }
            self.position += 1
            guard members.updateValue(try self.value(depth: depth - 1), forKey: name) == nil else {
                throw self.error("the same member name twice")
            }
            if try self.ends(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    /// Whether `close` follows (true) or a comma (false); anything else is an error.
    mutating func ends(with close: UInt8) throws(JSONError) -> Bool {
        self.skipSpace()
        guard let byte = self.next, byte == close || byte == UInt8(ascii: ",") else {
            throw self.error("expected ',' or the end of the list")
        }
        self.position += 1
        return byte == close
    }

    mutating func string() throws(JSONError) -> String {
        self.position += 1
        let start = self.position
        var end = start
        while end < self.bytes.count, self.bytes[end] >= 0x20, self.bytes[end] != 0x22, self.bytes[end] != 0x5C {
            end += 1
        }
        self.position = end
        guard end < self.bytes.count, self.bytes[end] == UInt8(ascii: "\"") else {
            return try self.escapedString(after: Array(self.bytes[start..<end]))
        }
        self.position += 1
        guard let value = String(validating: self.bytes[start..<end], as: UTF8.self) else {
            throw self.error("not UTF-8")
        }
        return value
    }

    /// The rest of a string that needs more than copying; `text` is what was read of it.
    mutating func escapedString(after text: [UInt8]) throws(JSONError) -> String {
        var text = text
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let value = String(validating: text, as: UTF8.self) else { throw self.error("not UTF-8") }
                return value
            case UInt8(ascii: "\\"): text.append(contentsOf: try self.escape())
            case 0..<0x20: throw self.error("a control character in a string")
            default: text.append(byte)
            }
        }
        throw self.error("the text ends inside a string")
    }

    mutating func escape() throws(JSONError) -> [UInt8] {
        guard let byte = self.next else { throw self.error("the text ends inside a string") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try self.unicodeEscape()
        default: throw self.error("an unknown escape")
        }
    }

    mutating func unicodeEscape() throws(JSONError) -> [UInt8] {
        var units = [try self.codeUnit()]
        if (0xD800..<0xDC00).contains(units[0]) {
            guard self.next == UInt8(ascii: "\\") else { throw self.error("half a surrogate pair") }
            self.position += 1
            guard self.next == UInt8(ascii: "u") else { throw self.error("half a surrogate pair") }
            self.position += 1
            units.append(try self.codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw self.error("half a surrogate pair") }
        return Array(text.utf8)
    }

    mutating func codeUnit() throws(JSONError) -> UInt16 {
        let digits = self.bytes[self.position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw self.error("expected four hex digits") }
        self.position += 4
        return unit
    }
}
