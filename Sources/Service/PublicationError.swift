/// Why the ledger may not be published as the database has it.
public enum PublicationError: Error, Equatable, CustomStringConvertible {
    /// The database has less than was shown before: it was restored from an older backup.
    case rolledBack(size: Int64, shown: Int64)
    /// As many entries were shown before, but others.
    case forked(size: Int64)
    /// No quorum of the witnesses has cosigned the checkpoint of this size; what came of each.
    case unwitnessed(size: Int64, answers: [Cosigning.Answer])
    /// Witnesses say that there are two histories of this ledger; what came of each. Others are a quorum without them.
    case contradicted(size: Int64, answers: [Cosigning.Answer])

    /// What came of the witnesses, where it is about them.
    var answers: [Cosigning.Answer] {
        switch self {
        case .unwitnessed(_, let answers), .contradicted(_, let answers): answers
        case .rolledBack, .forked: []
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
        case .forked(let size):
            "the database has other entries than the checkpoint of size \(size) that was shown already: it is another ledger. "
                + "Nothing is signed: see 'A restored database' in deploy/README.md"
        case .unwitnessed(let size, let answers):
            "no quorum of witnesses has cosigned the checkpoint of \(size) entries, so the one before stays: "
                + answers.map(\.sentence).joined(separator: "; ")
        case .contradicted(let size, let answers):
            "the checkpoint of \(size) entries is shown, but a witness contradicts it; see 'Witnesses' in deploy/README.md: "
                + answers.map(\.sentence).joined(separator: "; ")
        }
    }
}
