internal import Synchronization

/// Whether the next facts are likely all new.
///
/// To ask which of a batch the ledger has costs a tenth of storing them, and the index over what makes a fact the same
/// refuses a known one in any case. So after a row of batches without one the next is stored unasked. When one of its facts is
/// refused it is taken back, asked for and stored anew, and the row begins again: at most one batch in as many is stored twice,
/// with the one begun behind it.
final class Novelty: Sendable {
    /// How many batches of new facts come before one that is not asked for.
    private static let row = 16

    private let newInARow = Mutex(0)

    /// Whether to store a batch unasked.
    var isLikely: Bool { self.newInARow.withLock { $0 >= Novelty.row } }

    /// Takes in whether all facts of a batch were new.
    func saw(onlyNew: Bool) { self.newInARow.withLock { $0 = onlyNew ? min($0 + 1, Novelty.row) : 0 } }
}
