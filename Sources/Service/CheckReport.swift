public import CanonicalJSON

/// One thing that is not as it should be: what, where, and by its kind how bad and what to do.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong. The runbook has a row for each ('Check says').
    public enum Kind: String, CaseIterable, Sendable {
        /// An entry is missing, is another one, or is in no checkpoint.
        case entry
        /// More was shown than there is, or other entries.
        case history
        /// The high-water file is missing, damaged or older than what was shown.
        case highWater = "high-water"
        /// A tile does not hold the hashes of its entries.
        case tile
        /// The head does not say what the entries are.
        case head
        /// The published checkpoint does not say what it was signed for.
        case published
        /// An entry is not found by its leaf hash.
        case leafHash = "leaf-hash"
        /// What keeps history from being rewritten is switched off.
        case trigger
        /// What was said of a key is missing or does not open its entry.
        case key
        /// A fact is filed under what it is not about.
        case filing
        /// A fact does not open its entry.
        case fact
        /// The proof of an account does not open its entry.
        case binding
        /// More facts are gone, or fewer, than erasures account for, or an erasure does not open its entry.
        case erasure
        /// A credential does not open its entry, or is not signed.
        case credential
    }

    /// How bad it is.
    public enum Severity: String, Sendable {
        /// What was promised to strangers is gone or different: nothing may be signed until it is back.
        case history
        /// Something that was stored beside the ledger is damaged: what rests on it does not verify.
        case record
        /// It can be computed from the rest again.
        case derived
    }

    /// What is wrong.
    public let kind: Kind
    /// Where.
    public let place: String
    /// How it shows.
    public let problem: String

    /// How bad it is.
    public var severity: Severity {
        switch self.kind {
        case .entry, .history, .highWater: .history
        case .fact, .binding, .credential, .erasure: .record
        case .tile, .head, .published, .leafHash, .trigger, .filing, .key: .derived
        }
    }

    /// What to do.
    public var advice: String {
        switch self.severity {
        case .derived: "standingd check --repair computes it again"
        case .history, .record: "see '\(self.kind.rawValue)' under 'Check says' in deploy/README.md"
        }
    }

    /// All of it in a line.
    public var description: String {
        "\(self.kind.rawValue) (\(self.severity.rawValue)): \(self.place) \(self.problem): \(self.advice)"
    }

    /// The finding as `--json` prints it.
    public var json: JSON {
        [
            "kind": .string(self.kind.rawValue), "severity": .string(self.severity.rawValue),
            "place": .string(self.place), "problem": .string(self.problem), "advice": .string(self.advice),
        ]
    }
}

/// What a check of the ledger found.
public struct CheckReport: Sendable {
    /// How many findings are kept; the rest is counted.
    public static let limit = 100

    /// Entries and facts that were recomputed.
    public var entries: Int64 = 0
    /// See `entries`.
    public var evidence: Int64 = 0
    /// Proofs of accounts and credentials that were recomputed.
    public var bindings: Int64 = 0
    /// See `bindings`.
    public var credentials: Int64 = 0
    /// Entries that nobody can open any more, as somebody noted.
    public var lost: Int64 = 0
    /// The first `limit` things that are not as they should be.
    public private(set) var problems: [Finding] = []
    /// How many more there are.
    public private(set) var others: Int64 = 0

    /// Notes that the `place` has a `problem`.
    public mutating func add(_ kind: Finding.Kind, _ place: String, _ problem: String) {
        self.add([Finding(kind: kind, place: place, problem: problem)])
    }

    mutating func add(_ findings: [Finding]) {
        let room = max(0, CheckReport.limit - self.problems.count)
        self.problems += findings.prefix(room)
        self.others += Int64(findings.dropFirst(room).count)
    }

    /// The report as `--json` prints it.
    public var json: JSON {
        [
            "entries": .int(self.entries), "evidence": .int(self.evidence), "bindings": .int(self.bindings),
            "credentials": .int(self.credentials), "lost": .int(self.lost),
            "problems": .array(self.problems.map(\.json)),
            "others": .int(self.others),
        ]
    }
}
