public import Postgres
public import Reputation

/// The proof of an account, as a developer takes it along.
public struct StoredProof: Sendable {
    /// Which account it proved.
    public let platform: String
    /// See `platform`.
    public let accountID: String
    /// How, `ssh-signature`.
    public let method: String
    /// The text and the signature over it.
    public let challenge: String
    /// See `challenge`.
    public let signature: String
    /// The key that signed, and the list it was found in.
    public let keyFingerprint: String
    /// See `keyFingerprint`.
    public let keysListed: String
    /// When the list was read.
    public let fetchedAt: Instant
    /// The salt of its ledger entry, and where that is.
    public let salt: [UInt8]
    /// See `salt`.
    public let entryIndex: Int64

    /// The proofs in `rows` of `SQL.proofs`.
    public static func read(_ rows: [Row]) throws -> [StoredProof] {
        try rows.map {
            StoredProof(
                platform: try $0.text(0), accountID: try $0.text(1), method: try $0.text(2), challenge: try $0.text(3),
                signature: try $0.text(4), keyFingerprint: try $0.text(5), keysListed: try $0.text(6),
                fetchedAt: Instant(seconds: try $0.seconds(7)), salt: try $0.bytes(8), entryIndex: try $0.int(9))
        }
    }
}

/// A session, without what opens it.
public struct StoredSession: Sendable {
    /// When it was opened.
    public let createdAt: Instant
    /// When it ends.
    public let expiresAt: Instant

    /// The sessions in `rows` of `SQL.sessions`.
    public static func read(_ rows: [Row]) throws -> [StoredSession] {
        try rows.map {
            StoredSession(
                createdAt: Instant(seconds: try $0.seconds(0)), expiresAt: Instant(seconds: try $0.seconds(1)))
        }
    }
}

extension StoredCredential {
    /// The credentials in `rows` of `SQL.credentials`.
    public static func read(_ rows: [Row]) throws -> [StoredCredential] {
        try rows.map { row in
            guard let format = Format(rawValue: try row.text(8)) else { throw DamagedRow(table: "credentials") }
            return StoredCredential(
                id: try row.text(0), developer: try row.int(1), format: format, isWhole: try row.bool(9),
                token: try row.text(2),
                digest: try row.text(3), salt: try row.bytes(4), issuedAt: Instant(seconds: try row.seconds(5)),
                expiresAt: Instant(seconds: try row.seconds(6)), entryIndex: try row.int(7))
        }
    }
}

extension SQL {
    /// When `developer` began, or no row.
    public static func beginning(ofDeveloper developer: Int64) -> SQL {
        "SELECT created_at FROM developers WHERE id = \(developer) AND state <> 'erased'"
    }

    /// What the bindings of `developer` rest on, oldest first.
    public static func proofs(of developer: Int64) -> SQL {
        """
        SELECT a.platform, a.platform_id, p.method, p.challenge, p.signature, p.key_fingerprint, p.keys_listed,
            p.fetched_at, p.salt, p.entry_index
        FROM proofs p JOIN accounts a ON a.id = p.account WHERE p.developer = \(developer) ORDER BY p.entry_index
        """
    }

    /// The credentials issued to `developer`, oldest first.
    public static func credentials(of developer: Int64) -> SQL {
        """
        SELECT id, developer, token, digest, salt, issued_at, expires_at, entry_index, format, is_whole
        FROM credentials WHERE developer = \(developer) ORDER BY entry_index
        """
    }

    /// The sessions of `developer`, oldest first.
    public static func sessions(of developer: Int64) -> SQL {
        "SELECT created_at, expires_at FROM sessions WHERE developer = \(developer) ORDER BY created_at"
    }

    /// The open challenges of `developer`, in the columns of `openChallenge`.
    public static func challenges(of developer: Int64) -> SQL {
        "SELECT id, platform, login, text, developer FROM challenges WHERE developer = \(developer) ORDER BY id"
    }
}
