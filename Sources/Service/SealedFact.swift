internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Postgres
public import Reputation
internal import Store
public import Transparency

/// One fact, hashed and salted: all that is left to do needs the ledger's lock.
public struct SealedFact: Sendable {
    let evidence: Evidence
    let identityHash: [UInt8]
    let salt: [UInt8]
    let document: String
    let commitment: Commitment

    /// `evidence` as `authority` commits to it, under a new random salt.
    public init(_ evidence: Evidence, by authority: Authority) {
        self.evidence = authority.pseudonymous(evidence)
        self.identityHash = authority.identityHash(of: self.evidence)
        self.salt = randomBytes(16)
        self.document = self.evidence.canonicalDocument
        self.commitment = Commitment(disclosure: Disclosure.text(ofElement: self.document, salt: self.salt))
    }

    /// Whether the names it gives are names: none holds a control character.
    public var isWellNamed: Bool {
        let accounts = [self.evidence.account] + self.evidence.counterparties.map(\.account)
        let project = self.evidence.project
        let names =
            accounts.flatMap { [$0.key.platform.rawValue, $0.key.id, $0.login] }
            + [project.platform.rawValue, project.id, project.name]
        return !names.contains { $0.utf8.contains { $0 < 0x20 } }
    }
}

/// Where a fact is in the ledger, and whether this is what put it there.
public struct RecordedFact: Sendable, Equatable {
    /// The entry's index.
    public let index: Int64
    /// What the entry says of the fact: of the first one, when the fact was known.
    public let commitment: Commitment
    /// False when the ledger had the fact before.
    public let isNew: Bool

    /// The entry itself.
    public var entry: LedgerEntry { LedgerEntry(.evidence, self.commitment) }
}

extension Ledger {
    /// What came of recording facts.
    struct Recording: Sendable {
        /// Where each fact is, in the order they were given.
        var facts: [RecordedFact] = []
        /// The kinds of the new ones.
        var kinds: [Evidence.Kind] = []
        /// The developers the new ones are about.
        var developers: Set<Int64> = []
    }

    /// Stores what is new of `facts` and appends its entries, within a transaction.
    ///
    /// A fact is the same fact however often it is reported: one that is known is answered with the entry it has.
    func record(
        _ facts: [SealedFact], observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        guard !facts.isEmpty else { return Recording() }
        // The head's lock comes first: from here on nobody else adds facts, so what is not known now stays new.
        let head = try connection.lockLedgerHead()
        var known = try connection.knownIdentities(of: facts.map(\.identityHash))
        // Entries of a batch are in the order of their commitments, so their order tells nothing.
        var seen = Set(known.keys)
        let new = facts.filter { seen.insert($0.identityHash).inserted }.sorted { $0.commitment < $1.commitment }
        var recording = Recording()
        if !new.isEmpty {
            let start = try self.append(
                new.map { LedgerEntry(.evidence, $0.commitment) }, to: head, observedAt: observedAt, on: connection)
            recording.developers = try self.store(new, from: start, on: connection)
            recording.kinds = new.map(\.evidence.kind)
            for (offset, fact) in new.enumerated() {
                known[fact.identityHash] = StoredIdentity(
                    entryIndex: start + Int64(offset), commitment: fact.commitment)
            }
        }
        recording.facts = facts.map { fact in
            guard let place = known[fact.identityHash] else { preconditionFailure("every fact is known by now") }
            return RecordedFact(
                index: place.entryIndex, commitment: place.commitment, isNew: place.commitment == fact.commitment)
        }
        return recording
    }

    /// Stores the rows of `facts`, whose entries begin at `start`, and names the developers they are about.
    private func store(
        _ facts: [SealedFact], from start: Int64, on connection: isolated Connection
    ) throws -> Set<Int64> {
        let accounts = try connection.resolve(Self.accounts(of: facts))
        let projects = try connection.resolve(
            Dictionary(facts.map { (ProjectKey($0.evidence.project), $0.evidence.project) }) { first, _ in first })
        try connection.appendEvidence(
            facts.enumerated().map { offset, fact in
                NewEvidence(
                    entryIndex: start + Int64(offset), commitment: fact.commitment.text,
                    identityHash: fact.identityHash, salt: fact.salt, document: fact.document, evidence: fact.evidence)
            }, accounts: accounts, projects: projects)
        let subjects = Set(facts.compactMap { accounts[$0.evidence.account.key] })
        return Set(try connection.developers(owning: Array(subjects)).map(\.id))
    }

    /// Every account the facts name, with the latest time each login was seen.
    private static func accounts(of facts: [SealedFact]) -> [Account.Key: (account: Account, seen: Instant)] {
        var accounts: [Account.Key: (account: Account, seen: Instant)] = [:]
        for fact in facts {
            let moment = fact.evidence.occurredAt
            for account in [fact.evidence.account] + fact.evidence.counterparties.map(\.account) {
                if let known = accounts[account.key], known.seen >= moment { continue }
                accounts[account.key] = (account, moment)
            }
        }
        return accounts
    }
}
