public import Reputation

/// What a ledger says about those around a subject: who has standing in which project, who mostly confirms whom, and how
/// often each project accepts.
///
/// It grows fact by fact and is a function of the facts it holds, whatever order they came in. How a graph of everybody
/// and updates of one profile go together: standing is reckoned within each project (`ranks`), so a fact stirs one
/// project's graph; it is given in steps, so that it seldom moves; and what a profile took from here is told by
/// `signature`: a profile whose own facts and signature stay the same stays the same, byte for byte.
public struct Standings: Sendable {
    /// One project's people.
    struct Community: Sendable {
        /// How many units each confirmed of each other's work.
        var edges: [Pair: Int32] = [:]
        /// Who is known to have a role.
        var roles: Set<Mark<Account>> = []
        var habits = Habits()
        /// What the standing of those who have one leaves of a confirmation, per mille.
        var standing: [Mark<Account>: Int64] = [:]
        var isStirred = false
    }

    struct Pair: Hashable, Sendable {
        let confirmer: Mark<Account>
        let subject: Mark<Account>
    }

    /// Where somebody was confirmed, and by whom.
    struct Place: Hashable, Sendable {
        let project: Mark<Project>
        let confirmer: Mark<Account>
    }

    /// What one account received and gave, over all projects.
    struct Person: Sendable {
        var places: Set<Place> = []
        var from: [Mark<Account>: Int32] = [:]
        var received: Int64 = 0
        var given: Int64 = 0
        /// What became of this account's own work, where anything did.
        var habits: [Mark<Project>: Habits] = [:]

        mutating func receive(from confirmer: Mark<Account>, in project: Mark<Project>) {
            self.received += 1
            self.from[confirmer, default: 0] += 1
            self.places.insert(Place(project: project, confirmer: confirmer))
        }
    }

    /// What became of the work in a project.
    struct Habits: Hashable, Sendable {
        var merged: Int64 = 0
        var declined: Int64 = 0
        var kept: Int64 = 0
        var undone: Int64 = 0
    }

    /// By whose numbers; nil when nothing is known of anybody.
    let model: Model?
    var projects: [Mark<Project>: Community] = [:]
    var people: [Mark<Account>: Person] = [:]
    /// Confirmations counted, so that many acts on one unit are one.
    private var counted: Set<UInt64> = []
    private var stirred: Set<Mark<Project>> = []

    /// Nothing is known of anybody, and nobody is marked down for it.
    public static let unknown = Standings(model: nil)

    /// Begins without facts, by the numbers of `model`.
    public init(by model: Model) { self.init(model: model.knowsOthers ? model : nil) }

    private init(model: Model?) { self.model = model }

    /// Takes `fact` into account, whomever it is about; `settle` comes before anything is asked.
    public mutating func add(_ fact: Fact) {
        guard let model = self.model, !fact.isOwnWord else { return }
        self.addRoles(fact)
        let opinion = Opinion(fact, subject: [fact.account], model: model, surroundings: .unknown)
        self.addHabit(fact, opinion)
        guard opinion.exclusion == nil else { return }
        for confirmer in opinion.confirmers { self.add(confirmer, confirms: fact) }
    }

    private mutating func add(_ confirmer: Mark<Account>, confirms fact: Fact) {
        let bits = [fact.project.bits, confirmer.bits, fact.account.bits, fact.unit.bits]
        guard self.counted.insert(bits.reduce(0, mixed)).inserted else { return }
        self.stir(fact.project)
        let pair = Pair(confirmer: confirmer, subject: fact.account)
        self.projects[fact.project, default: Community()].edges[pair, default: 0] += 1
        self.people[confirmer, default: Person()].given += 1
        self.people[fact.account, default: Person()].receive(from: confirmer, in: fact.project)
    }

    /// Who owns a project, belongs to it, merges there or commits others' work has a role in it.
    private mutating func addRoles(_ fact: Fact) {
        if let owner = fact.owner { self.addRole(owner, in: fact.project) }
        if fact.association?.isRole == true, fact.accountKind == .user { self.addRole(fact.account, in: fact.project) }
        for party in fact.parties where party.kind.isAnswerable {
            let acts = party.role == .merger || party.role == .committer || party.role == .maintainer
            if acts || party.association?.isRole == true { self.addRole(party.account, in: fact.project) }
        }
    }

    private mutating func addRole(_ account: Mark<Account>, in project: Mark<Project>) {
        if self.projects[project, default: Community()].roles.insert(account).inserted { self.stir(project) }
    }

    private mutating func addHabit(_ fact: Fact, _ opinion: Opinion) {
        var change = Habits()
        switch (fact.kind, opinion.exclusion) {
        case (.changeMerged, nil): change.merged = 1
        case (.changeDeclined, .notConfirmed): change.declined = 1
        case (.issueTriaged, nil): change.kept = 1
        case (.issueTriaged, .notScored) where fact.outcome == .reopened: change.undone = 1
        default: return
        }
        self.projects[fact.project, default: Community()].habits += change
        self.people[fact.account, default: Person()].habits[fact.project, default: Habits()] += change
    }

    private mutating func stir(_ project: Mark<Project>) { self.stirred.insert(project) }

    /// Reckons the standing within those projects anew whose people confirmed one another since the last time.
    public mutating func settle() {
        guard let model = self.model else { return }
        for project in self.stirred {
            guard let community = self.projects[project] else { continue }
            self.projects[project]?.standing = ranks(of: community.edges, roles: community.roles, model: model)
        }
        self.stirred = []
    }

    /// What the standing of `account` in `project` leaves of a confirmation, per mille.
    func standing(of account: Mark<Account>, in project: Mark<Project>) -> Int64 {
        guard let model = self.model, let community = self.projects[project], !community.roles.isEmpty else {
            return 1_000
        }
        return community.standing[account] ?? model[.stranger]
    }
}

extension Standings {
    /// Everything that a profile of `subject` takes from here, in 64 bits: while they and the subject's own facts stay
    /// the same, so does the profile.
    public func signature(of subject: Set<Mark<Account>>) -> UInt64 {
        guard let model = self.model else { return 0 }
        let surroundings = Surroundings(of: subject, in: self)
        var sum: UInt64 = 0
        // Added up, so that it does not matter in which order a set gives its members.
        for account in subject {
            guard let person = self.people[account] else { continue }
            for place in person.places {
                let left = [
                    self.standing(of: place.confirmer, in: place.project), surroundings.left(of: place.confirmer),
                    self.standing(of: account, in: place.project),
                ]
                sum &+= left.reduce(mixed(place.project.bits, place.confirmer.bits)) { mixed($0, UInt64($1)) }
            }
            for project in person.habits.keys {
                let bases = [
                    surroundings.base(.acceptance, of: project, model: model),
                    surroundings.base(.kept, of: project, model: model),
                ]
                sum &+= bases.reduce(project.bits) { mixed($0, UInt64($1)) }
            }
        }
        return sum
    }
}

extension Standings.Habits {
    /// What went well and what did not.
    func counts(_ rate: Rate.Name) -> (well: Int64, ill: Int64) {
        switch rate {
        case .acceptance: (self.merged, self.declined)
        case .kept: (self.kept, self.undone)
        case .substantive: (0, 0)
        }
    }

    static func += (left: inout Self, right: Self) {
        left.merged += right.merged
        left.declined += right.declined
        left.kept += right.kept
        left.undone += right.undone
    }
}

extension Evidence.Association {
    /// Whether it is a role in the project, and not just an earlier visit.
    var isRole: Bool { self == .owner || self == .member || self == .collaborator }
}

/// Two numbers in one, in this order (the finaliser of SplitMix64).
func mixed(_ one: UInt64, _ other: UInt64) -> UInt64 {
    var bits = (one &+ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93 ^ other
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}
