extension Platform {
    /// Accounts of people who were erased: facts of others name a stand-in here, which leads to nobody.
    public static let erased = Platform(rawValue: "erased")
}

extension Account.Key {
    /// The account known by `login` alone on `platform`.
    public init(_ platform: Platform, login: String) {
        self.init(platform: platform, id: "login:\(login.lowercased())")
    }
}

extension Project {
    /// Whose the project is by its name, `owner` of `owner/name`; nil for a name without an owner.
    public var ownerName: String? {
        guard let slash = self.name.firstIndex(of: "/"), slash != self.name.startIndex else { return nil }
        return String(self.name[..<slash])
    }
}

extension Evidence {
    /// The same fact without the people of `erased`, who took part in it or own its project; nil when it names none.
    ///
    /// `standIn` says whom it names in their place, without a login. Their name goes from the project's name, from ids and
    /// the locator, and an address that holds it goes as a whole. An owner known only by name is one of `erased` when the
    /// account of that login is (`Account.Key.init(_:login:)`). The fact stays the fact it is: what it is about, when, what
    /// came of it.
    public func without(_ erased: Set<Account.Key>, standIn: (Account.Key) -> Account.Key) -> Evidence? {
        var fact = self
        var names: Set<String> = []
        for (index, counterparty) in self.counterparties.enumerated() where erased.contains(counterparty.account.key) {
            let account = counterparty.account
            names.insert(account.login.lowercased())
            fact.counterparties[index].account = Account(key: standIn(account.key), login: "", kind: account.kind)
        }
        let owner = self.project.owner ?? self.project.ownerName.map { Account.Key(self.project.platform, login: $0) }
        let isOwners = owner.map(erased.contains) ?? false
        if isOwners { names.insert(self.project.ownerName?.lowercased() ?? "") }
        guard isOwners || !names.isEmpty else { return nil }
        names.remove("")
        if isOwners { fact.project.owner = self.project.owner.map(standIn) }
        fact.project.name = self.project.name.without(names)
        fact.object.id = self.object.id.without(names)
        fact.object.unit = self.object.unit.without(names)
        fact.source.locator = self.source.locator.without(names)
        if isOwners || self.object.url.map({ $0 != $0.without(names) }) ?? false { fact.object.url = nil }
        return fact
    }
}

extension String {
    /// The text with `erased` in place of each of its parts, between `/`, `:`, `@`, `?`, `#` and `=`, that is one of `names`.
    fileprivate func without(_ names: Set<String>) -> String {
        let separators: Set<Character> = ["/", ":", "@", "?", "#", "="]
        var text = ""
        var part = ""
        func close() {
            text += names.contains(part.lowercased()) ? Platform.erased.rawValue : part
            part = ""
        }
        for character in self {
            if separators.contains(character) {
                close()
                text.append(character)
            } else {
                part.append(character)
            }
        }
        close()
        return text
    }
}
