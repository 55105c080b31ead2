public import Reputation

/// What is noteworthy about facts of `subject` only when they are seen together, by their entries: many acts in little time,
/// changes to many projects at once, confirmations that mostly go back and forth.
///
/// A function of the facts whatever their order, so it is worked out anew whenever there are more. No model takes anything
/// off for a burst or a spray: caps hold both down. Of a reciprocal pair or a closed ring, `standings` takes its share.
public func patterns(
    in facts: [Fact], of subject: Set<Mark<Account>>, standings: Standings
) -> [Int64: Set<Evidence.Flag>] {
    var patterns: [Int64: Set<Evidence.Flag>] = [:]
    let own = facts.filter { subject.contains($0.account) }.sorted {
        ($0.occurredAt.seconds, $0.entry) < ($1.occurredAt.seconds, $1.entry)
    }
    for kind in Evidence.Kind.allCases {
        let acts = own.filter { $0.kind == kind && kind != .packageMaintained }
        for index in crowded(acts, seconds: 3_600, least: 20, by: \.matter) {
            patterns[acts[index].entry, default: []].insert(.burst)
        }
    }
    let visits = own.filter { $0.isVisit }
    for index in crowded(visits, seconds: 14 * 86_400, least: 10, by: \.project) {
        patterns[visits[index].entry, default: []].insert(.spray)
    }
    let surroundings = Surroundings(of: subject, in: standings)
    for fact in own {
        let isPair = fact.parties.contains { surroundings.left(of: $0.account) < 1_000 }
        if isPair { patterns[fact.entry, default: []].insert(.reciprocalPair) }
    }
    return patterns
}

extension Fact {
    /// A change to a project in which the author is not known to have a role.
    fileprivate var isVisit: Bool {
        guard self.kind == .changeMerged || self.kind == .changeDeclined else { return false }
        switch self.association {
        case .owner, .member, .collaborator: return false
        case .contributor, .firstTimer, .firstTimeContributor, .some(.none), nil: return true
        }
    }
}

/// Which of `facts`, in order of time, lie with facts of `least` different things within so many seconds.
private func crowded<Thing: Hashable>(
    _ facts: [Fact], seconds: Int64, least: Int, by thing: (Fact) -> Thing
) -> [Int] {
    var crowded = Array(repeating: false, count: facts.count)
    var counts: [Thing: Int] = [:]
    var (start, marked) = (0, 0)
    for end in facts.indices {
        counts[thing(facts[end]), default: 0] += 1
        while facts[end].occurredAt.seconds - facts[start].occurredAt.seconds >= seconds {
            let left = thing(facts[start])
            counts[left] = (counts[left] ?? 1) - 1
            if counts[left] == 0 { counts[left] = nil }
            start += 1
        }
        guard counts.count >= least else { continue }
        for index in max(start, marked)...end { crowded[index] = true }
        marked = end
    }
    return facts.indices.filter { crowded[$0] }
}
