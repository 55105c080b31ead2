internal import Crypto
internal import Store
internal import Transparency

/// The facts of a batch that are to be stored, in the order of their entries, and where each fact of it will be found.
struct BatchOrder {
    /// The facts the ledger does not have, each once, by their leaf hashes: so their order tells nothing, and their keys come to
    /// the index of leaf hashes in its own order.
    let new: [SealedFact]
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
        (self.given, self.known, self.firsts, self.places) = (given, known, firsts, places)
    }

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
