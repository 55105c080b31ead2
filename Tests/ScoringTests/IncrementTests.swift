import Reputation
import Testing

@testable import Scoring

/// That a ledger may be reckoned fact by fact, on made-up ledgers.
struct IncrementTests {
    /// The promise that updates rest on: whoever has no new facts and the signature they had, has the result they had.
    @Test(arguments: 0..<12)
    func `what a new fact does not touch stays the same, byte for byte`(seed: Int) {
        let world = World(seed)
        var standings = Standings(by: .standing1)
        var stored: [Mark<Account>: (signature: Standings.Signature, fingerprint: [UInt8])] = [:]
        var computed = 0
        for (size, fact) in world.facts.enumerated() {
            standings.add(fact)
            standings.settle()
            let known = Array(world.facts.prefix(size + 1))
            for person in world.people {
                let signature = standings.signature(of: [person])
                guard person == fact.account || stored[person]?.signature != signature else { continue }
                computed += 1
                let own = known.filter { $0.account == person }
                stored[person] = (
                    signature,
                    assess(own, of: [person], asOf: today, model: .standing1, standings: standings).fingerprint
                )
            }
            guard size % 10 == 9 else { continue }
            for (person, assessment) in results(of: known, in: world.standings(size + 1)) {
                #expect(stored[person]?.fingerprint == assessment.fingerprint, "after \(size + 1) facts")
            }
        }
        #expect(computed < world.facts.count * world.people.count / 2, "most were left alone")
    }

    @Test(arguments: 0..<12)
    func `a signature brought up to date by the news is the one reckoned anew, and most stay as they are`(seed: Int) {
        let world = World(seed)
        var standings = Standings(by: .standing1)
        var before = standings.growth
        var signatures: [Mark<Account>: Standings.Signature] = [:]
        var moved = 0
        for (number, fact) in world.facts.enumerated() {
            standings.add(fact)
            standings.settle()
            let news = standings.news(since: before)
            before = standings.growth
            for person in world.people {
                let known = signatures[person, default: Standings.Signature()]
                let anew = standings.signature(of: [person])
                let updated = news.map { standings.signature(of: [person], after: $0, from: known) }
                #expect(updated == anew, "after \(number + 1) facts")
                moved += anew == known ? 0 : 1
                signatures[person] = anew
            }
        }
        #expect(moved * 2 < world.facts.count * world.people.count, "most stay as they are")
    }

    @Test func `news of other standings, or from too long ago, are not known`() {
        let facts = World(1).facts
        let (one, other) = (Standings.of(facts), Standings.of(facts))
        #expect(one.news(since: other.growth) == nil)
        #expect(one.news(since: one.growth)?.people.isEmpty == true)
        var long = one
        for number in 0..<40_000 {
            long.add(Fact(fact(.changeMerged, number), entry: Int64(number), by: .plain))
        }
        #expect(long.news(since: one.growth) == nil)
    }

    @Test(arguments: 0..<12)
    func `the order in which facts came changes no byte`(seed: Int) {
        let world = World(seed)
        var chance = Seeded(seed)
        // Entries are the order of the ledger; what is told apart by them alone is not in the fingerprint.
        var shuffled = world.facts.shuffled(using: &chance)
        for index in shuffled.indices { shuffled[index].entry = Int64(index) }
        let (one, other) = (
            results(of: world.facts, in: world.standings()), results(of: shuffled, in: .of(shuffled))
        )
        #expect(one.mapValues(\.fingerprint) == other.mapValues(\.fingerprint))
    }

    @Test(arguments: 0..<8)
    func `erasing somebody leaves what never having imported them would`(seed: Int) {
        let world = World(seed)
        guard let gone = world.people.min() else { return }
        let left = world.facts.filter { $0.account != gone }.map { fact in
            var fact = fact
            fact.parties.removeAll { $0.account == gone }
            return fact
        }
        var reimported = left
        for index in reimported.indices { reimported[index].entry = Int64(index) }
        #expect(
            results(of: left, in: .of(left)).mapValues(\.fingerprint)
                == results(of: reimported, in: .of(reimported)).mapValues(\.fingerprint))
        #expect(Standings.of(left).signature(of: [gone]) == Standings.Signature(), "nothing is known of them")
    }

    @Test(arguments: 0..<20)
    func `what the rows are credited adds up to the facet`(seed: Int) {
        let world = World(seed)
        for assessment in results(of: world.facts, in: world.standings()).values + [assessed(life(seed))] {
            for facet in assessment.facets {
                let shares = assessment.rows.filter { $0.facet == facet.name }.compactMap { row -> (Int64, Int64)? in
                    if case .counted(let value, let credited) = row.verdict { (value, credited) } else { nil }
                }
                #expect(shares.map(\.1).reduce(0, +) == facet.credited)
                #expect(shares.map(\.0).reduce(0, +) == facet.value)
                #expect(shares.allSatisfy { 0...$0.0 ~= $0.1 }, "no row is credited more than it is worth")
            }
        }
    }

    @Test func `the made-up ledgers have standing to lose`() {
        let known = (0..<12).map { World($0).standings() }
        let given = known.flatMap(\.given)
        #expect(given.contains(1_000) && given.contains { $0 < 1_000 })
    }
}

/// The form in which facts are kept.
struct BriefTests {
    @Test(arguments: 0..<20)
    func `a brief gives the fact back, and no part of it gives any`(seed: Int) {
        for (entry, evidence) in life(seed).enumerated() {
            let fact = Fact(evidence, entry: Int64(entry), by: .plain)
            let bytes = Brief.encode(fact)
            #expect(Brief.decode(bytes, at: 0, length: bytes.count, entry: Int64(entry)) == fact)
            for length in 0..<bytes.count where entry < 3 {
                #expect(Brief.decode(bytes, at: 0, length: length, entry: 0) == nil)
            }
        }
    }

    @Test func `every word has a place that it keeps`() {
        #expect(Set(Brief.kinds) == Set(Evidence.Kind.allCases))
        #expect(Set(Brief.outcomes) == Set(Evidence.Outcome.allCases))
        #expect(Set(Brief.associations) == Set(Evidence.Association.allCases))
        #expect(Set(Brief.roles) == Set(Evidence.Counterparty.Role.allCases))
        #expect(Set(Brief.accountKinds) == Set([.user, .bot, .agent, .organization]))
        #expect(Set(Fact.Flags.names) == Set(Evidence.Flag.allCases))
        #expect(Brief.kinds.prefix(3) == [.reviewGiven, .changeMerged, .changeDeclined], "kept rows say so")
        #expect(Brief.outcomes.prefix(3) == [.approved, .commented, .dismissed])
    }

    @Test func `what another version wrote is no fact`() {
        var bytes = Brief.encode(Fact(fact(.changeMerged, 1), entry: 0, by: .plain))
        bytes[0] = 2
        #expect(Brief.decode(bytes, at: 0, length: bytes.count, entry: 0) == nil)
    }
}
