internal import Connectors
internal import Postgres
internal import Store

extension Import {
    /// Records or facts that close a batch of a source that is asked over the network: what it answered is not to be asked
    /// again after a cut.
    private static let remoteBatch: (facts: Int, records: Int64) = (64, 200)

    /// Imports `remote`, asking it in turns with storing what it answered; of a replay only the records at `positions`.
    func run(
        _ remote: any RemoteSource, id: Int64, only positions: Set<String>? = nil, on connection: Connection,
        report: (ImportSummary, SourceState) -> Void
    ) async throws -> (summary: ImportSummary, source: SourceState) {
        if positions == nil { remote.recall(try await connection.notes(ofImport: id)) }
        var summary = ImportSummary()
        var isAtEnd = false
        while !isAtEnd {
            let (batch, wasLast) = await self.gather(remote, only: positions)
            isAtEnd = wasLast
            summary.add(batch.summary)
            summary.coverage = batch.summary.coverage
            let coverage = summary.coverage
            try await self.store(batch, of: id, &summary, on: connection) { connection, now in
                guard positions == nil else {
                    return try connection.noteReplayed(import: id, positions: batch.taken, at: now)
                }
                try connection.noteImport(id, coverage: coverage, cursor: batch.state.cursor, at: now)
                try connection.keep(batch.notes, ofImport: id)
            }
            report(summary, batch.state)
        }
        return (summary, SourceState(remote))
    }

    private func gather(
        _ remote: any RemoteSource, only positions: Set<String>?
    ) async -> (batch: ReadBatch, wasLast: Bool) {
        var batch = ReadBatch(state: SourceState(remote))
        var (failure, wasLast): ((any Error)?, Bool) = (nil, false)
        let (facts, records) = Import.remoteBatch
        while batch.facts.count < facts, batch.summary.records < records, !wasLast {
            do {
                try await remote.fill()
                guard let record = try remote.next() else {
                    wasLast = true
                    break
                }
                if let positions, !positions.contains(record.position) { continue }
                batch.take(record, by: self.authority, isReplay: positions != nil)
            } catch {
                (failure, wasLast) = (error, true)
            }
        }
        batch.summary.coverage = ImportCoverage(remote.coverage, failure: failure)
        batch.state = SourceState(remote)
        batch.notes = remote.takeNotes()
        return (batch, wasLast)
    }
}
