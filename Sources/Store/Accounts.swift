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
    /// A login seen later than the one we have replaces it: a rename changes a display name and nothing else. Nearly all
    /// accounts are known and as they were, so they are read first: an INSERT that finds its row writes to it all the same.
    public func resolve(
        _ accounts: [Account.Key: (account: Account, seen: Instant)], remembering numbers: KnownNumbers = KnownNumbers()
    ) throws -> [Account.Key: Int64] {
        numbers.remember(try self.accounts(accounts.keys.filter { numbers.account($0) == nil }))
        var ids: [Account.Key: Int64] = [:]
        ids.reserveCapacity(accounts.count)
        var (missing, renamed): ([(account: Account, seen: Instant)], [(account: Account, seen: Instant)]) = ([], [])
        for (key, wanted) in accounts {
            guard let known = numbers.account(key) else {
                missing.append(wanted)
                continue
            }
            ids[key] = known.id
            if known.isRenamed(by: wanted.account, seen: wanted.seen) { renamed.append(wanted) }
        }
        if !missing.isEmpty {
            try self.add(missing.sorted { $0.account.key < $1.account.key })
            for made in try self.accounts(missing.map(\.account.key)) { ids[made.account.key] = made.id }
        }
        if !renamed.isEmpty {
            try self.rename(renamed)
            numbers.forget(renamed.map(\.account.key))
        }
        return ids
    }

    /// Those of `keys` that are kept: our number, the account, and when its login was last seen.
    private func accounts(_ keys: [Account.Key]) throws -> [(id: Int64, account: Account, seen: Instant)] {
        guard !keys.isEmpty else { return [] }
        let rows = try self.run(
            """
            SELECT a.id, a.platform, a.platform_id, a.login, a.kind, a.login_seen
            FROM unnest(\(keys.map(\.platform.rawValue)), \(keys.map(\.id))) AS wanted (platform, id)
            JOIN accounts a ON a.platform = wanted.platform AND a.platform_id = wanted.id
            """)
        let seen = try rows.map { Instant(seconds: try $0.seconds(5)) }
        return zip(try StoredAccount.read(rows), seen).map { ($0.id, $0.account, $1) }
    }

    /// Adds accounts nobody else can be adding under another number: whoever comes second finds them there.
    private func add(_ accounts: [(account: Account, seen: Instant)]) throws {
        try self.run(
            """
            INSERT INTO accounts (platform, platform_id, login, login_seen, kind)
            SELECT platform, id, login, to_timestamp(seen), kind
            FROM unnest(\(accounts.map(\.account.key.platform.rawValue)), \(accounts.map(\.account.key.id)),
                \(accounts.map(\.account.login)), \(accounts.map(\.seen.seconds)),
                \(accounts.map(\.account.kind.rawValue))) AS wanted (platform, id, login, seen, kind)
            ON CONFLICT (platform, platform_id) DO NOTHING
            """)
    }

    private func rename(_ accounts: [(account: Account, seen: Instant)]) throws {
        try self.run(
            """
            UPDATE accounts known SET login = wanted.login, login_seen = to_timestamp(wanted.seen)
            FROM unnest(\(accounts.map(\.account.key.platform.rawValue)), \(accounts.map(\.account.key.id)),
                \(accounts.map(\.account.login)), \(accounts.map(\.seen.seconds))) AS wanted (platform, id, login, seen)
            WHERE known.platform = wanted.platform AND known.platform_id = wanted.id
                AND to_timestamp(wanted.seen) > known.login_seen
            """)
    }

    /// Our numbers for `projects`, made where they are new.
    public func resolve(
        _ projects: [ProjectKey: Project], remembering numbers: KnownNumbers = KnownNumbers()
    ) throws -> [ProjectKey: Int64] {
        numbers.remember(try self.ids(ofProjects: projects.keys.filter { numbers.number(of: $0) == nil }))
        var ids = Dictionary(
            uniqueKeysWithValues: projects.keys.compactMap { key in numbers.number(of: key).map { (key, $0) } })
        let missing = projects.filter { ids[$0.key] == nil }
            .sorted { ($0.key.platform, $0.key.id) < ($1.key.platform, $1.key.id) }.map(\.value)
        guard !missing.isEmpty else { return ids }
        try self.run(
            """
            INSERT INTO projects (platform, platform_id, name)
            SELECT platform, id, name
            FROM unnest(\(missing.map(\.platform.rawValue)), \(missing.map(\.id)), \(missing.map(\.name)))
                AS wanted (platform, id, name)
            ON CONFLICT (platform, platform_id) DO NOTHING
            """)
        ids.merge(try self.ids(ofProjects: missing.map(ProjectKey.init))) { $1 }
        return ids
    }

    private func ids(ofProjects keys: [ProjectKey]) throws -> [ProjectKey: Int64] {
        guard !keys.isEmpty else { return [:] }
        let rows = try self.run(
            """
            SELECT p.id, p.platform, p.platform_id
            FROM unnest(\(keys.map(\.platform.rawValue)), \(keys.map(\.id))) AS wanted (platform, id)
            JOIN projects p ON p.platform = wanted.platform AND p.platform_id = wanted.id
            """)
        return try Dictionary(
            uniqueKeysWithValues: rows.map {
                (ProjectKey(platform: Platform(rawValue: try $0.text(1)), id: try $0.text(2)), try $0.int(0))
            })
    }
}
