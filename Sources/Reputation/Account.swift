/// Where accounts and projects live: a forge, a registry, or mail.
public struct Platform: RawRepresentable, Hashable, Comparable, Sendable {
    /// The lower-case name used in SQL, JSON and URLs.
    public let rawValue: String

    /// The platform called `rawValue`.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// github.com.
    public static let github = Platform(rawValue: "github")
    /// The Debian archive.
    public static let debian = Platform(rawValue: "debian")
    /// Git repositories known by their commits alone; a project's id is its first root commit.
    public static let git = Platform(rawValue: "git")
    /// E-mail addresses, as commits and package indices name people. A connector puts the address in lower case into
    /// `Account.id`; before anything is stored the service replaces it by a keyed hash, so no address is kept.
    public static let email = Platform(rawValue: "email")

    /// Orders by name.
    public static func < (left: Platform, right: Platform) -> Bool { left.rawValue < right.rawValue }
}

/// A login on one platform, keyed by what the platform never changes.
public struct Account: Hashable, Sendable {
    /// What operates the account.
    public enum Kind: String, Sendable, CaseIterable {
        case user
        /// A person cannot be behind each act: the platform says so, or a list or a name pattern does.
        case bot
        /// A program acting for a named principal.
        case agent
        case organization
    }

    /// What stays the same whatever the account is renamed to.
    public struct Key: Hashable, Comparable, Sendable {
        /// Where the account lives.
        public let platform: Platform
        /// The platform's immutable id. Archives before 2015 name some accounts by login alone; then, and only for
        /// counterparties, the id is `login:` and the login in lower case.
        public let id: String

        /// The account `id` of `platform`.
        public init(platform: Platform, id: String) {
            self.platform = platform
            self.id = id
        }

        /// Orders by platform, then id as text.
        public static func < (left: Key, right: Key) -> Bool {
            (left.platform, left.id) < (right.platform, right.id)
        }
    }

    /// What identifies the account.
    public var key: Key
    /// The name it had when the fact was observed; a display name, nothing else. Empty for `email` accounts.
    public var login: String
    /// What operates it, as far as is known.
    public var kind: Kind

    /// An account.
    public init(key: Key, login: String, kind: Kind = .user) {
        self.key = key
        self.login = login
        self.kind = kind
    }
}

/// A repository or a package on one platform.
public struct Project: Hashable, Sendable {
    /// Where it lives.
    public var platform: Platform
    /// The platform's immutable id.
    public var id: String
    /// The name it had when the fact was observed, `owner/name` on forges.
    public var name: String
    /// The account that owns it, where the platform says so.
    public var owner: Account.Key?

    /// A project.
    public init(platform: Platform, id: String, name: String, owner: Account.Key? = nil) {
        self.platform = platform
        self.id = id
        self.name = name
        self.owner = owner
    }
}
