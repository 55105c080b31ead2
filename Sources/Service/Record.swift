internal import Postgres
internal import Reputation
internal import Store
internal import Transparency

/// Facts could not be stored behind the batch before them, and nothing of them was: they are to be stored by themselves.
enum Detached: Error {
    /// That batch came to nothing, or somebody else moved the head after it.
    case moved
    /// One of them is in that batch, too.
    case toldTwice
    /// One of them names a person who had themselves erased.
    case erased
}

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

    /// The same of a batch drafted before.
    func record(
        _ draft: BatchDraft, observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        guard !draft.facts.isEmpty else { return Recording() }
        if self.novelty.isLikely {
            do {
                return try connection.transaction {
                    try self.record(draft, asking: false, observedAt: observedAt, on: $0)
                }
            } catch let error as PostgresError where error.constraint == Connection.evidenceIsKeptOnce {
                // All of it is undone, the head's lock included. What is known is asked for now.
            }
        }
        return try self.record(draft, asking: true, observedAt: observedAt, on: connection)
    }

    /// The same. Without `asking` which facts are known all are taken for new.
    private func record(
        _ draft: BatchDraft, asking: Bool, observedAt: Instant, on connection: isolated Connection
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
        let order = draft.order(of: given, known: known)
        guard !order.new.isEmpty else { return Recording(facts: order.outcomes(from: head?.size ?? 0)) }
        let tree = try self.frontier(head, on: connection)
        return try self.store(order, after: tree, observedAt: observedAt, on: connection) { head }
    }

    /// The same of a batch that is likely all new, as `link` of a chain of such batches: behind the one before it where that
    /// is being stored.
    ///
    /// - Throws: `Detached`, or a `PostgresError` which may come of the one before it.
    func record(
        _ draft: BatchDraft, as link: BatchChain.Link, observedAt: Instant, on connection: isolated Connection
    ) throws -> Recording {
        // Whoever locks the head waits for all who share it, or they for him. So if the one before it is not stored by now, nobody
        // but that one comes between, nor is anybody erased until this one is stored. (It may have been stored a moment ago, and
        // somebody have come between: then there are entries where these go, or the head is another.)
        try connection.shareLedger()
        let before = link.before
        let head = before == nil ? try connection.holdHead(waiting: true) : nil
        let tree = try before?.tree ?? self.frontier(head, on: connection)
        guard try self.admissible(draft.facts, on: connection) == nil else { throw Detached.erased }
        let order = draft.order(of: nil, known: [:])
        let identities = order.identities
        // Whichever of the two stored it later would wait for the other.
        guard identities.isDisjoint(fromOrdered: before?.identities ?? []) else { throw Detached.toldTwice }
        return try self.store(
            order, after: tree, observedAt: observedAt, on: connection,
            placed: { link.take(BatchChain.Place(tree: $0, identities: identities)) }
        ) {
            if let head { return head }
            // Free, now that the one before it let go of it. Or a second service shares the ledger and has it: that one waits for
            // our entries, which are where it puts its own, and goes on when they are undone.
            guard link.isBeforeStored(), let head = try connection.holdHead(waiting: false),
                TreeHead(head) == tree.head
            else { throw Detached.moved }
            return head
        }
    }

    /// Stores the new facts of `order`, fewer than there is always room for, and their entries in the `tree`; `placed` hears how
    /// that grows, and `head` says what head, by then locked, is moved.
    private func store(
        _ order: BatchOrder, after tree: Frontier, observedAt: Instant, on connection: isolated Connection,
        placed: (Frontier) -> Void = { _ in }, head: () throws -> LedgerHead?
    ) throws -> Recording {
        self.numbers.follow(erasure: try connection.run(.newestErasure)[0].int(0))
        let start = tree.size
        var grown = tree
        var tiles: [TileContent] = []
        var names = BatchNames()
        try connection.append(order.leaves, at: start) {
            tiles = grown.append(order.leaves.map(\.hash))
            names = BatchNames(in: order.new, remembered: self.numbers)
        }
        let filed = try names.file(order.new, from: start, remembering: self.numbers, on: connection)
        placed(grown)
        var recording = Recording()
        try connection.store(filed, placesByIdentity: order.placesByIdentity) {
            recording.facts = order.outcomes(from: start)
            recording.kinds = order.new.map(\.evidence.kind)
            recording.touched = Touched(filed)
        }
        let head = try head()
        try self.checkKeys(origin: head?.origin, on: connection)
        try connection.writeTiles(tiles.map(StoredTile.init))
        try self.moveHead(head, to: grown, observedAt: observedAt, on: connection)
        return recording
    }
}
