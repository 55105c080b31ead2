public import Reputation

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
    /// No quorum of the witnesses has cosigned the checkpoint of this size; what came of each.
    case unwitnessed(size: Int64, answers: [Cosigning.Answer])
    /// Witnesses say that there are two histories of this ledger; what came of each. Others are a quorum without them.
    case contradicted(size: Int64, answers: [Cosigning.Answer])

    /// What came of the witnesses, where it is about them.
    var answers: [Cosigning.Answer] {
        switch self {
        case .unwitnessed(_, let answers), .contradicted(_, let answers): answers
        case .rolledBack, .forked, .highWaterBehind, .witnessed, .clockBehind: []
        }
    }

    /// Whether the next turn may succeed without anybody's help, and what was shown stays until then.
    public var isPassing: Bool { !self.answers.isEmpty }

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
        case .unwitnessed(let size, let answers):
            "no quorum of witnesses has cosigned the checkpoint of \(size) entries, so the one before stays: "
                + answers.map(\.sentence).joined(separator: "; ")
        case .contradicted(let size, let answers):
            "the checkpoint of \(size) entries is shown, but a witness contradicts it; see 'Witnesses' in deploy/README.md: "
                + answers.map(\.sentence).joined(separator: "; ")
        }
    }
}
