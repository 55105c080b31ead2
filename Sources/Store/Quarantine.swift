public import Postgres
public import Reputation

/// A record that could not be taken, as it is kept.
public struct StoredQuarantine: Sendable {
    /// The connector and the source it was in.
    public let adapter, locator: String
    /// Where in the source.
    public let position: String
    /// What was wrong with it.
    public let reason: String
    /// The hash of the raw record.
    public let digest: String
    /// When it was put aside.
    public let noted: Instant

    /// The rows of `SQL.quarantine`.
    public static func read(_ rows: [Row]) throws -> [StoredQuarantine] {
        try rows.map {
            StoredQuarantine(
                adapter: try $0.text(0), locator: try $0.text(1), position: try $0.text(2), reason: try $0.text(3),
                digest: try $0.text(4), noted: Instant(seconds: try $0.seconds(5)))
        }
    }
}

extension SQL {
    /// Records that could not be taken yet, of all imports, at most `limit`.
    public static func quarantine(limit: Int64) -> SQL {
        """
        SELECT i.adapter, i.locator, q.position, q.reason, q.digest, q.noted_at
        FROM quarantine q JOIN imports i ON i.id = q.import
        WHERE q.replayed_at IS NULL ORDER BY i.id, length(q.position), q.position LIMIT \(limit)
        """
    }

    /// Where records of the import stand that could not be taken yet.
    public static func quarantinedPositions(ofImport id: Int64) -> SQL {
        "SELECT position FROM quarantine WHERE import = \(id) AND replayed_at IS NULL"
    }
}

extension Connection {
    /// Puts a record that could not be taken aside, once.
    public func quarantine(import id: Int64, position: String, reason: String, digest: String) throws {
        try self.quarantine(import: id, positions: [position], reasons: [reason], digests: [digest])
    }

    /// Puts records that could not be taken aside, each once; the three lists go together.
    public func quarantine(import id: Int64, positions: [String], reasons: [String], digests: [String]) throws {
        guard !positions.isEmpty else { return }
        try self.run(
            """
            INSERT INTO quarantine (import, position, reason, digest)
            SELECT \(id), position, reason, digest
            FROM unnest(\(positions), \(reasons), \(digests)) AS aside (position, reason, digest)
            ON CONFLICT (import, position) DO UPDATE SET reason = excluded.reason, digest = excluded.digest
            """)
    }

    /// Notes that the records at `positions` could be taken after all.
    public func noteReplayed(import id: Int64, positions: [String], at now: Instant) throws {
        guard !positions.isEmpty else { return }
        try self.run(
            """
            UPDATE quarantine SET replayed_at = \(Timestamp(seconds: now.seconds))
            WHERE import = \(id) AND position = ANY(\(positions)) AND replayed_at IS NULL
            """)
    }
}
