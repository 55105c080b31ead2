internal import Postgres
internal import Reputation
internal import Store

extension Erase {
    /// Makes credentials revoked, suspended or valid as the journal has it and this database has not, because it was restored,
    /// and publishes the lists; returns how many.
    ///
    /// - Throws: `JournalError`, `PostgresError`; `PublicationError` when the database is behind what was shown.
    public func catchUpStatuses() async throws -> Int {
        let journaled = try self.statuses.statuses()
        guard try await !self.lacking(journaled).isEmpty else { return 0 }
        try await Publication(authority: self.authority, highWater: self.highWater, on: self.connection).check()
        let authority = self.authority
        return try await self.connection.transaction { connection in
            _ = try connection.lockLedgerHead()
            let lacking = try Self.lacking(journaled, on: connection)
            for change in lacking { try connection.bringBack(change, now: authority.now()) }
            for list in Set(lacking.map(\.place.list)).sorted() {
                try StatusLists(authority: authority).publish(list, on: connection)
            }
            return lacking.count
        }
    }

    /// How many changes of status in the journal this database lacks; nothing is changed.
    public func pendingStatuses() async throws -> Int { try await self.lacking(self.statuses.statuses()).count }

    private func lacking(_ journaled: [StatusPlace: StatusChange]) async throws -> [StatusChange] {
        guard !journaled.isEmpty else { return [] }
        return try await self.connection.transaction { try Self.lacking(journaled, on: $0) }
    }

    /// Those of `journaled` that the database says otherwise, in the order of their places; what it has revoked stays so.
    private static func lacking(
        _ journaled: [StatusPlace: StatusChange], on connection: isolated Connection
    ) throws -> [StatusChange] {
        let known = try connection.statuses(in: Set(journaled.keys.map(\.list)).sorted())
        return journaled.values.filter { change in
            let state = known[change.place] ?? 0
            return state != change.state && state != StatusChange.revoked
        }.sorted { ($0.place.list, $0.place.index) < ($1.place.list, $1.place.index) }
    }
}
