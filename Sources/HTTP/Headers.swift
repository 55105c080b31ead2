/// Header fields in the order they came; names are compared without regard to case (RFC 9110, section 5.1).
public struct Headers: Sendable, ExpressibleByDictionaryLiteral, Sequence {
    /// One field as it came.
    public typealias Field = (name: String, value: String)

    private var fields: [Field] = []

    /// The fields of a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// `fields`, in their order.
    public init(_ fields: some Sequence<(String, String)> = []) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    /// Adds a field at the end, whether or not there is one of that name.
    public mutating func append(_ name: String, _ value: String) {
        self.fields.append((name, value))
    }

    /// The value of the first field of that name.
    public subscript(name: String) -> String? {
        self.fields.first { sameName($0.name, name) }?.value
    }

    /// The values of every field of that name.
    public func all(_ name: String) -> [String] {
        self.fields.compactMap { sameName($0.name, name) ? $0.value : nil }
    }

    /// Every field, in order.
    public func makeIterator() -> IndexingIterator<[Field]> { self.fields.makeIterator() }
}

/// Whether two field names are the same but for ASCII case.
func sameName(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8, right.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || lower($0) == lower($1) }
}

private func lower(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
}
