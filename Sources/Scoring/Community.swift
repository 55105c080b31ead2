import Reputation

/// One project's people, numbered as they are met, so that rank is reckoned in plain arrays.
///
/// It does not matter who has which number: every sum is of whole numbers, and those do not depend on their order.
struct Community: Sendable {
    private struct Arc {
        let from: Int32
        let to: Int32
        var units: Int32
    }

    private struct Member {
        let account: Mark<Account>
        /// How many units it confirmed.
        var given: Int32 = 0
        /// What its standing leaves of a confirmation, per mille; 0 for a stranger.
        var standing: Int16 = 0
        var hasRole = false
    }

    /// Which project.
    let project: Mark<Project>
    /// What became of the work in the project.
    var habits = Habits()
    private var numbers = MarkTable()
    private var members: [Member] = []
    private var arcs: [Arc] = []
    private var arcNumbers = MarkTable()
    private var roles: [Int32] = []
    /// Whether standing was reckoned, which begins with the first role.
    private var isSettled = false

    init(of project: Mark<Project>) { self.project = project }

    /// Everybody that confirmed, was confirmed or has a role.
    var people: some Collection<Mark<Account>> { self.members.lazy.map(\.account) }

    /// Pairs of which one confirmed the other.
    var edges: Int { self.arcs.count }

    /// Counts one more unit of `subject` that `confirmer` confirmed; returns the numbers of the two when it is the first.
    mutating func confirm(
        _ subject: Mark<Account>, by confirmer: Mark<Account>
    ) -> (subject: Int, confirmer: Int)? {
        let from = self.number(confirmer)
        let to = self.number(subject)
        self.members[from].given += 1
        if let arc = self.arcNumbers.known(Self.key(from, to), orFrom: self.arcs.count) {
            self.arcs[arc].units += 1
            return nil
        }
        self.arcs.append(Arc(from: Int32(from), to: Int32(to), units: 1))
        return (to, from)
    }

    private static func key(_ confirmer: Int, _ subject: Int) -> UInt64 { UInt64(confirmer) << 32 | UInt64(subject) }

    /// Notes that `account` has a role; false when that was known.
    mutating func addRole(_ account: Mark<Account>) -> Bool {
        let number = self.number(account)
        guard !self.members[number].hasRole else { return false }
        self.members[number].hasRole = true
        self.roles.append(Int32(number))
        return true
    }

    private mutating func number(_ account: Mark<Account>) -> Int {
        if let known = self.numbers.known(account.bits, orFrom: self.members.count) { return known }
        self.members.append(Member(account: account))
        return self.members.count - 1
    }

    /// What the standing of `account` leaves of a confirmation, per mille, as of the last `settle`. Where nobody is known
    /// to have a role nobody is marked down.
    func standing(of account: Mark<Account>, stranger: Int64) -> Int64 {
        guard !self.roles.isEmpty else { return 1_000 }
        return self.numbers[account.bits].map { self.standing(ofMember: $0, stranger: stranger) } ?? stranger
    }

    /// The same of the account with the number `member` here.
    func standing(ofMember member: Int, stranger: Int64) -> Int64 {
        guard !self.roles.isEmpty else { return 1_000 }
        let standing = self.members[member].standing
        return standing > 0 ? Int64(standing) : stranger
    }

    /// The account with the number `member` here.
    func account(ofMember member: Int) -> Mark<Account> { self.members[member].account }
}

extension Community {
    /// All the rank there is.
    private static let whole: Int64 = 1 << 40

    /// Reckons everybody's standing anew, by personalised PageRank, and says whether anybody's is another now.
    ///
    /// Rank starts with those who have a role and flows from who confirmed to whose work was confirmed, in proportion to
    /// the units; what somebody has nobody to give to goes back to those with a role. There is no edge to oneself nor among
    /// accounts of one owner, because no such fact counts. Whole numbers and a fixed number of rounds: the same edges give
    /// the same ranks on every machine, in whatever order they came.
    mutating func settle(_ model: Model) -> Bool {
        guard !self.roles.isEmpty else { return false }
        // With the first role whoever has none becomes a stranger.
        var hasMoved = !self.isSettled
        self.isSettled = true
        let ranks = self.ranks(damping: model[.damping], rounds: model[.rounds])
        let (stranger, step) = (model[.stranger], model[.standingStep])
        // 1000 for what everybody would have if rank were shared alike.
        let average = Self.whole / Int64(self.members.count) / 1_000 + 1
        for (number, rank) in ranks.enumerated() {
            let gained =
                rank == 0 ? 0 : saturated(rank / average, half: 1_000, limit: 1_000 - stranger) / step * step
            let standing = self.members[number].hasRole ? 1_000 : gained > 0 ? stranger + gained : 0
            guard self.members[number].standing != standing else { continue }
            self.members[number].standing = Int16(standing)
            hasMoved = true
        }
        return hasMoved
    }

    private func ranks(damping: Int64, rounds: Int64) -> [Int64] {
        let seeds = Int64(self.roles.count)
        let given = self.members.map { Int64($0.given) }
        var ranks = Array(repeating: Int64(0), count: given.count)
        var units = ranks
        var next = ranks
        for seed in self.roles { ranks[Int(seed)] = Self.whole / seeds }
        for _ in 0..<rounds {
            for number in ranks.indices {
                // What one unit of each account's confirmations passes on.
                let rank = ranks[number]
                units[number] = given[number] == 0 || rank == 0 ? 0 : rank / 1_000 * damping / given[number]
                next[number] = 0
            }
            var flown: Int64 = 0
            for arc in self.arcs {
                let sent = units[Int(arc.from)] * Int64(arc.units)
                next[Int(arc.to)] += sent
                flown += sent
            }
            for seed in self.roles { next[Int(seed)] += (Self.whole - flown) / seeds }
            swap(&ranks, &next)
        }
        return ranks
    }
}

/// What became of work: of a project's, or of somebody's there.
struct Habits: Hashable, Sendable {
    var merged: Int32 = 0
    var declined: Int32 = 0
    var kept: Int32 = 0
    var undone: Int32 = 0
    /// Changes and commits that came in, and of a project how many were taken back.
    var landed: Int32 = 0
    /// See `landed`.
    var reverted: Int32 = 0

    /// What went well and what did not.
    func counts(_ rate: Rate.Name) -> (well: Int64, ill: Int64) {
        switch rate {
        case .acceptance: (Int64(self.merged), Int64(self.declined))
        case .kept: (Int64(self.kept), Int64(self.undone))
        case .stood: (Int64(max(0, self.landed - self.reverted)), Int64(self.reverted))
        case .substantive: (0, 0)
        }
    }

    static func += (left: inout Self, right: Self) {
        left.merged += right.merged
        left.declined += right.declined
        left.kept += right.kept
        left.undone += right.undone
        left.landed += right.landed
        left.reverted += right.reverted
    }
}
