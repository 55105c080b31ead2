internal import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
internal import Scoring
public import Store
internal import Transparency

/// Issues profiles as signed credentials.
public struct Issue: Sendable {
    let authority: Authority

    /// Credentials signed by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// Issues what `order` asks for about `developer` as things stand, in a transaction of its own.
    ///
    /// - Throws: `IssueError`, `PostgresError`.
    public func issue(
        _ order: IssueOrder = IssueOrder(), for developer: StoredDeveloper, on connection: Connection
    ) async throws -> IssuedCredential {
        try await connection.transaction { connection in
            try self.credential(order, of: developer, on: connection)
        }
    }

    /// Issues a credential within a transaction; its digest becomes an entry of the ledger, so an issuance that the
    /// ledger does not show can be told from one that it does.
    @discardableResult
    func credential(
        _ order: IssueOrder = IssueOrder(), of developer: StoredDeveloper, on connection: isolated Connection
    ) throws -> IssuedCredential {
        guard let handle = developer.handle else { preconditionFailure("a profile has a handle before it is issued") }
        // Read under the lock, so that nothing is signed that an erasure takes away at the same moment.
        _ = try connection.lockLedgerHead()
        let aggregate = Aggregate(authority: self.authority)
        let assessed = try aggregate.assess(developer, on: connection)
        // The page is checked against the newest credential of all of it: both are of one reading.
        if order.isWholeProfile, try connection.lock(developer.id) != nil {
            try aggregate.store(assessed, of: developer, on: connection)
        }
        let id = Base64URL.encode(randomBytes(16))
        // No credential is dated before the ledger it is of, whatever became of the clock.
        let now = max(self.authority.now(), assessed.head?.observedAt ?? self.authority.now())
        let place = try connection.giveStatusPlace(to: id, now: now) {
            Int64(randomBytes(3).reduce(0) { $0 << 8 | Int($1) } % StatusTable.count)
        }
        let draft = Draft(
            id: id, handle: handle, order: order, assessed: assessed,
            rows: order.format != .threshold
                ? []
                : try StoredEvidence.read(
                    connection.run(.evidence(ofDeveloper: developer.id, in: assessed.head?.size ?? 0))),
            ledger: self.ledger(assessed.head),
            accounts: try order.accounts(among: assessed.accounts), now: now,
            lifetime: order.lifetime ?? self.authority.settings.credentialLife, place: place)
        let made = try draft.signed(by: self.authority)
        let digest = SHA256.hash(made.token.utf8).base64URL
        let salt = randomBytes(16)
        let disclosure = Disclosure(["type": "credential.issue", "digest": .string(digest), "v": 1], salt: salt)
        let index = try Ledger(authority: self.authority).append(
            [LedgerEntry(.credential, Commitment(disclosure: disclosure.text))], observedAt: now, on: connection)
        let credential = StoredCredential(
            id: id, developer: developer.id, format: order.format, isWhole: order.isWholeProfile, token: made.token,
            digest: digest, salt: salt,
            issuedAt: now, expiresAt: Instant(seconds: now.seconds + draft.lifetime), entryIndex: index)
        try connection.add(credential)
        return IssuedCredential(stored: credential, disclosures: made.disclosures, evidence: made.evidence)
    }

    /// Issues the profiles anew whose newest credential ends within a third of its life; returns how many.
    public func renew(on connection: Connection) async throws -> Int {
        let moment = Instant(seconds: self.authority.now().seconds + self.authority.settings.credentialLife / 3)
        let developers = try await StoredDeveloper.read(connection.run(.developersToRenew(before: moment)))
        for developer in developers {
            try await connection.transaction { connection in
                guard let developer = try connection.lock(developer.id), developer.state == "published" else { return }
                try self.credential(of: developer, on: connection)
            }
        }
        return developers.count
    }

    /// The ledger as credentials name it. A binding comes before any profile, so there is a head.
    func ledger(_ head: LedgerHead?) -> CredentialPayload.Ledger {
        guard let head else { preconditionFailure("a profile is issued after its account was bound in the ledger") }
        return CredentialPayload.Ledger(
            head: TreeHead(head), key: Ledger(authority: self.authority).verifierKey(origin: head.origin),
            witnesses: self.authority.settings.policy.witnesses.map(\.key))
    }
}

extension CredentialPayload.Coverage {
    init?(_ coverage: SourceCoverage) {
        guard let first = coverage.first, let last = coverage.last else { return nil }
        self.init(
            adapter: coverage.adapter, days: first.day...last.day, n: coverage.records, complete: coverage.complete)
    }
}

extension IssueOrder {
    /// Those of `accounts` that may be shown.
    fileprivate func accounts(among accounts: [Account]) throws(IssueError) -> [Account] {
        guard let wanted = self.accounts else { return accounts }
        func name(_ account: Account) -> String { "\(account.key.platform.rawValue)/\(account.login)" }
        let unknown = wanted.subtracting(accounts.map(name))
        if let first = unknown.min() { throw .noSuchAccount(first) }
        return accounts.filter { wanted.contains(name($0)) }
    }
}
