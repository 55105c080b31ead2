extension JSON {
    /// Reads `text` (RFC 8259), one value, as strictly as `JSONReader` does.
    ///
    /// - Throws: `JSONError` at the first byte that does not fit.
    public init(
        parsing text: some Sequence<UInt8>, depth: Int = 64, fractions: JSONReader.Fractions = .refused
    ) throws(JSONError) {
        var reader = JSONReader(text, depth: depth, fractions: fractions)
        self = try reader.value()
        try reader.end()
    }
}

extension JSONReader {
    /// Reads any value as a tree.
    public mutating func value() throws(JSONError) -> JSON {
        guard self.depth > 0 else { throw self.error("nested too deeply") }
        switch self.next {
        case .object: return try self.members()
        case .array: return try self.elements()
        case .string: return .string(try self.string())
        case .number: return try self.number()
        case .word:
            switch self.byte {
            case UInt8(ascii: "t"): return try self.word("true", .bool(true))
            case UInt8(ascii: "f"): return try self.word("false", .bool(false))
            default: return try self.word("null", .null)
            }
        case nil:
            throw self.error(
                self.byte == nil ? "the text ends where a value should be" : "no JSON value starts like this")
        }
    }

    private mutating func number() throws(JSONError) -> JSON {
        guard self.fractions == .dropped, let end = self.endOfFraction() else { return .int(try self.int()) }
        self.position = end
        return .null
    }

    /// Where a number that has a fraction or an exponent ends (RFC 8259, section 6); nil for a whole one, and for none.
    private func endOfFraction() -> Int? {
        var position = self.position
        func digits() -> Int {
            let start = position
            while position < self.bytes.count, (0x30...0x39).contains(self.bytes[position]) { position += 1 }
            return position - start
        }
        func takes(_ wanted: [UInt8]) -> Bool {
            guard position < self.bytes.count, wanted.contains(self.bytes[position]) else { return false }
            position += 1
            return true
        }
        _ = takes([UInt8(ascii: "-")])
        let first = position
        let whole = digits()
        guard whole > 0, whole == 1 || self.bytes[first] != UInt8(ascii: "0") else { return nil }
        let hasFraction = takes([UInt8(ascii: ".")])
        if hasFraction, digits() == 0 { return nil }
        let hasExponent = takes([UInt8(ascii: "e"), UInt8(ascii: "E")])
        if hasExponent {
            _ = takes([UInt8(ascii: "+"), UInt8(ascii: "-")])
            if digits() == 0 { return nil }
        }
        return hasFraction || hasExponent ? position : nil
    }

    private mutating func elements() throws(JSONError) -> JSON {
        var elements: [JSON] = []
        guard try self.opens(UInt8(ascii: "["), closing: UInt8(ascii: "]")) else { return .array(elements) }
        repeat { elements.append(try self.value()) } while try !self.closes(UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func members() throws(JSONError) -> JSON {
        var members: [String: JSON] = [:]
        guard try self.opens(UInt8(ascii: "{"), closing: UInt8(ascii: "}")) else { return .object(members) }
        members.reserveCapacity(6)
        repeat {
            let name = try self.name()
            guard members.updateValue(try self.value(), forKey: name) == nil else {
                throw self.error("the same member name twice")
            }
        } while try !self.closes(UInt8(ascii: "}"))
        return .object(members)
    }

    /// Reads `word`, and gives what it stands for.
    mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = Array("\(word)".utf8)
        guard self.bytes[self.position...].starts(with: expected) else {
            throw self.error("no JSON value starts like this")
        }
        self.position += expected.count
        return value
    }
}
