public import Connectors
internal import Credentials
internal import Crypto
internal import EventLoop
internal import Reputation
internal import Store
internal import Synchronization

/// Where the reading of a source stands.
public struct SourceState: Sendable {
    /// The connector, `gharchive`, `git`.
    public let adapter: String
    /// What is read, without any path of this machine.
    public let locator: String
    /// How much of it is read.
    public let progress: ImportProgress
    /// Trailers of each role read so far, nil for a source that has none.
    public let trailers: [String: Int]?
    /// Where reading would go on.
    let cursor: String

    init(_ source: any Source) {
        self.adapter = source.adapter
        self.locator = source.locator
        self.progress = source.progress
        self.trailers = source.trailers
        self.cursor = source.cursor
    }
}

/// A run of records as they come from a source: what they say, sealed, and how far the source is.
struct ReadBatch: Sendable {
    /// What these records alone come to; the coverage is that of all before, too.
    var summary = ImportSummary()
    /// Their facts, ready for the ledger.
    var facts: [SealedFact] = []
    /// Those that could not be taken.
    var aside: [AsideRecord] = []
    /// Where those are that could, of a source that is replayed.
    var taken: [String] = []
    /// Where the source stands after them.
    var state: SourceState
    /// What the next import of the source is to know.
    var notes: [String: String] = [:]
    private var salts = RandomSupply()

    init(state: SourceState) { self.state = state }

    /// Adds `record`, its facts sealed by `authority`; of a replay it also notes where those were that could be taken.
    mutating func take(_ record: Record, by authority: Authority, isReplay: Bool = false) {
        for evidence in self.summary.note(record) {
            self.facts.append(SealedFact(evidence, by: authority, salt: self.salts.next(Disclosure.saltByteCount)))
        }
        if case .quarantined(let quarantined) = record.outcome {
            self.aside.append(AsideRecord(position: record.position, record: quarantined))
        } else if isReplay {
            self.taken.append(record.position)
        }
    }
}

/// A record in quarantine, and where it is.
struct AsideRecord: Sendable {
    let position: String
    let record: Quarantined
}

/// Reads a source on a thread of its own and seals its facts there, while the batches before are stored.
struct Reading: Sendable {
    private let batches: ReadAhead<ReadBatch, Never>

    /// Reads `source` from where it stands, only the records at `positions` unless that is nil.
    init(_ source: sending any Source, by authority: Authority, only positions: Set<String>? = nil) {
        let gathering = Mutex(Gathering(source, authority: authority, positions: positions))
        // Reading and storing are slow in turn; with fewer facts between them each waited for the other.
        self.batches = ReadAhead("source", atMost: 3) { .success(gathering.withLock { $0.next() }) }
    }

    /// The next batch; nil after the source's last one.
    func next() async throws -> ReadBatch? { try await self.batches.nextElement() }
}

/// Gathers records into batches.
private struct Gathering {
    /// Facts, or records in quarantine, that close a batch. Larger batches cost less each, half as many a fifteenth more; the
    /// ledger's writers wait for one another that long, some 120 ms.
    private static let full = 4_096
    /// Records that close one, so that progress shows where there are few facts.
    private static let long: Int64 = 50_000

    private let source: any Source
    private let authority: Authority
    private let positions: Set<String>?
    private var isAtEnd = false

    init(_ source: sending any Source, authority: Authority, positions: Set<String>?) {
        self.source = source
        self.authority = authority
        self.positions = positions
    }

    mutating func next() -> ReadBatch? {
        if self.isAtEnd { return nil }
        var batch = ReadBatch(state: SourceState(self.source))
        var failure: (any Error)?
        while batch.facts.count < Self.full, batch.aside.count < Self.full, batch.summary.records < Self.long {
            do {
                guard let record = try self.source.next() else {
                    self.isAtEnd = true
                    break
                }
                self.take(record, into: &batch)
            } catch {
                failure = error
                self.isAtEnd = true
                break
            }
        }
        batch.summary.coverage = ImportCoverage(self.source.coverage, failure: failure)
        batch.state = SourceState(self.source)
        return batch
    }

    private func take(_ record: Record, into batch: inout ReadBatch) {
        if let positions, !positions.contains(record.position) { return }
        batch.take(record, by: self.authority, isReplay: self.positions != nil)
    }
}

extension ImportSummary {
    /// Counts `record` and gives the facts it holds.
    mutating func note(_ record: Record) -> [Evidence] {
        self.records += 1
        switch record.outcome {
        case .quarantined(let quarantined):
            self.quarantined += 1
            if self.quarantine.count < ImportSummary.named {
                self.quarantine.append("\(record.position): \(quarantined.reason)")
            }
            return []
        case .mapped(let mapped):
            for rule in mapped.ignored { self.ignored[rule, default: 0] += 1 }
            return mapped.evidence
        }
    }
}
