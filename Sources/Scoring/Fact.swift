public import Reputation

/// One row of evidence as a model needs it: marks in place of names, and nothing that no model reads.
///
/// Small, so that millions can be reckoned with at once; everything of it follows from the evidence (`init(_:entry:by:)`).
public struct Fact: Hashable, Sendable {
    /// Another account that took part.
    public struct Party: Hashable, Sendable {
        /// Which account.
        public var account: Mark<Account>
        /// What it did.
        public var role: Evidence.Counterparty.Role
        /// What operates it.
        public var kind: Account.Kind
        /// Its standing in the project at the time, where the source says so.
        public var association: Evidence.Association?
    }

    /// The numbers that models read; nil where the source does not tell. What exceeds 32 bits is cut off there.
    public struct Measures: Hashable, Sendable {
        /// The measures there is room for, in the order they are kept in. A new one goes to the end.
        static let names: [Evidence.Measure] = [
            .additions, .deletions, .comments, .reviewComments, .inlineComments, .externalDependents, .maintainers,
            .bodyLength, .authorPushedAfter, .latency,
        ]

        private var values: InlineArray<10, Int32> = InlineArray(repeating: -1)

        /// None.
        public init() {}

        subscript(measure: Evidence.Measure) -> Int64? {
            get {
                guard let place = Measures.names.firstIndex(of: measure), self.values[place] >= 0 else { return nil }
                return Int64(self.values[place])
            }
            set {
                guard let place = Measures.names.firstIndex(of: measure) else { return }
                self.values[place] = newValue.map { Int32(clamping: max(0, $0)) } ?? -1
            }
        }

        /// The value at `place` of `names`, −1 for none.
        subscript(place place: Int) -> Int32 {
            get { self.values[place] }
            set { self.values[place] = newValue }
        }

        /// Whether all are the same.
        public static func == (left: Measures, right: Measures) -> Bool {
            left.values.indices.allSatisfy { left.values[$0] == right.values[$0] }
        }

        /// Hashes all of them.
        public func hash(into hasher: inout Hasher) {
            for place in self.values.indices { hasher.combine(self.values[place]) }
        }
    }

    /// Its place in the ledger: what facts are told apart and ordered by.
    public var entry: Int64
    /// What was observed.
    public var kind: Evidence.Kind
    /// Whom it is about.
    public var account: Mark<Account>
    /// What operates that account.
    public var accountKind: Account.Kind
    /// Where it happened; for a package, the source it is built from.
    public var project: Mark<Project>
    /// Who owns the project, where that is known.
    public var owner: Mark<Account>?
    /// What is counted once.
    public var unit: Mark<Evidence.Object>
    /// The number of the change in its project; 0 where there is none.
    public var number: UInt32 = 0
    /// Tells the commits apart that a change stood at; 0 where that is not known.
    public var revision: UInt32 = 0
    /// What the fact takes back.
    public var undoes: Mark<Matter>?
    /// When it happened.
    public var occurredAt: Instant
    /// The subject's standing in the project at the time.
    public var association: Evidence.Association?
    /// How it ended.
    public var outcome: Evidence.Outcome?
    /// The notes on its independence.
    public var flags: Flags
    /// Whether there is nobody's word for it but the subject's own.
    public var isOwnWord: Bool
    /// The numbers.
    public var measures: Measures
    /// Who else took part.
    public var parties: [Party]
    /// Whether the same fact was given before; never in a ledger, which keeps each once.
    var isRepeated = false

    var day: Day { self.occurredAt.day }
}

extension Fact {
    /// A set of `Evidence.Flag`.
    public struct Flags: Hashable, Sendable {
        /// The flags by the bit each is kept in. A new one goes to the end.
        static let names: [Evidence.Flag] = [
            .selfOwned, .selfMerged, .selfReviewed, .sameOwnerCounterparty, .botActor, .botCounterparty,
            .reciprocalPair, .rubberStamp, .forkOnly, .archivedProject, .assistanceDisclosed, .burst, .spray,
        ]

        var bits: UInt16 = 0

        /// `flags` as bits.
        public init(_ flags: Set<Evidence.Flag>) {
            for flag in flags { self.insert(flag) }
        }

        init(bits: UInt16) { self.bits = bits }

        mutating func insert(_ flag: Evidence.Flag) {
            if let place = Flags.names.firstIndex(of: flag) { self.bits |= 1 << UInt16(place) }
        }

        /// The flags.
        public var all: Set<Evidence.Flag> { Set(Flags.names.filter(self.contains)) }

        func contains(_ flag: Evidence.Flag) -> Bool {
            Flags.names.firstIndex(of: flag).map { self.bits & 1 << UInt16($0) != 0 } ?? false
        }
    }

    /// What `evidence`, which stands at `entry` of the ledger, is to a model.
    public init(_ evidence: Evidence, entry: Int64, by marking: Marking) {
        self.init(
            entry: entry, kind: evidence.kind, account: marking.account(evidence.account.key),
            accountKind: evidence.account.kind,
            project: evidence.kind == .packageMaintained
                ? marking.source(evidence.object.unit, on: evidence.project.platform)
                : marking.project(evidence.project),
            owner: evidence.project.owner.map(marking.account), unit: marking.unit(evidence.object.unit),
            occurredAt: evidence.occurredAt, association: evidence.association, outcome: evidence.outcome,
            flags: Flags(evidence.flags), isOwnWord: evidence.source.class == .own, measures: Measures(),
            parties: evidence.counterparties.map {
                Party(
                    account: marking.account($0.account.key), role: $0.role, kind: $0.account.kind,
                    association: $0.association)
            })
        for (measure, value) in evidence.measures { self.measures[measure] = value }
        self.number = evidence.object.number.map { UInt32(clamping: max(0, $0)) } ?? 0
        self.revision = evidence.object.revision.map(marking.revision) ?? 0
        self.undoes = evidence.object.undoes.map { Matter.mark(of: $0, in: self.project, by: marking) }
    }
}
