extension JSON {
    /// The one text of this value (RFC 8785): members sorted by UTF-16 code units, no white space, least escaping.
    public var canonical: String { String(decoding: self.canonicalBytes, as: UTF8.self) }

    /// The bytes of `canonical`.
    public var canonicalBytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.value(self)
        return writer.bytes
    }

    /// Whether the name `left` comes before `right`: by UTF-16 code units, which for ASCII is the order of the bytes.
    fileprivate static func precedes(_ left: String, _ right: String) -> Bool {
        for (one, other) in zip(left.utf8, right.utf8) where one != other {
            guard one < 0x80, other < 0x80 else { return left.utf16.lexicographicallyPrecedes(right.utf16) }
            return one < other
        }
        return left.utf8.count < right.utf8.count
    }
}

extension CanonicalWriter {
    /// Writes any value.
    public mutating func value(_ value: JSON) {
        switch value {
        case .null: self.word("null")
        case .bool(let value): self.word(value ? "true" : "false")
        case .int(let value): self.int(value)
        case .string(let value): self.string(value)
        case .array(let elements):
            self.array { writer in
                for element in elements { writer.value(element) }
            }
        case .object(let members):
            self.object { writer in
                for (name, value) in members.sorted(by: { JSON.precedes($0.key, $1.key) }) {
                    writer.name(name)
                    writer.value(value)
                }
            }
        }
    }
}
