public import Reputation

/// A source that asks another service for its records.
///
/// Whoever pulls lets it ask first: `fill` fetches until a record is at hand or there is none left, and `next` only takes.
public protocol RemoteSource: Source {
    /// Fetches until `next` has a record, or the end is reached.
    ///
    /// - Throws: `RemoteError` when the other side cannot be asked: what came before stands, and the import can be resumed.
    func fill() async throws
    /// Hands over what an earlier import of the same source noted (`takeNotes`).
    func recall(_ notes: [String: String])
    /// What is to be kept for the next import once the records so far are stored; each note is given once.
    func takeNotes() -> [String: String]
}

/// What came of asking a source: "there is nothing" and "we could not look" are never the same.
public enum Fetched<Value: Sendable>: Sendable {
    /// The answer.
    case found(Value)
    /// What was found before has not changed.
    case unchanged
    /// It is not there.
    case nothing
    /// It may not be looked at by the one who asked.
    case forbidden
    /// It could not be asked, and why.
    case unavailable(reason: String)
}

/// Why another service could not be read.
public struct RemoteError: Error, Equatable, CustomStringConvertible {
    /// Which address, without its query.
    public let address: String
    /// What happened, in a sentence.
    public let reason: String

    /// A sentence for a person.
    public var description: String { "\(self.address): \(self.reason)" }
}

/// The time, for whoever has to wait.
public struct RemoteClock: Sendable {
    /// The present moment.
    public let now: @Sendable () -> Instant
    /// Waits so many seconds.
    public let sleep: @Sendable (Int64) async throws -> Void

    /// A clock.
    public init(
        now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Int64) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }
}
