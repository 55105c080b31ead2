import CanonicalJSON
import Reputation
import Scoring
import Testing

/// What must hold for any evidence, on generated lives.
struct PropertyTests {
    @Test(arguments: 0..<60)
    func `more independent evidence never lowers a facet`(seed: Int) {
        let facts = life(seed)
        var chance = Seeded(seed + 1_000)
        let more = facts + independentFacts(Int.random(in: 1...12, using: &chance), from: 500, by: &chance)
        let (before, after) = (assessed(facts), assessed(more))
        for name in Facet.Name.allCases {
            #expect(after[name].height >= before[name].height, "\(name)")
            #expect(after[name].credited >= before[name].credited, "\(name)")
            #expect(after[name].n >= before[name].n, "\(name)")
            #expect(after[name].recent.level.height >= before[name].recent.level.height, "\(name) recently")
        }
    }

    @Test(arguments: 0..<30)
    func `work in one's own projects is worth no more than elsewhere`(seed: Int) {
        let facts = life(seed)
        let own = facts.map { fact in
            var fact = fact
            fact.flags.insert(.selfOwned)
            return fact
        }
        let (elsewhere, home) = (assessed(facts), assessed(own))
        for name in Facet.Name.allCases { #expect(home[name].credited <= elsewhere[name].credited) }
        for name: Facet.Name in [.reviewing, .contributing, .triage] {
            #expect(home[name].credited == 0)
            #expect(home[name].n == 0)
            #expect(home[name].ownProjects.n >= elsewhere[name].n)
        }
    }

    @Test(arguments: 0..<20)
    func `what a bot did or only bots confirmed is worth nothing`(seed: Int) {
        let facts = life(seed)
        let byBot = facts.map { fact in
            var fact = fact
            fact.account.kind = .bot
            return fact
        }
        let confirmedByBots = facts.filter { $0.kind.usualFacet != .maintaining }.map { fact in
            var fact = fact
            for index in fact.counterparties.indices { fact.counterparties[index].account.kind = .bot }
            return fact
        }
        for facet in assessed(byBot).facets + assessed(confirmedByBots).facets {
            #expect(facet.credited == 0 && facet.n == 0 && facet.counterparties == 0)
        }
    }

    @Test(arguments: 0..<30)
    func `the order of the evidence changes no byte`(seed: Int) {
        var chance = Seeded(seed)
        let rows = committed(life(seed))
        let one = assess(rows, of: [ada.key], asOf: today)
        let other = assess(rows.shuffled(using: &chance), of: [ada.key], asOf: today)
        #expect(one == other)
        #expect(one.document.canonical == other.document.canonical)
        #expect(one.explanation.canonical == other.explanation.canonical)
    }

    @Test(arguments: 0..<20)
    func `renamed accounts and projects change nothing but the names shown`(seed: Int) {
        let facts = life(seed)
        let renamed = facts.map { fact in
            var fact = fact
            fact.account.login = "renamed"
            fact.project.name = "moved/\(fact.project.id)"
            for index in fact.counterparties.indices { fact.counterparties[index].account.login = "also-renamed" }
            return fact
        }
        let (before, after) = (assessed(facts), assessed(renamed))
        #expect(before.facets == after.facets)
        #expect(before.rows == after.rows)
        #expect(before.timeline == after.timeline)
        #expect(before.domains.map(\.latest) == after.domains.map(\.latest))
        #expect(before.domains.map(\.share) == after.domains.map(\.share))
    }

    @Test(arguments: 0..<20)
    func `the same work over two linked accounts is the same work`(seed: Int) {
        let facts = life(seed)
        let split = facts.enumerated().map { position, fact in
            var fact = fact
            if position.isMultiple(of: 2) { fact.account = account(2) }
            return fact
        }
        let both: Set = [key(1), key(2)]
        let (one, two) = (assessed(facts, of: both), assessed(split, of: both))
        for name in Facet.Name.allCases {
            #expect(one[name].level == two[name].level)
            #expect(one[name].credited == two[name].credited)
            #expect(one[name].n == two[name].n)
            #expect(assessed(split)[name].height <= one[name].height, "one account alone has no more than both")
        }
    }

    @Test(arguments: 0..<20)
    func `many acts on one change, issue or source package are one unit`(seed: Int) {
        let facts = life(seed)
        let chopped =
            facts
            + facts.flatMap { fact in
                (0..<4).map { act in
                    var fact = fact
                    fact.object.id += "-\(act)"
                    if fact.kind == .packageMaintained { fact.project.id += "-part\(act)" }
                    return fact
                }
            }
        let (whole, parts) = (assessed(facts), assessed(chopped))
        for name in Facet.Name.allCases {
            #expect(parts[name].n == whole[name].n)
            #expect(parts[name].level == whole[name].level)
            #expect(parts[name].credited == whole[name].credited)
            #expect(parts[name].rates == whole[name].rates)
        }
    }

    @Test(arguments: 0..<20)
    func `what happens later is not known yet`(seed: Int) {
        let facts = life(seed)
        let then = Day(number: today.number - 400)
        let (known, seen) = (facts.filter { $0.occurredAt.day <= then }, assessed(facts, asOf: then))
        let only = assessed(known, asOf: then)
        for name in Facet.Name.allCases {
            #expect(seen[name].level == only[name].level)
            #expect(
                seen[name].evidence.map(seen.names.commitment) == only[name].evidence.map(only.names.commitment))
            #expect(seen[name].rates == only[name].rates)
        }
        #expect(seen.timeline == only.timeline)
        #expect(seen.document["domains"] == only.document["domains"])
    }

    @Test(arguments: 0..<20)
    func `a fact given twice counts once`(seed: Int) {
        let facts = life(seed)
        let (once, twice) = (assessed(facts), assessed(facts + facts))
        for name in Facet.Name.allCases {
            #expect(once[name].credited == twice[name].credited)
            #expect(once[name].n == twice[name].n)
            #expect(
                once[name].evidence.map(once.names.commitment) == twice[name].evidence.map(twice.names.commitment))
        }
        #expect(once.timeline == twice.timeline)
    }

    @Test(arguments: 0..<40)
    func `every number is in its range`(seed: Int) {
        let assessment = assessed(life(seed))
        for facet in assessment.facets {
            #expect(0...facet.value ~= facet.credited)
            #expect(facet.projects <= facet.n && facet.evidence.count == min(facet.n, 50))
            #expect(facet.longHorizon.activeQuarters <= facet.longHorizon.sustainedQuarters)
            #expect(facet.longHorizon.longestRun <= facet.longHorizon.sustainedQuarters)
            for level in [facet.level, facet.recent.level] {
                guard case .measured(let level, let interval) = level else { continue }
                #expect(interval.contains(level) && 0...100 ~= interval.lowerBound && interval.upperBound <= 100)
            }
            for rate in facet.rates {
                #expect(rate.interval.contains(rate.perMille) && rate.interval.lowerBound >= 0)
                #expect(rate.interval.upperBound <= 1_000 && rate.successes <= rate.trials)
            }
        }
        #expect(assessment.domains.map(\.share).reduce(0, +) <= 1_000)
        #expect(assessment.domains.map(\.n).reduce(0, +) == assessment.facets.map(\.n).reduce(0, +))
        #expect(assessment.rows.count == life(seed).count, "every row has a verdict")
    }

    @Test func `generated lives exercise every scored facet and most reasons`() {
        let assessments = (0..<60).map { assessed(life($0)) }
        for name: Facet.Name in [.reviewing, .contributing, .triage, .maintaining] {
            #expect(assessments.contains { $0[name].height > 5 }, "\(name)")
        }
        let reasons = Set(assessments.flatMap { $0.facets.flatMap(\.excluded.keys) })
        #expect(reasons.isSuperset(of: [.selfOwned, .botActor, .rubberStamp, .selfMerged, .notConfirmed]))
    }
}
