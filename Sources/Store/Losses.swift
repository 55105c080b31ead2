public import Postgres

extension Connection {
    /// Notes that nobody can open the entries of `range` any more, and why.
    public func noteLoss(of range: Range<Int64>, reason: String) throws {
        try self.run(
            """
            INSERT INTO losses (first, beyond, reason) VALUES (\(range.lowerBound), \(range.upperBound), \(reason))
            ON CONFLICT DO NOTHING
            """)
    }

    /// How many entries are noted as lost.
    public func lostEntries() throws -> Int64 {
        try self.run(
            """
            SELECT count(*) FROM entries n
            WHERE EXISTS (SELECT FROM losses l WHERE n.index >= l.first AND n.index < l.beyond)
            """)[0].int(0)
    }
}
