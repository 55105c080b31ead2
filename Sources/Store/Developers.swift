public import Postgres
public import Reputation

/// A developer as the service knows them.
public struct StoredDeveloper: Sendable {
    /// Our number.
    public let id: Int64
    /// The public name, nil until one was chosen.
    public let handle: String?
    /// `claimed`, `published`, `hidden` or `erased`.
    public let state: String
    /// Whether search may find the profile.
    public let discoverable: Bool

    init(_ row: Row) throws {
        self.id = try row.int(0)
        self.handle = try row.textOrNil(1)
        self.state = try row.text(2)
        self.discoverable = try row.bool(3)
    }

    /// The developers in `rows`.
    public static func read(_ rows: [Row]) throws -> [StoredDeveloper] { try rows.map { try StoredDeveloper($0) } }

    /// The accounts in `rows` of `SQL.accountsOfDevelopers` by developer.
    public static func accounts(_ rows: [Row]) throws -> [Int64: [Account]] {
        var accounts: [Int64: [Account]] = [:]
        for row in rows {
            accounts[try row.int(0), default: []].append(
                Account(
                    key: .init(platform: Platform(rawValue: try row.text(2)), id: try row.text(3)),
                    login: try row.text(4), kind: Account.Kind(rawValue: try row.text(5)) ?? .user))
        }
        return accounts
    }
}

/// One facet as search needs it.
public struct StoredFacet: Sendable {
    /// The facet's name.
    public let name: String
    /// `measured` or `insufficient_evidence`.
    public let state: String
    /// 0 to 100.
    public let level: Int64
    /// Units counted.
    public let n: Int64
    /// Distinct active quarters.
    public let quarters: Int64

    /// A facet.
    public init(name: String, state: String, level: Int64, n: Int64, quarters: Int64) {
        self.name = name
        self.state = state
        self.level = level
        self.n = n
        self.quarters = quarters
    }
}

extension SQL {
    /// The published profile of `handle`, document and its digest, in one row; no row when there is none or it is
    /// not published now.
    public static func publishedProfile(_ handle: String) -> SQL {
        "SELECT document, document_digest FROM developers WHERE handle = \(handle) AND state = 'published'"
    }

    /// What the page of `handle` shows: the document and the commitments of the facts behind it; no row as above.
    public static func publishedPage(_ handle: String) -> SQL {
        "SELECT document, weightiest FROM developers WHERE handle = \(handle) AND state = 'published'"
    }

    /// The developer whose published profile `handle` is: id, handle, state, discoverable, or no row.
    public static func publishedDeveloper(_ handle: String) -> SQL {
        "SELECT id, handle, state, discoverable FROM developers WHERE handle = \(handle) AND state = 'published'"
    }

    /// The developer with this number: id, handle, state, discoverable.
    public static func developer(_ developer: Int64) -> SQL {
        "SELECT id, handle, state, discoverable FROM developers WHERE id = \(developer)"
    }

    /// The computed profile of `developer`, whatever their state: the document, or null before there is one.
    public static func profile(ofDeveloper developer: Int64) -> SQL {
        "SELECT document FROM developers WHERE id = \(developer) AND state <> 'erased'"
    }

    /// The developer with this open session: id, handle, state, discoverable.
    public static func developer(session tokenHash: [UInt8], at now: Instant) -> SQL {
        """
        SELECT d.id, d.handle, d.state, d.discoverable
        FROM sessions s JOIN developers d ON d.id = s.developer
        WHERE s.token_hash = \(tokenHash) AND s.expires_at > \(Timestamp(seconds: now.seconds)) AND d.state <> 'erased'
        """
    }

    /// The developer that owns the account with this number: id, handle, state, discoverable, or no row.
    public static func developer(ofAccount account: Int64) -> SQL {
        """
        SELECT d.id, d.handle, d.state, d.discoverable
        FROM linked_accounts l JOIN developers d ON d.id = l.developer WHERE l.account = \(account)
        """
    }

    /// The accounts `developer` proved: id, platform, platform's id, login, kind.
    public static func accounts(ofDeveloper developer: Int64) -> SQL {
        """
        SELECT a.id, a.platform, a.platform_id, a.login, a.kind
        FROM linked_accounts l JOIN accounts a ON a.id = l.account
        WHERE l.developer = \(developer) ORDER BY a.platform, a.platform_id
        """
    }

    /// Published and discoverable developers with a measured facet `facet`, strongest first: handle, level, n,
    /// quarters and developer id.
    public static func search(facet: String, minimumLevel: Int64, minimumQuarters: Int64, limit: Int64) -> SQL {
        """
        SELECT d.handle, f.level, f.n, f.quarters, d.id
        FROM facets f JOIN developers d ON d.id = f.developer
        WHERE f.name = \(facet) AND f.state = 'measured' AND f.level >= \(minimumLevel)
            AND f.quarters >= \(minimumQuarters) AND d.state = 'published' AND d.discoverable
        ORDER BY f.level DESC, d.handle LIMIT \(limit)
        """
    }

    /// Those of `developers` that have not been erased: id, handle, state, discoverable.
    public static func developers(_ developers: [Int64]) -> SQL {
        """
        SELECT id, handle, state, discoverable FROM developers
        WHERE id = ANY(\(developers)) AND state <> 'erased' ORDER BY id
        """
    }

    /// Every developer's accounts: the developer, then as `accounts(ofDeveloper:)`.
    public static let accountsOfDevelopers: SQL =
        """
        SELECT l.developer, a.id, a.platform, a.platform_id, a.login, a.kind
        FROM linked_accounts l JOIN accounts a ON a.id = l.account
        """

    /// Every developer that has not been erased: id, handle, state, discoverable.
    public static let developers: SQL =
        "SELECT id, handle, state, discoverable FROM developers WHERE state <> 'erased' ORDER BY id"
}

extension Connection {
    /// The developer, locked against other changes until the transaction ends; nil when there is none or they were erased.
    public func lock(_ developer: Int64) throws -> StoredDeveloper? {
        try StoredDeveloper.read(
            self.run(
                """
                SELECT id, handle, state, discoverable FROM developers
                WHERE id = \(developer) AND state <> 'erased' FOR NO KEY UPDATE
                """)
        ).first
    }

    /// A new developer, in state `claimed`.
    public func addDeveloper(at now: Instant) throws -> Int64 {
        try self.run(
            "INSERT INTO developers (created_at) VALUES (\(Timestamp(seconds: now.seconds))) RETURNING id")[0].int(0)
    }

    /// Binds `account` to `developer`; an account that is bound to another developer is left alone and false comes back.
    public func link(account: Int64, to developer: Int64, at now: Instant) throws -> Bool {
        let rows = try self.run(
            """
            INSERT INTO linked_accounts AS known (account, developer, linked_at)
            VALUES (\(account), \(developer), \(Timestamp(seconds: now.seconds)))
            ON CONFLICT (account) DO UPDATE SET shown = known.shown WHERE known.developer = excluded.developer
            RETURNING account
            """)
        return !rows.isEmpty
    }

    /// Puts a computed profile in place of the last one; `weightiest` are the commitments of the facts behind it.
    public func writeProfile(
        developer: Int64, document: String, digest: String, weightiest: [String], facets: [StoredFacet]
    ) throws {
        try self.run(
            """
            UPDATE developers SET document = \(document), document_digest = \(digest), weightiest = \(weightiest)
            WHERE id = \(developer)
            """)
        try self.run("DELETE FROM facets WHERE developer = \(developer)")
        for facet in facets {
            try self.run(
                """
                INSERT INTO facets (developer, name, state, level, n, quarters)
                VALUES (\(developer), \(facet.name), \(facet.state), \(facet.level), \(facet.n), \(facet.quarters))
                """)
        }
    }

    /// Takes the handle for `developer` and sets whether search may find them.
    public func setHandle(_ handle: String, discoverable: Bool, of developer: Int64) throws {
        try self.run(
            "UPDATE developers SET handle = \(handle), discoverable = \(discoverable) WHERE id = \(developer)")
    }

    /// Moves `developer` into `state`.
    public func setState(_ state: String, of developer: Int64) throws {
        try self.run("UPDATE developers SET state = \(state) WHERE id = \(developer)")
    }

    /// The developers that own any of `accounts`.
    public func developers(owning accounts: [Int64]) throws -> [StoredDeveloper] {
        try StoredDeveloper.read(
            self.run(
                """
                SELECT DISTINCT d.id, d.handle, d.state, d.discoverable
                FROM linked_accounts l JOIN developers d ON d.id = l.developer
                WHERE l.account = ANY(\(accounts)) AND d.state <> 'erased' ORDER BY d.id
                """))
    }
}
