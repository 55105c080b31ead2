internal import CanonicalJSON
public import Credentials
public import Crypto
public import Reputation
internal import Scoring
internal import Store
public import Transparency

/// One fact, hashed and salted: all that is left to do needs the ledger's lock.
///
/// A class because it goes through queues and is put in order, and is never changed.
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
        func isName(_ text: String) -> Bool {
            let bytes = text.utf8.span
            return bytes.indices.allSatisfy { bytes[$0] >= 0x20 }
        }
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
