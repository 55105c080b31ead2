extension Connection {
    /// Runs `body` between BEGIN and COMMIT, or ROLLBACK if it throws.
    ///
    /// `body` cannot suspend: no other task can slip a statement into the middle of a transaction, because there is
    /// no middle to slip into. Within another transaction it is a savepoint. Throws what `body` throws, or a
    /// `PostgresError`; of state `.unknownCommit` when the server went away during COMMIT.
    public func transaction<Value: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Value
    ) throws -> Value {
        try self.begin()
        let value: Value
        do {
            value = try body(self)
        } catch {
            self.rollBack()
            throw error
        }
        try self.commit()
        return value
    }

    func begin() throws(PostgresError) {
        if self.depth == 0 {
            try self.beginOutermost()
        } else {
            try self.session.script("SAVEPOINT standing_\(self.depth)")
        }
        self.depth += 1
    }

    /// Begins a transaction, in a new session where the server turns out to have gone away since the last one.
    ///
    /// An idle connection does not notice. Nothing was under way, so nothing is repeated; whoever knew of the loss, or
    /// closed the connection, is told.
    private func beginOutermost() throws(PostgresError) {
        let wasLost = self.session.isLost
        do {
            try self.session.script("BEGIN")
        } catch {
            guard !wasLost, self.session.isLost else { throw error }
            try self.reconnect()
            try self.session.script("BEGIN")
        }
    }

    /// Undoes what was done since the matching `begin`.
    ///
    /// This can fail only with the connection, and then the server undoes it.
    func rollBack() {
        self.depth -= 1
        let name = "standing_\(self.depth)"
        do {
            try self.session.script(
                self.depth == 0 ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
        } catch {
            self.session.close()
        }
    }

    func commit() throws(PostgresError) {
        guard self.session.isInTransaction else {
            let error = PostgresError(
                state: self.session.isLost ? .noConnection : .failedTransaction,
                message: "the transaction ended or failed before its COMMIT")
            self.rollBack()
            throw error
        }
        self.depth -= 1
        if self.depth > 0 {
            try self.session.script("RELEASE SAVEPOINT standing_\(self.depth)")
            return
        }
        do {
            try self.session.script("COMMIT")
        } catch {
            guard self.session.isLost else { throw error }
            throw PostgresError(state: .unknownCommit, message: error.message)
        }
    }
}
