internal import Crypto
public import Postgres
public import Store
internal import Synchronization
internal import Transparency

/// Why the ledger may not be published as the database has it.
public enum PublicationError: Error, Equatable, CustomStringConvertible {
    /// The database has less than was shown before: it was restored from an older backup.
    case rolledBack(size: Int64, shown: Int64)
    /// As many entries were shown before, but others.
    case forked(size: Int64)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .rolledBack(let size, let shown):
            "the database has \(size) entries, but a checkpoint of \(shown) was shown already: it was restored from an older "
                + "backup. Nothing is signed until the missing entries are back: see 'A restored database' in deploy/README.md"
        case .forked(let size):
            "the database has other entries than the checkpoint of size \(size) that was shown already: it is another ledger. "
                + "Nothing is signed: see 'A restored database' in deploy/README.md"
        }
    }
}

/// The one place from which the ledger is shown to the world.
///
/// What was appended is a fact of ours; what was shown is a promise. In between, the size goes on disk outside the
/// database, so that a database restored from an older backup cannot make us sign a second history.
public final class Publication: Sendable {
    private let authority: Authority
    private let connection: Connection
    private let highWater: HighWater
    private let bell = Bell()
    private let readers = Mutex(Readers())

    /// Publication by `authority` of the ledger that `connection` reaches.
    public init(authority: Authority, highWater: HighWater, on connection: Connection) {
        self.authority = authority
        self.connection = connection
        self.highWater = highWater
    }

    /// Shows the present head, unless it is shown; returns what strangers see now.
    ///
    /// - Throws: `PublicationError`, `HighWaterError`, `PostgresError`.
    @discardableResult
    public func publish() async throws -> LedgerHead {
        if await self.connection.isLost { try await self.connection.reconnect() }
        guard let head = try await self.connection.ledgerHead() else {
            preconditionFailure("a ledger is begun before it is published")
        }
        let (highWater, now) = (self.highWater, self.authority.now())
        let shown = try await self.connection.transaction { connection in
            try connection.lockPublication()
            try Publication.guardAgainstRollback(connection.ledgerHead() ?? head, highWater: highWater.last())
            let shown = try LedgerHead.read(connection.run(.publishedCheckpoint))
            if let shown, shown.size >= head.size, shown.origin == head.origin { return shown }
            try highWater.raise(to: TreeHead(head))
            try connection.publish(head, at: now)
            return head
        }
        self.readers.withLock { $0.shown(shown.size) }.forEach { $0.resume() }
        return shown
    }

    /// Returns once a checkpoint of `size` or more is shown, true, or after `Settings.publicationLimit`, false.
    public func covers(_ size: Int64) async throws -> Bool {
        let id = self.readers.withLock { $0.take() }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        let isShown = self.readers.withLock { $0.add(id, size, continuation) }
                        if isShown { continuation.resume() }
                    }
                } onCancel: {
                    self.readers.withLock { $0.remove(id) }?.resume()
                }
                return true
            }
            group.addTask {
                do { try await Task.sleep(for: self.authority.settings.publicationLimit) } catch { return true }
                return false
            }
            let isShown = try await group.next() ?? false
            group.cancelAll()
            return isShown
        }
    }

    static func guardAgainstRollback(_ head: LedgerHead, highWater: TreeHead?) throws(PublicationError) {
        guard let highWater else { return }
        guard head.size >= highWater.size else { throw .rolledBack(size: head.size, shown: highWater.size) }
        guard head.size > highWater.size || TreeHead(head) == highWater else { throw .forked(size: head.size) }
    }

    /// Publishes whenever `wake` was called, and every second for what other programs append, until cancelled.
    ///
    /// `report` hears of a turn that failed; the next one tries again.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        while !Task.isCancelled {
            do {
                try await self.publish()
            } catch {
                report(error)
            }
            try await self.bell.wait(atMost: .seconds(1))
        }
    }

    /// Says that something was appended.
    public func wake() { self.bell.ring() }
}

/// Who waits for a checkpoint of which size.
private struct Readers {
    private var size: Int64 = 0
    private var next = 0
    private var waiting: [Int: (size: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]

    mutating func take() -> Int {
        self.next += 1
        return self.next
    }

    /// Keeps `continuation`, unless `size` is shown already or the reader is gone: then true.
    mutating func add(_ id: Int, _ size: Int64, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard self.size < size, !Task.isCancelled else { return true }
        self.waiting[id] = (size, continuation)
        return false
    }

    mutating func remove(_ id: Int) -> CheckedContinuation<Void, Never>? {
        self.waiting.removeValue(forKey: id)?.continuation
    }

    /// Whoever waited for no more than `size`.
    mutating func shown(_ size: Int64) -> [CheckedContinuation<Void, Never>] {
        self.size = max(self.size, size)
        let ready = self.waiting.filter { $0.value.size <= self.size }
        for id in ready.keys { self.waiting[id] = nil }
        return ready.values.map(\.continuation)
    }
}
