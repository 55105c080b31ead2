public import Postgres
public import Reputation

/// What the models need of one fact, as it is kept beside the evidence.
public struct StoredBrief: Sendable {
    /// The fact's place in the ledger.
    public let entryIndex: Int64
    /// Our number of the account it is about.
    public let account: Int64
    /// The brief, as `Scoring` writes it.
    public let bytes: [UInt8]

    /// A brief.
    public init(entryIndex: Int64, account: Int64, bytes: [UInt8]) {
        self.entryIndex = entryIndex
        self.account = account
        self.bytes = bytes
    }

    init(_ row: Row) throws {
        self.init(entryIndex: try row.int(0), account: try row.int(1), bytes: try row.bytes(2))
    }

    /// The briefs of one of the `SQL.briefs…` queries.
    public static func read(_ rows: [Row]) throws -> [StoredBrief] { try rows.map { try StoredBrief($0) } }
}

extension SQL {
    /// The briefs of the account with our number `account` after entry `after` and below `size`, in their order, at most
    /// `limit`.
    public static func briefs(ofAccount account: Int64, after: Int64, in size: Int64, limit: Int64) -> SQL {
        """
        SELECT entry_index, account, brief FROM briefs
        WHERE account = \(account) AND entry_index > \(after) AND entry_index < \(size)
        ORDER BY entry_index LIMIT \(limit)
        """
    }

    /// The briefs at `start` and the entries after it, below `end`, in their order, at most `limit`.
    public static func briefs(from start: Int64, to end: Int64, limit: Int64) -> SQL {
        """
        SELECT entry_index, account, brief FROM briefs
        WHERE entry_index >= \(start) AND entry_index < \(end) ORDER BY entry_index LIMIT \(limit)
        """
    }

    /// Commitment and project of the facts at `entries`: entry, commitment, platform, id and name of the project, and
    /// platform and id of its owner, null where that is not known.
    public static func names(of entries: [Int64]) -> SQL {
        """
        SELECT e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index),
            p ->> 'platform', p ->> 'id', p ->> 'name', p #>> '{owner,platform}', p #>> '{owner,id}'
        FROM evidence e, LATERAL (SELECT e.document::json -> 'project') AS d (p)
        WHERE e.entry_index = ANY(\(entries))
        """
    }

    /// The size that the ledger had at the end of `day`: the day after's, or no row when it has not ended.
    public static func ledgerSize(atEndOf day: Day) -> SQL {
        """
        SELECT size_before FROM ledger_days
        WHERE day > \(day.description)::text::date ORDER BY day LIMIT 1
        """
    }

    /// The day, as days since 1970, on which the ledger grew to `size`; no row for a ledger that never was that large.
    public static func ledgerDay(ofSize size: Int64) -> SQL {
        "SELECT day FROM ledger_days WHERE size_before < \(size) ORDER BY day DESC LIMIT 1"
    }

    /// The entry of the newest erasure, −1 before the first: what was read before it may be gone since.
    public static let newestErasure: SQL = "SELECT coalesce(max(entry_index), -1) FROM erasures"
}

extension Connection {
    /// Keeps `briefs`, whose evidence is there or comes in the same transaction; `meanwhile` runs while the database does.
    public func append(_ briefs: [StoredBrief], meanwhile: () -> Void = {}) throws {
        guard !briefs.isEmpty else { return meanwhile() }
        try self.copy(
            briefs, into: "briefs (entry_index, account, brief)", values: { ($0.entryIndex, $0.account, $0.bytes) },
            meanwhile: meanwhile)
    }

    /// Facts without a brief, after `entry`, in their order, at most `limit`: entry, account and document.
    public func evidenceWithoutBrief(after entry: Int64, limit: Int64) throws -> [(
        entry: Int64, account: Int64, document: String
    )] {
        try self.run(
            """
            SELECT e.entry_index, e.account, e.document FROM evidence e
            WHERE e.entry_index > \(entry) AND NOT EXISTS (SELECT FROM briefs b WHERE b.entry_index = e.entry_index)
            ORDER BY e.entry_index LIMIT \(limit)
            """
        ).map { (try $0.int(0), try $0.int(1), try $0.text(2)) }
    }

    /// Takes all briefs away, to write them anew.
    public func deleteBriefs() throws { try self.run("DELETE FROM briefs") }
}
