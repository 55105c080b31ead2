internal import CanonicalJSON
internal import Connectors
internal import Foundation
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// One run of `import`: sources one after the other, progress, and the report at the end.
struct ImportRun: Sendable {
    let deployment: Deployment
    let connection: Connection
    let isJSON: Bool

    /// Imports what `openings` open; true when everything was read and could be taken.
    ///
    /// A source that cannot be opened does not keep the others from being read, but it is reported and the run fails.
    func all(_ openings: [Import.Opening]) async throws -> Bool {
        var total = ImportSummary()
        var trailers: [String: JSON]?
        var failures: [String] = []
        for opening in openings {
            do {
                let (summary, source) = try await self.one(opening)
                total.add(summary)
                trailers = (source as? GitClone).map { $0.trailers.mapValues { .int(Int64($0)) } } ?? trailers
            } catch  where openings.count > 1 && !(error is PostgresError) {
                failures.append("\(error)")
            }
        }
        if !failures.isEmpty {
            total.coverage.complete = false
            total.coverage.reason = total.coverage.reason ?? failures[0]
        }
        try await self.refreshProfiles()
        try await self.deployment.publish(on: self.connection)
        self.report(total, trailers: trailers, failures: failures)
        return total.isWhole
    }

    private func one(_ open: Import.Opening) async throws -> (ImportSummary, any Source) {
        var progress = Progress()
        var done = try await Import(authority: self.deployment.authority).run(open, on: self.connection) {
            progress.show($0, of: $1)
        }
        progress.end()
        done.summary.quarantine = done.summary.quarantine.map { "\(done.source.locator) \($0)" }
        return done
    }

    /// Everybody's: new facts about some show others in another light. Profiles that stay the same are not written.
    private func refreshProfiles() async throws {
        let developers = try await StoredDeveloper.read(self.connection.run(.developers))
        try await Aggregate(authority: self.deployment.authority).refresh(developers, on: self.connection)
    }

    private func report(_ summary: ImportSummary, trailers: [String: JSON]?, failures: [String]) {
        for failure in failures { complain(failure) }
        for record in summary.quarantine { complain("put aside: \(record)") }
        if summary.quarantined > summary.quarantine.count {
            complain(
                "and \(summary.quarantined - Int64(summary.quarantine.count)) more; all are in the table quarantine")
        }
        if let reason = summary.coverage.reason { complain("not everything could be read: \(reason)") }
        if self.isJSON, var members = summary.json.object {
            members["trailers"] = trailers.map(JSON.object)
            print(JSON.object(members).canonical)
        } else {
            let kinds = summary.evidence.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            complain(
                "\(summary.records) records: \(kinds.isEmpty ? "no new facts" : kinds.joined(separator: ", ")); "
                    + "\(summary.duplicates) known already, \(summary.quarantined) put aside, "
                    + "\(summary.ignored.values.reduce(0, +)) without evidence")
        }
    }
}

/// How far an import is: one line that is rewritten on a terminal, JSON lines elsewhere.
private struct Progress {
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private let isTerminal = isatty(STDERR_FILENO) == 1

    mutating func show(_ summary: ImportSummary, of source: any Source) {
        let now = self.clock.now
        if let shown, now - shown < (self.isTerminal ? .milliseconds(200) : .seconds(5)) { return }
        guard self.isTerminal || self.shown != nil || now - self.start > .seconds(5) else { return }
        self.shown = now
        let seconds = max((now - self.start) / .seconds(1), 0.001)
        let (done, total) = (source.progress.done, source.progress.total)
        let remaining = total > done && done > 0 ? Int64(seconds * Double(total - done) / Double(done)) : 0
        let rate = Int64(Double(summary.records) / seconds)
        if self.isTerminal {
            let share = total > 0 ? "\(done * 100 / total) %" : "\(done) \(source.progress.unit.rawValue)"
            self.write(
                "\r\u{1B}[K\(source.locator): \(share), \(summary.records) records, \(rate)/s, \(remaining) s to go")
        } else {
            let line: JSON = [
                "source": .string(source.locator), "done": .int(done), "total": .int(total),
                "unit": .string(source.progress.unit.rawValue), "records": .int(summary.records),
                "per_second": .int(rate), "seconds_left": .int(remaining),
            ]
            self.write(line.canonical + "\n")
        }
    }

    mutating func end() {
        if self.isTerminal, self.shown != nil { self.write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
