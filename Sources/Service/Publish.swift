internal import CanonicalJSON
internal import Crypto
public import Postgres
internal import Reputation
internal import Store

/// Who a request comes from, once its token was looked up.
public struct Reader: Sendable {
    /// The name that access logs show.
    public let name: String
    /// What it may do: a key's scope.
    public let scope: String
}

/// What a developer decides about their own profile.
public struct Publish: Sendable {
    let authority: Authority

    /// Decisions carried out by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// Publishes the developer's profile under `handle`, computed now, and issues its credential, all in one
    /// transaction.
    public func publish(
        developer: Int64, handle: String, discoverable: Bool, on connection: Connection
    ) async throws {
        guard Publish.isHandle(handle) else { throw ClaimError.malformedHandle }
        let issue = Issue(authority: self.authority)
        do {
            try await connection.transaction { connection in
                _ = try connection.lockLedgerHead()
                try self.refuseWithheld(handle, to: developer, on: connection)
                try connection.setHandle(handle, discoverable: discoverable, of: developer)
                let stored = try StoredDeveloper.read(connection.run(.developer(developer)))[0]
                _ = try issue.credential(of: stored, on: connection)
                try connection.setState("published", of: developer)
            }
        } catch let error as PostgresError where error.constraint == "handle_is_taken" {
            throw ClaimError.handleTaken
        }
    }

    /// A handle of somebody who was erased leads to nobody else for a while, because credentials that name it are still
    /// valid; whoever proves one of their accounts again may have it back.
    private func refuseWithheld(_ handle: String, to developer: Int64, on connection: isolated Connection) throws {
        let hash = self.authority.erasureHash(ofHandle: handle)
        guard let kept = try connection.run(.withheld(hash, at: self.authority.now())).first?.blobs(0) else { return }
        let accounts = try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer)))
        let own = Set(accounts.map { self.authority.erasureHash(of: $0.account.key) })
        guard !own.isDisjoint(with: kept) else { throw ClaimError.handleTaken }
    }

    /// Hides the profile at once; the handle stays the developer's.
    public func hide(developer: Int64, on connection: Connection) async throws {
        try await connection.setState("hidden", of: developer)
    }

    /// Whether `text` is a handle: 1 to 39 lower-case letters and digits, single hyphens between them.
    static func isHandle(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return (1...39).contains(text.utf8.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
            }
    }
}
