import Reputation
import Scoring
import Testing

/// A fact of somebody else about what `id` is about.
private func others(
    _ kind: Evidence.Kind, _ id: Int, ago: Int64, number: Int64? = nil, revision: String? = nil, undoes: String? = nil
) -> Evidence {
    var fact = fact(kind, id, ago: ago)
    fact.account = account(300)
    fact.object.id += " \(kind) \(ago)"
    (fact.object.number, fact.object.revision, fact.object.undoes) = (number, revision, undoes)
    return fact
}

private func merged(_ id: Int, ago: Int64, number: Int64) -> Evidence {
    var fact = fact(.changeMerged, id, ago: ago)
    fact.object.number = number
    return fact
}

@Test func `a change that was reverted within 30 days was undone, unless the revert was reverted`() {
    let changes = (1...8).map { merged($0, ago: 100, number: Int64($0)) }
    func undone(_ others: [Evidence]) -> Int? { assessed(changes + others)[.contributing].excluded[.undone] }
    #expect(undone([others(.changeMerged, 20, ago: 80, number: 20, undoes: "#1")]) == 1)
    #expect(undone([others(.changeMerged, 20, ago: 70, number: 20, undoes: "#1")]) == 1)
    #expect(undone([others(.changeMerged, 20, ago: 69, number: 20, undoes: "#1")]) == nil)
    #expect(
        undone([others(.changeMerged, 20, ago: 101, number: 20, undoes: "#1")]) == nil, "an earlier one of that number")
    let again = others(.changeMerged, 21, ago: 5, number: 21, undoes: "#20")
    #expect(undone([others(.changeMerged, 20, ago: 80, number: 20, undoes: "#1"), again]) == nil)
    var elsewhere = others(.changeMerged, 20, ago: 80, number: 20, undoes: "#1")
    elsewhere.project = project(2)
    #expect(undone([elsewhere]) == nil)
}

@Test func `how often changes stood is a rate beside how many were accepted`() throws {
    let changes = (1...8).map { merged($0, ago: 100, number: Int64($0)) }
    func stood(_ facts: [Evidence]) -> Rate? { assessed(facts)[.contributing].rates.first { $0.name == .stood } }
    let all = try #require(stood(changes))
    #expect(all.successes == 8 && all.trials == 8 && all.perMille < 1_000)
    let revert = others(.changeMerged, 20, ago: 80, number: 20, undoes: "#1")
    let most = try #require(stood(changes + [revert]))
    #expect(most.successes == 7 && most.trials == 8 && most.perMille < all.perMille)
    #expect(most.interval.lowerBound < most.perMille && most.perMille < most.interval.upperBound)
    let again = others(.changeMerged, 21, ago: 5, number: 21, undoes: "#20")
    #expect(stood(changes + [revert, again])?.successes == 8, "the revert was taken back")
    #expect(stood([fact(.issueReported, 30)]) == nil, "a report is no change")
    #expect(stood([merged(1, ago: 100, number: 1), revert])?.successes == 0, "one that did not stand is told, too")
}

@Test func `a commit that another one reverts by its id was undone`() {
    let commits = (1...6).map { fact(.commitAuthored, $0, ago: 50) }
    let revert = others(.commitAuthored, 40, ago: 49, undoes: "u3")
    #expect(assessed(commits + [revert])[.contributing].excluded[.undone] == 1)
    var own = fact(.commitAuthored, 41, ago: 49)
    own.object.undoes = "u3"
    #expect(assessed(commits + [own])[.contributing].excluded[.undone] == 1, "whoever does it")
}

@Test func `a review was followed by a push when a later fact saw the change at another commit`() {
    var review = fact(.reviewGiven, 1, ago: 20, outcome: .approved)
    review.measures = [.bodyLength: 0]
    (review.object.number, review.object.revision) = (7, "a")
    func value(_ facts: [Evidence]) -> Int64 { assessed([review] + facts)[.reviewing].value }
    #expect(value([]) == 200)
    #expect(value([others(.changeMerged, 1, ago: 19, number: 7, revision: "b")]) == 1_000)
    #expect(value([others(.changeMerged, 1, ago: 19, number: 7, revision: "a")]) == 200)
    #expect(value([others(.reviewGiven, 1, ago: 19, number: 7, revision: "b")]) == 1_000)
    #expect(value([others(.reviewGiven, 1, ago: 21, number: 7, revision: "b")]) == 200, "what was pushed before it")
    #expect(value([others(.changeMerged, 1, ago: 19, number: 8, revision: "b")]) == 200)
}

@Test(arguments: 0..<20) func `what turns what does not depend on the order it is known in`(seed: Int) {
    var random = Seeded(seed)
    var facts = (1...12).map { merged($0, ago: Int64.random(in: 20...60, using: &random), number: Int64($0)) }
    facts += (1...12).map { id in
        var review = fact(.reviewGiven, 100 + id, ago: Int64.random(in: 0...60, using: &random), outcome: .approved)
        (review.object.number, review.object.revision) = (Int64(id), ["a", "b"].randomElement(using: &random))
        return review
    }
    facts += (20...35).map { id in
        others(
            .changeMerged, id, ago: Int64.random(in: 0...60, using: &random), number: Int64(id), revision: "c",
            undoes: "#\(Int.random(in: 1...30, using: &random))")
    }
    facts += (1...6).map { id in
        var quick = fact(.reviewGiven, 200 + id, ago: Int64.random(in: 0...60, using: &random), outcome: .approved)
        quick.object.number = Int64(19 + id)
        quick.measures = [.latency: 60]
        return quick
    }
    for index in facts.indices { facts[index].measures[.additions] = 600 }
    func fingerprint(_ facts: [Evidence]) -> [UInt8] { assessed(facts).fingerprint }
    let expected = fingerprint(facts)
    for _ in 0..<5 { #expect(fingerprint(facts.shuffled(using: &random)) == expected) }
}

@Test func `a brief keeps what turns other facts`() throws {
    var evidence = fact(.changeMerged, 1)
    (evidence.object.number, evidence.object.revision, evidence.object.undoes) = (12, "c0ffee", "#11")
    let told = Fact(evidence, entry: 4, by: .plain)
    let bytes = Brief.encode(told)
    #expect(Brief.decode(bytes, at: 0, length: bytes.count, entry: 4) == told)
    #expect(told.turns.map(\.turn) == [.change, .revert])
    #expect(told.turns[1].matter == Fact(merged(1, ago: 1, number: 11), entry: 0, by: .plain).matter)
}

@Test func `an approval without a word is a rubber stamp once the change turns out to be large`() {
    func excluded(latency: Int64, lines: Int64, body: Int64 = 0) -> Int? {
        var review = fact(.reviewGiven, 1, ago: 5, outcome: .approved)
        review.object.number = 9
        review.measures = [.latency: latency, .bodyLength: body]
        var end = others(.changeMerged, 9, ago: 4, number: 9)
        end.measures = [.additions: lines - 100, .deletions: 100]
        return assessed([review, end])[.reviewing].excluded[.rubberStamp]
    }
    #expect(excluded(latency: 119, lines: 501) == 1)
    #expect(excluded(latency: 120, lines: 501) == nil)
    #expect(excluded(latency: 119, lines: 500) == nil)
    #expect(excluded(latency: 119, lines: 501, body: 3) == nil)
}

/// How many of `facts` show each pattern.
private func shown(_ facts: [Evidence]) -> [Evidence.Flag: Int] {
    let facts = facts.enumerated().map { Fact($1, entry: Int64($0), by: .plain) }
    let found = patterns(in: facts, of: [Marking.plain.account(ada.key)], standings: .unknown)
    return found.values.reduce(into: [:]) { counts, flags in for flag in flags { counts[flag, default: 0] += 1 } }
}

@Test func `twenty acts within an hour are a burst, and nineteen are work`() {
    func acts(_ count: Int, apart seconds: Int64) -> [Evidence] {
        (0..<count).map { id in
            var act = fact(.reviewGiven, id)
            act.occurredAt = Instant(seconds: act.occurredAt.seconds + Int64(id) * seconds)
            return act
        }
    }
    #expect(shown(acts(20, apart: 180)) == [.burst: 20])
    #expect(shown(acts(19, apart: 1)) == [:])
    #expect(shown(acts(30, apart: 200)) == [:], "an hour holds eighteen of them")
    let again = acts(19, apart: 1) + [fact(.reviewGiven, 0)]
    #expect(shown(again) == [:], "another act on the same change is none more")
    #expect(shown(Array(acts(20, apart: 180).reversed())) == [.burst: 20])
}

@Test func `changes to many projects at once without a role there are a spray`() {
    func changes(_ count: Int, every days: Int64, as association: Evidence.Association) -> [Evidence] {
        (0..<count).map { id in
            var change = fact(.changeMerged, id, in: project(id), ago: Int64(id) * days)
            change.association = association
            return change
        }
    }
    #expect(shown(changes(10, every: 1, as: .firstTimeContributor)) == [.spray: 10])
    #expect(shown(changes(9, every: 1, as: .none)) == [:])
    #expect(shown(changes(12, every: 2, as: .none)) == [:], "over three weeks")
    #expect(shown(changes(12, every: 1, as: .member)) == [:])
}
