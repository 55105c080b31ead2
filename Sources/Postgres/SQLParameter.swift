/// A value that can be a parameter of a statement or a column of COPY.
///
/// Its type is exact: `Int64` and `Int` are bigint, `Int32` is integer, `UInt128` is uuid, `[UInt8]` is bytea. A statement converts
/// (`\(text)::uuid`); COPY does not, its columns must have these very types.
public protocol SQLParameter: Sendable {
    /// The PostgreSQL type of every value of this type, null included.
    static var type: SQLType { get }

    /// Adds this value's length and binary form to `buffer`.
    func encode(into buffer: inout ParameterBuffer)
}

/// A value whose array is a parameter: `[Int64]` is bigint[], `[String]` is text[], but `[UInt8]` is bytea.
public protocol SQLElement: Sendable {
    /// The PostgreSQL type of an array of this type.
    static var arrayType: SQLType { get }

    /// Adds the length and binary form of `array` to `buffer`.
    static func encode(_ array: [Self], into buffer: inout ParameterBuffer)
}

extension SQLElement where Self: SQLParameter {
    /// Adds the array, each element by its own `encode`.
    public static func encode(_ array: [Self], into buffer: inout ParameterBuffer) {
        buffer.appendArray(array)
    }
}

extension String: SQLParameter, SQLElement {
    /// text.
    public static var type: SQLType { .text }
    /// text[].
    public static var arrayType: SQLType { .texts }

    /// Adds the text as UTF-8; the server refuses one with a NUL (`.invalidEncoding`).
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(text: self) }
}

extension Int64: SQLParameter, SQLElement {
    /// bigint.
    public static var type: SQLType { .bigint }
    /// bigint[].
    public static var arrayType: SQLType { .bigints }

    /// Adds eight bytes.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: self) }
}

extension Int: SQLParameter, SQLElement {
    /// bigint.
    public static var type: SQLType { .bigint }
    /// bigint[].
    public static var arrayType: SQLType { .bigints }

    /// Adds eight bytes.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: Int64(self)) }
}

extension Int32: SQLParameter, SQLElement {
    /// integer.
    public static var type: SQLType { .integer }
    /// integer[].
    public static var arrayType: SQLType { .integers }

    /// Adds four bytes.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: self) }
}

extension Int16: SQLParameter, SQLElement {
    /// smallint.
    public static var type: SQLType { .smallint }
    /// smallint[].
    public static var arrayType: SQLType { .smallints }

    /// Adds two bytes.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: self) }
}

extension UInt128: SQLParameter, SQLElement {
    /// uuid, which PostgreSQL takes whatever its bits say.
    public static var type: SQLType { .uuid }
    /// uuid[].
    public static var arrayType: SQLType { .uuids }

    /// Adds sixteen bytes.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: self) }
}

extension Bool: SQLParameter, SQLElement {
    /// boolean.
    public static var type: SQLType { .boolean }
    /// boolean[].
    public static var arrayType: SQLType { .booleans }

    /// Adds one byte, 1 or 0.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: UInt8(self ? 1 : 0)) }
}

extension Double: SQLParameter, SQLElement {
    /// double precision.
    public static var type: SQLType { .double }
    /// double precision[].
    public static var arrayType: SQLType { .doubles }

    /// Adds the eight bytes of IEEE 754.
    public func encode(into buffer: inout ParameterBuffer) { buffer.append(integer: self.bitPattern) }
}

extension UInt8: SQLElement {
    /// bytea.
    public static var arrayType: SQLType { .bytea }

    /// Adds the bytes as they are.
    public static func encode(_ array: [UInt8], into buffer: inout ParameterBuffer) { buffer.append(bytes: array) }
}

extension Array: SQLParameter where Element: SQLElement {
    /// The array type of the elements.
    public static var type: SQLType { Element.arrayType }

    /// Adds the array.
    public func encode(into buffer: inout ParameterBuffer) { Element.encode(self, into: &buffer) }
}

extension Array: SQLElement where Element == UInt8 {
    /// bytea[].
    public static var arrayType: SQLType { .byteas }
}

extension Optional: SQLParameter where Wrapped: SQLParameter {
    /// The type of the value, whether there is one or not.
    public static var type: SQLType { Wrapped.type }

    /// Adds the value, or a null.
    public func encode(into buffer: inout ParameterBuffer) {
        guard let value = self else { return buffer.appendNull() }
        value.encode(into: &buffer)
    }
}

extension Optional: SQLElement where Wrapped: SQLElement & SQLParameter {
    /// The array type of the values; its elements may be null.
    public static var arrayType: SQLType { Wrapped.arrayType }
}

/// A moment as a timestamptz column keeps it, to the second.
public struct Timestamp: SQLParameter, SQLElement, Hashable {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// PostgreSQL counts from 2000-01-01.
    static let epoch: Int64 = 946_684_800

    /// The moment `seconds` after 1970-01-01T00:00:00Z; must be within the years 4713 BC to 294276.
    public init(seconds: Int64) { self.seconds = seconds }

    /// timestamptz.
    public static var type: SQLType { .timestamptz }
    /// timestamptz[].
    public static var arrayType: SQLType { .timestamptzs }

    /// Adds microseconds since 2000-01-01T00:00:00Z in eight bytes.
    public func encode(into buffer: inout ParameterBuffer) {
        let seconds = max(self.seconds, .min + Self.epoch) - Self.epoch
        let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        // What does not fit becomes a value the server refuses as out of range, as it refuses every other such moment.
        buffer.append(integer: overflow ? Int64.max - 1 : microseconds)
    }
}

/// A day as a date column keeps it.
public struct CalendarDay: SQLParameter, SQLElement, Hashable {
    /// Whole days since 1970-01-01.
    public let number: Int64

    /// PostgreSQL counts from 2000-01-01.
    static let epoch: Int64 = 10_957

    /// The day `number` days after 1970-01-01; must be within the years 4713 BC to 5874897.
    public init(number: Int64) { self.number = number }

    /// date.
    public static var type: SQLType { .date }
    /// date[].
    public static var arrayType: SQLType { .dates }

    /// Adds days since 2000-01-01 in four bytes.
    public func encode(into buffer: inout ParameterBuffer) {
        // What does not fit becomes a value the server refuses as out of range, as it refuses every other such day.
        buffer.append(integer: Int32(exactly: max(self.number, .min + Self.epoch) - Self.epoch) ?? Int32.max - 1)
    }
}
