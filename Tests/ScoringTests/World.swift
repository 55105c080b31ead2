import Reputation

@testable import Scoring

/// A made-up ledger of some projects and people who confirm one another.
struct World {
    var facts: [Fact] = []

    /// `count` facts about 12 people in 5 projects, by chance; some projects have people with a role, most have strangers.
    init(_ seed: Int, count: Int = 160) {
        var chance = Seeded(seed)
        self.facts = (0..<count).map { entry in
            let kind: Evidence.Kind =
                [.changeMerged, .changeMerged, .reviewGiven, .issueTriaged, .changeDeclined]
                .randomElement(using: &chance) ?? .changeMerged
            let subject = Int.random(in: 1...12, using: &chance)
            var evidence = fact(
                kind, entry, in: project(Int.random(in: 1...5, using: &chance), owner: 900),
                ago: Int64.random(in: 0...900, using: &chance),
                with: [account(Int.random(in: 1...12, using: &chance))])
            evidence.account = account(subject)
            evidence.association = Int.random(in: 0...9, using: &chance) == 0 ? .member : nil
            if kind == .changeMerged, Int.random(in: 0...2, using: &chance) > 0 {
                evidence.counterparties[0].role = .reviewer
            }
            if Bool.random(using: &chance) { evidence.object.unit = "u\(Int.random(in: 0...40, using: &chance))" }
            if kind == .changeMerged, Int.random(in: 0...5, using: &chance) == 0 {
                evidence.object.undoes = "u\(Int.random(in: 0...40, using: &chance))"
            }
            return Fact(evidence, entry: Int64(entry), by: .plain)
        }
    }

    /// Everybody the facts are about.
    var people: Set<Mark<Account>> { Set(self.facts.map(\.account)) }

    /// What the first `size` facts say of everybody.
    func standings(_ size: Int? = nil) -> Standings { Standings.of(Array(self.facts.prefix(size ?? self.facts.count))) }
}

extension Standings {
    static func of(_ facts: [Fact]) -> Standings {
        var standings = Standings(by: .standing1)
        for fact in facts { standings.add(fact) }
        standings.settle()
        return standings
    }

    /// What everybody that is no stranger has, in every project.
    var given: [Int64] {
        let stranger = Model.standing1[.stranger]
        return self.communities.flatMap { community in
            community.people.map { community.standing(of: $0, stranger: stranger) }
        }.filter { $0 > stranger }
    }

    /// The standings of `evidence`, as the model sees it.
    static func of(_ evidence: [Evidence]) -> Standings {
        .of(evidence.enumerated().map { Fact($0.element, entry: Int64($0.offset), by: .plain) })
    }
}

/// What `facts` come to for each account alone, by `standings`.
func results(of facts: [Fact], in standings: Standings) -> [Mark<Account>: Assessment] {
    Dictionary(grouping: facts, by: \.account).map { account, facts in
        (account, assess(facts, of: [account], asOf: today, model: .standing1, standings: standings))
    }.reduce(into: [:]) { $0[$1.0] = $1.1 }
}
