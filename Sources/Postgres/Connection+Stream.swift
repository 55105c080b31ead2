extension Connection {
    /// Runs `sql`, one SELECT, and gives its rows to `body` one by one, holding `chunk` of them in memory at most.
    ///
    /// All rows are of one moment. `body` may run other statements on this connection when the call is made within
    /// `transaction`. When `body` throws the rest is not read.
    public func stream(
        _ sql: SQL, chunk: Int = 1_000, _ body: (Row) throws -> Void
    ) throws {
        try self.begin()
        do {
            let name = "standing_\(self.depth)"
            try self.session.runOnce(sql.prefixed("DECLARE \(name) NO SCROLL CURSOR FOR "))
            let fetch = SQL(statement: Statement(text: "FETCH \(chunk) FROM \(name)", types: []))
            while true {
                let rows = try self.session.runOnce(fetch)
                for row in rows { try body(row) }
                if rows.count < chunk { break }
            }
            try self.session.script("CLOSE \(name)")
        } catch {
            self.rollBack()
            throw error
        }
        try self.commit()
    }
}
