import Reputation
import Testing

@testable import Scoring

/// Who has standing where, and who mostly confirm one another.
struct StandingsTests {
    /// A change of `subject` that `merger` merged.
    private func merged(_ id: Int, of subject: Int, by merger: Int, in home: Int = 1) -> Evidence {
        var change = fact(.changeMerged, id, in: project(home), ago: Int64(id), with: [account(merger)])
        change.account = account(subject)
        return change
    }

    /// A commit of `subject` that names `others` as testers: people who need no role.
    private func named(_ id: Int, of subject: Int, by other: Int, in home: Int = 1) -> Evidence {
        var trailer = fact(.commitTrailer, id, in: project(home), ago: Int64(id), with: [account(other)])
        trailer.account = account(subject)
        return trailer
    }

    private func standing(_ id: Int, in home: Int = 1, of facts: [Evidence]) -> Int64 {
        Standings.of(facts).standing(of: Marking.plain.account(key(id)), in: Marking.plain.project(project(home)))
    }

    @Test func `where nobody's role is known, nobody is marked down`() {
        #expect(self.standing(5, of: [self.named(1, of: 1, by: 5)]) == 1_000)
        #expect(self.standing(5, in: 77, of: [self.merged(1, of: 1, by: 9)]) == 1_000)
    }

    @Test func `a stranger's confirmation counts half, one who is confirmed there counts more, a merger counts whole`()
    {
        var facts = (0..<8).map { self.merged($0, of: 2, by: 9) }
        facts += [self.named(20, of: 1, by: 5), self.named(21, of: 1, by: 2)]
        #expect(self.standing(9, of: facts) == 1_000)
        #expect(self.standing(5, of: facts) == 500)
        #expect(self.standing(2, of: facts) > 500)
    }

    @Test func `standing in one project is none in another`() {
        let facts = (0..<8).map { self.merged($0, of: 2, by: 9) } + [self.merged(30, of: 3, by: 8, in: 2)]
        #expect(self.standing(2, in: 1, of: facts) > 500)
        #expect(self.standing(2, in: 2, of: facts) == 500)
        #expect(self.standing(9, in: 2, of: facts) == 500)
    }

    @Test func `a confirmation by somebody with standing is worth more than one by a stranger`() {
        let base = (0..<8).map { self.merged($0, of: 2, by: 9) }
        func value(_ confirmer: Int) -> Int64 {
            let own = self.named(40, of: 1, by: confirmer)
            return assess(
                committed([own]), of: [key(1)], asOf: today, standings: .of(base + [own]))[.reviewing].value
        }
        #expect(value(5) == 300, "600 for the trailer, halved")
        #expect(value(2) > value(5))
        #expect(value(9) == 600)
    }

    @Test func `who reviews newcomers is not measured by the newcomers`() {
        let base = (0..<8).map { self.merged($0, of: 2, by: 9) }
        var review = fact(.reviewGiven, 50, with: [account(77)])
        review.association = .member
        let facet = assess(
            committed([review]), of: [ada.key], asOf: today, standings: .of(base + [review]))[.reviewing]
        #expect(facet.value == 900)
    }

    @Test func `a project of one person, confirmed by nobody, has defined results`() {
        var lone = self.merged(1, of: 1, by: 1)
        lone.flags = [.selfMerged]
        let assessment = assess(committed([lone]), of: [ada.key], asOf: today, standings: .of([lone]))
        #expect(assessment[.contributing].credited == 0)
        #expect(assessment[.contributing].excluded == [.selfMerged: 1])
    }

    @Test func `a graph in which all confirm themselves has no edge`() {
        let facts = (1...6).map { self.merged($0, of: $0, by: $0) }
        let standings = Standings.of(facts)
        #expect(standings.communities.allSatisfy { $0.edges == 0 })
        #expect(standings.given.allSatisfy { $0 == 1_000 })
    }

    @Test func `people confirming one another in a loop have ranks that add up to no more than there is`() {
        let facts =
            (0..<60).map { self.named($0, of: 1 + $0 % 6, by: 1 + ($0 + 1) % 6) } + [self.merged(99, of: 1, by: 9)]
        let standings = Standings.of(facts).given
        #expect(standings.allSatisfy { 500...1_000 ~= $0 })
    }

    @Test func `two who confirm only each other have nothing left of it`() {
        let pairOutside = Standings.of(
            (0..<10).flatMap { [self.merged($0, of: 1, by: 2), self.merged(100 + $0, of: 2, by: 1)] })
        let seen = Surroundings(of: [Marking.plain.account(key(1))], in: pairOutside)
        #expect(seen.left(of: Marking.plain.account(key(2))) == 0, "they confirm only each other")
        #expect(seen.left(of: Marking.plain.account(key(3))) == 1_000)
    }

    @Test func `the base rate of a project is what its people's rates begin from`() {
        func rate(_ merged: Int, _ declined: Int) -> Int {
            let others =
                (0..<merged).map { self.merged($0, of: 50 + $0, by: 9) }
                + (0..<declined).map { id in
                    var change = fact(.changeDeclined, 500 + id, with: [account(9)])
                    change.account = account(70 + id)
                    return change
                }
            let own = self.merged(900, of: 1, by: 9)
            return assess(
                committed([own]), of: [ada.key], asOf: today, standings: .of(others + [own]))[.contributing].rates[0]
                .perMille
        }
        #expect(rate(0, 0) == 727)
        #expect(rate(40, 0) > 800)
        #expect(rate(0, 40) < 400)
        #expect(rate(40, 0) < 1_000, "one of one is never certain")
    }

    @Test func `where work is often taken back, one change that stood says less`() {
        func stood(_ reverts: Int) -> Int {
            let others = (0..<40).map { self.merged($0, of: 50 + $0, by: 9) }
            let reverting = (0..<reverts).map { id in
                var change = self.merged(600 + id, of: 70, by: 9)
                change.object.undoes = "#\(id)"
                return change
            }
            let own = self.merged(900, of: 1, by: 9)
            let assessment = assess(
                committed([own]), of: [ada.key], asOf: today, standings: .of(others + reverting + [own]))
            return assessment[.contributing].rates.first { $0.name == .stood }?.perMille ?? 0
        }
        #expect(stood(0) > 850)
        #expect(stood(20) < stood(0) - 50)
        #expect(stood(500) > 0, "more reverts than changes are known of")
    }
}
