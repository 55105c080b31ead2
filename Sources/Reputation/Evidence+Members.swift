public import CanonicalJSON

extension Evidence {
    /// The pointer of the first member of `document` that no fact has, nil where all are known.
    ///
    /// What is stored is read leniently, so that a fact of a later version can still be shown; what is sent is not,
    /// because a misspelt member would be lost without a word.
    public static func unknownMember(of document: JSON) -> String? {
        if let unknown = Members.fact.unknown(in: document) { return unknown }
        for (position, element) in (document["counterparties"]?.array ?? []).enumerated() {
            if let unknown = Members.counterparty.unknown(in: element) {
                return "/counterparties/\(position)\(unknown)"
            }
        }
        return nil
    }
}

/// The names an object may have: those with a value of their own, and those with an object below.
private struct Members: Sendable {
    static let account = Members(["id", "kind", "login", "platform"])
    static let counterparty = Members(["association", "role"], ["account": account])
    private static let owner = Members(["id", "platform"])
    static let fact = Members(
        [
            "association", "counterparties", "flags", "measures", "observed_at", "occurred_at", "outcome", "type", "v",
        ],
        [
            "account": account, "object": Members(["id", "unit", "url"]),
            "project": Members(["id", "name", "platform"], ["owner": owner]),
            "source": Members(["adapter", "class", "digest", "locator"]),
        ])

    let names: Set<String>
    let objects: [String: Members]

    init(_ names: Set<String>, _ objects: [String: Members] = [:]) {
        self.names = names
        self.objects = objects
    }

    func unknown(in value: JSON) -> String? {
        guard case .object(let members) = value else { return nil }
        for (name, value) in members where !self.names.contains(name) {
            guard let object = self.objects[name] else { return "/\(name)" }
            if let unknown = object.unknown(in: value) { return "/\(name)\(unknown)" }
        }
        return nil
    }
}
