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
    /// A replay takes only what was put aside before. A source that cannot be opened does not keep the others from being read, but it is reported and the run fails.
    func all(_ openings: [Import.Opening], isReplay: Bool = false) async throws -> Bool {
        var report = ImportReport()
        let imports = Import(authority: self.deployment.authority)
        for opening in openings {
            do {
                var progress = Progress()
                report.add(
                    isReplay
                        ? try await imports.replay(opening, on: self.connection) { progress.show($0, of: $1) }
                        : try await imports.run(opening, on: self.connection) { progress.show($0, of: $1) })
                progress.end()
            } catch  where openings.count > 1 && !(error is PostgresError) {
                report.failures.append("\(error)")
            }
        }
        try await self.refreshProfiles()
        try await self.deployment.publish(on: self.connection)
        report.show(asJSON: self.isJSON)
        return report.isWhole
    }

    /// Says what an import of `openings` would find; writes nothing and opens no database.
    static func preview(_ openings: [Import.Opening], isJSON: Bool) async throws -> Bool {
        var report = ImportReport(isPreview: true)
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        for opening in openings {
            do {
                var progress = Progress()
                report.add(try await Import.preview(opening, observedAt: now) { progress.show($0, of: $1) })
                progress.end()
            } catch  where openings.count > 1 {
                report.failures.append("\(error)")
            }
        }
        report.show(asJSON: isJSON)
        return report.isWhole
    }

    /// Everybody's: new facts about some show others in another light. Profiles that stay the same are not written.
    private func refreshProfiles() async throws {
        let developers = try await StoredDeveloper.read(self.connection.run(.developers))
        try await Aggregate(authority: self.deployment.authority).refresh(developers, on: self.connection)
    }
}

/// What a run of `import` did, over all its sources.
struct ImportReport {
    private(set) var total = ImportSummary()
    var failures: [String] = []
    private let isPreview: Bool
    private let start = ContinuousClock.now
    private var trailers: [String: Int]?

    init(isPreview: Bool = false) { self.isPreview = isPreview }

    /// Whether every source could be read to its end and every record be taken.
    var isWhole: Bool { self.failures.isEmpty && self.total.isWhole }

    mutating func add(_ done: (summary: ImportSummary, source: SourceState)) {
        var summary = done.summary
        summary.quarantine = summary.quarantine.map { "\(done.source.locator) \($0)" }
        self.total.add(summary)
        self.trailers = done.source.trailers ?? self.trailers
    }

    func show(asJSON: Bool) {
        for failure in self.failures { complain(failure) }
        for record in self.total.quarantine { complain("put aside: \(record)") }
        if self.total.quarantined > self.total.quarantine.count {
            complain("and \(self.total.quarantined - Int64(self.total.quarantine.count)) more")
        }
        var coverage = self.total.coverage
        if let failure = self.failures.first {
            (coverage.complete, coverage.reason) = (false, coverage.reason ?? failure)
        }
        if let reason = coverage.reason {
            complain(coverage.complete ? reason : "not everything could be read: \(reason)")
        }
        if asJSON { print(self.json(coverage).canonical) } else { complain(self.sentence) }
    }

    private func json(_ coverage: ImportCoverage) -> JSON {
        var summary = self.total
        summary.coverage = coverage
        var members = summary.json.object ?? [:]
        members["trailers"] = self.trailers.map { .object($0.mapValues { .int(Int64($0)) }) }
        members["dry_run"] = self.isPreview ? .bool(true) : nil
        members["milliseconds"] = .int(Int64((ContinuousClock.now - self.start) / .milliseconds(1)))
        return .object(members)
    }

    private var sentence: String {
        let kinds = self.total.evidence.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let facts = kinds.isEmpty ? "no new facts" : kinds.joined(separator: ", ")
        let known = self.isPreview ? "nothing was written" : "\(self.total.duplicates) known already"
        return "\(self.total.records) records: \(facts); \(known), \(self.total.quarantined) put aside, "
            + "\(self.total.ignored.values.reduce(0, +)) without evidence"
    }
}

/// How far an import is: one line that is rewritten on a terminal, JSON lines elsewhere.
private struct Progress {
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private let isTerminal = isatty(STDERR_FILENO) == 1

    mutating func show(_ summary: ImportSummary, of source: SourceState) {
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
