public import Postgres
public import Reputation

/// A key of a program that reads.
public struct StoredKey: Sendable {
    /// The public part of its name, shown in access logs.
    public let id: String
    /// What it may do.
    public let scope: String
    /// Whose it is, in words.
    public let name: String
    /// When its use was last noted.
    public let lastUsed: Instant?

    /// The keys in `rows` of `SQL.key`.
    public static func read(_ rows: [Row]) throws -> [StoredKey] {
        try rows.map { row in
            StoredKey(
                id: try row.text(0), scope: try row.text(1), name: try row.text(2),
                lastUsed: try row.secondsOrNil(3).map { Instant(seconds: $0) })
        }
    }
}

extension SQL {
    /// The key with this hash unless it was revoked: id, scope, name and when its use was last noted.
    public static func key(hash: [UInt8]) -> SQL {
        "SELECT id, scope, name, last_used_at FROM api_keys WHERE key_hash = \(hash) AND revoked_at IS NULL"
    }
}

/// A developer's consent for one reader.
public struct StoredGrant: Sendable {
    /// What it is called by in URLs and logs.
    public let id: String
    /// Our number for the developer.
    public let developer: Int64
    /// The facets that may be read; empty means all.
    public let facets: [String]
    /// For whom it was made, in words.
    public let audience: String
    /// When it ends.
    public let expiresAt: Instant
    /// How often it may be used.
    public let maxUses: Int64
    /// How often it was used.
    public let uses: Int64
    /// Whether the developer ended it.
    public let revoked: Bool

    /// A grant.
    public init(
        id: String, developer: Int64, facets: [String], audience: String, expiresAt: Instant, maxUses: Int64,
        uses: Int64 = 0, revoked: Bool = false
    ) {
        self.id = id
        self.developer = developer
        self.facets = facets
        self.audience = audience
        self.expiresAt = expiresAt
        self.maxUses = maxUses
        self.uses = uses
        self.revoked = revoked
    }

    init(_ row: Row) throws {
        self.init(
            id: try row.text(0), developer: try row.int(1), facets: try row.texts(2), audience: try row.text(3),
            expiresAt: Instant(seconds: try row.seconds(4)), maxUses: try row.int(5), uses: try row.int(6),
            revoked: try row.bool(7))
    }

    /// The grants in `rows` of `SQL.grants`.
    public static func read(_ rows: [Row]) throws -> [StoredGrant] { try rows.map { try StoredGrant($0) } }
}

/// One look at a developer's record.
public struct StoredLook: Sendable {
    /// When.
    public let at: Instant
    /// Who looked, in the words of the key or the grant.
    public let reader: String
    /// `search`, `grant` or `evaluate`.
    public let act: String
    /// What was asked.
    public let query: String

    /// The looks in `rows` of `SQL.accessLog`.
    public static func read(_ rows: [Row]) throws -> [StoredLook] {
        try rows.map {
            StoredLook(
                at: Instant(seconds: try $0.seconds(0)), reader: try $0.text(1), act: try $0.text(2),
                query: try $0.text(3))
        }
    }
}

extension SQL {
    /// The grants `developer` made, newest first.
    public static func grants(of developer: Int64) -> SQL {
        """
        SELECT id, developer, facets, audience, expires_at, max_uses::bigint, uses::bigint, revoked_at IS NOT NULL
        FROM grants WHERE developer = \(developer) ORDER BY created_at DESC, id
        """
    }

    /// The newest `limit` looks at `developer` older than row `before`: when, who, how, what for.
    public static func accessLog(of developer: Int64, limit: Int64) -> SQL {
        """
        SELECT at, reader, act, query FROM access_log WHERE developer = \(developer) ORDER BY id DESC LIMIT \(limit)
        """
    }
}

extension Connection {
    /// Keeps a new key by its hash.
    public func addKey(id: String, hash: [UInt8], scope: String, name: String, at now: Instant) throws {
        try self.run(
            """
            INSERT INTO api_keys (id, key_hash, scope, name, created_at)
            VALUES (\(id), \(hash), \(scope), \(name), \(Timestamp(seconds: now.seconds)))
            """)
    }

    /// Notes that the key was used now.
    public func noteUse(ofKey id: String, at now: Instant) throws {
        try self.run("UPDATE api_keys SET last_used_at = \(Timestamp(seconds: now.seconds)) WHERE id = \(id)")
    }

    /// Keeps a new grant by the hash of its token.
    public func add(_ grant: StoredGrant, tokenHash: [UInt8], at now: Instant) throws {
        try self.run(
            """
            INSERT INTO grants (id, token_hash, developer, facets, audience, expires_at, max_uses, created_at)
            VALUES (\(grant.id), \(tokenHash), \(grant.developer), \(grant.facets), \(grant.audience),
                \(Timestamp(seconds: grant.expiresAt.seconds)), \(grant.maxUses)::bigint, \(Timestamp(seconds: now.seconds)))
            """)
    }

    /// Counts one use of the grant with this token and returns it; nil when it is unknown, ended, revoked or used up.
    ///
    /// The check and the count are one statement, so two readers cannot share the last use.
    public func useGrant(tokenHash: [UInt8], at now: Instant) throws -> StoredGrant? {
        try StoredGrant.read(
            self.run(
                """
                UPDATE grants SET uses = uses + 1
                WHERE token_hash = \(tokenHash) AND revoked_at IS NULL AND uses < max_uses
                    AND expires_at > \(Timestamp(seconds: now.seconds))
                RETURNING id, developer, facets, audience, expires_at, max_uses::bigint, uses::bigint, false
                """)
        ).first
    }

    /// Ends the grant at once; false when `developer` made no such grant.
    public func revokeGrant(_ id: String, of developer: Int64, at now: Instant) throws -> Bool {
        let rows = try self.run(
            """
            UPDATE grants SET revoked_at = coalesce(revoked_at, \(Timestamp(seconds: now.seconds)))
            WHERE id = \(id) AND developer = \(developer) RETURNING id
            """)
        return !rows.isEmpty
    }

    /// Writes down that somebody looked at each of `developers`; one who was erased meanwhile keeps no log.
    public func logAccess(to developers: [Int64], reader: String, act: String, query: String, at now: Instant) throws {
        try self.run(
            """
            INSERT INTO access_log (developer, at, reader, act, query)
            SELECT id, \(Timestamp(seconds: now.seconds)), \(reader), \(act), \(query)
            FROM developers WHERE id = ANY(\(developers)) AND state <> 'erased' ORDER BY id FOR KEY SHARE
            """)
    }
}
