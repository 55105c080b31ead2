/// One value of a result in the server's binary form. Every read gives nil when the value is of another type.
struct Value {
    let type: SQLType
    let bytes: ArraySlice<UInt8>

    static func int(_ value: Value) -> Int64? {
        switch value.type {
        case .bigint: value.integer(as: Int64.self)
        case .integer: value.integer(as: Int32.self).map(Int64.init)
        case .smallint: value.integer(as: Int16.self).map(Int64.init)
        default: nil
        }
    }

    static func bits(_ value: Value) -> UInt128? {
        value.type == .uuid ? value.integer(as: UInt128.self) : nil
    }

    static func text(_ value: Value) -> String? {
        switch value.type {
        case .uuid: value.uuid
        default: value.utf8.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    static func bytes(_ value: Value) -> [UInt8]? {
        switch value.type {
        case .bytea: Array(value.bytes)
        default: value.utf8.map(Array.init)
        }
    }

    static func bool(_ value: Value) -> Bool? {
        value.type == .boolean ? value.integer(as: UInt8.self).map { $0 != 0 } : nil
    }

    static func double(_ value: Value) -> Double? {
        switch value.type {
        case .double: value.integer(as: UInt64.self).map(Double.init(bitPattern:))
        case .real: value.integer(as: UInt32.self).map { Double(Float(bitPattern: $0)) }
        default: nil
        }
    }

    static func seconds(_ value: Value) -> Int64? {
        guard value.type == .timestamptz, let microseconds = value.integer(as: Int64.self) else { return nil }
        guard microseconds != .max, microseconds != .min else { return nil }  // infinity, -infinity
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return quotient - (remainder < 0 ? 1 : 0) + Timestamp.epoch
    }

    static func day(_ value: Value) -> Int64? {
        guard value.type == .date, let days = value.integer(as: Int32.self) else { return nil }
        guard days != .max, days != .min else { return nil }  // infinity, -infinity
        return Int64(days) + CalendarDay.epoch
    }

    static func ints(_ value: Value) -> [Int64]? {
        value.elements(of: [.bigints, .integers, .smallints], Value.int)
    }

    static func texts(_ value: Value) -> [String]? { value.elements(of: [.texts], Value.text) }

    static func blobs(_ value: Value) -> [[UInt8]]? { value.elements(of: [.byteas], Value.bytes) }

    /// The big-endian integer that fills this value exactly.
    private func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        guard self.bytes.count == Integer.bitWidth / 8 else { return nil }
        return self.bytes.reduce(0) { $0 << 8 | Integer(truncatingIfNeeded: $1) }
    }

    /// The bytes of a value that is text on the wire.
    private var utf8: ArraySlice<UInt8>? {
        switch self.type {
        case .text, .varchar, .name, .character, .json, .unknown: self.bytes
        case .jsonb: self.bytes.dropFirst()  // a version, 1
        case let type where type.isUserDefined: self.bytes
        default: nil
        }
    }

    private var uuid: String? {
        guard self.bytes.count == 16 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in self.bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The elements of a one-dimensional array without nulls (`array_send` in PostgreSQL's source).
    private func elements<Element>(of types: [SQLType], _ read: (Value) -> Element?) -> [Element]? {
        guard types.contains(self.type) else { return nil }
        var rest = self.bytes
        func next() -> Int32? {
            guard rest.count >= 4 else { return nil }
            defer { rest = rest.dropFirst(4) }
            return Value(type: .integer, bytes: rest.prefix(4)).integer(as: Int32.self)
        }
        guard let dimensions = next(), next() != nil, let type = next() else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = next(), next() != nil else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let length = next().map(Int.init), length >= 0, rest.count >= length else { return nil }
            let value = Value(type: SQLType(rawValue: UInt32(bitPattern: type)), bytes: rest.prefix(length))
            guard let element = read(value) else { return nil }
            elements.append(element)
            rest = rest.dropFirst(length)
        }
        return elements
    }
}
