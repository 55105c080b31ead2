/// The rows of one result: all their bytes in one buffer, never changed, shared by its `Row`s.
final class Table: Sendable {
    struct Column: Sendable {
        let name: String
        let type: SQLType
    }

    /// Where a value stands in `bytes`; a length of −1 is null.
    struct Cell: Sendable {
        let start: Int
        let length: Int
    }

    let columns: [Column]
    let cells: [Cell]
    let bytes: [UInt8]

    init(columns: [Column], cells: [Cell], bytes: [UInt8]) {
        self.columns = columns
        self.cells = cells
        self.bytes = bytes
    }
}
