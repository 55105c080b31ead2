internal import Postgres
internal import Reputation
internal import Store

/// Whom and what the facts of a batch name: our numbers as far as they are remembered, and what the database has to be
/// asked for.
///
/// Nearly everybody is remembered and called as before. Looking that up needs nothing of the database, so it is done while
/// entries are stored: between two statements it would keep the database waiting.
struct BatchNames {
    /// Our numbers of the account and the project each fact is about, where they are remembered.
    private var numbers: [(account: Int64?, project: Int64?)] = []
    /// Who is new, or called otherwise than before, with the latest time each login was seen.
    private var accounts: [Account.Key: (account: Account, seen: Instant)] = [:]
    /// The projects that are not remembered.
    private var projects: [ProjectKey: Project] = [:]

    /// The names in no facts.
    init() {}

    /// The names in `facts`.
    init(in facts: [SealedFact], remembered: KnownNumbers) {
        var open: Set<Account.Key> = []
        self.numbers.reserveCapacity(facts.count)
        for fact in facts {
            let seen = fact.evidence.occurredAt
            let account = remembered.number(of: fact.evidence.account, seen: seen)
            if account == nil { open.insert(fact.evidence.account.key) }
            for counterparty in fact.evidence.counterparties
            where remembered.number(of: counterparty.account, seen: seen) == nil {
                open.insert(counterparty.account.key)
            }
            let key = ProjectKey(fact.evidence.project)
            let project = remembered.number(of: key)
            if project == nil, self.projects[key] == nil { self.projects[key] = fact.evidence.project }
            self.numbers.append((account, project))
        }
        if !open.isEmpty { self.accounts = Self.latest(open, in: facts) }
    }

    /// Those of `keys` that have a row of their own, each as it was seen last in `facts`: a stand-in has none.
    private static func latest(
        _ keys: Set<Account.Key>, in facts: [SealedFact]
    ) -> [Account.Key: (account: Account, seen: Instant)] {
        var accounts: [Account.Key: (account: Account, seen: Instant)] = [:]
        for fact in facts {
            let seen = fact.evidence.occurredAt
            for account in [fact.evidence.account] + fact.evidence.counterparties.map(\.account)
            where account.key.platform != .erased && keys.contains(account.key) {
                if let known = accounts[account.key], known.seen >= seen { continue }
                accounts[account.key] = (account, seen)
            }
        }
        return accounts
    }

    /// `facts`, whose names these are and whose entries begin at `start`, under our numbers, made where they are new.
    func file(
        _ facts: [SealedFact], from start: Int64, remembering known: KnownNumbers, on connection: isolated Connection
    ) throws -> [FiledFact] {
        let accounts = try connection.resolve(self.accounts, remembering: known)
        let projects = try connection.resolve(self.projects, remembering: known)
        return zip(facts, self.numbers).enumerated().map { offset, named in
            let (fact, numbers) = named
            guard let account = numbers.account ?? accounts[fact.evidence.account.key],
                let project = numbers.project ?? projects[ProjectKey(fact.evidence.project)]
            else { preconditionFailure("every account and project has a number by now") }
            return FiledFact(fact: fact, entry: start + Int64(offset), account: account, project: project)
        }
    }
}
