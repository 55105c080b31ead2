/// Why a text is not a value `JSON` can hold, and the byte where reading stopped.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What was found.
    public let reason: String
    /// The offset into the bytes read, from 0.
    public let offset: Int

    /// A sentence for a person.
    public var description: String { "\(self.reason) at byte \(self.offset)" }
}

/// Reads a JSON text (RFC 8259) from front to back, strictly: no duplicate members (RFC 7493, section 2.3), no fractions,
/// valid UTF-8, nesting up to a limit.
///
/// Our own because the choices matter to what we sign: a general reader keeps the last of two members with one name and
/// rounds large numbers, and either lets two parties see different values in one signed text. For a text whose members
/// are known when the program is written it spares the tree in between; `JSON.init(parsing:)` makes the tree.
public struct JSONReader: Sendable {
    let bytes: [UInt8]
    /// How many more containers may open.
    var depth: Int
    var position = 0
    let fractions: Fractions

    /// What is done about numbers that are not whole.
    public enum Fractions: Sendable {
        /// They are refused: what is hashed and signed here has none.
        case refused
        /// In a tree `null` stands for them. For other people's documents, of which no such number is used.
        case dropped
    }

    /// A reader at the start of `text`, with containers in one another up to `depth`.
    @inlinable
    public init(_ text: some Sequence<UInt8>, depth: Int = 64, fractions: Fractions = .refused) {
        self.init(bytes: Array(text), depth: depth, fractions: fractions)
    }

    @usableFromInline
    init(bytes: [UInt8], depth: Int, fractions: Fractions) {
        self.bytes = bytes
        self.depth = depth
        self.fractions = fractions
    }

    /// What the next value begins like; nil at the end, or where no value can begin.
    public var next: JSONKind? {
        mutating get {
            self.skipSpace()
            return self.byte.flatMap(JSONKind.init)
        }
    }

    /// Reads an object; `member` is called with each name that is known, `other` with each that is not. Both read or skip the
    /// value.
    ///
    /// - Throws: `JSONError`, or what they throw.
    @inlinable
    public mutating func object<Name: JSONWord>(
        _ member: (Name, inout JSONReader) throws -> Void, other: (String, inout JSONReader) throws -> Void
    ) throws {
        guard try self.opens(UInt8(ascii: "{"), closing: UInt8(ascii: "}")) else { return }
        let names = Name.vocabulary
        var seen = SeenNames()
        repeat {
            switch try self.name(in: names.spellings, after: &seen) {
            case .word(let place): try member(names.words[place], &self)
            case .other(let name): try other(name, &self)
            }
        } while try !self.closes(UInt8(ascii: "}"))
    }

    /// Reads an array; `element` is called for each and reads or skips it.
    ///
    /// - Throws: `JSONError`, or what `element` throws.
    public mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
        guard try self.opens(UInt8(ascii: "["), closing: UInt8(ascii: "]")) else { return }
        repeat { try element(&self) } while try !self.closes(UInt8(ascii: "]"))
    }

    /// Reads past any value.
    public mutating func skip() throws(JSONError) { _ = try self.value() }

    /// Makes sure that nothing but white space is left.
    public mutating func end() throws(JSONError) {
        self.skipSpace()
        guard self.position == self.bytes.count else { throw self.error("text after the value") }
    }

    /// Reads the start of a container; false when it ends at once.
    @usableFromInline
    mutating func opens(_ open: UInt8, closing close: UInt8) throws(JSONError) -> Bool {
        self.skipSpace()
        guard self.byte == open else { throw self.error("another kind of value than expected") }
        guard self.depth > 0 else { throw self.error("nested too deeply") }
        self.position += 1
        self.skipSpace()
        if self.byte == close {
            self.position += 1
            return false
        }
        self.depth -= 1
        return true
    }

    /// Whether `close` follows (true) or a comma (false); anything else is an error.
    @usableFromInline
    mutating func closes(_ close: UInt8) throws(JSONError) -> Bool {
        self.skipSpace()
        guard let byte = self.byte, byte == close || byte == UInt8(ascii: ",") else {
            throw self.error("expected ',' or the end of the list")
        }
        self.position += 1
        if byte == close { self.depth += 1 }
        return byte == close
    }

    /// Reads a member's name and the colon.
    mutating func name() throws(JSONError) -> String {
        try self.beginsName()
        let name = try self.string()
        try self.endsName()
        return name
    }

    /// The same of a name that may be one of `names` and must not be among those `seen`, to which it is added.
    @usableFromInline
    mutating func name(in names: Spellings, after seen: inout SeenNames) throws(JSONError) -> Spelled {
        try self.beginsName()
        let name = try self.spelled(as: names)
        try self.endsName()
        guard seen.insert(name) else { throw self.error("the same member name twice") }
        return name
    }

    private mutating func beginsName() throws(JSONError) {
        self.skipSpace()
        guard self.byte == UInt8(ascii: "\"") else { throw self.error("expected a member name") }
    }

    private mutating func endsName() throws(JSONError) {
        self.skipSpace()
        guard self.byte == UInt8(ascii: ":") else { throw self.error("expected ':'") }
        self.position += 1
    }

    func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: self.position) }

    var byte: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    // Nearly always there is none.
    @inline(__always)
    mutating func skipSpace() {
        if let byte = self.byte, byte <= 0x20 { self.skipSpaces() }
    }

    private mutating func skipSpaces() {
        while let byte = self.byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.position += 1 }
    }

    /// Reads a whole number of at most 2^53 either way.
    public mutating func int() throws(JSONError) -> Int64 {
        self.skipSpace()
        let start = self.position
        if self.byte == UInt8(ascii: "-") { self.position += 1 }
        let digits = self.position
        while let byte = self.byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.position += 1 }
        let count = self.position - digits
        guard count > 0, count == 1 || self.bytes[digits] != UInt8(ascii: "0") else { throw self.error("not a number") }
        if let byte = self.byte, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(byte) {
            throw self.error("only whole numbers are taken here")
        }
        guard count <= 16 else { throw self.error("a number beyond 2^53") }
        let magnitude = self.bytes[digits..<self.position].reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        guard magnitude <= JSON.largestInteger else { throw self.error("a number beyond 2^53") }
        return digits > start ? -magnitude : magnitude
    }

    /// Reads a text.
    public mutating func string() throws(JSONError) -> String {
        guard let plain = try self.plainText() else { return try self.escapedText() }
        return try self.text(plain)
    }

    /// Reads a text; nil when it is none of the words.
    @inlinable
    public mutating func word<Word: JSONWord>(_ type: Word.Type = Word.self) throws(JSONError) -> Word? {
        let words = Word.vocabulary
        guard case .word(let place) = try self.spelled(as: words.spellings) else { return nil }
        return words.words[place]
    }
}

extension JSONReader {
    /// A text that may be one of a few words.
    @usableFromInline
    enum Spelled {
        /// The word at this place.
        case word(Int)
        case other(String)
    }

    /// Reads a text that may be one of `words`.
    @usableFromInline
    mutating func spelled(as words: Spellings) throws(JSONError) -> Spelled {
        guard let plain = try self.plainText() else {
            let text = try self.escapedText()
            return words.place(of: text.utf8.span).map(Spelled.word) ?? .other(text)
        }
        if let place = words.place(of: self.bytes.span.extracting(plain)) { return .word(place) }
        return .other(try self.text(plain))
    }

    /// Reads past a text and returns where it stands between its quotes; nil for one that needs more than copying, of which
    /// only the first quote was read.
    private mutating func plainText() throws(JSONError) -> Range<Int>? {
        self.skipSpace()
        guard self.byte == UInt8(ascii: "\"") else { throw self.error("another kind of value than expected") }
        self.position += 1
        let start = self.position
        let end = self.bytes.span.endOfPlainText(from: start)
        guard end < self.bytes.count, self.bytes[end] == UInt8(ascii: "\"") else { return nil }
        self.position = end + 1
        return start..<end
    }

    private func text(_ range: Range<Int>) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: self.bytes.span.extracting(range)))
        } catch {
            throw self.error("not UTF-8")
        }
    }

    /// Reads a text behind its first quote, byte by byte.
    private mutating func escapedText() throws(JSONError) -> String {
        var text: [UInt8] = []
        while let byte = self.byte {
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

    private mutating func escape() throws(JSONError) -> [UInt8] {
        guard let byte = self.byte else { throw self.error("the text ends inside a string") }
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

    private mutating func unicodeEscape() throws(JSONError) -> [UInt8] {
        var units = [try self.codeUnit()]
        if (0xD800..<0xDC00).contains(units[0]) {
            guard self.byte == UInt8(ascii: "\\") else { throw self.error("half a surrogate pair") }
            self.position += 1
            guard self.byte == UInt8(ascii: "u") else { throw self.error("half a surrogate pair") }
            self.position += 1
            units.append(try self.codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw self.error("half a surrogate pair") }
        return Array(text.utf8)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        let digits = self.bytes[self.position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw self.error("expected four hex digits") }
        self.position += 4
        return unit
    }
}
