public import Postgres
public import Reputation

/// What identifies a project.
public struct ProjectKey: Hashable, Sendable {
    /// Where it lives.
    public let platform: Platform
    /// The platform's immutable id.
    public let id: String

    /// The key of `project`.
    public init(_ project: Project) {
        self.platform = project.platform
        self.id = project.id
    }

    init(platform: Platform, id: String) {
        self.platform = platform
        self.id = id
    }
}

/// An account as it is kept.
public struct StoredAccount: Sendable {
    /// Our number for it.
    public let id: Int64
    /// The account.
    public let account: Account

    /// The accounts in `rows` of `SQL.account`.
    public static func read(_ rows: [Row]) throws -> [StoredAccount] {
        try rows.map { row in
            StoredAccount(
                id: try row.int(0),
                account: Account(
                    key: .init(platform: Platform(rawValue: try row.text(1)), id: try row.text(2)),
                    login: try row.text(3), kind: Account.Kind(rawValue: try row.text(4)) ?? .user))
        }
    }
}

extension SQL {
    /// The account that `login` names on `platform` as far as we saw: id, platform, platform's id, login, kind.
    ///
    /// A login can have belonged to several accounts over time; the one last seen with it is meant.
    public static func account(platform: String, login: String) -> SQL {
        """
        SELECT id, platform, platform_id, login, kind FROM accounts
        WHERE platform = \(platform) AND lower(login) = lower(\(login)) AND login <> ''
        ORDER BY login_seen DESC, id LIMIT 1
        """
    }

    /// The account with the platform's own id: id, platform, platform's id, login, kind.
    public static func account(platform: String, platformID: String) -> SQL {
        """
        SELECT id, platform, platform_id, login, kind FROM accounts
        WHERE platform = \(platform) AND platform_id = \(platformID)
        """
    }
}

extension Connection {
    /// Our numbers for `accounts`, made where they are new.
    ///
    /// A login seen later than the one we have replaces it: a rename changes a display name and nothing else.
    public func resolve(_ accounts: [Account.Key: (account: Account, seen: Instant)]) throws -> [Account.Key: Int64] {
        let wanted = accounts.sorted { $0.key < $1.key }.map(\.value)
        let platforms = wanted.map(\.account.key.platform.rawValue)
        let ids = wanted.map(\.account.key.id)
        let logins = wanted.map(\.account.login)
        let seen = wanted.map(\.seen.seconds)
        try self.run(
            """
            INSERT INTO accounts AS known (platform, platform_id, login, login_seen, kind)
            SELECT platform, id, login, to_timestamp(seen), kind
            FROM unnest(\(platforms), \(ids), \(logins), \(seen), \(wanted.map(\.account.kind.rawValue)))
                AS wanted (platform, id, login, seen, kind)
            ON CONFLICT (platform, platform_id) DO UPDATE
                SET login = excluded.login, login_seen = excluded.login_seen
                WHERE excluded.login_seen > known.login_seen AND excluded.login <> known.login
                    AND excluded.login <> ''
            """)
        let rows = try self.run(
            """
            SELECT a.id, a.platform, a.platform_id
            FROM unnest(\(platforms), \(ids)) AS wanted (platform, id)
            JOIN accounts a ON a.platform = wanted.platform AND a.platform_id = wanted.id
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map {
                (Account.Key(platform: Platform(rawValue: try $0.text(1)), id: try $0.text(2)), try $0.int(0))
            })
    }

    /// Our numbers for `projects`, made where they are new.
    public func resolve(_ projects: [ProjectKey: Project]) throws -> [ProjectKey: Int64] {
        let wanted = projects.values.sorted { ($0.platform, $0.id) < ($1.platform, $1.id) }
        let platforms = wanted.map(\.platform.rawValue)
        let ids = wanted.map(\.id)
        try self.run(
            """
            INSERT INTO projects (platform, platform_id, name)
            SELECT platform, id, name FROM unnest(\(platforms), \(ids), \(wanted.map(\.name))) AS wanted (platform, id, name)
            ON CONFLICT (platform, platform_id) DO NOTHING
            """)
        let rows = try self.run(
            """
            SELECT p.id, p.platform, p.platform_id
            FROM unnest(\(platforms), \(ids)) AS wanted (platform, id)
            JOIN projects p ON p.platform = wanted.platform AND p.platform_id = wanted.id
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map {
                (ProjectKey(platform: Platform(rawValue: try $0.text(1)), id: try $0.text(2)), try $0.int(0))
            })
    }
}
