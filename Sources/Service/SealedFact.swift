internal import CanonicalJSON
public import Credentials
public import Crypto
internal import Postgres
public import Reputation
internal import Scoring
internal import Store
public import Transparency

/// One fact, hashed and salted: all that is left to do needs the ledger's lock.
///
/// A class because it goes through queues, sets and a sorting, and is never changed.
public final class SealedFact: Sendable {
    let evidence: Evidence
    let identityHash: UInt128
    let salt: [UInt8]
    let document: String
    /// Its entry, ready for the tree.
    let leaf: LedgerLeaf
    /// What models need of it, as it is kept beside the evidence.
    let brief: [UInt8]
    /// The parts it has in what other facts are about.
    let turns: [(matter: Mark<Matter>, turn: Turn)]
    /// The fact as models need it, but for its entry.
    private let fact: Fact

    /// `evidence` as `authority` commits to it.
    ///
    /// - Parameter salt: `Disclosure.saltByteCount` fresh random bytes or more, used for nothing else.
    public convenience init(
        _ evidence: Evidence, by authority: Authority, salt: [UInt8] = randomBytes(Disclosure.saltByteCount)
    ) {
        let evidence = authority.pseudonymous(evidence)
        self.init(evidence, identityHash: authority.identityHash(of: evidence), salt: salt)
    }

    /// A fact known by `identityHash`, as `evidence` tells it, under `salt`.
    init(_ evidence: Evidence, identityHash: UInt128, salt: [UInt8]) {
        self.evidence = evidence
        self.identityHash = identityHash
        self.salt = salt
        self.document = evidence.canonicalDocument
        self.fact = Fact(evidence, entry: -1, by: .service)
        self.brief = Brief.encode(self.fact)
        self.turns = self.fact.turns
        let disclosure = Disclosure.text(ofElement: self.document, salt: self.salt)
        self.leaf = LedgerLeaf(LedgerEntry(.evidence, Commitment(disclosure: disclosure)))
    }

    var commitment: Commitment { self.leaf.entry.commitment }

    /// Whether the names it gives are names: none holds a control character.
    public var isWellNamed: Bool {
        func isName(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 } }
        func isWellNamed(_ account: Account) -> Bool {
            isName(account.key.platform.rawValue) && isName(account.key.id) && isName(account.login)
        }
        let project = self.evidence.project
        return isWellNamed(self.evidence.account)
            && self.evidence.counterparties.allSatisfy { isWellNamed($0.account) }
            && isName(project.platform.rawValue) && isName(project.id) && isName(project.name)
    }
}

/// What became of a fact that was to be recorded.
public enum FactOutcome: Sendable, Equatable {
    /// It is in the ledger.
    case recorded(RecordedFact)
    /// It is about an account whose person had it erased, so nothing of it is kept.
    case erasedSubject

    /// Where it is in the ledger, nil when it is not.
    public var recorded: RecordedFact? {
        guard case .recorded(let fact) = self else { return nil }
        return fact
    }
}

/// Where a fact is in the ledger, and whether this is what put it there.
public struct RecordedFact: Sendable, Equatable {
    /// The entry's index.
    public let index: Int64
    /// The entry, which commits to the fact: to the first one, when the fact was known.
    public let leaf: LedgerLeaf
    /// False when the ledger had the fact before.
    public let isNew: Bool
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
        guard !facts.isEmpty else { return Recording() }
        // The head's lock comes first: from here on nobody else adds or erases facts, so what is not known now stays new.
        let head = try connection.lockLedgerHead()
        let given = try self.admissible(facts, on: connection)
        let facts = given.compactMap(\.self)
        var known = try connection.knownIdentities(of: facts.map(\.identityHash))
        // Entries of a batch are in the order of their commitments, so their order tells nothing.
        var seen = Set(known.keys)
        let new = facts.filter { seen.insert($0.identityHash).inserted }.sorted { $0.commitment < $1.commitment }
        var recording = Recording()
        if !new.isEmpty {
            var names = BatchNames()
            let start = try self.append(
                new.map(\.leaf), to: head, observedAt: observedAt, on: connection
            ) { names = BatchNames(in: new, remembered: self.numbers) }
            let filed = try names.file(new, from: start, remembering: self.numbers, on: connection)
            try connection.store(filed) {
                recording.touched = Touched(filed)
                recording.kinds = new.map(\.evidence.kind)
                for filed in filed {
                    known[filed.fact.identityHash] = StoredIdentity(entryIndex: filed.entry, leaf: filed.fact.leaf)
                }
            }
        }
        recording.facts = given.map { fact in fact.map { .recorded($0.place(in: known)) } ?? .erasedSubject }
        return recording
    }
}

extension SealedFact {
    /// Whether other facts may come to something else by this one.
    var turnsOthers: Bool { self.turns.contains { !$0.turn.turned.isEmpty } }

    /// The fact as models need it, standing at `entry`.
    func numbered(_ entry: Int64) -> Fact {
        var fact = self.fact
        fact.entry = entry
        return fact
    }

    /// Where the fact is, which `known` must have.
    func place(in known: [UInt128: StoredIdentity]) -> RecordedFact {
        guard let place = known[self.identityHash] else { preconditionFailure("every fact is known by now") }
        return RecordedFact(index: place.entryIndex, leaf: place.leaf, isNew: place.leaf == self.leaf)
    }
}
