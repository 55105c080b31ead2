public import Postgres
public import Reputation

/// How far the import of one source has come.
public struct StoredImport: Sendable {
    /// Our number for it.
    public let id: Int64
    /// Where the connector goes on; empty at the start, and when the source was read to its end.
    public let cursor: String
    /// The last record of a reading that reached the source's end; empty when none did.
    public let tip: String
}

/// What an import covers so far.
public struct ImportCoverage: Equatable, Sendable {
    /// How many records were read.
    public var records: Int64
    /// The times of the first and last record that has one.
    public var first: Instant?
    /// See `first`.
    public var last: Instant?
    /// Whether the source was read to its end.
    public var complete: Bool
    /// Why not.
    public var reason: String?

    /// A coverage.
    public init(
        records: Int64 = 0, first: Instant? = nil, last: Instant? = nil, complete: Bool = true, reason: String? = nil
    ) {
        self.records = records
        self.first = first
        self.last = last
        self.complete = complete
        self.reason = reason
    }
}

/// What one source covers, as profiles show it.
public struct SourceCoverage: Sendable {
    /// The connector.
    public let adapter: String
    /// How many sources of it were imported, and their records in all.
    public let sources: Int64
    /// See `sources`.
    public let records: Int64
    /// The first and last time covered.
    public let first: Instant?
    /// See `first`.
    public let last: Instant?
    /// Whether every one was read to its end.
    public let complete: Bool
    /// How many of the records are put aside and were not taken since.
    public let quarantined: Int64

    /// The rows of `SQL.coverage`.
    public static func read(_ rows: [Row]) throws -> [SourceCoverage] {
        try rows.map {
            SourceCoverage(
                adapter: try $0.text(0), sources: try $0.int(1), records: try $0.int(2),
                first: try $0.secondsOrNil(3).map(Instant.init(seconds:)),
                last: try $0.secondsOrNil(4).map(Instant.init(seconds:)), complete: try $0.bool(5),
                quarantined: try $0.int(6))
        }
    }
}

extension SQL {
    /// What has been imported, a row for each connector.
    public static let coverage: SQL =
        """
        SELECT i.adapter, count(*), sum(i.records)::bigint, min(i.first_at), max(i.last_at), bool_and(i.complete),
            sum((SELECT count(*) FROM quarantine q WHERE q.import = i.id AND q.replayed_at IS NULL))::bigint
        FROM imports i GROUP BY i.adapter ORDER BY i.adapter
        """
}

extension Connection {
    /// The import of the source, begun now unless it was before.
    public func beginImport(adapter: String, locator: String, at now: Instant) throws -> StoredImport {
        let rows = try self.run(
            """
            INSERT INTO imports (adapter, locator, started_at, updated_at)
            VALUES (\(adapter), \(locator), \(Timestamp(seconds: now.seconds)), \(Timestamp(seconds: now.seconds)))
            ON CONFLICT (adapter, locator) DO UPDATE SET updated_at = excluded.updated_at
            RETURNING id, cursor, tip
            """)
        return StoredImport(id: try rows[0].int(0), cursor: try rows[0].text(1), tip: try rows[0].text(2))
    }

    /// Notes how far the import has come and where it would go on; one that was complete before stays so.
    public func noteImport(_ id: Int64, coverage: ImportCoverage, cursor: String, at now: Instant) throws {
        try self.run(
            """
            UPDATE imports SET records = greatest(records, \(coverage.records)),
                first_at = least(first_at, \(coverage.first.map { Timestamp(seconds: $0.seconds) })),
                last_at = greatest(last_at, \(coverage.last.map { Timestamp(seconds: $0.seconds) })),
                complete = complete OR \(coverage.complete),
                reason = CASE WHEN complete AND NOT \(coverage.complete) THEN reason ELSE \(coverage.reason) END,
                cursor = CASE WHEN \(coverage.complete) THEN '' ELSE \(cursor) END,
                tip = CASE WHEN \(coverage.complete) THEN \(cursor) ELSE tip END,
                updated_at = \(Timestamp(seconds: now.seconds))
            WHERE id = \(id)
            """)
    }

    /// What earlier imports of the source noted for the next one.
    public func notes(ofImport id: Int64) throws -> [String: String] {
        let rows = try self.run("SELECT name, value FROM import_notes WHERE import = \(id)")
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.text(0), try $0.text(1)) })
    }

    /// Keeps `notes` for the next import of the source.
    public func keep(_ notes: [String: String], ofImport id: Int64) throws {
        guard !notes.isEmpty else { return }
        let names = notes.keys.sorted()
        try self.run(
            """
            INSERT INTO import_notes (import, name, value)
            SELECT \(id), name, value FROM unnest(\(names), \(names.compactMap { notes[$0] })) AS note (name, value)
            ON CONFLICT (import, name) DO UPDATE SET value = excluded.value
            """)
    }
}
