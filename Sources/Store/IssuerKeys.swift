public import Postgres
public import Reputation

/// Something that was said of a key that signs, and the entry of the ledger that commits to it.
public struct KeyRecord: Hashable, Sendable {
    /// What a key signs.
    public enum Use: String, CaseIterable, Sendable {
        /// Checkpoints.
        case ledger
        /// Credentials and status lists, with ES256.
        case credentials
        /// Open Badges, with RS256.
        case badges
        /// Proofs inside documents, with Ed25519.
        case proofs
    }

    /// What a key does from the entry on.
    public enum State: String, Sendable {
        /// It is the newest.
        case signing
        /// A newer one has come; what it signed is still in use.
        case overlap
        /// It has ended.
        case retired
    }

    /// The place in the ledger.
    public let entryIndex: Int64
    /// What the key signs.
    public let use: Use
    /// The verifier key or the thumbprint.
    public let key: String
    /// What it does.
    public let state: State
    /// When whatever it signed has ended, nil for the newest.
    public let until: Instant?
    /// The salt of the disclosure.
    public let salt: [UInt8]
    /// What is disclosed, in canonical form.
    public let document: String

    /// A record.
    public init(
        entryIndex: Int64, use: Use, key: String, state: State, until: Instant?, salt: [UInt8], document: String
    ) {
        self.entryIndex = entryIndex
        self.use = use
        self.key = key
        self.state = state
        self.until = until
        self.salt = salt
        self.document = document
    }

    /// The records in `rows` of `SQL.issuerKeys`.
    public static func read(_ rows: [Row]) throws -> [KeyRecord] {
        try rows.map { row in
            guard let use = Use(rawValue: try row.text(1)), let state = State(rawValue: try row.text(3)) else {
                throw DamagedRow(table: "issuer_keys")
            }
            return KeyRecord(
                entryIndex: try row.int(0), use: use, key: try row.text(2), state: state,
                until: try row.secondsOrNil(4).map { Instant(seconds: $0) }, salt: try row.bytes(5),
                document: try row.text(6))
        }
    }
}

extension SQL {
    /// All that was said of keys, in the order it was said.
    public static let issuerKeys: SQL =
        "SELECT entry_index, use, key, state, until, salt, document FROM issuer_keys ORDER BY entry_index"
}

extension Connection {
    /// Keeps what an entry says of a key.
    public func add(_ record: KeyRecord) throws {
        try self.run(
            """
            INSERT INTO issuer_keys (entry_index, use, key, state, until, salt, document)
            VALUES (\(record.entryIndex), \(record.use.rawValue), \(record.key), \(record.state.rawValue),
                \(record.until.map { Timestamp(seconds: $0.seconds) }), \(record.salt), \(record.document))
            """)
    }

    /// Removes the record of entry `index`, as the owner of the table with its triggers off.
    public func removeKeyRecord(ofEntry index: Int64) throws {
        try self.run("DELETE FROM issuer_keys WHERE entry_index = \(index)")
    }
}
