import Reputation

extension Package {
    /// A fact for everybody the stanza names, with `measures` of the whole source package.
    func mapped(
        measures: [Evidence.Measure: Int64], occurredAt: Instant, observedAt: Instant, source: Evidence.Source
    ) -> Mapped {
        var mapped = Mapped(ignored: Array(repeating: "person_without_address", count: self.withoutAddress))
        let owner = self.owner.map(Package.account)
        let project = Project(platform: .debian, id: self.source, name: self.source, owner: owner?.key)
        for person in self.people {
            var fact = Evidence(
                kind: .packageMaintained, account: Package.account(person.address), project: project,
                object: Evidence.Object(
                    id: self.release, unit: self.source, url: "https://tracker.debian.org/pkg/\(self.source)"),
                occurredAt: occurredAt, observedAt: observedAt, outcome: person.isUploader ? .uploader : .maintainer,
                measures: measures, source: source)
            // `Packages` names no uploaders, so only `Sources` can tell how many there are.
            if self.index == .sources { fact.measures[.maintainers] = Int64(self.people.count) }
            if person.isUploader, let owner {
                fact.counterparties = [Evidence.Counterparty(account: owner, role: .maintainer)]
            }
            mapped.evidence.append(fact)
        }
        return mapped
    }

    /// The account behind `address`; a list or a team's address is nobody's alone.
    private static func account(_ address: String) -> Account {
        Account(
            key: Account.Key(platform: .email, id: address), login: "",
            kind: Package.isTeam(address) ? .organization : Bots.reason(address: address) == nil ? .user : .bot)
    }

    /// Whether `address` is a mailing list's or a team's.
    static func isTeam(_ address: String) -> Bool {
        let parts = address.split(separator: "@")
        guard let local = parts.first, let domain = parts.last else { return false }
        let teamDomains = [
            "tracker.debian.org", "packages.debian.org", "qa.debian.org", "alioth-lists.debian.net", "googlegroups.com",
        ]
        return domain.hasPrefix("lists.") || domain.contains(".lists.") || teamDomains.contains(String(domain))
            || ["packages", "team"].contains(local) || local.hasPrefix("team+")
    }
}
