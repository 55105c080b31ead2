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
    /// `standIn` says whom it names in their place, without a login. Their name goes from the project's name and the
    /// locator, and an address that holds it goes as a whole. An owner known only by name is one of `erased` when the
    /// account of that login is (`Account.Key.init(_:login:)`). The fact stays the fact it is: what it is about, when, what
    /// came of it. Where an id holds a name, the id of the name's stand-in takes its place, so that two facts stay two.
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
        func inWords(_ name: String) -> String? { names.contains(name) ? Platform.erased.rawValue : nil }
        func inIDs(_ name: String) -> String? {
            names.contains(name) ? standIn(Account.Key(self.project.platform, login: name)).id : nil
        }
        if isOwners { fact.project.owner = self.project.owner.map(standIn) }
        fact.project.name = self.project.name.replacingParts(inWords)
        fact.source.locator = self.source.locator.replacingParts(inWords)
        fact.object.id = self.object.id.replacingParts(inIDs)
        fact.object.unit = self.object.unit.replacingParts(inIDs)
        if isOwners || self.object.url.map({ $0 != $0.replacingParts(inWords) }) ?? false { fact.object.url = nil }
        return fact
    }
}

extension String {
    /// The text with those of its parts, between `/`, `:`, `@`, `?`, `#` and `=`, replaced for which, in lower case,
    /// `replacement` has another.
    fileprivate func replacingParts(_ replacement: (String) -> String?) -> String {
        let separators: Set<Character> = ["/", ":", "@", "?", "#", "="]
        var text = ""
        var part = ""
        func close() {
            text += replacement(part.lowercased()) ?? part
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
