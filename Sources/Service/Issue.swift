internal import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
internal import Scoring
public import Store
internal import Transparency

/// Why there is no bundle of a credential that there is.
public enum IssueError: Error, Equatable {
    /// The checkpoint that strangers see is older than the credential: try again when the witnesses have answered.
    case notYetPublished
}

/// Issues profiles as signed credentials.
public struct Issue: Sendable {
    let authority: Authority

    /// Credentials signed by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// Issues a credential for the profile of `developer` as it stands, in a transaction of its own.
    public func issue(_ developer: StoredDeveloper, on connection: Connection) async throws -> StoredCredential {
        try await connection.transaction { connection in try self.credential(of: developer, on: connection) }
    }

    /// Issues a credential within a transaction; its digest becomes an entry of the ledger, so an issuance that the
    /// ledger does not show can be told from one that it does.
    func credential(of developer: StoredDeveloper, on connection: isolated Connection) throws -> StoredCredential {
        guard let handle = developer.handle else { preconditionFailure("a profile has a handle before it is issued") }
        // Read under the lock, so that nothing is signed that an erasure takes away at the same moment.
        _ = try connection.lockLedgerHead()
        let assessed = try Aggregate(authority: self.authority).assess(developer, on: connection)
        let base = self.authority.settings.publicURL
        let id = Base64URL.encode(randomBytes(16))
        // No credential is dated before the ledger it is of, whatever became of the clock.
        let now = max(self.authority.now(), assessed.head?.observedAt ?? self.authority.now())
        let payload = try CredentialPayload(
            id: "\(base)/v1/credentials/\(id)", issuer: base, profile: "\(base)/p/\(handle)", handle: handle,
            accounts: assessed.accounts, assessment: assessed.assessment.document, ledger: self.ledger(assessed.head),
            coverage: assessed.coverage.compactMap(CredentialPayload.Coverage.init), issuedAt: now,
            lifetime: self.authority.settings.credentialLife)
        let token = JWS(
            signing: payload.document, with: .es256(self.authority.keys.credentials), type: "vc+jwt", contentType: "vc"
        ).text
        let digest = SHA256.hash(token.utf8).base64URL
        let salt = randomBytes(16)
        let disclosure = Disclosure(["type": "credential.issue", "digest": .string(digest), "v": 1], salt: salt)
        let index = try Ledger(authority: self.authority).append(
            [LedgerEntry(.credential, Commitment(disclosure: disclosure.text))], observedAt: now, on: connection)
        let credential = StoredCredential(
            id: id, developer: developer.id, token: token, digest: digest, salt: salt, issuedAt: now,
            expiresAt: Instant(seconds: now.seconds + self.authority.settings.credentialLife), entryIndex: index)
        try connection.add(credential)
        return credential
    }

    /// The ledger as credentials name it. A binding comes before any profile, so there is a head.
    private func ledger(_ head: LedgerHead?) -> CredentialPayload.Ledger {
        guard let head else { preconditionFailure("a profile is issued after its account was bound in the ledger") }
        return CredentialPayload.Ledger(
            head: TreeHead(head), key: Ledger(authority: self.authority).verifierKey(origin: head.origin),
            witnesses: self.authority.settings.policy.witnesses.map(\.key))
    }

    /// The ledger under `head` by the key that the credential names, while that one signs along; else by the newest.
    private func ledger(_ head: LedgerHead, namedBy claims: JSON) -> CredentialPayload.Ledger {
        var ledger = self.ledger(head)
        let named = claims["credentialSubject"]?["ledger"]?["vkey"]?.string
        let keys = Ledger(authority: self.authority).verifierKeys(origin: head.origin)
        if let key = keys.first(where: { $0.text == named }) { ledger.key = key }
        return ledger
    }

    /// The newest credential of the published profile `handle` with a disclosure and a proof for every fact it names;
    /// nil when there is no such profile or its credential has ended.
    ///
    /// - Throws: `IssueError`.
    public func bundle(handle: String, reads: ReadPipeline, cache: TileCache) async throws -> String? {
        guard
            let token = try await reads.run(.currentCredential(handle: handle, at: self.authority.now())).first?.text(
                0),
            let head = try LedgerHead.read(await reads.run(.publishedCheckpoint))
        else { return nil }
        let credential = try JWS(parsing: token)
        let book = KeyBook(try await KeyRecord.read(reads.run(.issuerKeys)))
        guard let key = book.key(credential.keyID, of: self.authority, at: self.authority.now()) else { return nil }
        let claims = try credential.payload(verifiedBy: key, type: "vc+jwt")
        guard let size = claims["credentialSubject"]?["ledger"]?["size"]?.int, size <= head.size else {
            throw IssueError.notYetPublished
        }
        let named = (claims["credentialSubject"]?["evidence"]?.array ?? []).compactMap(\.string)
        let witnesses = (claims["credentialSubject"]?["ledger"]?["witnesses"]?.array ?? []).compactMap(\.string)
        var ledger = self.ledger(head, namedBy: claims)
        // A witness that came after the credential is not named in it, so its line could not stand in the bundle.
        ledger.witnesses = witnesses.compactMap { VerifierKey(parsing: $0) }
        let rows = try StoredEvidence.read(await reads.run(.evidence(committed: named)))
        let tiles = PublishedTiles(size: head.size, cache: cache, reads: reads)
        return Bundle(
            credential: credential, key: key,
            ledger: ledger, facts: try await self.facts(rows, head: head, tiles: tiles)
        ).text
    }

    /// The disclosure of each row with the proof that the ledger under `head` has it.
    private func facts(
        _ rows: [StoredEvidence], head: LedgerHead, tiles: PublishedTiles
    ) async throws -> [(disclosure: Disclosure, proof: TlogProof)] {
        let plans = try rows.map { try ProofPlan.inclusion(of: $0.entryIndex, in: head.size) }
        let stored = try await tiles.stored(Array(Set(plans.flatMap(\.tiles))))
        let note = try SignedNote(parsing: head.note.utf8)
        return try zip(rows, plans).map { row, plan in
            (
                Disclosure(try JSON(parsing: row.document.utf8), salt: row.salt),
                TlogProof(index: row.entryIndex, hashes: try plan.hashes(from: stored), note: note)
            )
        }
    }
}

extension CredentialPayload.Coverage {
    init?(_ coverage: SourceCoverage) {
        guard let first = coverage.first, let last = coverage.last else { return nil }
        self.init(
            adapter: coverage.adapter, days: first.day...last.day, n: coverage.records, complete: coverage.complete)
    }
}
