public import Postgres
public import Reputation
public import Transparency

/// One row of evidence on its way into the store.
public struct NewEvidence: Sendable {
    /// The place in the ledger.
    public let entryIndex: Int64
    /// The keyed hash of what makes the fact itself.
    public let identityHash: UInt128
    /// The random salt of the commitment.
    public let salt: [UInt8]
    /// The canonical text that is committed to.
    public let document: String
    /// What was observed.
    public let kind: Evidence.Kind
    /// When it happened.
    public let occurredAt: Instant
    /// Our number of the account it is about.
    public let account: Int64
    /// Our number of the project.
    public let project: Int64

    /// A row.
    public init(
        entryIndex: Int64, identityHash: UInt128, salt: [UInt8], document: String,
        kind: Evidence.Kind, occurredAt: Instant, account: Int64, project: Int64
    ) {
        self.entryIndex = entryIndex
        self.identityHash = identityHash
        self.salt = salt
        self.document = document
        self.kind = kind
        self.occurredAt = occurredAt
        self.account = account
        self.project = project
    }
}

/// Where a fact is that the ledger has already.
public struct StoredIdentity: Sendable {
    /// The place in the ledger.
    public let entryIndex: Int64
    /// The entry.
    public let leaf: LedgerLeaf
}

/// One row of evidence as it is kept.
public struct StoredEvidence: Sendable {
    /// The place in the ledger.
    public let entryIndex: Int64
    /// The entry's commitment.
    public let commitment: String
    /// The random salt of the commitment.
    public let salt: [UInt8]
    /// The canonical text that is committed to.
    public let document: String

    init(_ row: Row) throws {
        self.entryIndex = try row.int(0)
        self.commitment = try row.text(1)
        self.salt = try row.bytes(2)
        self.document = try row.text(3)
    }

    /// The rows of one of the `SQL.evidence…` queries.
    public static func read(_ rows: [Row]) throws -> [StoredEvidence] { try rows.map { try StoredEvidence($0) } }
}

// Of a join with `entries` or `briefs` the planner reckons with a look into every partition, and knows of each what is in it, but
// not of all together. So a commitment is asked for in a subquery (a fact without its entry is damage, and an error), and the
// briefs of an account are found for each account: `OFFSET 0` keeps it from being made a join again.
extension SQL {
    /// All evidence of `developer`'s linked accounts among the first `size` entries, in ledger order.
    public static func evidence(ofDeveloper developer: Int64, in size: Int64) -> SQL {
        """
        SELECT e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index), e.salt, e.document
        FROM linked_accounts l
        CROSS JOIN LATERAL (SELECT entry_index FROM briefs WHERE account = l.account AND entry_index < \(size) OFFSET 0) AS b
        JOIN evidence e ON e.entry_index = b.entry_index
        WHERE l.developer = \(developer) ORDER BY b.entry_index
        """
    }

    /// All evidence of one account, in ledger order, at most `limit` rows.
    public static func evidence(ofAccount account: Int64, limit: Int64) -> SQL {
        """
        SELECT e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index), e.salt, e.document
        FROM briefs b JOIN evidence e ON e.entry_index = b.entry_index
        WHERE b.account = \(account) ORDER BY b.entry_index LIMIT \(limit)
        """
    }

    /// Evidence of the published profile `handle` that lies before `before` in the ledger, newest first, of kind
    /// `kind` unless that is nil, at most `limit` rows; no row for a profile that is not published.
    public static func evidence(ofHandle handle: String, kind: String?, before: Int64, limit: Int64) -> SQL {
        """
        SELECT e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index), e.salt, e.document
        FROM developers d
        JOIN linked_accounts l ON l.developer = d.id AND l.shown
        CROSS JOIN LATERAL (SELECT entry_index FROM briefs WHERE account = l.account AND entry_index < \(before) OFFSET 0) AS b
        JOIN evidence e ON e.entry_index = b.entry_index
        WHERE d.handle = \(handle) AND d.state = 'published'
            AND (\(kind)::text IS NULL OR e.type = \(kind))
        ORDER BY b.entry_index DESC LIMIT \(limit)
        """
    }
}

extension Connection {
    /// The constraint that refuses a fact the store has.
    public static let evidenceIsKeptOnce = "evidence_is_kept_once"

    /// Which of `hashes` the store has, each with the entry that commits to its fact.
    public func knownIdentities(of hashes: [UInt128]) throws -> [UInt128: StoredIdentity] {
        let rows = try self.run(
            """
            SELECT e.identity_hash, e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index)
            FROM evidence e WHERE e.identity_hash = ANY(\(hashes))
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                guard let commitment = try row.textOrNil(2).flatMap({ Commitment(text: $0) }) else {
                    throw DamagedRow(table: "entries")
                }
                let leaf = LedgerLeaf(LedgerEntry(.evidence, commitment))
                return (try row.bits(0), StoredIdentity(entryIndex: try row.int(1), leaf: leaf))
            })
    }

    /// Appends the `row` of each of `facts`; entries, accounts and projects must be there. `meanwhile` runs while the database
    /// stores them.
    public func append<Fact>(
        _ facts: [Fact], row: (Fact) -> NewEvidence, meanwhile: () -> Void = {}
    ) throws {
        try self.copy(
            facts,
            into: """
                evidence
                (entry_index, account, project, occurred_at, identity_hash, type, salt, document)
                """,
            values: {
                let row = row($0)
                return (
                    row.entryIndex, row.account, row.project, Timestamp(seconds: row.occurredAt.seconds),
                    row.identityHash, row.kind.rawValue, row.salt, row.document
                )
            }, meanwhile: meanwhile)
    }
}
