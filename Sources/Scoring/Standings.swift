import Reputation

/// What a ledger says about those around a subject: who has standing in which project, who mostly confirms whom, and how
/// often each project accepts.
///
/// It grows fact by fact and is a function of the facts it holds, whatever order they came in. How a graph of everybody
/// and updates of one profile go together: standing is reckoned within each project (`Community`), so a fact stirs one
/// project's graph; it is given in steps, so that it seldom moves; and what a profile took from here is told by
/// `Signature`: a profile whose own facts and signature stay the same stays the same, byte for byte. Of a signature only
/// what is in the `News` is reckoned again.
public struct Standings: Sendable {
    /// Where somebody was confirmed, and by whom: numbers of the community and of its members.
    struct Place: Sendable {
        let community: Int32
        let subject: Int32
        let confirmer: Int32
    }

    /// How many units of somebody `confirmer` confirmed, over all projects.
    struct Dealing: Sendable {
        let confirmer: Mark<Account>
        var units: Int32
        /// The number of the dealing the other way round; −1 while there is none.
        var reverse: Int32 = -1
    }

    /// What became of somebody's own work in a project.
    struct Work: Sendable {
        let community: Int32
        var habits = Habits()
    }

    /// What one account received and gave, over all projects.
    struct Person: Sendable {
        /// Each once.
        var places: [Place] = []
        /// The numbers of the dealings in which it was confirmed.
        var dealings: [Int32] = []
        /// The numbers of its works.
        var works: [Int32] = []
        var received: Int64 = 0
        var given: Int64 = 0
    }

    /// By whose numbers; nil when nothing is known of anybody.
    let model: Model?
    /// What is left of a stranger's confirmation, per mille.
    let stranger: Int64
    private(set) var communities: [Community] = []
    private var projects = MarkTable()
    private(set) var persons: [Person] = []
    private(set) var people = MarkTable()
    private var dealings: [Dealing] = []
    private var pairs = MarkTable()
    private(set) var works: [Work] = []
    private var workNumbers = MarkTable()
    /// Confirmations counted, so that many acts on one unit are one.
    private var counted = MarkTable()
    private var stirred: Set<Int> = []
    private(set) var news = NewsLog()

    /// Nothing is known of anybody, and nobody is marked down for it.
    public static let unknown = Standings(model: nil)

    /// Begins without facts, by the numbers of `model`.
    public init(by model: Model) { self.init(model: model.knowsOthers ? model : nil) }

    private init(model: Model?) {
        self.model = model
        self.stranger = model?[.stranger] ?? 1_000
    }

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
        guard self.counted.known(bits, orFrom: 0) == nil else { return }
        self.stirred.insert(project)
        if let arc = self.communities[project].confirm(fact.account, by: confirmer) {
            self.persons[subject].places.append(
                Place(community: Int32(project), subject: Int32(arc.subject), confirmer: Int32(arc.confirmer)))
        }
        let giver = self.number(confirmer)
        self.persons[giver].given += 1
        self.persons[subject].received += 1
        let pair = mixed(fact.account.bits, confirmer.bits)
        if let known = self.pairs.known(pair, orFrom: self.dealings.count) {
            self.dealings[known].units += 1
        } else {
            let number = Int32(self.dealings.count)
            let reverse = self.pairs[mixed(confirmer.bits, fact.account.bits)]
            self.persons[subject].dealings.append(number)
            self.dealings.append(Dealing(confirmer: confirmer, units: 1, reverse: reverse.map { Int32($0) } ?? -1))
            if let reverse { self.dealings[reverse].reverse = number }
        }
        self.news.add(.dealings(fact.account, confirmer, in: fact.project))
    }

    /// Who owns a project, belongs to it, merges there or commits others' work has a role in it.
    private mutating func addRoles(_ fact: Fact, in project: Int) {
        if let owner = fact.owner { self.addRole(owner, in: project) }
        if fact.association?.isRole == true, fact.accountKind == .user { self.addRole(fact.account, in: project) }
        for party in fact.parties where party.kind.isAnswerable {
            let acts = party.role == .merger || party.role == .committer || party.role == .maintainer
            if acts || party.association?.isRole == true { self.addRole(party.account, in: project) }
        }
    }

    private mutating func addRole(_ account: Mark<Account>, in project: Int) {
        if self.communities[project].addRole(account) { self.stirred.insert(project) }
    }

    private mutating func addHabit(_ fact: Fact, _ opinion: Opinion, in project: Int) {
        var change = Habits()
        switch (fact.kind, opinion.exclusion) {
        case (.changeMerged, nil): (change.merged, change.landed) = (1, 1)
        case (.commitAuthored, nil): change.landed = 1
        case (.changeDeclined, .notConfirmed): change.declined = 1
        case (.issueTriaged, nil): change.kept = 1
        case (.issueTriaged, .notScored) where fact.outcome == .reopened: change.undone = 1
        default: break
        }
        if change != Habits() { self.works[self.number(ofWorkBy: fact.account, in: project)].habits += change }
        // A revert does not tell whose work it takes back: it is a habit of the project.
        if fact.undoes != nil { change.reverted = 1 }
        guard change != Habits() else { return }
        self.communities[project].habits += change
        self.news.add(.habits(fact.project, by: fact.account))
    }

    private mutating func number(_ project: Mark<Project>) -> Int {
        if let known = self.projects.known(project.bits, orFrom: self.communities.count) { return known }
        self.communities.append(Community(of: project))
        return self.communities.count - 1
    }

    private mutating func number(_ account: Mark<Account>) -> Int {
        if let known = self.people.known(account.bits, orFrom: self.persons.count) { return known }
        self.persons.append(Person())
        return self.persons.count - 1
    }

    private mutating func number(ofWorkBy account: Mark<Account>, in project: Int) -> Int {
        let key = mixed(self.communities[project].project.bits, account.bits)
        if let known = self.workNumbers.known(key, orFrom: self.works.count) { return known }
        let person = self.number(account)
        self.persons[person].works.append(Int32(self.works.count))
        self.works.append(Work(community: Int32(project)))
        return self.works.count - 1
    }

    /// Reckons the standing within those projects anew whose people confirmed one another since the last time.
    public mutating func settle() {
        guard let model = self.model else { return }
        for project in self.stirred {
            guard self.communities[project].settle(model) else { continue }
            self.news.add(.standing(self.communities[project].project))
        }
        self.stirred = []
    }
}

extension Standings {
    /// What the standing of `account` in `project` leaves of a confirmation, per mille.
    func standing(of account: Mark<Account>, in project: Mark<Project>) -> Int64 {
        guard self.model != nil, let number = self.projects[project.bits] else { return 1_000 }
        return self.communities[number].standing(of: account, stranger: self.stranger)
    }

    /// The number of the community of `project`; nil when nothing is known of it.
    func community(of project: Mark<Project>) -> Int32? { self.projects[project.bits].map { Int32($0) } }

    /// What became of the work in `project`.
    func habits(of project: Mark<Project>) -> Habits {
        self.projects[project.bits].map { self.communities[$0].habits } ?? Habits()
    }

    /// What became of the work of `account` in `project`; nil when none had an end.
    func habits(of account: Mark<Account>, in project: Mark<Project>) -> Habits? {
        self.workNumbers[mixed(project.bits, account.bits)].map { self.works[$0].habits }
    }

    /// Units of `subject` that `confirmer` confirmed.
    func units(of subject: Mark<Account>, from confirmer: Mark<Account>) -> Int64 {
        self.pairs[mixed(subject.bits, confirmer.bits)].map { Int64(self.dealings[$0].units) } ?? 0
    }

    /// Who confirmed units of `account`, and how many.
    func dealings(of account: Mark<Account>) -> [Dealing] {
        self.people[account.bits].map { self.persons[$0].dealings.map { self.dealings[Int($0)] } } ?? []
    }

    /// Units that went the other way round.
    func units(reverseOf dealing: Dealing) -> Int64 {
        dealing.reverse < 0 ? 0 : Int64(self.dealings[Int(dealing.reverse)].units)
    }

    /// How many others confirmed units of `account`.
    func confirmers(of account: Mark<Account>) -> Int {
        self.people[account.bits].map { self.persons[$0].dealings.count } ?? 0
    }

    /// Units of `account` that others confirmed, and units of others that it did.
    func totals(of account: Mark<Account>) -> (received: Int64, given: Int64) {
        self.people[account.bits].map { (self.persons[$0].received, self.persons[$0].given) } ?? (0, 0)
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
