public import Connectors
internal import Crypto
internal import Decoding
public import Postgres
public import Reputation
internal import Store
internal import Transparency

/// Reads a source to its end and puts its evidence into the ledger.
public struct Import: Sendable {
    private let ledger: Ledger

    /// Imports in the name of `authority`.
    public init(authority: Authority) { self.ledger = Ledger(authority: authority) }

    var authority: Authority { self.ledger.authority }

    /// Opens a source at its beginning, or after the record that a cursor of it names.
    public typealias Opening = @Sendable (_ observedAt: Instant, _ cursor: String?) throws -> any Source

    /// Imports all of the source that `open` opens; `report` hears how far it is, often.
    ///
    /// Each batch is one transaction: its facts, entries, tiles and signed head, and how far the import has come. An
    /// import that was cut off goes on after its last batch; one that had ended is read again, which adds nothing. The
    /// next batches are read and sealed while one is stored.
    public func run(
        _ open: Opening, on connection: Connection, report: (ImportSummary, SourceState) -> Void
    ) async throws -> (summary: ImportSummary, source: SourceState) {
        let (source, id, note) = try await self.begin(open, on: connection)
        if let remote = source.remote {
            return try await self.run(remote, id: id, on: connection, report: report)
        }
        var state = SourceState(source)
        let reading = Reading(source, by: self.authority)
        var summary = ImportSummary()
        while let batch = try await reading.next() {
            summary.add(batch.summary)
            summary.coverage = batch.summary.coverage
            summary.coverage.reason = summary.coverage.reason ?? note
            let coverage = summary.coverage
            try await self.store(batch, of: id, &summary, on: connection) { connection, now in
                try connection.noteImport(id, coverage: coverage, cursor: batch.state.cursor, at: now)
            }
            state = batch.state
            report(summary, state)
        }
        return (summary, state)
    }

    /// What an import of the source that `open` opens would find; nothing is written, and no database is asked, so
    /// facts the ledger has already are among them.
    public static func preview(
        _ open: Opening, observedAt now: Instant, report: (ImportSummary, SourceState) -> Void
    ) async throws -> (summary: ImportSummary, source: SourceState) {
        let source = try open(now, nil)
        let remote = source.remote
        var summary = ImportSummary()
        var failure: (any Error)?
        do {
            while true {
                try await remote?.fill()
                guard let record = try source.next() else { break }
                for evidence in summary.note(record) { summary.evidence[evidence.kind.rawValue, default: 0] += 1 }
                if summary.records % 50_000 == 0 { report(summary, SourceState(source)) }
            }
        } catch {
            failure = error
        }
        summary.coverage = ImportCoverage(source.coverage, failure: failure)
        return (summary, SourceState(source))
    }

    /// Takes those records of the source that an import had put aside and that can be taken now; the others stay there.
    public func replay(
        _ open: Opening, on connection: Connection, report: (ImportSummary, SourceState) -> Void
    ) async throws -> (summary: ImportSummary, source: SourceState) {
        let source = try open(self.authority.now(), nil)
        var state = SourceState(source)
        let id = try await connection.beginImport(
            adapter: state.adapter, locator: state.locator, at: self.authority.now()
        ).id
        let positions = Set(try await connection.run(.quarantinedPositions(ofImport: id)).map { try $0.text(0) })
        if let remote = source.remote {
            return try await self.run(remote, id: id, only: positions, on: connection, report: report)
        }
        let reading = Reading(source, by: self.authority, only: positions)
        var summary = ImportSummary()
        while let batch = try await reading.next() {
            summary.add(batch.summary)
            summary.coverage = batch.summary.coverage
            try await self.store(batch, of: id, &summary, on: connection) { connection, now in
                try connection.noteReplayed(import: id, positions: batch.taken, at: now)
            }
            state = batch.state
            report(summary, state)
        }
        return (summary, state)
    }

    /// The source where reading it goes on, the import's number, and what is to be said of the reading.
    private func begin(
        _ open: Opening, on connection: Connection
    ) async throws -> (source: any Source, id: Int64, note: String?) {
        let now = self.authority.now()
        let source = try open(now, nil)
        let stored = try await connection.beginImport(adapter: source.adapter, locator: source.locator, at: now)
        guard !stored.cursor.isEmpty else {
            let isContinued = try stored.tip.isEmpty || source.continues(stored.tip)
            return (source, stored.id, isContinued ? nil : Self.rewritten(stored.tip))
        }
        do {
            return (try open(now, stored.cursor), stored.id, nil)
        } catch let error as ReadError where error.kind == .foreignCursor {
            return (source, stored.id, nil)  // The file has other content than the one that was begun.
        } catch let error as ProgramError where error.kind == .foreignCursor {
            return (source, stored.id, Self.rewritten(stored.cursor))
        }
    }

    private static func rewritten(_ record: String) -> String {
        "the history was rewritten: it no longer has \(record), which was read before"
    }

    func store(
        _ batch: ReadBatch, of importID: Int64, _ summary: inout ImportSummary, on connection: Connection,
        noting note: @escaping @Sendable (isolated Connection, Instant) throws -> Void
    ) async throws {
        let ledger = self.ledger
        let now = self.authority.now()
        let recording = try await connection.transaction { connection in
            try connection.quarantine(
                import: importID, positions: batch.aside.map(\.position), reasons: batch.aside.map(\.record.reason),
                digests: batch.aside.map(\.record.digest))
            try note(connection, now)
            return try ledger.record(batch.facts, observedAt: now, on: connection)
        }
        summary.add(recording, of: batch.facts.count)
    }
}

extension ImportSummary {
    /// Adds what the ledger made of `count` facts.
    mutating func add(_ recording: Ledger.Recording, of count: Int) {
        let erased = recording.facts.count { $0 == .erasedSubject }
        if erased > 0 { self.ignored[ImportSummary.erasedSubject, default: 0] += Int64(erased) }
        for kind in recording.kinds { self.evidence[kind.rawValue, default: 0] += 1 }
        self.duplicates += Int64(count - recording.kinds.count - erased)
    }
}
