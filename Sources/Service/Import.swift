internal import CanonicalJSON
public import Connectors
internal import Credentials
internal import Crypto
public import Postgres
public import Reputation
internal import Store
internal import Transparency

/// Reads a source to its end and puts its evidence into the ledger.
public struct Import: Sendable {
    let authority: Authority
    /// Facts in one transaction. Larger batches cost less each; the ledger's writers wait for one another that long.
    private let batch = 2_048

    /// Imports in the name of `authority`.
    public init(authority: Authority) { self.authority = authority }

    /// Opens a source at its beginning, or after the record that a cursor of it names.
    public typealias Opening = @Sendable (_ observedAt: Instant, _ cursor: String?) throws -> any Source

    /// Imports all of the source that `open` opens; `report` hears how far it is, often.
    ///
    /// Each batch is one transaction: its facts, entries, tiles and signed head, and how far the import has come. An
    /// import that was cut off goes on after its last batch; one that had ended is read again, which adds nothing.
    public func run(
        _ open: Opening, on connection: Connection, report: (ImportSummary, any Source) -> Void
    ) async throws -> (summary: ImportSummary, source: any Source) {
        let (source, stored) = try await self.begin(open, on: connection)
        var summary = ImportSummary()
        var facts: [Prepared] = []
        var aside: [(position: String, record: Quarantined)] = []
        var failure: (any Error)?
        var isAtEnd = false
        while !isAtEnd {
            do {
                let record = try source.next()
                isAtEnd = record == nil
                if let record { self.take(record, into: &summary, &facts, &aside) }
            } catch {
                failure = error
                isAtEnd = true
            }
            guard isAtEnd || facts.count >= self.batch || aside.count >= self.batch else { continue }
            summary.coverage = ImportCoverage(source.coverage, failure: failure)
            try await self.store(facts, aside: aside, of: stored.id, cursor: source.cursor, &summary, on: connection)
            facts.removeAll(keepingCapacity: true)
            aside.removeAll(keepingCapacity: true)
            report(summary, source)
        }
        return (summary, source)
    }

    private func begin(_ open: Opening, on connection: Connection) async throws -> (any Source, StoredImport) {
        let now = self.authority.now()
        let source = try open(now, nil)
        let stored = try await connection.beginImport(adapter: source.adapter, locator: source.locator, at: now)
        guard !stored.cursor.isEmpty else { return (source, stored) }
        do {
            return (try open(now, stored.cursor), stored)
        } catch let error as ReadError where error.kind == .foreignCursor {
            return (source, stored)  // The file has other content than the one that was begun.
        }
    }

    private func take(
        _ record: Record, into summary: inout ImportSummary, _ facts: inout [Prepared],
        _ aside: inout [(position: String, record: Quarantined)]
    ) {
        summary.records += 1
        switch record.outcome {
        case .quarantined(let quarantined):
            summary.quarantined += 1
            if summary.quarantine.count < ImportSummary.named {
                summary.quarantine.append("\(record.position): \(quarantined.reason)")
            }
            aside.append((record.position, quarantined))
        case .mapped(let mapped):
            for rule in mapped.ignored { summary.ignored[rule, default: 0] += 1 }
            for evidence in mapped.evidence { facts.append(Prepared(evidence, by: self.authority)) }
        }
    }

    /// One fact, hashed and salted before any lock is taken.
    private struct Prepared: Sendable {
        let evidence: Evidence
        let identityHash: [UInt8]
        let salt: [UInt8]
        let document: String
        let commitment: Commitment

        init(_ evidence: Evidence, by authority: Authority) {
            self.evidence = authority.pseudonymous(evidence)
            self.identityHash = authority.identityHash(of: self.evidence)
            self.salt = randomBytes(16)
            let value = self.evidence.document
            self.document = value.canonical
            self.commitment = Commitment(disclosure: Disclosure(value, salt: self.salt).text)
        }
    }

    private func store(
        _ facts: [Prepared], aside: [(position: String, record: Quarantined)], of importID: Int64, cursor: String,
        _ summary: inout ImportSummary, on connection: Connection
    ) async throws {
        let ledger = Ledger(authority: self.authority)
        let now = self.authority.now()
        let coverage = summary.coverage
        let (new, touched) = try await connection.transaction { connection in
            for (position, record) in aside {
                try connection.quarantine(
                    import: importID, position: position, reason: record.reason, digest: record.digest)
            }
            try connection.noteImport(importID, coverage: coverage, cursor: cursor, at: now)
            return try self.append(facts, to: ledger, observedAt: now, on: connection)
        }
        for evidence in new { summary.evidence[evidence.rawValue, default: 0] += 1 }
        summary.duplicates += Int64(facts.count - new.count)
        summary.touched.formUnion(touched)
    }

    /// Appends what is new of `facts`; returns the kinds of those and the developers they are about.
    private func append(
        _ facts: [Prepared], to ledger: Ledger, observedAt: Instant, on connection: isolated Connection
    ) throws -> (kinds: [Evidence.Kind], developers: Set<Int64>) {
        guard !facts.isEmpty else { return ([], []) }
        // The head's lock comes first: from here on nobody else adds facts, so what is not known now stays new.
        _ = try connection.lockLedgerHead()
        var known = try connection.knownIdentities(of: facts.map(\.identityHash))
        // Entries of a batch are in the order of their commitments, so their order tells nothing.
        let new = facts.filter { known.insert($0.identityHash).inserted }.sorted { $0.commitment < $1.commitment }
        guard !new.isEmpty else { return ([], []) }
        let accounts = try connection.resolve(self.accounts(of: new))
        let projects = try connection.resolve(
            Dictionary(new.map { (ProjectKey($0.evidence.project), $0.evidence.project) }) { first, _ in first })
        let start = try ledger.append(
            new.map { LedgerEntry(.evidence, $0.commitment) }, observedAt: observedAt, on: connection)
        try connection.appendEvidence(
            new.enumerated().map { offset, fact in
                NewEvidence(
                    entryIndex: start + Int64(offset), commitment: fact.commitment.text,
                    identityHash: fact.identityHash,
                    salt: fact.salt, document: fact.document, evidence: fact.evidence)
            }, accounts: accounts, projects: projects)
        let subjects = Set(new.compactMap { accounts[$0.evidence.account.key] })
        return (new.map(\.evidence.kind), Set(try connection.developers(owning: Array(subjects)).map(\.id)))
    }

    /// Every account the facts name, with the latest time each login was seen.
    private func accounts(of facts: [Prepared]) -> [Account.Key: (account: Account, seen: Instant)] {
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
