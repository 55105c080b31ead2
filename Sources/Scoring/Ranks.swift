import Reputation

/// What each account's standing in one project leaves of its confirmations, per mille, by personalised PageRank.
///
/// Rank starts with those who have a role and flows from who confirmed to whose work was confirmed, in proportion to the
/// units; what somebody has nobody to give to goes back to those with a role. There is no edge to oneself nor among
/// accounts of one owner, because no such fact counts. Whole numbers and a fixed number of rounds: the same edges give the
/// same ranks on every machine, in whatever order they came. Accounts that are not in the result are strangers.
func ranks(
    of edges: [Standings.Pair: Int32], roles: Set<Mark<Account>>, model: Model
) -> [Mark<Account>: Int64] {
    guard !roles.isEmpty else { return [:] }
    let graph = RankGraph(edges, seeds: roles)
    let ranks = graph.ranks(damping: model[.damping], rounds: model[.rounds])
    let (stranger, step) = (model[.stranger], model[.standingStep])
    let average = RankGraph.whole / Int64(graph.accounts.count) / 1_000 + 1
    var standing: [Mark<Account>: Int64] = [:]
    for (account, rank) in zip(graph.accounts, ranks) {
        // 1000 for what everybody would have if rank were shared alike.
        let gained = saturated(rank / average, half: 1_000, limit: 1_000 - stranger) / step * step
        if gained > 0 { standing[account] = stranger + gained }
    }
    for role in roles { standing[role] = 1_000 }
    return standing
}

private struct RankGraph {
    /// All the rank there is.
    static let whole: Int64 = 1 << 40

    private(set) var accounts: [Mark<Account>] = []
    private var seeds: [Int] = []
    private var arcs: [(from: Int, to: Int, units: Int64)] = []
    private var given: [Int64] = []

    init(_ edges: [Standings.Pair: Int32], seeds: Set<Mark<Account>>) {
        var numbers: [Mark<Account>: Int] = [:]
        var accounts: [Mark<Account>] = []
        func number(_ account: Mark<Account>) -> Int {
            if let known = numbers[account] { return known }
            numbers[account] = accounts.count
            accounts.append(account)
            return accounts.count - 1
        }
        self.arcs.reserveCapacity(edges.count)
        for (pair, units) in edges {
            self.arcs.append((number(pair.confirmer), number(pair.subject), Int64(units)))
        }
        self.seeds = seeds.map(number)
        self.accounts = accounts
        self.given = Array(repeating: 0, count: accounts.count)
        for arc in self.arcs { self.given[arc.from] += arc.units }
    }

    func ranks(damping: Int64, rounds: Int64) -> [Int64] {
        let seeds = Int64(self.seeds.count)
        var ranks = Array(repeating: Int64(0), count: self.accounts.count)
        for seed in self.seeds { ranks[seed] = Self.whole / seeds }
        for _ in 0..<rounds {
            // What one unit of each account's confirmations passes on.
            let unit = zip(ranks, self.given).map { rank, given in given == 0 ? 0 : rank / 1_000 * damping / given }
            var next = Array(repeating: Int64(0), count: ranks.count)
            var flown: Int64 = 0
            for arc in self.arcs {
                let sent = unit[arc.from] * arc.units
                next[arc.to] += sent
                flown += sent
            }
            for seed in self.seeds { next[seed] += (Self.whole - flown) / seeds }
            ranks = next
        }
        return ranks
    }
}
