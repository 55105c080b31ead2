internal import Dispatch
internal import Synchronization
internal import Transparency

/// Batches one behind another, the next begun while the one before it is stored.
///
/// A batch that has its place in the tree and has named everybody it names lets the next one begin, on a connection of its own.
/// That one knows from it where its entries begin and stores them there, but moves the head only when the one before it is
/// stored to the end. One at a time has the turn to begin.
///
/// A batch waits for the one before it here, where the database cannot see it. So nothing may make that one wait for this one in
/// the database: names are made before the turn passes, and no fact may be in both.
final class BatchChain: Sendable {
    private struct State {
        var isTurnTaken = false
        /// The batch that began last, until it ended.
        var last: Link?
    }

    private let state = Mutex(State())
    private let turn = Bell()

    /// Whether a batch is being stored.
    var isBusy: Bool { self.state.withLock { $0.last != nil } }

    /// Waits for the turn to begin a batch.
    ///
    /// - Throws: `CancellationError`.
    nonisolated(nonsending) func takeTurn() async throws {
        while true {
            let isMine = self.state.withLock { state in
                defer { state.isTurnTaken = true }
                return !state.isTurnTaken
            }
            if isMine { return }
            try await self.turn.wait()
        }
    }

    /// Begins a batch, behind the one that is being stored; whoever has the turn.
    func begin() -> Link {
        self.state.withLock { state in
            let link = Link(in: self, behind: state.last)
            state.last = link
            return link
        }
    }

    private func passTurn() {
        self.state.withLock { $0.isTurnTaken = false }
        self.turn.ring()
    }

    private func forget(_ link: Link) {
        self.state.withLock { state in
            if state.last === link { state.last = nil }
        }
    }

    /// What the next batch has to know of the one before it.
    struct Place: Sendable {
        /// The tree with its entries.
        let tree: Frontier
        /// What tells each of its facts, in order.
        let identities: [UInt128]
    }

    /// One batch of the chain.
    final class Link: Sendable {
        private struct State {
            var before: Link?
            /// From when the batch has its place until it ended.
            var place: Place?
            var hasTurn = true
            var isStored: Bool?
        }

        private let chain: BatchChain
        private let state: Mutex<State>
        private let ending = DispatchSemaphore(value: 0)

        fileprivate init(in chain: BatchChain, behind before: Link?) {
            self.chain = chain
            self.state = Mutex(State(before: before))
        }

        /// The place of the batch before it, while that one is being stored; nil when there is none.
        var before: Place? { self.state.withLock { $0.before }?.place }

        private var place: Place? { self.state.withLock { $0.place } }

        /// The batch has its `place`, and needs no more names: the next may begin.
        func take(_ place: Place) {
            self.state.withLock { $0.place = place }
            self.givesTurnBack()
        }

        /// Waits until the batch before it ended, and returns whether that one is stored. After five seconds it is taken for one
        /// that is not, lest the two wait for each other for ever: by a lock of somebody else's between them, say.
        func isBeforeStored() -> Bool {
            guard let before = self.state.withLock({ $0.before }) else { return false }
            guard before.ending.wait(timeout: .now() + .seconds(5)) == .success else { return false }
            return before.state.withLock { $0.isStored ?? false }
        }

        /// The batch ended, stored or not; told once more it changes nothing.
        func end(isStored: Bool) {
            let isNews = self.state.withLock { state in
                guard state.isStored == nil else { return false }
                (state.before, state.place, state.isStored) = (nil, nil, isStored)
                return true
            }
            guard isNews else { return }
            self.chain.forget(self)
            self.ending.signal()
            self.givesTurnBack()
        }

        private func givesTurnBack() {
            let had = self.state.withLock { state in
                defer { state.hasTurn = false }
                return state.hasTurn
            }
            if had { self.chain.passTurn() }
        }
    }
}
