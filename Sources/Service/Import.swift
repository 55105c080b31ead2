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
    private let numbers = KnownNumbers()
    /// Facts in one transaction. Larger batches cost less each; the ledger's writers wait for one another that long.
    private let batch = 2_048
    /// The same for sources that are asked over the network: what they answered is not to be asked again after a cut.
    private let remoteBatch = 64

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
        let remote = source as? any RemoteSource
        remote?.recall(try await connection.notes(ofImport: stored.id))
        let batch = remote == nil ? self.batch : self.remoteBatch
        var summary = ImportSummary()
        var facts: [SealedFact] = []
        var aside: [(position: String, record: Quarantined)] = []
        var failure: (any Error)?
        var isAtEnd = false
        while !isAtEnd {
            do {
                try await remote?.fill()
                let record = try source.next()
                isAtEnd = record == nil
                if let record { self.take(record, into: &summary, &facts, &aside) }
            } catch {
                failure = error
                isAtEnd = true
            }
            guard isAtEnd || facts.count >= batch || aside.count >= batch else { continue }
            summary.coverage = ImportCoverage(source.coverage, failure: failure)
            let notes = remote?.takeNotes() ?? [:]
            try await self.store(
                facts, aside: aside, of: stored.id, cursor: source.cursor, notes: notes, &summary, on: connection)
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
        _ record: Record, into summary: inout ImportSummary, _ facts: inout [SealedFact],
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
            for evidence in mapped.evidence { facts.append(SealedFact(evidence, by: self.authority)) }
        }
    }

    private func store(
        _ facts: [SealedFact], aside: [(position: String, record: Quarantined)], of importID: Int64, cursor: String,
        notes: [String: String], _ summary: inout ImportSummary, on connection: Connection
    ) async throws {
        let ledger = Ledger(authority: self.authority, numbers: self.numbers)
        let now = self.authority.now()
        let coverage = summary.coverage
        let recording = try await connection.transaction { connection in
            for (position, record) in aside {
                try connection.quarantine(
                    import: importID, position: position, reason: record.reason, digest: record.digest)
            }
            try connection.noteImport(importID, coverage: coverage, cursor: cursor, at: now)
            try connection.keep(notes, ofImport: importID)
            return try ledger.record(facts, observedAt: now, on: connection)
        }
        let erased = recording.facts.count { $0 == .erasedSubject }
        if erased > 0 { summary.ignored[ImportSummary.erasedSubject, default: 0] += Int64(erased) }
        for kind in recording.kinds { summary.evidence[kind.rawValue, default: 0] += 1 }
        summary.duplicates += Int64(facts.count - recording.kinds.count - erased)
        summary.touched.formUnion(recording.developers)
    }
}
