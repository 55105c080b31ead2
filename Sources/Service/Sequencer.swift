public import Postgres
internal import Reputation
internal import Store
internal import Synchronization

/// Why facts were not recorded.
public enum SequencerError: Error, Equatable, CustomStringConvertible {
    /// More is waiting than may wait.
    case overloaded
    /// The service is stopping.
    case stopping
    /// The database went away and whether the facts were stored is not known.
    case unknown

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .overloaded: "too much is waiting to be recorded: try again shortly"
        case .stopping: "the service is stopping: nothing was recorded, try again shortly"
        case .unknown:
            "the database went away and it is not known whether the facts were recorded: send them again, a fact is kept once"
        }
    }
}

/// Batches written, the facts in them, known ones included, and how long their transactions took.
public struct BatchCounts: Sendable {
    /// Transactions committed.
    public private(set) var batches: Int64 = 0
    /// Facts in them.
    public private(set) var facts: Int64 = 0
    /// Microseconds from BEGIN to COMMIT, waiting for the batch before included: two may run at once.
    public private(set) var microseconds: Int64 = 0

    mutating func add(_ facts: Int, took duration: Duration) {
        self.batches += 1
        self.facts += Int64(facts)
        self.microseconds += Int64(duration / .microseconds(1))
    }
}

/// Gathers the facts of many requests into batches, each one transaction.
///
/// A batch closes when there are enough facts for one or when its first has waited `Settings.batchDelay`; what came while the
/// one before was written goes into the next together. Where thousands wait, that next one is begun on the other connection as
/// soon as the one before it has its place, and stored behind it. A transaction costs nearly the same for one fact as for a
/// hundred, and a reader of the log cannot tell the order within a batch.
public final class Sequencer: Sendable {
    private struct Waiting {
        let facts: [SealedFact]
        let answer: CheckedContinuation<[FactOutcome], any Error>
    }

    /// Requests that are written together, and their facts.
    private final class Batch: Sendable {
        let requests: [Waiting]
        let draft: BatchDraft

        init(_ requests: [Waiting], of ledger: Ledger) {
            self.requests = requests
            self.draft = ledger.draft(of: requests.flatMap(\.facts))
        }
    }

    /// What was written together, and what came of it, until somebody takes it to answer.
    ///
    /// Whoever takes it has it alone, and lets go of thousands of facts when it is done. The writer does not, not even where the
    /// answers are quicker than its next step: between two transactions the database waits for it. (It lets go of a batch that it
    /// writes again request by request.)
    private final class Written: Sendable {
        private let contents: Mutex<(batch: Batch, result: Result<Ledger.Recording, any Error>)?>

        init(_ batch: consuming Batch, _ result: consuming Result<Ledger.Recording, any Error>) {
            self.contents = Mutex((batch, result))
        }

        /// What it is; once.
        func take() -> (batch: Batch, result: Result<Ledger.Recording, any Error>) {
            guard let contents = self.contents.withLock({ $0.take() }) else {
                preconditionFailure("a batch is answered once")
            }
            return contents
        }
    }

    private struct Queue {
        var requests: [Waiting] = []
        /// Facts waiting, and those being written.
        var waiting = 0
        var writing = 0
        var isClosed = false
    }

    private let ledger: Ledger
    private let connections: [Connection]
    private let chain = BatchChain()
    private let publication: Publication
    private let refresher: Refresher
    private let queue = Mutex(Queue())
    private let tally = Mutex(BatchCounts())
    private let bell = Bell()

    private var settings: Settings { self.ledger.authority.settings }

    /// A sequencer that writes through `connections`, one or two, which nobody else uses: they are not given up between batches.
    public init(authority: Authority, publication: Publication, refresher: Refresher, on connections: [Connection]) {
        precondition((1...2).contains(connections.count), "one batch at most is stored behind another")
        self.ledger = Ledger(authority: authority)
        self.publication = publication
        self.refresher = refresher
        self.connections = connections
    }

    /// Facts that wait or are being written.
    public var depth: Int { self.queue.withLock { $0.waiting + $0.writing } }

    /// Whether no fact is taken at present.
    public var isFull: Bool { self.depth >= self.settings.queueLimit }

    /// What was written since the start.
    public var counts: BatchCounts { self.tally.withLock { $0 } }

    /// Records `facts` and returns what became of each once they are in the ledger.
    ///
    /// - Throws: `SequencerError`, or a `PostgresError`, with nothing recorded.
    public func record(_ facts: [SealedFact]) async throws -> [FactOutcome] {
        guard !facts.isEmpty else { return [] }
        return try await withCheckedThrowingContinuation { answer in
            let limit = self.settings.queueLimit
            let (refusal, wakes) = self.queue.withLock { queue -> (SequencerError?, Bool) in
                if queue.isClosed { return (.stopping, false) }
                if queue.waiting + queue.writing + facts.count > limit { return (.overloaded, false) }
                let before = queue.waiting
                queue.requests.append(Waiting(facts: facts, answer: answer))
                queue.waiting += facts.count
                let thresholds = [1, self.settings.batchSize, self.settings.overlappingSize]
                return (nil, thresholds.contains { before < $0 && $0 <= queue.waiting })
            }
            if let refusal { answer.resume(throwing: refusal) }
            if wakes { self.bell.ring() }
        }
    }

    /// Writes batches until cancelled; then what is still waiting is refused.
    public func run() async throws {
        defer { self.close() }
        try await withThrowingDiscardingTaskGroup { group in
            for connection in self.connections { group.addTask { try await self.run(on: connection) } }
        }
    }

    /// The same on a connection's own thread, and answers beside it: the database, which a batch waits for longest, has the next
    /// one as soon as it is done.
    private func run(on connection: isolated Connection) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                try await self.chain.takeTurn()
                try await self.untilDue()
                let batch = self.take()
                let count = batch.draft.facts.count
                self.write(batch, as: self.chain.begin(), on: connection) { written in
                    group.addTask { self.answer(written) }
                }
                self.queue.withLock { $0.writing -= count }
            }
        }
    }

    /// Waits for enough facts, or for long enough; without leaving the thread where there are enough. While a batch is written
    /// there are when half as many wait as go into one: a smaller one only misses what comes until the other is done.
    nonisolated(nonsending) private func untilDue() async throws {
        try Task.checkCancellation()
        let clock = ContinuousClock()
        while self.queue.withLock({ $0.waiting }) == 0 { try await self.bell.wait() }
        let due = clock.now + self.settings.batchDelay
        while self.queue.withLock({ $0.waiting }) < self.settings.batchSize, clock.now < due {
            try await self.bell.wait(atMost: due - clock.now)
        }
        while self.chain.isBusy, self.queue.withLock({ $0.waiting }) < self.settings.overlappingSize {
            try await self.bell.wait()
        }
    }

    /// The batch to write next: whole requests from the front of the queue, as many as go into one.
    private func take() -> Batch {
        let requests = self.queue.withLock { queue in
            var (end, count) = (0, 0)
            while end < queue.requests.count, count < self.settings.largestBatch {
                count += queue.requests[end].facts.count
                end += 1
            }
            defer { queue.requests.removeFirst(end) }
            queue.waiting -= count
            queue.writing += count
            return Array(queue.requests[..<end])
        }
        return Batch(requests, of: self.ledger)
    }

    private func close() {
        let left = self.queue.withLock { queue in
            queue.isClosed = true
            defer { queue.requests = [] }
            return queue.requests
        }
        for request in left { request.answer.resume(throwing: SequencerError.stopping) }
    }

    /// Writes one batch, and ends its `link`; `answering` hears of each transaction that ended.
    ///
    /// A batch with a value the database refuses is written again request by request, so that what one sent does not cost the others
    /// theirs.
    private func write(
        _ batch: consuming Batch, as link: BatchChain.Link, on connection: isolated Connection,
        answering: (Written) -> Void
    ) {
        let result = Result { [draft = batch.draft] in try self.record(draft, as: link, on: connection) }
        self.end(link, isStored: false)
        if batch.requests.count > 1, case .failure(let error as PostgresError) = result, error.isAboutAValue {
            for request in batch.requests {
                let part = Batch([request], of: self.ledger)
                answering(Written(part, Result { [draft = part.draft] in try self.record(draft, on: connection) }))
            }
        } else {
            answering(Written(batch, result))
        }
    }

    /// Answers each of the requests, and lets those know who show the ledger and reckon with it.
    private func answer(_ written: Written) {
        let (batch, result) = written.take()
        switch result {
        case .success(let recording):
            self.publication.wake()
            self.refresher.touch(recording.touched)
            var rest = recording.facts[...]
            for request in batch.requests {
                request.answer.resume(returning: Array(rest.prefix(request.facts.count)))
                rest = rest.dropFirst(request.facts.count)
            }
        case .failure(let error):
            for request in batch.requests { request.answer.resume(throwing: error) }
        }
    }

    /// Ends `link`: whoever has the turn may have waited for that.
    private func end(_ link: BatchChain.Link, isStored: Bool) {
        link.end(isStored: isStored)
        self.bell.ring()
    }

    /// Stores `draft` behind what is being stored where all of it is likely new, and by itself where that cannot be.
    private func record(
        _ draft: BatchDraft, as link: BatchChain.Link, on connection: isolated Connection
    ) throws -> Ledger.Recording {
        let ledger = self.ledger
        if ledger.novelty.isLikely {
            do {
                return try self.transaction(of: draft, on: connection, ended: { self.end(link, isStored: $0) }) {
                    try ledger.record(draft, as: link, observedAt: $0, on: $1)
                }
            } catch let error as Detached {
                if error == .toldTwice { ledger.novelty.saw(onlyNew: false) }
            } catch let error as PostgresError where error.isAboutOtherRows {
                if error.constraint == Connection.evidenceIsKeptOnce { ledger.novelty.saw(onlyNew: false) }
            }
        }
        return try self.record(draft, on: connection)
    }

    /// Stores `draft` by itself: what is being stored is waited for.
    private func record(_ draft: BatchDraft, on connection: isolated Connection) throws -> Ledger.Recording {
        try self.transaction(of: draft, on: connection) { [ledger = self.ledger] in
            try ledger.record(draft, observedAt: $0, on: $1)
        }
    }

    /// What `body` records of `draft`, in a transaction; `ended` hears whether it is stored.
    private func transaction(
        of draft: BatchDraft, on connection: isolated Connection, ended: (Bool) -> Void = { _ in },
        body: @Sendable (Instant, isolated Connection) throws -> Ledger.Recording
    ) throws -> Ledger.Recording {
        let now = self.ledger.authority.now()
        let (start, recording): (ContinuousClock.Instant, Ledger.Recording)
        do {
            if connection.isLost { try connection.reconnect() }
            start = ContinuousClock.now
            recording = try connection.transaction { try body(now, $0) }
        } catch {
            // First of all, for who waits to hear it holds a share of the ledger.
            ended(false)
            guard let error = error as? PostgresError, error.state == .unknownCommit else { throw error }
            // Whom they touch was not kept: their profiles wait for the next fact about them, or for the next day.
            return Ledger.Recording(facts: try self.recordedAfterAll(draft.facts, on: connection))
        }
        ended(true)
        self.tally.withLock { $0.add(draft.facts.count, took: ContinuousClock.now - start) }
        return recording
    }

    /// What became of `facts`, asked of the database after it went away during COMMIT: they were stored, or they were not.
    private func recordedAfterAll(
        _ facts: [SealedFact], on connection: isolated Connection
    ) throws -> [FactOutcome] {
        let (given, known): ([SealedFact?], [UInt128: StoredIdentity])
        do {
            try connection.reconnect()
            let ledger = self.ledger
            (given, known) = try connection.transaction { connection in
                // The server may still be committing; it holds the head until it is done.
                _ = try connection.lockLedgerHead()
                return (
                    try ledger.admissible(facts, on: connection) ?? facts,
                    try connection.knownIdentities(of: facts.map(\.identityHash))
                )
            }
        } catch {
            throw SequencerError.unknown
        }
        return try given.map { fact in
            guard let fact else { return .erasedSubject }
            guard known[fact.identityHash] != nil else {
                throw PostgresError(
                    state: .noConnection, message: "the database went away before the facts were stored")
            }
            return .recorded(fact.place(in: known))
        }
    }
}

extension PostgresError {
    /// Whether rows that are there were in the way (SQLSTATE class 23), or somebody who waited for the same ones (40P01): by
    /// itself it may be stored all the same.
    fileprivate var isAboutOtherRows: Bool { self.state.rawValue.hasPrefix("23") || self.state == .deadlock }

    /// Whether a value was refused (SQLSTATE classes 22 and 23), so that a batch without it may not be.
    fileprivate var isAboutAValue: Bool { self.state.rawValue.hasPrefix("22") || self.state.rawValue.hasPrefix("23") }
}
