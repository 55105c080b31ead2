internal import Crypto
public import Postgres
internal import Reputation
public import Store
internal import Synchronization
internal import Transparency

/// The one place from which the ledger is shown to the world.
///
/// What was appended is a fact of ours; what was shown is a promise. In between, the size goes on disk outside the
/// database, so that a database restored from an older backup cannot make us sign a second history.
public final class Publication: Sendable {
    private let authority: Authority
    private let connection: Connection
    private let highWater: HighWater
    private let rollback: RollbackGuard
    private let witnesses: Witnesses
    private let bell = Bell()
    private let readers = Mutex(Readers())
    private let tally = Mutex(WitnessTally())
    private let shown: ShownCheckpoint

    /// Publication by `authority` of the ledger that `connection` reaches.
    public init(
        authority: Authority, highWater: HighWater, shown: ShownCheckpoint = ShownCheckpoint(),
        on connection: Connection
    ) {
        self.shown = shown
        self.authority = authority
        self.connection = connection
        self.highWater = highWater
        self.witnesses = Witnesses(policy: authority.settings.policy, timeout: authority.settings.witnessTimeout)
        self.rollback = RollbackGuard(highWater: highWater)
    }

    /// Checks that the database continues what was shown and what witnesses have cosigned, and that the keys are the
    /// ones it knows; before this nothing may be signed.
    ///
    /// - Throws: `PublicationError`, `KeysChanged`, `HighWaterError`, `DamagedRow`, `PostgresError`.
    public func check() async throws {
        let (rollback, ledger, now) = (self.rollback, Ledger(authority: self.authority), self.authority.now())
        // Asked first: what others publish meanwhile makes the head larger, not what a witness said before.
        let witnessed = try await self.witnessedSizes()
        try await self.connection.transaction { connection in
            try connection.lockPublication()
            try rollback.check(now: now, on: connection)
            let head = try connection.ledgerHead()
            for (witness, size) in witnessed { try RollbackGuard.check(head, witnessed: size, by: witness) }
            try ledger.checkKeys(origin: head?.origin, on: connection)
        }
    }

    /// What witnesses say they have cosigned, asked with the checkpoint that is shown; nothing before there is one.
    private func witnessedSizes() async throws -> [(witness: String, size: Int64)] {
        guard self.witnesses.policy.witnesses.contains(where: { $0.url != nil }),
            let shown = try await LedgerHead.read(self.connection.run(.publishedCheckpoint)), shown.size > 0
        else { return [] }
        // To ask nobody would pass for witnesses that have seen nothing.
        guard let note = try? SignedNote(parsing: shown.note.utf8) else {
            throw DamagedRow(table: "published_checkpoint")
        }
        return await self.witnesses.sizes(asking: note)
    }

    /// The checkpoint strangers see, for every answer alike: from memory, or else by `reads`. Nil before the log was begun.
    public func shownHead(_ reads: ReadPipeline) async throws -> LedgerHead? {
        try await self.shown.head { try LedgerHead.read(await reads.run(.publishedCheckpoint)) }
    }

    /// What came of asking witnesses since this was made.
    public var witnessTally: WitnessTally { self.tally.withLock { $0 } }

    /// Shows the present head, unless it is shown, once a quorum of the witnesses has cosigned it; returns what
    /// strangers see now.
    ///
    /// - Throws: `PublicationError`, `HighWaterError`, `PostgresError`. What was shown stays then, but `contradicted`
    ///   comes after the present head is shown.
    @discardableResult
    public func publish() async throws -> LedgerHead {
        if await self.connection.isLost { try await self.connection.reconnect() }
        let head: LedgerHead
        switch try await self.begin() {
        case .shown(let shown): return self.tell(shown)
        case .due(let due): head = due
        }
        let cosigning = try await self.witnesses.cosign(
            SignedNote(parsing: head.note.utf8), of: TreeHead(head), on: self.connection)
        self.tally.withLock { $0.add(cosigning) }
        guard cosigning.isQuorum else {
            throw PublicationError.unwitnessed(size: head.size, answers: cosigning.answers)
        }
        let shown = self.tell(try await self.show(head, as: cosigning.note))
        guard !cosigning.answers.contains(where: \.outcome.isFinding) else {
            throw PublicationError.contradicted(size: head.size, answers: cosigning.answers)
        }
        return shown
    }

    private enum Beginning: Sendable {
        case shown(LedgerHead)
        case due(LedgerHead)
    }

    /// Shows the head at once where no witness has to cosign it first.
    ///
    /// A witness is a stranger, too: the size is on disk before it is asked.
    private func begin() async throws -> Beginning {
        let (highWater, rollback, now) = (self.highWater, self.rollback, self.authority.now())
        return try await self.connection.transaction { connection in
            try connection.lockPublication()
            guard let head = try connection.ledgerHead() else {
                preconditionFailure("a ledger is begun before it is published")
            }
            try rollback.check(now: now, on: connection)
            let shown = try LedgerHead.read(connection.run(.publishedCheckpoint))
            if let shown, shown.size >= head.size, shown.origin == head.origin, self.isWitnessed(shown) {
                return .shown(shown)
            }
            try highWater.raise(to: TreeHead(head))
            guard self.isWitnessed(head) else { return .due(head) }
            try connection.publish(head, at: now)
            return .shown(head)
        }
    }

    /// Shows `head` as `note` has it, unless a larger one was shown meanwhile.
    private func show(_ head: LedgerHead, as note: SignedNote) async throws -> LedgerHead {
        let (rollback, now) = (self.rollback, self.authority.now())
        return try await self.connection.transaction { connection in
            try connection.lockPublication()
            try rollback.check(now: now, on: connection)
            if let shown = try LedgerHead.read(connection.run(.publishedCheckpoint)), shown.size > head.size {
                return shown
            }
            let witnessed = LedgerHead(
                origin: head.origin, size: head.size, root: head.root, note: note.encoded, observedAt: head.observedAt)
            try connection.publish(witnessed, at: now)
            return witnessed
        }
    }

    /// Whether a quorum has cosigned `head`, or need not: a ledger without entries has nothing to see.
    private func isWitnessed(_ head: LedgerHead) -> Bool {
        guard self.asksWitnesses, head.size > 0 else { return true }
        let policy = self.witnesses.policy
        // Without one good signature there is none to count, whatever is wrong with each.
        let lines = try? SignedNote(parsing: head.note.utf8).verified(by: policy.witnesses.map(\.key))
        return policy.isMet(by: (lines ?? []).map(\.key))
    }

    private var asksWitnesses: Bool { self.witnesses.policy.quorum != .none }

    private func tell(_ head: LedgerHead) -> LedgerHead {
        self.shown.remember(head)
        self.readers.withLock { $0.shown(head.size) }.forEach { $0.resume() }
        return head
    }

    /// Shows what was just appended; where witnesses are asked, waits for the turn that does, but not for long.
    public func settle() async throws {
        guard self.asksWitnesses else {
            try await self.publish()
            return
        }
        let size = try await self.connection.ledgerHead()?.size ?? 0
        self.wake()
        _ = try await self.covers(size, within: Publication.interval + self.authority.settings.witnessTimeout)
    }

    /// How often witnesses are asked at most.
    private static let interval: Duration = .seconds(1)

    /// Returns once a checkpoint of `size` or more is shown, true, or after `Settings.publicationLimit`, false.
    public func covers(_ size: Int64) async throws -> Bool {
        try await self.covers(size, within: self.authority.settings.publicationLimit)
    }

    private func covers(_ size: Int64, within limit: Duration) async throws -> Bool {
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
                // Only cancelling breaks a sleep off: the other task has the answer, or nobody waits for one.
                do { try await Task.sleep(for: limit) } catch { return true }
                return false
            }
            let isShown = try await group.next() ?? false
            group.cancelAll()
            return isShown
        }
    }

    /// Publishes whenever `wake` was called, and every second for what other programs append, until cancelled.
    ///
    /// `report` hears of a turn that failed; the next one tries again. While the witnesses keep answering the same, it
    /// hears of it once.
    public func run(report: @Sendable (any Error) -> Void) async throws {
        let clock = ContinuousClock()
        var reported: [String] = []
        while !Task.isCancelled {
            let start = clock.now
            do {
                try await self.publish()
                reported = []
            } catch {
                let outcomes = (error as? PublicationError)?.answers.map(\.outcome.label) ?? []
                if outcomes.isEmpty || outcomes != reported { report(error) }
                reported = outcomes
            }
            if self.asksWitnesses { try await clock.sleep(until: start + Publication.interval) }
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
