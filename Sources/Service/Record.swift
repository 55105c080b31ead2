internal import Postgres
internal import Reputation
internal import Store
internal import Transparency

extension Ledger {
    /// What came of recording facts.
    struct Recording: Sendable {
        /// What became of each fact, in the order they were given.
        var facts: [FactOutcome] = []
        /// The kinds of the new ones.
        var kinds: [Evidence.Kind] = []
        /// Whose profiles may say something else now.
        var touched = Touched()
    }

    /// Stores what is new of `facts` and appends its entries, within a transaction.
    ///
    /// A fact is the same fact however often it is reported: one that is known is answered with the entry it has.
    func record(
        _ facts: [SealedFact], observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        guard !facts.isEmpty else { return Recording() }
        if self.novelty.isLikely {
            do {
                return try connection.transaction {
                    try self.record(facts, asking: false, observedAt: observedAt, on: $0)
                }
            } catch let error as PostgresError where error.constraint == Connection.evidenceIsKeptOnce {
                // All of it is undone, the head's lock included. What is known is asked for now.
            }
        }
        return try self.record(facts, asking: true, observedAt: observedAt, on: connection)
    }

    /// The same. Without `asking` which facts are known all are taken for new.
    private func record(
        _ facts: [SealedFact], asking: Bool, observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        // The head's lock comes first: from here on nobody else adds or erases facts, so what is not known now stays new.
        let head = try connection.lockLedgerHead()
        let given = try self.admissible(facts, on: connection)
        var known: [UInt128: StoredIdentity] = [:]
        if asking {
            let identities = given.compactMap { $0?.identityHash }
            known = try connection.knownIdentities(of: identities)
            if !identities.isEmpty { self.novelty.saw(onlyNew: known.isEmpty) }
        }
        return try self.store(BatchOrder(given, known: known), to: head, observedAt: observedAt, on: connection)
    }

    /// Stores the new facts of `order` as entries after `head`.
    private func store(
        _ order: BatchOrder, to head: LedgerHead?, observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        var recording = Recording()
        guard !order.new.isEmpty else {
            recording.facts = order.outcomes(from: head?.size ?? 0)
            return recording
        }
        var names = BatchNames()
        let start = try self.append(
            order.new.map(\.leaf), to: head, observedAt: observedAt, on: connection
        ) { names = BatchNames(in: order.new, remembered: self.numbers) }
        let filed = try names.file(order.new, from: start, remembering: self.numbers, on: connection)
        try connection.store(filed) {
            recording.facts = order.outcomes(from: start)
            recording.kinds = order.new.map(\.evidence.kind)
            recording.touched = Touched(filed)
        }
        return recording
    }
}
