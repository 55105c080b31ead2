public import Postgres
public import Reputation

/// A text that an account's owner was asked to sign.
public struct StoredChallenge: Sendable {
    /// The id in the URL.
    public let id: String
    /// Which account is to be proved.
    public let platform: String
    /// See `platform`.
    public let login: String
    /// What is to be signed, byte for byte.
    public let text: String
    /// Whom the account will be added to; nil when a new developer will be made.
    public let developer: Int64?

    /// A challenge.
    public init(id: String, platform: String, login: String, text: String, developer: Int64?) {
        self.id = id
        self.platform = platform
        self.login = login
        self.text = text
        self.developer = developer
    }
}

/// What the binding of an account rests on.
public struct NewProof: Sendable {
    /// The account.
    public let account: Int64
    /// Our number for the developer.
    public let developer: Int64
    /// How it was proved, `ssh-signature`.
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
    /// The index of its ledger entry.
    public let entryIndex: Int64

    /// A proof.
    public init(
        account: Int64, developer: Int64, method: String, challenge: String, signature: String, keyFingerprint: String,
        keysListed: String, fetchedAt: Instant, salt: [UInt8], entryIndex: Int64
    ) {
        self.account = account
        self.developer = developer
        self.method = method
        self.challenge = challenge
        self.signature = signature
        self.keyFingerprint = keyFingerprint
        self.keysListed = keysListed
        self.fetchedAt = fetchedAt
        self.salt = salt
        self.entryIndex = entryIndex
    }
}

extension SQL {
    /// The challenge `id` while it is open: id, platform, login, text, developer; no row once used or expired.
    public static func openChallenge(_ id: String, at now: Instant) -> SQL {
        """
        SELECT id, platform, login, text, developer FROM challenges
        WHERE id = \(id) AND used_at IS NULL AND expires_at > \(Timestamp(seconds: now.seconds))
        """
    }
}

extension StoredChallenge {
    /// The challenges in `rows` of `SQL.openChallenge`.
    public static func read(_ rows: [Row]) throws -> [StoredChallenge] {
        try rows.map {
            StoredChallenge(
                id: try $0.text(0), platform: try $0.text(1), login: try $0.text(2), text: try $0.text(3),
                developer: try $0.intOrNil(4))
        }
    }
}

extension Connection {
    /// Keeps `challenge` until `expiry`, and drops those that ended a day before `now`.
    public func add(_ challenge: StoredChallenge, now: Instant, expiry: Instant) throws {
        try self.run(
            """
            INSERT INTO challenges (id, platform, login, text, developer, expires_at)
            VALUES (\(challenge.id), \(challenge.platform), \(challenge.login), \(challenge.text),
                \(challenge.developer), \(Timestamp(seconds: expiry.seconds)))
            """)
        try self.run("DELETE FROM challenges WHERE expires_at < \(Timestamp(seconds: now.seconds - 86_400))")
    }

    /// Closes the challenge; false when it was closed or had ended already, so that one proof is taken once.
    public func useChallenge(_ id: String, at now: Instant) throws -> Bool {
        let rows = try self.run(
            """
            UPDATE challenges SET used_at = \(Timestamp(seconds: now.seconds))
            WHERE id = \(id) AND used_at IS NULL AND expires_at > \(Timestamp(seconds: now.seconds))
            RETURNING id
            """)
        return !rows.isEmpty
    }

    /// Keeps what a binding rests on.
    public func add(_ proof: NewProof) throws {
        try self.run(
            """
            INSERT INTO proofs (account, developer, method, challenge, signature, key_fingerprint, keys_listed,
                fetched_at, salt, entry_index)
            VALUES (\(proof.account), \(proof.developer), \(proof.method), \(proof.challenge), \(proof.signature),
                \(proof.keyFingerprint), \(proof.keysListed), \(Timestamp(seconds: proof.fetchedAt.seconds)), \(proof.salt),
                \(proof.entryIndex))
            """)
    }

    /// Opens a session for `developer`.
    public func addSession(tokenHash: [UInt8], developer: Int64, now: Instant, expiry: Instant) throws {
        try self.run(
            """
            INSERT INTO sessions (token_hash, developer, created_at, expires_at)
            VALUES (\(tokenHash), \(developer), \(Timestamp(seconds: now.seconds)), \(Timestamp(seconds: expiry.seconds)))
            """)
        try self.run("DELETE FROM sessions WHERE expires_at < \(Timestamp(seconds: now.seconds))")
    }
}
