public import Reputation

/// What a ledger says about those around a subject: who has standing in which project, who mostly confirms whom, and how
/// often each project accepts.
///
/// It grows fact by fact and is a function of the facts it holds, whatever order they came in. How a graph of everybody
/// and updates of one profile go together: standing is reckoned within each project (`Community`), so a fact stirs one
/// project's graph; it is given in steps, so that it seldom moves; and what a profile took from here is told by
/// `signature`: a profile whose own facts and signature stay the same stays the same, byte for byte. Whose signature may
/// have moved at all is told by `news`.
public struct Standings: Sendable {
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

    /// By whose numbers; nil when nothing is known of anybody.
    let model: Model?
    /// Found by number, so that looking into one does not copy it.
    private(set) var communities: [Community] = []
    private var projects: [Mark<Project>: Int32] = [:]
    private var persons: [Person] = []
    private var people: [Mark<Account>: Int32] = [:]
    /// Confirmations counted, so that many acts on one unit are one.
    private var counted: Set<UInt64> = []
    private var stirred: [Int: Mark<Project>] = [:]
    private(set) var news = NewsLog()

    /// Nothing is known of anybody, and nobody is marked down for it.
    public static let unknown = Standings(model: nil)

    /// Begins without facts, by the numbers of `model`.
    public init(by model: Model) { self.init(model: model.knowsOthers ? model : nil) }

    private init(model: Model?) { self.model = model }

    /// Takes `fact` into account, whomever it is about; `settle` comes before anything is asked.
    public mutating func add(_ fact: Fact) {
        guard let model = self.model, !fact.isOwnWord else { return }
        let project = self.number(fact.project)
        self.addRoles(fact, in: project)
        let opinion = Opinion(fact, subject: CollectionOfOne(fact.account), model: model, surroundings: .unknown)
        self.addHabit(fact, opinion, in: project)
        guard opinion.exclusion == nil, !opinion.confirmers.isEmpty else { return }
        let subject = self.number(fact.account)
        for confirmer in opinion.confirmers { self.add(confirmer, confirms: fact, subject: subject, in: project) }
    }

    private mutating func add(_ confirmer: Mark<Account>, confirms fact: Fact, subject: Int, in project: Int) {
        let bits = mixed(mixed(mixed(fact.project.bits, confirmer.bits), fact.account.bits), fact.unit.bits)
        guard self.counted.insert(bits).inserted else { return }
        self.stirred[project] = fact.project
        self.communities[project].confirm(fact.account, by: confirmer)
        self.persons[self.number(confirmer)].given += 1
        self.persons[subject].receive(from: confirmer, in: fact.project)
        self.news.add(.dealings(fact.account, confirmer))
    }

    /// Who owns a project, belongs to it, merges there or commits others' work has a role in it.
    private mutating func addRoles(_ fact: Fact, in project: Int) {
        if let owner = fact.owner { self.addRole(owner, fact, in: project) }
        if fact.association?.isRole == true, fact.accountKind == .user { self.addRole(fact.account, fact, in: project) }
        for party in fact.parties where party.kind.isAnswerable {
            let acts = party.role == .merger || party.role == .committer || party.role == .maintainer
            if acts || party.association?.isRole == true { self.addRole(party.account, fact, in: project) }
        }
    }

    private mutating func addRole(_ account: Mark<Account>, _ fact: Fact, in project: Int) {
        guard self.communities[project].addRole(account) else { return }
        self.stirred[project] = fact.project
    }

    private mutating func addHabit(_ fact: Fact, _ opinion: Opinion, in project: Int) {
        var change = Habits()
        switch (fact.kind, opinion.exclusion) {
        case (.changeMerged, nil): change.merged = 1
        case (.changeDeclined, .notConfirmed): change.declined = 1
        case (.issueTriaged, nil): change.kept = 1
        case (.issueTriaged, .notScored) where fact.outcome == .reopened: change.undone = 1
        default: return
        }
        self.communities[project].habits += change
        self.persons[self.number(fact.account)].habits[fact.project, default: Habits()] += change
        self.news.add(.habits(fact.project, change, by: fact.account))
    }

    private mutating func number(_ project: Mark<Project>) -> Int {
        if let known = self.projects[project] { return Int(known) }
        self.projects[project] = Int32(self.communities.count)
        self.communities.append(Community())
        return self.communities.count - 1
    }

    private mutating func number(_ account: Mark<Account>) -> Int {
        if let known = self.people[account] { return Int(known) }
        self.people[account] = Int32(self.persons.count)
        self.persons.append(Person())
        return self.persons.count - 1
    }

    /// Reckons the standing within those projects anew whose people confirmed one another since the last time.
    public mutating func settle() {
        guard let model = self.model else { return }
        for (project, mark) in self.stirred {
            let moved = self.communities[project].settle(model)
            self.news.add(.standing(mark, of: moved))
        }
        self.stirred = [:]
    }
}

extension Standings {
    /// What the standing of `account` in `project` leaves of a confirmation, per mille.
    func standing(of account: Mark<Account>, in project: Mark<Project>) -> Int64 {
        guard let model = self.model, let number = self.projects[project] else { return 1_000 }
        return self.communities[Int(number)].standing(of: account, model: model)
    }

    /// What is known of `account` by others' work with it; nil when nothing is.
    func person(_ account: Mark<Account>) -> Person? { self.people[account].map { self.persons[Int($0)] } }

    /// What became of the work in `project`.
    func habits(of project: Mark<Project>) -> Habits {
        self.projects[project].map { self.communities[Int($0)].habits } ?? Habits()
    }

    /// Units of `subject` that `confirmer` confirmed.
    func units(of subject: Mark<Account>, from confirmer: Mark<Account>) -> Int64 {
        self.people[subject].map { Int64(self.persons[Int($0)].from[confirmer] ?? 0) } ?? 0
    }

    /// Units of `account` that others confirmed, and units of others that it did.
    func dealings(of account: Mark<Account>) -> (received: Int64, given: Int64) {
        self.people[account].map { (self.persons[Int($0)].received, self.persons[Int($0)].given) } ?? (0, 0)
    }

    /// Whether `account` confirmed, was confirmed or has a role in `project`.
    func knows(_ account: Mark<Account>, in project: Mark<Project>) -> Bool {
        self.projects[project].map { self.communities[Int($0)].holds(account) } ?? false
    }

    /// Everything that a profile of `subject` takes from here, in 64 bits: while they and the subject's own facts stay
    /// the same, so does the profile.
    public func signature(of subject: Set<Mark<Account>>) -> UInt64 {
        guard let model = self.model else { return 0 }
        let surroundings = Surroundings(of: subject, in: self)
        var sum: UInt64 = 0
        // Added up, so that it does not matter in which order a set gives its members.
        for account in subject {
            guard let person = self.person(account) else { continue }
            for place in person.places {
                guard let number = self.projects[place.project] else { continue }
                var bits = mixed(place.project.bits, place.confirmer.bits)
                bits = mixed(
                    bits, UInt64(self.communities[Int(number)].standing(of: place.confirmer, model: model)))
                bits = mixed(bits, UInt64(surroundings.left(of: place.confirmer)))
                sum &+= mixed(bits, UInt64(self.communities[Int(number)].standing(of: account, model: model)))
            }
            for project in person.habits.keys {
                let accepted = surroundings.base(.acceptance, of: project, model: model)
                let kept = surroundings.base(.kept, of: project, model: model)
                sum &+= mixed(mixed(project.bits, UInt64(accepted)), UInt64(kept))
            }
        }
        return sum
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
