internal import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
public import Store
internal import Transparency

extension Issue {
    /// The newest credential of the published profile `handle` with a disclosure and a proof for every fact it names, and the
    /// status list as it is now; nil when there is no such profile, or its credential has ended or was taken back.
    ///
    /// - Parameters:
    ///   - head: The checkpoint strangers see, which the proofs are of.
    ///   - lists: Gives the publication of a list, or nil where there is none to be had.
    /// - Throws: `IssueError`.
    public func bundle(
        handle: String, under head: LedgerHead, reads: ReadPipeline, cache: TileCache,
        lists: (Int64) async throws -> StatusPublication?
    ) async throws -> String? {
        let rows = try await reads.run(.currentCredential(handle: handle, at: self.authority.now()))
        guard let token = try rows.first?.text(0) else { return nil }
        return try await self.bundle(JWS(parsing: token), under: head, reads: reads, cache: cache, lists: lists) {
            payload in
            (payload["credentialSubject"]?["evidence"]?.array ?? []).compactMap(\.string)
        }
    }

    /// The bundle of a selectively disclosed credential that was just issued, with the facts that `withFacts` asks for, proved
    /// under `head`, the checkpoint strangers see; nil when the key that signed it is not known.
    ///
    /// - Throws: `IssueError`.
    public func bundle(
        of credential: IssuedCredential, withFacts: Bool, under head: LedgerHead, reads: ReadPipeline, cache: TileCache,
        lists: (Int64) async throws -> StatusPublication?
    ) async throws -> String? {
        let token = SDJWT(try JWS(parsing: credential.stored.token), disclosures: credential.disclosures)
        return try await self.bundle(
            token.token, selective: token, under: head, reads: reads, cache: cache, lists: lists
        ) { _ in
            withFacts ? credential.evidence : []
        }
    }

    private func bundle(
        _ token: JWS, selective: SDJWT? = nil, under head: LedgerHead, reads: ReadPipeline, cache: TileCache,
        lists: (Int64) async throws -> StatusPublication?, evidence: (JSON) -> [String]
    ) async throws -> String? {
        let (book, now) = (KeyBook(try await KeyRecord.read(reads.run(.issuerKeys))), self.authority.now())
        guard let key = book.key(token.keyID, of: self.authority, at: now) else { return nil }
        let claims = try token.payload(verifiedBy: key, type: selective == nil ? "vc+jwt" : "dc+sd-jwt")
        let stated = (selective == nil ? claims["credentialSubject"]?["ledger"] : claims["ledger"]) ?? .null
        guard let size = stated["size"]?.int, size <= head.size else { throw IssueError.notYetPublished }
        let ledger = self.ledger(head, statedAs: stated)
        let rows = try StoredEvidence.read(await reads.run(.evidence(committed: evidence(claims))))
        let tiles = PublishedTiles(size: head.size, cache: cache, reads: reads)
        let facts = try await self.facts(rows, head: head, tiles: tiles)
        let status = try await self.status(claims, book: book, lists: lists)
        return selective.map {
            Bundle(credential: $0, key: key, ledger: ledger, facts: facts, status: status).text
        } ?? Bundle(credential: token, key: key, ledger: ledger, facts: facts, status: status).text
    }

    /// The ledger under `head` by the key that the credential names, while that one signs along, else by the newest; with the
    /// witnesses that the credential names, since the line of a later one could not stand in its bundle.
    private func ledger(_ head: LedgerHead, statedAs stated: JSON) -> CredentialPayload.Ledger {
        var ledger = self.ledger(head)
        let keys = Ledger(authority: self.authority).verifierKeys(origin: head.origin)
        if let key = keys.first(where: { $0.text == stated["vkey"]?.string }) { ledger.key = key }
        ledger.witnesses = (stated["witnesses"]?.array ?? []).compactMap(\.string).compactMap {
            VerifierKey(parsing: $0)
        }
        return ledger
    }

    private func status(
        _ claims: JSON, book: KeyBook, lists: (Int64) async throws -> StatusPublication?
    ) async throws -> Bundle.StatusList? {
        guard let uri = claims["status"]?["status_list"]?["uri"]?.string,
            let number = uri.split(separator: "/").last.flatMap({ Int64($0) }),
            let publication = try await lists(number)
        else { return nil }
        let id = try JWS(parsing: publication.token).keyID
        return book.key(id, of: self.authority, at: self.authority.now()).map {
            Bundle.StatusList(token: publication.token, key: $0)
        }
    }

    /// The disclosure of each row with the proof that the ledger under `head` has it.
    private func facts(
        _ rows: [StoredEvidence], head: LedgerHead, tiles: PublishedTiles
    ) async throws -> [(disclosure: Disclosure, proof: TlogProof)] {
        let plans = try rows.map { try ProofPlan.inclusion(of: $0.entryIndex, in: head.size) }
        let stored = try await tiles.rooted(Array(Set(plans.flatMap(\.tiles))))
        let note = try SignedNote(parsing: head.note.utf8)
        return try zip(rows, plans).map { row, plan in
            (
                Disclosure(try JSON(parsing: row.document.utf8), salt: row.salt),
                TlogProof(index: row.entryIndex, hashes: try plan.hashes(in: stored), note: note)
            )
        }
    }
}
