public import Transparency

/// What came of asking one witness to cosign a checkpoint.
public enum WitnessOutcome: Equatable, Sendable {
    /// It did, at this time in seconds since 1970 by its own clock, and the line verifies.
    case cosigned(time: Int64)
    /// It has cosigned a checkpoint of this size, and our ledger is smaller: it lost entries, or somebody else signs
    /// with its key. Never put right by itself.
    case ahead(size: Int64)
    /// It has cosigned another root at this size: our ledger's key has signed two histories. Never put right by itself.
    case otherRoot(size: Int64)
    /// It does not accept the proof from this size, so what it has cosigned is not the beginning of our ledger. Never
    /// put right by itself.
    case inconsistent(from: Int64)
    /// Another of our programs had a newer checkpoint cosigned meanwhile; the next turn asks with that.
    case overtaken(size: Int64)
    /// It refuses with this status: it does not follow our log (404), does not know our key (403), or more.
    case refused(status: Int)
    /// Its answer is not one of the protocol, or its cosignature does not verify: why.
    case invalid(String)
    /// No answer came: why.
    case unreachable(String)
    /// No answer came in time.
    case timedOut
    /// The others were a quorum before it answered.
    case notAwaited
    /// The policy does not say where it takes checkpoints.
    case noAddress

    /// Whether somebody has to look, because our ledger or the witness has shown two histories.
    public var isFinding: Bool {
        switch self {
        case .ahead, .otherRoot, .inconsistent: true
        default: false
        }
    }

    /// One word for metrics; there are as many as cases.
    public var label: String {
        switch self {
        case .cosigned: "cosigned"
        case .ahead: "ahead"
        case .otherRoot: "other_root"
        case .inconsistent: "inconsistent"
        case .overtaken: "overtaken"
        case .refused: "refused"
        case .invalid: "invalid"
        case .unreachable: "unreachable"
        case .timedOut: "timed_out"
        case .notAwaited: "not_awaited"
        case .noAddress: "no_address"
        }
    }

    /// Every label there is.
    public static let labels = [
        "cosigned", "ahead", "other_root", "inconsistent", "overtaken", "refused", "invalid", "unreachable",
        "timed_out", "not_awaited", "no_address",
    ]

    /// What came of it, in words for a log.
    public var sentence: String {
        switch self {
        case .cosigned: "cosigned"
        case .ahead(let size): "has cosigned a checkpoint of \(size) entries, which this ledger does not have"
        case .otherRoot(let size): "has cosigned another root at \(size) entries"
        case .inconsistent(let size): "says that the checkpoint of \(size) entries it cosigned is not continued"
        case .overtaken(let size): "has cosigned a newer checkpoint of ours, of \(size) entries, meanwhile"
        case .refused(let status): "refused with status \(status)"
        case .invalid(let reason): "gave an answer that is none: \(reason)"
        case .unreachable(let reason): "gave no answer: \(reason)"
        case .timedOut: "gave no answer in time"
        case .notAwaited: "was not waited for"
        case .noAddress: "has no address in the policy"
        }
    }
}

/// What came of asking every witness of a policy.
public struct Cosigning: Equatable, Sendable {
    /// The checkpoint with the cosignatures that came and verified.
    public let note: SignedNote
    /// Whether those are a quorum.
    public let isQuorum: Bool
    /// What came of each witness, in the policy's order.
    public let answers: [Answer]

    /// What came of one witness.
    public struct Answer: Equatable, Sendable {
        /// Who was asked.
        public let witness: LedgerPolicy.Witness
        /// What came of it.
        public let outcome: WitnessOutcome

        /// Who, and what came of it, in words for a log.
        public var sentence: String { "\(self.witness.name) \(self.outcome.sentence)" }
    }
}

/// What came of asking witnesses, counted.
public struct WitnessTally: Sendable {
    /// How often there was no quorum.
    public private(set) var failures: Int64 = 0
    /// How often each witness, by its name in the policy, did what; the label is of `WitnessOutcome.labels`.
    public private(set) var answers: [Answer: Int64] = [:]

    /// What a witness did.
    public struct Answer: Hashable, Sendable {
        /// The witness's name in the policy.
        public let witness: String
        /// What it did, as `WitnessOutcome.label` says it.
        public let label: String
    }

    mutating func add(_ cosigning: Cosigning) {
        if !cosigning.isQuorum { self.failures += 1 }
        for answer in cosigning.answers {
            let key = Answer(witness: answer.witness.name.description, label: answer.outcome.label)
            self.answers[key, default: 0] += 1
        }
    }
}
