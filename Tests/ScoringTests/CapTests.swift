import Reputation
import Scoring
import Testing

/// What no amount of one thing can pass.
struct CapTests {
    /// Ten years of reviews, several a week, with everything different.
    static let career = (0..<2_000).map { id in
        fact(
            .reviewGiven, id, in: project(id % 100, owner: 500 + id % 50), ago: Int64(id * 3_600 / 2_000),
            with: [account(1_000 + id % 200)])
    }

    private func height(_ change: (inout Evidence) -> Void) -> Int {
        let facts = CapTests.career.map { fact in
            var fact = fact
            change(&fact)
            return fact
        }
        return assessed(facts)[.reviewing].height
    }

    @Test func `with everything different the level approaches 100`() {
        #expect(self.height { _ in } >= 97)
    }

    @Test func `one project brings 25 at most`() {
        #expect(self.height { $0.project = project(1) } == 25)
    }

    @Test func `one owner brings 25 at most`() {
        #expect(self.height { $0.project.owner = key(500) } == 25)
    }

    @Test func `one counterparty brings 25 at most`() {
        #expect(self.height { $0.counterparties[0].account = account(1_000) } == 25)
    }

    @Test func `one quarter brings 15 at most, and one day less`() {
        #expect(self.height { $0.occurredAt = Day(year: 2026, month: 5, day: Int64($0.object.id.count)).start } <= 15)
        #expect(self.height { $0.occurredAt = Day(year: 2026, month: 5, day: 1).start } == 7)
    }

    @Test func `a year's leave lowers nothing over the whole life`() {
        let pause = Day(number: today.number - 1_000)...Day(number: today.number - 820)
        let facts = CapTests.career.filter { !pause.contains($0.occurredAt.day) }
        let (whole, paused) = (assessed(CapTests.career)[.reviewing], assessed(facts)[.reviewing])
        #expect(whole.height - paused.height <= 1)
        #expect(paused.longHorizon.longestRun == whole.longHorizon.longestRun)
        #expect(paused.longHorizon.activeQuarters < whole.longHorizon.activeQuarters)
    }

    @Test func `old work fades from the recent view alone`() {
        let old = CapTests.career.filter { $0.occurredAt.day.age(asOf: today) > 1_800 }
        let facet = assessed(old)[.reviewing]
        #expect(facet.height > 80)
        #expect(facet.recent.n == 0)
        #expect(facet.recent.level == .insufficientEvidence(minimum: 5))
        #expect(assessed(CapTests.career)[.reviewing].recent.level.height > 40)
    }

    @Test func `a package counts by the logarithm of outside owners, shared by the root of its maintainers`() {
        func value(dependents: Int64?, maintainers: Int64) -> Int64 {
            var package = fact(.packageMaintained, 1)
            package.measures = [.maintainers: maintainers]
            package.measures[.externalDependents] = dependents
            return assessed([package])[.maintaining].value
        }
        #expect(value(dependents: 1_023, maintainers: 1) == 1_000)
        #expect(value(dependents: 1_000_000, maintainers: 1) == 1_000)
        #expect(value(dependents: 31, maintainers: 1) == 500)
        #expect(value(dependents: 31, maintainers: 4) == 250)
        #expect(value(dependents: 2, maintainers: 1) == 0)
        #expect(value(dependents: nil, maintainers: 1) == 0)
    }

    @Test func `a commit of unknown committer counts where others are known to work`() {
        let lone = fact(.commitAuthored, 1, in: project(9), with: [])
        #expect(assessed([lone])[.contributing].excluded == [.noCounterparty: 1])
        let confirmed = fact(.changeMerged, 2, in: project(9))
        #expect(assessed([lone, confirmed])[.contributing].n == 2)
    }
}
