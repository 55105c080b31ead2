import Reputation
import Scoring
import Testing

/// Known ways to look better than one is, each with what must come of it.
struct AdversarialTests {
    @Test func `a new account with 26 changes over 22 projects gets no high level`() {
        let spray = (0..<26).map { fact(.changeMerged, $0, in: project($0 % 22), ago: Int64($0 % 12)) }
        let facet = assessed(spray)[.contributing]
        #expect(facet.n == 26)
        #expect(facet.height <= 15)
        #expect(facet.longHorizon.longestRun == 1)
    }

    @Test func `a large change merged in seconds by one maintainer is worth nothing`() {
        var stamped = (0..<10).map { fact(.changeMerged, $0, with: [account(100)]) }
        for index in stamped.indices {
            stamped[index].flags = [.rubberStamp]
            stamped[index].measures = [.additions: 1_227, .deletions: 0, .timeToMerge: 99]
        }
        let facet = assessed(stamped)[.contributing]
        #expect(facet.level == .insufficientEvidence(minimum: 5))
        #expect(facet.credited == 0)
        #expect(facet.excluded == [.rubberStamp: 10])
    }

    /// What `subject` comes to when the ledger holds `world`, of everybody.
    private func known(_ subject: Int, in world: [Evidence]) -> Assessment {
        let own = world.filter { $0.account.key == key(subject) }
        return assess(committed(own), of: [key(subject)], asOf: today, standings: .of(world))
    }

    private func review(_ id: Int, by reviewer: Int, of author: Int, in home: Int) -> Evidence {
        var review = fact(.reviewGiven, id, in: project(home), ago: Int64(id % 400 * 4), with: [account(author)])
        review.account = account(reviewer)
        return review
    }

    @Test func `a pair that approves each other is worth nothing, and a flag alone takes most`() {
        let pair = (0..<400).flatMap { id in
            [
                self.review(id, by: 1, of: 100, in: id % 40), self.review(1_000 + id, by: 100, of: 1, in: id % 40),
            ]
        }
        let honest = (0..<400).map { self.review($0, by: 1, of: 100 + $0 % 20, in: $0 % 40) }
        #expect(self.known(1, in: honest)[.reviewing].height > 80)
        #expect(self.known(1, in: pair)[.reviewing].credited == 0)
        let flagged = pair.map { review in
            var review = review
            review.flags = [.reciprocalPair]
            return review
        }
        #expect(assessed(flagged)[.reviewing].height <= 25, "even where nothing is known of the other")
    }

    @Test func `two who review each other among others lose no more than what is between them`() {
        let both = (0..<60).flatMap { id in
            [
                self.review(id, by: 1, of: 100, in: id % 10), self.review(1_000 + id, by: 100, of: 1, in: id % 10),
                self.review(2_000 + id, by: 1, of: 200 + id, in: id % 10),
                self.review(3_000 + id, by: 100, of: 300 + id, in: id % 10),
            ]
        }
        let own = both.filter { $0.account.key == ada.key }
        #expect(self.known(1, in: both)[.reviewing].credited == assessed(own)[.reviewing].credited)
    }

    @Test func `a ring of five, each in the others' projects, is worth nothing`() {
        let ring = (0..<5).flatMap { owner in
            (0..<5).filter { $0 != owner }.flatMap { member in
                (0..<40).map { id in
                    var change = fact(
                        .changeMerged, owner * 1_000 + member * 100 + id, in: project(owner, owner: owner + 1),
                        ago: Int64(id * 40), with: [account(owner + 1)])
                    change.account = account(member + 1)
                    return change
                }
            }
        }
        let outsider = (0..<10).map { id in
            var change = fact(.changeMerged, 90_000 + id, in: project(1, owner: 2), ago: Int64(id), with: [account(2)])
            change.account = account(77)
            return change
        }
        for member in 1...5 { #expect(self.known(member, in: ring)[.contributing].credited == 0) }
        #expect(
            self.known(1, in: ring + outsider)[.contributing].height <= 5, "a newcomer drawn in opens it by little")
        #expect(assessed(ring.filter { $0.account.key == ada.key })[.contributing].height < 69, "by the caps alone")
    }

    @Test func `five who also work with many others are no ring`() {
        var team: [Evidence] = []
        for number in 0..<400 {
            let merger = 1 + number % 5
            let author = number.isMultiple(of: 2) ? 1 + (number / 5) % 5 : 100 + number % 60
            guard author != merger else { continue }
            var change = fact(.changeMerged, number, in: project(1), ago: Int64(number * 4), with: [account(merger)])
            change.account = account(author)
            team.append(change)
        }
        let own = team.filter { $0.account.key == ada.key }
        #expect(own.count > 30)
        #expect(self.known(1, in: team)[.contributing].credited == assessed(own)[.contributing].credited)
    }

    @Test func `a package split in ten is one package`() {
        let whole = [fact(.packageMaintained, 1)]
        let split = (0..<10).map { part in
            var package = fact(.packageMaintained, part, in: project(part))
            package.object.unit = "source"
            return package
        }
        #expect(assessed(split)[.maintaining].n == 1)
        #expect(assessed(split)[.maintaining].level == assessed(whole)[.maintaining].level)
    }

    @Test func `whoever registers a login again inherits nothing`() {
        var heir = account(77)
        heir.login = ada.login
        let facts = (0..<20).map { fact(.changeMerged, $0, in: project($0)) }
        let assessment = assessed(facts, of: [heir.key])
        #expect(assessment[.contributing].n == 0)
        #expect(assessment.rows.allSatisfy { $0.verdict == .excluded(.notTheSubject) })
    }

    @Test func `issues opened by a linked account to be closed are worth nothing`() {
        let issues = (0..<20).map { fact(.issueTriaged, $0, with: [account(2)]) }
        let facet = assessed(issues, of: [key(1), key(2)])[.triage]
        #expect(facet.excluded == [.ownAccount: 20])
        #expect(assessed(issues)[.triage].height <= 25, "not linked, it is still one counterparty")
    }

    @Test func `a linked account neither reviews nor merges for its owner`() {
        let review = fact(.reviewGiven, 1, with: [account(2)])
        let merge = fact(.changeMerged, 2, with: [account(2)])
        let assessment = assessed([review, merge], of: [key(1), key(2)])
        #expect(assessment[.reviewing].excluded == [.ownAccount: 1])
        #expect(assessment[.contributing].excluded == [.selfMerged: 1])
    }

    @Test func `a self-merged change counts once somebody else reviewed it`() {
        var change = fact(.changeMerged, 1, with: [ada])
        change.flags = [.selfMerged]
        #expect(assessed([change])[.contributing].excluded == [.selfMerged: 1])
        change.counterparties.append(Evidence.Counterparty(account: account(100), role: .reviewer))
        #expect(assessed([change])[.contributing].n == 1)
    }

    @Test func `a discussion with bots is no discussion`() {
        let bots = [account(100, kind: .bot), account(101, kind: .bot)]
        let talk = (0..<9).map { fact(.designDiscussion, $0, with: bots) }
        #expect(assessed(talk)[.design].excluded == [.botCounterparty: 9])
        let people = (0..<9).map { fact(.designDiscussion, $0, with: [account(100), account(101)]) }
        #expect(assessed(people)[.design].n == 9)
    }

    @Test func `an old account that wakes up has the level of its weeks, not of its age`() {
        let aged = [fact(.changeMerged, 999, ago: 3_600)] + (0..<60).map { fact(.changeMerged, $0, in: project($0)) }
        let facet = assessed(aged)[.contributing]
        #expect(facet.height <= 17)
        #expect(facet.longHorizon.longestRun == 1)
    }

    @Test func `who approves everything without a word stays far below who reviews`() {
        let reviews = (0..<120).map { fact(.reviewGiven, $0, in: project($0 % 12), ago: Int64($0 * 10)) }
        let stamps = reviews.map { review in
            var review = review
            review.measures = [:]
            return review
        }
        let (engaged, silent) = (assessed(reviews)[.reviewing], assessed(stamps)[.reviewing])
        #expect(silent.height * 2 < engaged.height)
        #expect(silent.rates[0].interval.upperBound < 200)
        #expect(engaged.rates[0].interval.lowerBound > 900)
    }

    @Test func `one of one merged is neither a certainty nor a level`() {
        let facet = assessed([fact(.changeMerged, 1)])[.contributing]
        #expect(facet.level == .insufficientEvidence(minimum: 5))
        #expect(facet.rates[0].perMille == 727)
        #expect(facet.rates[0].interval == 493...913)
    }

    @Test func `a prolific person's acceptance is taken over everything`() {
        let changes = (0..<5_000).map { fact(.changeMerged, $0, in: project($0 % 50), ago: Int64($0 % 3_000)) }
        let declined = (0..<500).map { fact(.changeDeclined, 5_000 + $0, ago: Int64($0)) }
        let facet = assessed(changes + declined)[.contributing]
        #expect(facet.rates[0].trials == 5_500)
        #expect(facet.rates[0].perMille == 909)
        #expect(facet.rates[0].interval.contains(909) && facet.rates[0].interval.count < 20)
        #expect(facet.height > 90)
    }

    @Test(arguments: [500, 250, 50])
    func `a fetch that stops at its limit deflates nobody`(limit: Int) {
        let everything = (0..<5_500).map { id in
            fact(id % 11 == 0 ? .changeDeclined : .changeMerged, id, in: project(id % 50), ago: Int64(id / 2))
        }
        let whole = assessed(everything)[.contributing].rates[0]
        let capped = assessed(Array(everything.prefix(limit)))[.contributing].rates[0]
        #expect(whole.perMille == 909)
        #expect(capped.trials == limit)
        #expect(capped.interval.contains(whole.perMille), "wider, and not lower")
    }

    @Test func `evidence from the future and of contradictory times has defined results`() {
        var early = fact(.changeMerged, 1)
        early.observedAt = Instant(seconds: early.occurredAt.seconds - 86_400)
        var never = fact(.changeMerged, 2)
        never.occurredAt = Instant(seconds: Int64.max / 2)
        var ancient = fact(.changeMerged, 3)
        ancient.occurredAt = Instant(seconds: Int64.min / 2)
        let facet = assessed([early, never, ancient, fact(.changeMerged, 4, ago: -3)])[.contributing]
        #expect(facet.excluded == [.future: 2])
        #expect(facet.n == 2)
    }

    @Test func `what is undone was not triaged`() {
        let closing = (0..<6).map { fact(.issueTriaged, $0, ago: 20) }
        func reopening(_ id: Int, ago: Int64, by account: Account) -> Evidence {
            var reopening = fact(.issueTriaged, id, ago: ago, outcome: .reopened)
            reopening.object.id += "-again"
            reopening.account = account
            return reopening
        }
        let others = account(300)
        let facts =
            closing + [
                reopening(0, ago: 1, by: ada), reopening(1, ago: 13, by: others), reopening(2, ago: 12, by: others),
                reopening(3, ago: 25, by: others),
            ]
        let facet = assessed(facts)[.triage]
        #expect(facet.n == 4)
        #expect(facet.excluded == [.undone: 2, .notScored: 1])
        #expect(facet.rates[0].successes == 4 && facet.rates[0].trials == 6)
    }

    @Test func `a review of the kind that comments is worth more than a bare approval`() {
        func value(_ outcome: Evidence.Outcome) -> Int64 {
            var review = fact(.reviewGiven, 1, outcome: outcome)
            review.measures = [.bodyLength: 0]
            return assessed([review])[.reviewing].value
        }
        #expect(value(.approved) == 200)
        #expect(value(.commented) == 400)
        #expect(value(.changesRequested) == 800)
    }
}
