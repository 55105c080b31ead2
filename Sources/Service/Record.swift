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
        try self.record(self.draft(of: facts), observedAt: observedAt, on: connection)
    }

    /// A batch of `facts`, for `record`.
    func draft(of facts: [SealedFact]) -> BatchDraft { BatchDraft(facts, areLikelyNew: self.novelty.isLikely) }

    /// The same of a batch drafted before; `meanwhile` runs, where anything is new, while the database stores what is left of it.
    func record(
        _ draft: BatchDraft, observedAt: Instant, on connection: isolated Connection,
        meanwhile: @Sendable () -> Void = {}
    ) throws -> Recording {
        guard !draft.facts.isEmpty else { return Recording() }
        if self.novelty.isLikely {
            do {
                return try connection.transaction {
                    try self.record(draft, asking: false, observedAt: observedAt, on: $0, meanwhile: meanwhile)
                }
            } catch let error as PostgresError where error.constraint == Connection.evidenceIsKeptOnce {
                // All of it is undone, the head's lock included. What is known is asked for now.
            }
        }
        return try self.record(draft, asking: true, observedAt: observedAt, on: connection, meanwhile: meanwhile)
    }

    /// The same. Without `asking` which facts are known all are taken for new.
    private func record(
        _ draft: BatchDraft, asking: Bool, observedAt: Instant, on connection: isolated Connection,
        meanwhile: () -> Void
    ) throws -> Recording {
        // The head's lock comes first: from here on nobody else adds or erases facts, so what is not known now stays new.
        let head = try connection.lockLedgerHead()
        let given = try self.admissible(draft.facts, on: connection)
        var known: [UInt128: StoredIdentity] = [:]
        if asking {
            let identities = (given ?? draft.facts).compactMap { $0?.identityHash }
            known = try connection.knownIdentities(of: identities)
            if !identities.isEmpty { self.novelty.saw(onlyNew: known.isEmpty) }
        }
        return try self.store(
            draft.order(of: given, known: known), to: head, observedAt: observedAt, on: connection, meanwhile: meanwhile
        )
    }

    /// Stores the new facts of `order` as entries after `head`.
    private func store(
        _ order: BatchOrder, to head: LedgerHead?, observedAt: Instant, on connection: isolated Connection,
        meanwhile: () -> Void
    ) throws -> Recording {
        var recording = Recording()
        guard !order.new.isEmpty else {
            recording.facts = order.outcomes(from: head?.size ?? 0)
            return recording
        }
        var names = BatchNames()
        let start = try self.append(
            order.leaves, to: head, observedAt: observedAt, on: connection
        ) { names = BatchNames(in: order.new, remembered: self.numbers) }
        let filed = try names.file(order.new, from: start, remembering: self.numbers, on: connection)
        try connection.store(filed, placesByIdentity: order.placesByIdentity) {
            recording.facts = order.outcomes(from: start)
            recording.kinds = order.new.map(\.evidence.kind)
            recording.touched = Touched(filed)
            meanwhile()
        }
        return recording
    }
}
