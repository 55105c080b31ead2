import Reputation

/// A package as its registry tells of it, whichever that is.
struct RegistryPackage {
    /// A release, with who published it where the registry says.
    struct Release {
        let version: String
        let publishedAt: Instant
        let publisher: Account?
    }

    /// The name in the registry's own spelling rules, by which packages are the same.
    let name: String
    var url: String?
    /// Who may publish it, by the registry's word; the first is taken for its owner.
    var owners: [Account] = []
    /// The repository it is built from, as `host/owner/name`.
    var repository: String?
    var releases: [Release] = []
    /// The packages it needs to run, without those it needs to be tested or built.
    var requires: Set<String> = []
    var isDeprecated: Bool?
    var provenance: Bool?
    /// The version the facts are about.
    var version = ""

    /// What packages are counted by: those of one repository are one.
    var unit: String { self.repository ?? self.name }

    /// `https://github.com/northwind/anemometer.git` and its like as `github.com/northwind/anemometer`; nil for what is no
    /// address of a repository.
    static func repository(_ text: String?) -> String? {
        guard var text = text?.lowercased() else { return nil }
        for prefix in ["git+", "git://", "https://", "http://", "ssh://", "git@", "www."] where text.hasPrefix(prefix) {
            text = String(text.dropFirst(prefix.count))
        }
        if text.hasPrefix("git@") { text = String(text.dropFirst(4)) }
        text = String(text.replacing(":", with: "/").prefix { $0 != "#" && $0 != "?" })
        let parts = text.split(separator: "/").prefix(3).map(String.init)
        let hosts: Set<String> = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "git.sr.ht"]
        guard parts.count == 3, hosts.contains(parts[0]) else { return nil }
        let name = parts[2].hasSuffix(".git") ? String(parts[2].dropLast(4)) : parts[2]
        return "\(parts[0])/\(parts[1])/\(name)"
    }
}

extension RegistryPackage {
    /// Facts for everybody who maintains the package and who published a release, with `measures` of its whole unit.
    func mapped(
        platform: Platform, dependents: Int64, source: Evidence.Source, observedAt: Instant
    ) -> Mapped {
        var mapped = Mapped()
        let project = Project(platform: platform, id: self.name, name: self.name, owner: self.owners.first?.key)
        let latest = self.releases.map(\.publishedAt).max()
        for owner in self.owners {
            var fact = Evidence(
                kind: .packageMaintained, account: owner, project: project,
                object: Evidence.Object(id: "\(self.name)@\(self.version)", unit: self.unit, url: self.url),
                occurredAt: latest ?? observedAt, observedAt: observedAt, outcome: .maintainer, source: source)
            fact.measures = [.externalDependents: dependents, .maintainers: Int64(self.owners.count)]
            if let latest {
                let year = latest.seconds - 365 * 86_400
                fact.measures[.releasesInTwelveMonths] = Int64(
                    self.releases.count { $0.publishedAt.seconds > year })
            }
            fact.measures[.deprecated] = self.isDeprecated.map { $0 ? 1 : 0 }
            fact.measures[.provenance] = self.provenance.map { $0 ? 1 : 0 }
            if owner.kind == .bot { fact.flags.insert(.botActor) }
            mapped.evidence.append(fact)
        }
        for release in self.releases {
            guard let publisher = release.publisher else { continue }
            var fact = Evidence(
                kind: .releasePublished, account: publisher, project: project,
                object: Evidence.Object(id: "\(self.name)@\(release.version)", url: self.url),
                occurredAt: release.publishedAt, observedAt: observedAt, outcome: .published, source: source)
            if publisher.kind == .bot { fact.flags.insert(.botActor) }
            mapped.evidence.append(fact)
        }
        if mapped.evidence.isEmpty { mapped.ignored.append("package_without_known_owner") }
        return mapped
    }
}
