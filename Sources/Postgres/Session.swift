internal import CPostgres

/// The only owner of a `PGconn`: blocking here, as `Connection` uses it, non-blocking in `Session+Pipeline`.
///
/// Noncopyable, so "who frees it" has one answer: `close` or this value's `deinit`, whichever is first. libpq takes a
/// null connection to be a broken one, so every call after `close` fails as on a lost connection.
@safe struct Session: ~Copyable {
    /// For the extensions of `Session` alone.
    var connection: OpaquePointer?
    /// The statements the server has parsed for this session, by the names it knows them under.
    private var prepared: [Statement: String] = [:]
    private var names = 0

    /// The texts of a program are its literals, some hundreds at most; what is beyond is parsed each time.
    static let preparedLimit = 512

    init(owning connection: OpaquePointer?) { unsafe self.connection = connection }

    deinit { unsafe PQfinish(self.connection) }

    /// Connects, waiting 10 seconds at most for each of the hosts in `url`.
    static func open(_ url: String, settings: SessionSettings) throws(PostgresError) -> Session {
        var session = unsafe Session(owning: standing_connect(url, 0))
        guard unsafe PQstatus(session.connection) == CONNECTION_OK else { throw session.lost() }
        unsafe standing_ignore_notices(session.connection)
        try session.runOnce(settings.statement)
        return session
    }

    /// A session that was never opened, or is no longer.
    static func closed() -> Session { unsafe Session(owning: nil) }

    mutating func close() {
        unsafe PQfinish(self.connection)
        unsafe self.connection = nil
        self.prepared = [:]
    }

    var isLost: Bool { unsafe PQstatus(self.connection) != CONNECTION_OK }

    var isInTransaction: Bool { unsafe PQtransactionStatus(self.connection) == PQTRANS_INTRANS }

    /// Runs `sql` as a prepared statement, once more when the schema has changed since it was prepared.
    mutating func run(_ sql: SQL) throws(PostgresError) -> [Row] {
        let wasInTransaction = unsafe PQtransactionStatus(self.connection) != PQTRANS_IDLE
        do {
            return try self.runPrepared(sql)
        } catch {
            guard error.state.asksToPrepareAgain else { throw error }
            let name = self.prepared.removeValue(forKey: sql.statement)
            guard !wasInTransaction else { throw error }
            if let name, error.state != .undefinedPreparedStatement { try self.script("DEALLOCATE \(name)") }
            return try self.runPrepared(sql)
        }
    }

    private mutating func runPrepared(_ sql: SQL) throws(PostgresError) -> [Row] {
        guard let name = try self.prepare(sql.statement) else { return try self.runOnce(sql) }
        let count = sql.statement.types.count
        let answer = unsafe Answer(
            owning: sql.parameters.withPointers(count: count) { values, lengths, formats in
                unsafe PQexecPrepared(self.connection, name, Int32(count), values, lengths, formats, 1)
            })
        return try self.check(answer).rows()
    }

    /// Runs `sql` without keeping it prepared.
    @discardableResult
    mutating func runOnce(_ sql: SQL) throws(PostgresError) -> [Row] {
        let types = sql.statement.types.map(\.rawValue)
        let answer = unsafe Answer(
            owning: sql.parameters.withPointers(count: types.count) { values, lengths, formats in
                unsafe PQexecParams(
                    self.connection, sql.statement.text, Int32(types.count), types, values, lengths, formats, 1)
            })
        return try self.check(answer).rows()
    }

    /// Runs the statements of `text` one after another and returns the last one's tag.
    @discardableResult
    mutating func script(_ text: String) throws(PostgresError) -> String {
        try self.check(unsafe Answer(owning: PQexec(self.connection, text))).tag
    }

    /// The name `statement` is prepared under; nil when the server keeps enough of them already.
    private mutating func prepare(_ statement: Statement) throws(PostgresError) -> String? {
        if let name = self.prepared[statement] { return name }
        guard self.prepared.count < Self.preparedLimit else { return nil }
        let name = "s\(self.names)"
        self.names += 1
        let types = statement.types.map(\.rawValue)
        let answer = unsafe Answer(
            owning: PQprepare(self.connection, name, statement.text, Int32(types.count), types))
        _ = try self.check(answer)
        self.prepared[statement] = name
        return name
    }

    /// Starts `COPY … FROM STDIN`.
    mutating func beginCopy(_ statement: String) throws(PostgresError) {
        let answer = unsafe Answer(owning: PQexec(self.connection, statement))
        guard answer.status == PGRES_COPY_IN else { throw answer.serverError ?? self.broken() }
    }

    /// Sends a piece of COPY's data. The server's objections come with `endCopy`.
    mutating func putCopy(_ bytes: [UInt8]) throws(PostgresError) {
        let sent = unsafe bytes.withUnsafeBytes { bytes in
            unsafe PQputCopyData(
                self.connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 else { throw self.broken() }
    }

    /// Says that there are no more data, and waits for nothing; `endCopy` comes next.
    mutating func finishCopy() throws(PostgresError) {
        guard unsafe PQputCopyEnd(self.connection, nil) == 1 else { throw self.broken() }
    }

    /// Ends COPY and says whether the server took it all.
    mutating func endCopy() throws(PostgresError) {
        let answer = unsafe Answer(owning: PQgetResult(self.connection))
        while unsafe !Answer(owning: PQgetResult(self.connection)).isAbsent {}
        _ = try self.check(answer)
    }

    /// Gives `answer` back when it is a success, else throws what it says.
    ///
    /// A failure that no server speaks of is libpq's own, and it calls a connection good whose other end is gone until it
    /// has read that: a write that failed is such a one.
    private mutating func check(_ answer: consuming Answer) throws(PostgresError) -> Answer {
        if answer.isSuccess { return answer }
        if self.isLost { throw self.lost(answer.serverError) }
        if let error = answer.serverError { throw error }
        guard answer.status != PGRES_FATAL_ERROR else { throw self.broken() }
        throw PostgresError(state: .unexpectedResult, message: unsafe String(cString: PQresStatus(answer.status)))
    }

    /// The error of a connection that is of no more use; it counts as lost from here on.
    private mutating func broken() -> PostgresError {
        let error = self.lost()
        self.close()
        return error
    }

    /// The error of a lost connection, with the server's last words when there are any.
    func lost(_ error: PostgresError? = nil) -> PostgresError {
        let words = unsafe error?.message ?? String(cString: PQerrorMessage(self.connection))
        return PostgresError(state: .noConnection, message: words.isEmpty ? "the connection is closed" : words)
    }
}
