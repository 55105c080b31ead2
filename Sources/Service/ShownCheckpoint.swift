public import Store
internal import Synchronization

/// The checkpoint strangers see, remembered for a moment: a thousand proofs a second need not each ask the database for it.
///
/// What this process shows is here with the moment it is shown. What another program shows is seen when what is remembered
/// has its age, which is far below the seconds that a checkpoint may be cached for (C2SP tlog-tiles).
public final class ShownCheckpoint: Sendable {
    private struct Memory {
        let head: LedgerHead
        /// When the database was asked for it, or it was shown.
        let since: ContinuousClock.Instant
    }

    private let age: Duration
    private let memory = Mutex<Memory?>(nil)

    /// Nothing remembered yet; what will be is for `age`.
    public init(for age: Duration = .milliseconds(20)) { self.age = age }

    /// The checkpoint that is remembered, or else what `read` finds: nil before the log was begun.
    ///
    /// - Throws: What `read` throws; a checkpoint whose time is over is not given in its place.
    public func head(or read: () async throws -> LedgerHead?) async throws -> LedgerHead? {
        let asked = ContinuousClock.now
        if let memory = self.memory.withLock({ $0 }), asked - memory.since < self.age { return memory.head }
        let head = try await read()
        if let head { self.remember(head, since: asked) }
        return head
    }

    /// Takes in what is shown.
    func remember(_ head: LedgerHead) { self.remember(head, since: ContinuousClock.now) }

    /// An answer may come after a later one, and what is shown never shrinks.
    private func remember(_ head: LedgerHead, since: ContinuousClock.Instant) {
        self.memory.withLock { memory in
            if let memory, memory.since > since || memory.head.size > head.size { return }
            memory = Memory(head: head, since: since)
        }
    }
}
