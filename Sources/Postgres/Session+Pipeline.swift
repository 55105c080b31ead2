internal import CPostgres
internal import EventLoop

/// The non-blocking half of a session: what `ReadPipeline` drives from its loop.
///
/// Every call returns at once, except that starting to connect looks up a host's name.
extension Session {
    /// How far connecting has come, and what to wait for on which descriptor.
    enum Progress {
        case waiting(Int32, Interest)
        case connected(Int32)
        case failed
    }

    /// Starts to connect; wait until the descriptor is writable, then `proceed`.
    static func start(_ url: String) -> Session { unsafe Session(owning: standing_connect(url, 1)) }

    /// The state right after `start`.
    func started() -> Progress {
        unsafe PQstatus(self.connection) == CONNECTION_BAD
            ? .failed : .waiting(PQsocket(self.connection), .writable)
    }

    /// Goes on connecting as far as it can without waiting.
    func proceed() -> Progress {
        let socket = unsafe PQsocket(self.connection)
        switch unsafe PQconnectPoll(self.connection) {
        case PGRES_POLLING_READING: return unsafe .waiting(PQsocket(self.connection), .readable)
        case PGRES_POLLING_WRITING: return unsafe .waiting(PQsocket(self.connection), .writable)
        case PGRES_POLLING_OK: return .connected(socket)
        default: return .failed
        }
    }

    /// Turns a connected session into a pipeline.
    func enterPipeline() -> Bool {
        unsafe standing_ignore_notices(self.connection)
        return unsafe PQsetnonblocking(self.connection, 1) == 0 && PQenterPipelineMode(self.connection) == 1
    }

    func sendPrepare(_ statement: Statement, as name: String) -> Bool {
        let types = statement.types.map(\.rawValue)
        return unsafe PQsendPrepare(self.connection, name, statement.text, Int32(types.count), types) == 1
    }

    /// Sends the statement prepared as `name`, or its text when there is no such name.
    func send(_ sql: SQL, preparedAs name: String?) -> Bool {
        let count = Int32(sql.statement.types.count)
        return unsafe sql.parameters.withPointers(count: Int(count)) { values, lengths, formats in
            guard let name else {
                let types = sql.statement.types.map(\.rawValue)
                return unsafe PQsendQueryParams(
                    self.connection, sql.statement.text, count, types, values, lengths, formats, 1) == 1
            }
            return unsafe PQsendQueryPrepared(self.connection, name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Ends what is answered or aborted together.
    func sync() -> Bool { unsafe PQpipelineSync(self.connection) == 1 }

    /// Writes what it can; true when something is left to write.
    func flush() throws(PostgresError) -> Bool {
        let result = unsafe PQflush(self.connection)
        guard result >= 0 else { throw self.lost() }
        return result == 1
    }

    /// Reads what there is.
    func consume() throws(PostgresError) {
        guard unsafe PQconsumeInput(self.connection) == 1 else { throw self.lost() }
    }

    /// True when the next answer is not here yet.
    var isBusy: Bool { unsafe PQisBusy(self.connection) == 1 }

    /// The next answer; an absent one stands between the answers of two statements.
    func next() -> Answer { unsafe Answer(owning: PQgetResult(self.connection)) }
}

extension Answer {
    /// True for the answer to `sync`.
    var isSync: Bool { self.status == PGRES_PIPELINE_SYNC }

    /// True when the statement was not run because one before it failed.
    var isAborted: Bool { self.status == PGRES_PIPELINE_ABORTED }
}
