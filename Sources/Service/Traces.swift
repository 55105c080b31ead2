internal import CanonicalJSON
internal import Postgres
internal import Reputation
internal import Store

/// Everything by which somebody is known here: accounts, the names these had, and the facts of others that name them.
struct Traces: Sendable {
    /// The accounts, and for every login they had the account known by that name alone.
    private(set) var keys: Set<Account.Key> = []
    /// Our numbers for those that are kept.
    private(set) var accounts: [Int64] = []
    /// The entries of facts about others that name one of `keys`, as far as was looked.
    private(set) var facts: Set<Int64> = []
    /// Up to which entry the facts were searched for each key.
    private var searched: [Account.Key: Int64] = [:]

    /// The logins of `keys` on each platform, in lower case.
    var names: [Platform: [String]] {
        Dictionary(grouping: self.keys, by: \.platform).mapValues { keys in keys.compactMap(\.loginAlone).sorted() }
    }

    /// Looks for `keys` among the first `size` entries, where that was not done before.
    ///
    /// Reads every fact from there: no index leads from a name to the facts of others. A login that turns up on the way is
    /// looked for as well.
    mutating func look(for keys: Set<Account.Key>, upTo size: Int64, on connection: isolated Connection) throws {
        self.keys.formUnion(keys)
        let own = try connection.storedAccounts(self.keys.sorted())
        let subjects = own.map(\.id)
        for account in own { self.add(account.account.login, on: account.account.key.platform) }
        for platform in Set(self.keys.map(\.platform)) {
            let ids = own.filter { $0.account.key.platform == platform }.map(\.id)
            for login in try connection.loginsInEvidence(about: ids) { self.add(login, on: platform) }
        }
        while let start = self.keys.map({ self.searched[$0] ?? 0 }).filter({ $0 < size }).min() {
            let due = self.keys.filter { (self.searched[$0] ?? 0) == start }.sorted()
            try self.search(due, from: start, notAbout: subjects, on: connection)
            for key in due { self.searched[key] = size }
        }
        self.accounts = try connection.storedAccounts(self.keys.sorted()).map(\.id)
    }

    /// Takes what names one of `keys` in the facts from entry `start` on: an account by its id and one by its name at a time,
    /// because reading costs more than comparing.
    private mutating func search(
        _ keys: [Account.Key], from start: Int64, notAbout subjects: [Int64], on connection: isolated Connection
    ) throws {
        let names = keys.filter { $0.loginAlone != nil }
        let ids = keys.filter { $0.loginAlone == nil }
        for place in 0..<max(names.count, ids.count) {
            let (id, name) = (ids.dropFirst(place).first?.idText, names.dropFirst(place).first)
            let alias = name?.idText ?? id ?? ""
            for row in try connection.evidence(
                holding: id ?? alias, or: alias, or: name?.ownerText ?? alias, from: start, notAbout: subjects)
            {
                try self.take(row)
            }
        }
    }

    private mutating func take(_ row: NamingEvidence) throws {
        let fact = try Evidence(document: JSON(parsing: row.document.utf8))
        guard fact.without(self.keys, standIn: { $0 }) != nil else { return }
        self.facts.insert(row.entryIndex)
        for account in fact.counterparties.map(\.account) where self.keys.contains(account.key) {
            self.add(account.login, on: account.key.platform)
        }
        if let owner = fact.project.owner, self.keys.contains(owner) {
            self.add(fact.project.ownerName ?? "", on: owner.platform)
        }
    }

    private mutating func add(_ login: String, on platform: Platform) {
        if !login.isEmpty { self.keys.insert(Account.Key(platform, login: login)) }
    }

    /// Whether `text`, the JSON of a profile, tells of one of `keys`.
    func areIn(_ text: String) -> Bool {
        let text = text.lowercased()
        return self.keys.contains { key in
            let needles = [key.idText, key.ownerText, key.loginAlone.map { "\"name\":\(JSON.string($0).canonical)" }]
            return needles.contains { $0.map { text.contains($0.lowercased()) } ?? false }
        }
    }
}

extension Account.Key {
    /// The login of an account known by that alone, in lower case; nil for one with an id.
    var loginAlone: String? { self.id.hasPrefix("login:") ? String(self.id.dropFirst(6)) : nil }

    /// The account in the canonical text of a fact.
    fileprivate var idText: String { "\"id\":\(JSON.string(self.id).canonical)" }

    /// The beginning of a project's name in the text of a fact in lower case, when the account owns it.
    fileprivate var ownerText: String? {
        self.loginAlone.map { "\"name\":\(JSON.string($0 + "/").canonical.dropLast())" }
    }
}
