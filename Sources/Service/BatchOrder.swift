internal import Crypto
internal import Store
internal import Transparency

/// The facts of a batch, and where they are likely all new their order.
///
/// Putting thousands of facts in order needs nothing of the database, which would wait for it within their transaction. So a batch
/// is drafted before that.
struct BatchDraft: Sendable {
    let facts: [SealedFact]
    private let orderOfAll: BatchOrder?

    init(_ facts: [SealedFact], areLikelyNew: Bool) {
        self.facts = facts
        self.orderOfAll = areLikelyNew ? BatchOrder(facts, known: [:]) : nil
    }

    /// The order of `given`, what may be recorded of the facts or nil for all as they are, where the ledger has `known`.
    func order(of given: [SealedFact?]?, known: [UInt128: StoredIdentity]) -> BatchOrder {
        if let order = self.orderOfAll, given == nil, known.isEmpty { return order }
        return BatchOrder(given ?? self.facts, known: known)
    }
}

/// The facts of a batch that are to be stored, in the order of their entries, and where each fact of it will be found.
struct BatchOrder: Sendable {
    /// The facts the ledger does not have, each once, by their leaf hashes: so their order tells nothing, and their keys come to
    /// the index of leaf hashes in its own order.
    let new: [SealedFact]
    /// Their entries.
    let leaves: [LedgerLeaf]
    /// The places of the new ones by what tells each, the order of the index whose keys are scattered over all the ledger.
    let placesByIdentity: [Int]
    private let given: [SealedFact?]
    private let known: [UInt128: StoredIdentity]
    /// For each given fact, which given one was the first to tell the same.
    private let firsts: [Int]
    /// For each given fact that is among the new, its place there.
    private let places: [Int]

    /// The order of `given`, nil for what may not be recorded, where the ledger has `known`.
    init(_ given: [SealedFact?], known: [UInt128: StoredIdentity]) {
        var firsts: [Int] = []
        firsts.reserveCapacity(given.count)
        var newest = [UInt128: Int](minimumCapacity: given.count)
        var new: [(fact: SealedFact, position: Int)] = []
        new.reserveCapacity(given.count)
        for (position, fact) in given.enumerated() {
            let same = fact.flatMap { newest.updateValue(position, forKey: $0.identityHash) }
            firsts.append(same.map { firsts[$0] } ?? position)
            guard let fact, same == nil, known[fact.identityHash] == nil else { continue }
            new.append((fact, position))
        }
        new = new.ordered(by: \.fact.leaf.hash)
        var places = [Int](repeating: 0, count: given.count)
        for (place, entry) in new.enumerated() { places[entry.position] = place }
        self.new = new.map(\.fact)
        self.leaves = self.new.map(\.leaf)
        self.placesByIdentity = Array(new.indices).ordered { new[$0].fact.identityHash }
        (self.given, self.known, self.firsts, self.places) = (given, known, firsts, places)
    }

    /// What tells each of the new ones, in order.
    var identities: [UInt128] { self.placesByIdentity.map { self.new[$0].identityHash } }

    /// What became of each given fact, in the order they were given, once the entries of the new ones begin at `start`.
    func outcomes(from start: Int64) -> [FactOutcome] {
        zip(self.given, self.firsts).enumerated().map { position, told in
            guard let fact = told.0 else { return .erasedSubject }
            if let place = self.known[fact.identityHash] {
                return .recorded(RecordedFact(index: place.entryIndex, leaf: place.leaf, isNew: false))
            }
            let place = self.places[told.1]
            return .recorded(
                RecordedFact(
                    index: start + Int64(place), leaf: self.new[place].leaf, isNew: told.1 == position))
        }
    }
}
