internal import Postgres
internal import Reputation
internal import Scoring
internal import Store
internal import Transparency

/// A fact at its place in the ledger, under our numbers of its account and project.
struct FiledFact {
    let fact: SealedFact
    let entry: Int64
    let account: Int64
    let project: Int64

    fileprivate var evidence: NewEvidence {
        NewEvidence(
            entryIndex: self.entry, identityHash: self.fact.identityHash, salt: self.fact.salt,
            document: self.fact.document, kind: self.fact.evidence.kind, occurredAt: self.fact.evidence.occurredAt,
            account: self.account, project: self.project)
    }

    fileprivate var brief: StoredBrief {
        StoredBrief(entryIndex: self.entry, account: self.account, bytes: self.fact.brief)
    }

    fileprivate var turns: [StoredTurn] {
        self.fact.turns.stored(account: self.account, entry: self.entry)
    }
}

extension Touched {
    /// What `facts` touch.
    init(_ facts: [FiledFact]) {
        self.init(
            accounts: Set(facts.map(\.account)),
            turning: facts.lazy.filter(\.fact.turnsOthers).map { $0.fact.numbered($0.entry) })
    }
}

extension Connection {
    /// Stores `facts`, whose entries are there: the evidence, and beside it what follows from it. `meanwhile` runs while the
    /// database does.
    ///
    /// The rows go in the order of the index whose keys are scattered: evidence by identity, `placesByIdentity` if that is known,
    /// and briefs by account. Where keys that lie together come together, batches of thousands took PostgreSQL, with nobody else
    /// on the machine, up to a sixth less.
    func store(_ facts: [FiledFact], placesByIdentity: [Int]? = nil, meanwhile: () -> Void = {}) throws {
        let places = placesByIdentity ?? Array(facts.indices).ordered { facts[$0].fact.identityHash }
        var (briefs, turns): ([StoredBrief], [StoredTurn]) = ([], [])
        try self.append(places, row: { facts[$0].evidence }) {
            briefs = facts.ordered(by: \.account).map(\.brief)
            turns = facts.flatMap(\.turns)
        }
        try self.append(briefs, meanwhile: meanwhile)
        try self.append(turns)
    }
}
