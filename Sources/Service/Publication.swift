internal import Crypto
public import Postgres
public import Reputation
public import Store
internal import Synchronization
internal import Transparency

/// Why the ledger may not be published as the database has it.
public enum PublicationError: Error, Equatable, CustomStringConvertible {
    /// The database has less than was shown before: it was restored from an older backup.
    case rolledBack(size: Int64, shown: Int64)
    /// The database's tree does not begin with the tree that was shown.
    case forked(size: Int64, shown: Int64)
    /// The high-water file, nil when there is none, is behind what the database says was shown.
    case highWaterBehind(size: Int64?, shown: Int64)
    /// A witness has cosigned more than the database has.
    case witnessed(size: Int64, shown: Int64, witness: String)
    /// The clock is behind moments it gave before.
    case clockBehind(now: Instant, last: Instant)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .rolledBack(let size, let shown):
            "the database has \(size) entries, but a checkpoint of \(shown) was shown already: it was restored from an older "
                + "backup. Nothing is signed until the missing entries are back: see 'A restored database' in deploy/README.md"
        case .forked(let size, let shown):
            "the database has \(size) entries, but does not begin with the checkpoint of size \(shown) that was shown already: "
                + "it is another history, or its tiles are damaged (standingd check tells). Nothing is signed: see "
                + "'A restored database' in deploy/README.md"
        case .highWaterBehind(let size, let shown):
            "the high-water file \(size.map { "says \($0) entries" } ?? "is missing"), but the database says that a checkpoint of "
                + "\(shown) was shown: the state directory was lost or is older than the database, so nobody here knows what "
                + "was shown last. Nothing is signed: see 'The state directory was lost' in deploy/README.md"
        case .witnessed(let size, let shown, let witness):
            "the database has \(size) entries, but the witness \(witness) has cosigned a checkpoint of \(shown): the database was "
                + "restored from an older backup. Nothing is signed until the missing entries are back: see 'A restored "
                + "database' in deploy/README.md"
        case .clockBehind(let now, let last):
            "the clock says \(now.rfc3339), but something was recorded or published at \(last.rfc3339): nothing is published "
                + "until the clock is right; see 'The clock' in deploy/README.md"
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
    private let rollback: RollbackGuard
    private let bell = Bell()
    private let readers = Mutex(Readers())

    /// Publication by `authority` of the ledger that `connection` reaches.
    public init(authority: Authority, highWater: HighWater, on connection: Connection) {
        self.authority = authority
        self.connection = connection
        self.highWater = highWater
        self.rollback = RollbackGuard(highWater: highWater)
    }

    /// Checks that the database continues what was shown, and that the keys are the ones it knows; before this nothing
    /// may be signed.
    ///
    /// - Throws: `PublicationError`, `KeysChanged`, `HighWaterError`, `PostgresError`.
    public func check() async throws {
        let (rollback, ledger, now) = (self.rollback, Ledger(authority: self.authority), self.authority.now())
        try await self.connection.transaction { connection in
            try connection.lockPublication()
            try rollback.check(now: now, on: connection)
            try ledger.checkKeys(origin: connection.ledgerHead()?.origin, on: connection)
        }
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
        let (highWater, rollback, now) = (self.highWater, self.rollback, self.authority.now())
        let shown = try await self.connection.transaction { connection in
            try connection.lockPublication()
            try rollback.check(now: now, on: connection)
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
