/// One row of a result, its columns read by position from 0.
///
/// Every read throws a `PostgresError` of state `.unexpectedResult` when there is no such column, when it has another
/// type, or when it is null and the read is not the `…OrNil` one.
public struct Row: Sendable {
    let table: Table
    let index: Int

    /// How many columns the row has.
    public var count: Int { self.table.columns.count }

    /// True when the column is null.
    public func isNull(_ column: Int) throws(PostgresError) -> Bool { try self.cell(column).length < 0 }

    /// A smallint, integer or bigint. (`sum(bigint)` is numeric: cast it in the statement.)
    public func int(_ column: Int) throws(PostgresError) -> Int64 { try self.required(column, Value.int) }
    /// As `int`, nil for null.
    public func intOrNil(_ column: Int) throws(PostgresError) -> Int64? { try self.optional(column, Value.int) }

    /// The 128 bits of a uuid.
    public func bits(_ column: Int) throws(PostgresError) -> UInt128 { try self.required(column, Value.bits) }

    /// Text, varchar, name, an enum's label, a uuid in its usual form, json or jsonb.
    public func text(_ column: Int) throws(PostgresError) -> String { try self.required(column, Value.text) }
    /// As `text`, nil for null.
    public func textOrNil(_ column: Int) throws(PostgresError) -> String? { try self.optional(column, Value.text) }

    /// The contents of a bytea, or the UTF-8 of a text or json column.
    public func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { try self.required(column, Value.bytes) }
    /// As `bytes`, nil for null.
    public func bytesOrNil(_ column: Int) throws(PostgresError) -> [UInt8]? { try self.optional(column, Value.bytes) }

    /// A boolean.
    public func bool(_ column: Int) throws(PostgresError) -> Bool { try self.required(column, Value.bool) }
    /// As `bool`, nil for null.
    public func boolOrNil(_ column: Int) throws(PostgresError) -> Bool? { try self.optional(column, Value.bool) }

    /// A double precision or real.
    public func double(_ column: Int) throws(PostgresError) -> Double { try self.required(column, Value.double) }
    /// As `double`, nil for null.
    public func doubleOrNil(_ column: Int) throws(PostgresError) -> Double? { try self.optional(column, Value.double) }

    /// A timestamptz in whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public func seconds(_ column: Int) throws(PostgresError) -> Int64 { try self.required(column, Value.seconds) }
    /// As `seconds`, nil for null.
    public func secondsOrNil(_ column: Int) throws(PostgresError) -> Int64? { try self.optional(column, Value.seconds) }

    /// A date in days since 1970-01-01.
    public func day(_ column: Int) throws(PostgresError) -> Int64 { try self.required(column, Value.day) }
    /// As `day`, nil for null.
    public func dayOrNil(_ column: Int) throws(PostgresError) -> Int64? { try self.optional(column, Value.day) }

    /// An array of smallint, integer or bigint, none of them null.
    public func ints(_ column: Int) throws(PostgresError) -> [Int64] { try self.required(column, Value.ints) }
    /// As `ints`, nil for null.
    public func intsOrNil(_ column: Int) throws(PostgresError) -> [Int64]? { try self.optional(column, Value.ints) }

    /// An array of text, none of them null.
    public func texts(_ column: Int) throws(PostgresError) -> [String] { try self.required(column, Value.texts) }
    /// As `texts`, nil for null.
    public func textsOrNil(_ column: Int) throws(PostgresError) -> [String]? { try self.optional(column, Value.texts) }

    /// An array of bytea, none of them null.
    public func blobs(_ column: Int) throws(PostgresError) -> [[UInt8]] { try self.required(column, Value.blobs) }
    /// As `blobs`, nil for null.
    public func blobsOrNil(_ column: Int) throws(PostgresError) -> [[UInt8]]? { try self.optional(column, Value.blobs) }

    private func cell(_ column: Int) throws(PostgresError) -> Table.Cell {
        guard self.table.columns.indices.contains(column) else {
            throw PostgresError(state: .unexpectedResult, message: "there is no column \(column) in the result")
        }
        return self.table.cells[self.index * self.table.columns.count + column]
    }

    private func optional<Result>(
        _ column: Int, _ read: (Value) -> Result?
    ) throws(PostgresError) -> Result? {
        let cell = try self.cell(column)
        guard cell.length >= 0 else { return nil }
        let (name, type) = (self.table.columns[column].name, self.table.columns[column].type)
        let value = Value(type: type, bytes: self.table.bytes[cell.start..<cell.start + cell.length])
        guard let result = read(value) else {
            throw PostgresError(
                state: .unexpectedResult,
                message: "column \(column) (\(name)), of type \(type.rawValue), is not what it is read as")
        }
        return result
    }

    private func required<Result>(
        _ column: Int, _ read: (Value) -> Result?
    ) throws(PostgresError) -> Result {
        guard let result = try self.optional(column, read) else {
            throw PostgresError(
                state: .unexpectedResult, message: "column \(column) (\(self.table.columns[column].name)) is null")
        }
        return result
    }
}
