public import Postgres
public import Reputation

/// An entry as its row has it, read by whoever checks that it is one.
public struct EntryRow: Sendable {
    /// Its place.
    public let index: Int64
    /// What it says its commitment is to.
    public let kind: String
    /// The commitment.
    public let commitment: String
    /// What it is found by: the first 8 bytes of its leaf hash.
    public let leafKey: Int64
}

/// A row that opens an entry, and the entry it names: nil where there is none.
public struct EntryReference: Sendable {
    /// The place the row names.
    public let index: Int64
    /// The kind of the entry that is there.
    public let kind: String?
    /// Its commitment.
    public let commitment: String?

    init(_ row: Row, index: Int, entry: Int) throws {
        self.index = try row.int(index)
        self.kind = try row.textOrNil(entry)
        self.commitment = try row.textOrNil(entry + 1)
    }
}

/// A row of evidence with everything that must agree with its document.
public struct AuditedEvidence: Sendable {
    /// The random salt of the commitment.
    public let salt: [UInt8]
    /// The canonical text that is committed to.
    public let document: String
    /// The keyed hash of what makes the fact itself.
    public let identityHash: UInt128
    /// The type, as a column.
    public let type: String
    /// When it happened, as a column.
    public let occurredAt: Instant
    /// The account the row names, nil where there is none.
    public let account: Account.Key?
    /// The project the row names, nil where there is none.
    public let project: ProjectKey?
    /// Whether its brief is there, under the same account.
    public let isBriefed: Bool
    /// The entry it opens.
    public let entry: EntryReference
}

/// The proof of an account with everything its disclosure is made of.
public struct AuditedProof: Sendable {
    /// Our number for it.
    public let id: Int64
    /// The account as it is known now, nil where there is none.
    public let account: Account?
    /// What was signed, the signature, and the list of keys it was found in.
    public let challenge: String
    /// See `challenge`.
    public let signature: String
    /// See `challenge`.
    public let keysListed: String
    /// When the list was read.
    public let fetchedAt: Instant
    /// The salt of the disclosure.
    public let salt: [UInt8]
    /// The entry it opens.
    public let entry: EntryReference
}

/// A credential with everything its disclosure is made of.
public struct AuditedCredential: Sendable {
    /// Its id.
    public let id: String
    /// In which form it was issued.
    public let format: String
    /// The signed token.
    public let token: String
    /// base64url of the token's SHA-256.
    public let digest: String
    /// The salt of the disclosure.
    public let salt: [UInt8]
    /// The entry it opens.
    public let entry: EntryReference
}

extension Connection {
    /// Calls `body` with every row of `entries`, in order.
    public func eachEntryRow(_ body: (EntryRow) throws -> Void) throws {
        try self.stream("SELECT index, kind, commitment, leaf_key FROM entries ORDER BY index") { row in
            try body(
                EntryRow(
                    index: try row.int(0), kind: try row.text(1), commitment: try row.text(2),
                    leafKey: try row.int(3)))
        }
    }

    /// Calls `body` with every row of evidence, in ledger order.
    public func eachAuditedEvidence(_ body: (AuditedEvidence) throws -> Void) throws {
        try self.stream(
            """
            SELECT e.entry_index, e.salt, e.document, e.identity_hash, e.type, e.occurred_at,
                a.platform, a.platform_id, p.platform, p.platform_id, n.kind, n.commitment,
                coalesce(b.account = e.account, false)
            FROM evidence e
            LEFT JOIN briefs b ON b.entry_index = e.entry_index
            LEFT JOIN accounts a ON a.id = e.account
            LEFT JOIN projects p ON p.id = e.project
            LEFT JOIN entries n ON n.index = e.entry_index
            ORDER BY e.entry_index
            """
        ) { row in
            let account = try row.textOrNil(6).map {
                Account.Key(platform: Platform(rawValue: $0), id: try row.text(7))
            }
            let project = try row.textOrNil(8).map {
                ProjectKey(platform: Platform(rawValue: $0), id: try row.text(9))
            }
            try body(
                AuditedEvidence(
                    salt: try row.bytes(1), document: try row.text(2), identityHash: try row.bits(3),
                    type: try row.text(4), occurredAt: Instant(seconds: try row.seconds(5)), account: account,
                    project: project, isBriefed: try row.bool(12), entry: try EntryReference(row, index: 0, entry: 10)))
        }
    }

    /// Calls `body` with every proof of an account.
    public func eachAuditedProof(_ body: (AuditedProof) throws -> Void) throws {
        try self.stream(
            """
            SELECT p.id, a.platform, a.platform_id, a.login, a.kind, p.challenge, p.signature, p.keys_listed,
                p.fetched_at, p.salt, p.entry_index, n.kind, n.commitment
            FROM proofs p
            LEFT JOIN accounts a ON a.id = p.account
            LEFT JOIN entries n ON n.index = p.entry_index
            ORDER BY p.id
            """
        ) { row in
            let account = try row.textOrNil(1).map { platform in
                Account(
                    key: .init(platform: Platform(rawValue: platform), id: try row.text(2)), login: try row.text(3),
                    kind: Account.Kind(rawValue: try row.text(4)) ?? .user)
            }
            try body(
                AuditedProof(
                    id: try row.int(0), account: account, challenge: try row.text(5), signature: try row.text(6),
                    keysListed: try row.text(7), fetchedAt: Instant(seconds: try row.seconds(8)),
                    salt: try row.bytes(9), entry: try EntryReference(row, index: 10, entry: 11)))
        }
    }

    /// Calls `body` with every credential.
    public func eachAuditedCredential(_ body: (AuditedCredential) throws -> Void) throws {
        try self.stream(
            """
            SELECT c.id, c.token, c.digest, c.salt, c.entry_index, n.kind, n.commitment, c.format
            FROM credentials c LEFT JOIN entries n ON n.index = c.entry_index ORDER BY c.entry_index
            """
        ) { row in
            try body(
                AuditedCredential(
                    id: try row.text(0), format: try row.text(7), token: try row.text(1), digest: try row.text(2),
                    salt: try row.bytes(3),
                    entry: try EntryReference(row, index: 4, entry: 5)))
        }
    }

    /// How many accounts are linked to a developer without a proof that binds them.
    public func unprovedLinks() throws -> Int64 {
        try self.run(
            """
            SELECT count(*) FROM linked_accounts l
            WHERE NOT EXISTS (SELECT FROM proofs p WHERE p.account = l.account AND p.developer = l.developer)
            """)[0].int(0)
    }
}
