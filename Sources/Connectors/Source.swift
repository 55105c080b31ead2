public import Reputation

/// Something that is read record by record: an archive file, a clone, an index.
///
/// A source is pulled: it holds one record at a time however large it is, and whoever pulls decides when to store. It
/// belongs to one task. After `next()` has thrown, what came before stands, `coverage` says what is missing, and the
/// source gives nothing more.
public protocol Source: AnyObject {
    /// The connector's name, `gharchive`, `git` or `debian`; the same as `Evidence.Source.adapter`.
    var adapter: String { get }
    /// What is read, without any path of this machine; the same as `Evidence.Source.locator`.
    var locator: String { get }
    /// How far reading is.
    var progress: ImportProgress { get }
    /// Where reading is, as a text to keep and to hand in when the import resumes after this record.
    var cursor: String { get }
    /// What was covered so far; `complete` only when the end was reached.
    var coverage: Coverage { get }
    /// How many trailers of each role the records read so far have, by the canonical key `Reviewed-by`; nil for a source
    /// that has no trailers.
    var trailers: [String: Int]? { get }
    /// Whether the source still has the record that an earlier reading ended with, as its cursor then named it.
    ///
    /// - Throws: `ProgramError` when that cannot be found out.
    func continues(_ tip: String) throws -> Bool

    /// This source as one that asks another service, nil when it does not.
    var remote: (any RemoteSource)? { get }

    /// The next record, or nil at the end.
    ///
    /// - Throws: what keeps the rest from being read: `ReadError` or `ProgramError`. A record that makes no sense is
    ///   no error: it comes as `quarantined`.
    func next() throws -> Record?
}

extension Source {
    /// Only commits have trailers.
    public var trailers: [String: Int]? { nil }
    /// Only a history can be rewritten: a file under a name it had before is another file, and read from its beginning.
    public func continues(_ tip: String) -> Bool { true }
}

extension Source {
    /// Nil: it reads what is here.
    public var remote: (any RemoteSource)? { nil }
}

/// What came of one record of a source.
public struct Record: Hashable, Sendable {
    /// Evidence, or a place in quarantine.
    public enum Outcome: Hashable, Sendable {
        case mapped(Mapped)
        case quarantined(Quarantined)
    }

    /// Where the record is: `line 812`, `commit <sha>`, `stanza 12`.
    public let position: String
    /// What came of it.
    public let outcome: Outcome

    /// A record.
    public init(position: String, outcome: Outcome) {
        self.position = position
        self.outcome = outcome
    }
}

/// What a sound record says: some facts, and what was left aside by which rule. Never both empty.
public struct Mapped: Hashable, Sendable {
    /// The facts.
    public var evidence: [Evidence]
    /// The rules by which the record, or a part of it, is no evidence: `PushEvent`, `issue_closed_by_its_author`.
    public var ignored: [String]

    /// Facts and rules.
    public init(evidence: [Evidence] = [], ignored: [String] = []) {
        self.evidence = evidence
        self.ignored = ignored
    }

    /// A record that is no evidence by `rule`.
    public static func ignored(_ rule: String) -> Mapped { Mapped(ignored: [rule]) }
}

/// A record that could not be understood, kept aside so that nothing is lost in silence.
public struct Quarantined: Hashable, Sendable {
    /// What is wrong, naming the member at fault; quotes at most a few characters of the record.
    public let reason: String
    /// Lower-case hex SHA-256 of the raw record; of a commit its own id.
    public let digest: String

    /// A record in quarantine.
    public init(reason: String, digest: String) {
        self.reason = reason
        self.digest = digest
    }
}

/// What an import has seen: shown on the profile, because silent truncation is a lie about somebody's career.
public struct Coverage: Hashable, Sendable {
    /// The moment of the earliest record.
    public private(set) var from: Instant?
    /// The moment of the latest record.
    public private(set) var to: Instant?
    /// How many records were read, those in quarantine included.
    public private(set) var n = 0
    /// Whether the source was read to its end.
    public internal(set) var complete = false
    /// What is missing, when something is.
    public internal(set) var reason: String?

    /// Nothing seen yet.
    public init() {}

    /// Covers until `moment`, without another record.
    mutating func extend(to moment: Instant) { self.to = max(self.to ?? moment, moment) }

    /// Counts a record of `moment`.
    mutating func count(_ moment: Instant?) {
        self.n += 1
        guard let moment else { return }
        self.from = min(self.from ?? moment, moment)
        self.to = max(self.to ?? moment, moment)
    }
}

/// How much of a source is read.
public struct ImportProgress: Hashable, Sendable {
    /// What is counted.
    public enum Unit: String, Sendable, CaseIterable {
        case bytes, commits, stanzas, records
    }

    /// How many are read.
    public var done: Int64
    /// How many there are; 0 while unknown.
    public var total: Int64
    /// Of what.
    public let unit: Unit

    /// `done` of `total`.
    public init(done: Int64, total: Int64, unit: Unit) {
        self.done = done
        self.total = total
        self.unit = unit
    }
}
