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

    /// The first eight bytes of `name` as a number, which orders as `precedes` does where they differ; nil when one is not
    /// ASCII.
    fileprivate static func rank(_ name: String) -> UInt64? {
        var rank: UInt64 = 0
        var count = 0
        for byte in name.utf8.prefix(8) {
            guard byte < 0x80 else { return nil }
            rank = rank << 8 | UInt64(byte)
            count += 1
        }
        return rank << UInt64(8 * (8 - count))
    }

    /// The members of an object in the order they are written in.
    fileprivate static func ordered(_ members: [String: JSON]) -> [(name: String, value: JSON)] {
        var ranked: [(rank: UInt64, name: String, value: JSON)] = []
        ranked.reserveCapacity(members.count)
        for (name, value) in members {
            guard let rank = self.rank(name) else {
                return members.map { ($0.key, $0.value) }.sorted { self.precedes($0.name, $1.name) }
            }
            ranked.append((rank, name, value))
        }
        // Most names differ in their first eight bytes, and comparing texts took half the time of writing an object.
        ranked.sort { $0.rank == $1.rank ? self.precedes($0.name, $1.name) : $0.rank < $1.rank }
        return ranked.map { ($0.name, $0.value) }
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
                for (name, value) in JSON.ordered(members) {
                    writer.name(of: name)
                    writer.value(value)
                }
            }
        }
    }
}
