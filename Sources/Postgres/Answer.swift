internal import CPostgres

/// The only owner of a `PGresult`.
///
/// Noncopyable: this value's `deinit` frees it. Everything read from it is copied into Swift values.
@safe struct Answer: ~Copyable {
    private let result: OpaquePointer?

    /// Takes over `result`; nil is libpq's way to say that it has no memory or no connection.
    init(owning result: OpaquePointer?) { unsafe self.result = result }

    deinit { unsafe PQclear(self.result) }

    var status: ExecStatusType { unsafe PQresultStatus(self.result) }

    /// True when libpq had nothing (more) to give.
    var isAbsent: Bool { unsafe self.result == nil }

    /// True when the statement was run, whether it gives rows or not.
    var isSuccess: Bool { self.status == PGRES_TUPLES_OK || self.status == PGRES_COMMAND_OK }

    /// The command's tag, as in "ROLLBACK".
    var tag: String { unsafe self.isAbsent ? "" : String(cString: PQcmdStatus(self.result)) }

    /// What the server objected to; nil when it is not the server that did.
    var serverError: PostgresError? {
        guard let state = unsafe standing_result_sqlstate(self.result) else { return nil }
        return unsafe PostgresError(
            state: SQLState(rawValue: String(cString: state)),
            constraint: standing_result_constraint(self.result).map { unsafe String(cString: $0) },
            message: standing_result_message(self.result).map { unsafe String(cString: $0) } ?? "no message")
    }

    /// The rows, copied.
    func rows() -> [Row] {
        let height = unsafe Int(PQntuples(self.result))
        guard height > 0 else { return [] }
        let table = self.table(height: height)
        return (0..<height).map { Row(table: table, index: $0) }
    }

    private func table(height: Int) -> Table {
        let width = unsafe Int(PQnfields(self.result))
        let columns = (0..<Int32(width)).map { column in
            unsafe Table.Column(
                name: String(cString: PQfname(self.result, column)),
                type: SQLType(rawValue: PQftype(self.result, column)))
        }
        var bytes: [UInt8] = []
        var cells: [Table.Cell] = []
        cells.reserveCapacity(height * width)
        for row in 0..<Int32(height) {
            for column in 0..<Int32(width) {
                let length = unsafe Int(PQgetlength(self.result, row, column))
                let isNull = unsafe length == 0 && PQgetisnull(self.result, row, column) == 1
                cells.append(Table.Cell(start: bytes.count, length: isNull ? -1 : length))
                unsafe bytes.append(
                    contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(self.result, row, column), count: length))
            }
        }
        return Table(columns: columns, cells: cells, bytes: bytes)
    }
}
