public import CanonicalJSON
internal import Connectors
internal import Reputation
public import Store

/// What an import did.
public struct ImportSummary: Sendable, Equatable {
    /// How many quarantined records are named in words; the rest are in the database.
    static let named = 20
    /// The rule by which a fact about an account that was erased is left out.
    static let erasedSubject = "erased_subject"

    /// Records read from the source.
    public var records: Int64 = 0
    /// Facts that are new in the ledger, by kind.
    public var evidence: [String: Int64] = [:]
    /// Facts the ledger had already.
    public var duplicates: Int64 = 0
    /// Records that could not be taken.
    public var quarantined: Int64 = 0
    /// The first of them: where each is and why.
    public var quarantine: [String] = []
    /// Records, or parts of them, that hold no evidence, by the rule that says so.
    public var ignored: [String: Int64] = [:]
    /// What was covered.
    public var coverage = ImportCoverage()

    /// A summary of nothing yet.
    public init() {}

    /// Whether everything was read and everything read could be taken.
    public var isWhole: Bool { self.coverage.complete && self.quarantined == 0 }

    /// Adds another source's summary.
    public mutating func add(_ other: ImportSummary) {
        self.records += other.records
        self.evidence.merge(other.evidence, uniquingKeysWith: +)
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        self.quarantine = Array((self.quarantine + other.quarantine).prefix(Self.named))
        self.ignored.merge(other.ignored, uniquingKeysWith: +)
        self.coverage.add(other.coverage)
    }

    /// The summary as `--json` prints it.
    public var json: JSON {
        [
            "records": .int(self.records), "evidence": .object(self.evidence.mapValues(JSON.int)),
            "duplicates": .int(self.duplicates), "quarantined": .int(self.quarantined),
            "quarantine": .array(self.quarantine.map(JSON.string)),
            "ignored": .object(self.ignored.mapValues(JSON.int)),
            "coverage": self.coverage.json(quarantined: self.quarantined),
        ]
    }
}

extension ImportCoverage {
    init(_ coverage: Coverage, failure: (any Error)?) {
        self.init(
            records: Int64(coverage.n), first: coverage.from, last: coverage.to,
            complete: coverage.complete && failure == nil, reason: failure.map { "\($0)" } ?? coverage.reason)
    }

    mutating func add(_ other: ImportCoverage) {
        self.records += other.records
        self.first = [self.first, other.first].compactMap(\.self).min()
        self.last = [self.last, other.last].compactMap(\.self).max()
        self.complete = self.complete && other.complete
        self.reason = self.reason ?? other.reason
    }

    func json(quarantined: Int64) -> JSON {
        [
            "from": self.first.map { .string($0.rfc3339) } ?? .null,
            "to": self.last.map { .string($0.rfc3339) } ?? .null,
            "n": .int(self.records), "complete": .bool(self.complete), "quarantined": .int(quarantined),
            "reason": self.reason.map(JSON.string) ?? .null,
        ]
    }
}
