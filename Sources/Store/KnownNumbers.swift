public import Reputation
internal import Synchronization

/// Our numbers for accounts and projects, remembered: the same ones take part in fact after fact.
///
/// A number never changes, no project is ever deleted and an account by an erasure alone, so what was once read holds until the
/// next of those. Only rows that were there before the transaction are remembered: the number of one it makes may never come to be.
public final class KnownNumbers: Sendable {
    struct KnownAccount {
        let id: Int64
        let login: String
        let seen: Instant

        /// Whether it has another login since.
        func isRenamed(by account: Account, seen: Instant) -> Bool {
            seen > self.seen && !account.login.isEmpty && account.login != self.login
        }
    }

    /// How many accounts are remembered before all are forgotten.
    private static let limit = 200_000

    private let accounts = Mutex<[Account.Key: KnownAccount]>([:])
    private let projects = Mutex<[ProjectKey: Int64]>([:])
    private let erasure = Mutex<Int64>(-1)

    /// Nothing remembered yet.
    public init() {}

    /// Our number for `account`, seen with its login at `seen`; nil when it is not remembered, or when what is kept of it
    /// has to change.
    public func number(of account: Account, seen: Instant) -> Int64? {
        self.account(account.key).flatMap { $0.isRenamed(by: account, seen: seen) ? nil : $0.id }
    }

    func account(_ key: Account.Key) -> KnownAccount? { self.accounts.withLock { $0[key] } }

    func remember(_ accounts: [(id: Int64, account: Account, seen: Instant)]) {
        self.accounts.withLock { known in
            if known.count + accounts.count > Self.limit { known = [:] }
            for (id, account, seen) in accounts {
                known[account.key] = KnownAccount(id: id, login: account.login, seen: seen)
            }
        }
    }

    /// Forgets all accounts when `erasure`, the entry of the newest one, is another than last time: whoever comes back after it
    /// has another number.
    public func follow(erasure: Int64) {
        let isNews = self.erasure.withLock { known in
            defer { known = erasure }
            return known != erasure
        }
        if isNews { self.accounts.withLock { $0 = [:] } }
    }

    /// Forgets what a rename made untrue.
    func forget(_ keys: [Account.Key]) {
        self.accounts.withLock { known in
            for key in keys { known[key] = nil }
        }
    }

    /// Our number for the project `key`, nil when it is not remembered.
    public func number(of key: ProjectKey) -> Int64? { self.projects.withLock { $0[key] } }

    func remember(_ projects: [ProjectKey: Int64]) {
        self.projects.withLock { known in
            if known.count + projects.count > Self.limit { known = [:] }
            known.merge(projects) { $1 }
        }
    }
}
