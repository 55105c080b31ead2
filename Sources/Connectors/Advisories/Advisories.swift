import CanonicalJSON
public import Decoding
public import Reputation

/// Who is credited in security advisories: OSV's format (ossf.github.io/osv-schema) and GitHub's own, with the ids.
public enum Advisories {
    /// `osv`.
    public static let adapter = "osv"

    /// The advisories in the files at `paths`.
    ///
    /// - Throws: `ReadError`.
    public static func open(
        paths: [String], observedAt: Instant, resumingAfter cursor: String? = nil
    ) throws(ReadError) -> DocumentSource {
        try DocumentSource(adapter: Advisories.adapter, paths: paths, resumingAfter: cursor) { documents in
            documents.map { document in
                document.record { place throws(Refusal) in
                    try AdvisoryReading(place, document, observedAt: observedAt).mapped()
                }
            }
        }
    }
}

/// An advisory that is being read.
private struct AdvisoryReading {
    let place: Place
    let observedAt: Instant
    let source: Evidence.Source

    init(_ place: Place, _ document: Document, observedAt: Instant) throws(Refusal) {
        self.place = try place.object()
        self.observedAt = observedAt
        self.source = Evidence.Source(
            adapter: Advisories.adapter, class: .registry, locator: document.file, digest: document.digest)
    }

    func mapped() throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        // GitHub's own format names itself by `ghsa_id`.
        let own = try self.place["ghsa_id"].present.name()
        let id = try (own == nil ? self.place["id"] : self.place["ghsa_id"]).name()
        let published = try
            (self.place["published_at"].present ?? self.place["published"].present ?? self.place["modified"])
            .moment()
        let withdrawn = self.place["withdrawn_at"].present ?? self.place["withdrawn"].present
        if withdrawn != nil { return (.ignored("advisory_withdrawn"), published) }
        let credits = try self.place["credits"].present.elements()
        if credits.isEmpty { return (.ignored("advisory_without_credits"), published) }
        let project = try self.project(id)
        let object = Evidence.Object(id: try self.canonical(id), url: "https://osv.dev/vulnerability/\(id)")
        var mapped = Mapped()
        for credit in credits {
            let (account, rule) = try self.account(credit)
            guard let account else {
                mapped.ignored.append(rule)
                continue
            }
            var fact = Evidence(
                kind: .securityCredit, account: account, project: project, object: object, occurredAt: published,
                observedAt: self.observedAt, outcome: try self.outcome(credit), source: self.source)
            fact.measures[.severity] = try self.severity()
            if account.kind == .bot { fact.flags.insert(.botActor) }
            mapped.evidence.append(fact)
        }
        return (mapped, published)
    }

    /// The name by which one advisory is the same in every database: its GHSA number where it has one, then its CVE's.
    private func canonical(_ id: String) throws(Refusal) -> String {
        var names = [id]
        for alias in try self.place["aliases"].present.elements() { names.append(try alias.name()) }
        for prefix in ["GHSA-", "CVE-"] {
            if let name = names.filter({ $0.hasPrefix(prefix) }).min() { return name }
        }
        return id
    }

    private func project(_ id: String) throws(Refusal) -> Project {
        let affected = self.place["affected"].present ?? self.place["vulnerabilities"]
        guard let first = try affected.present.elements().first, let package = first["package"].present else {
            return Project(platform: Platform(rawValue: "advisories"), id: id, name: id)
        }
        let ecosystem = try package["ecosystem"].name().lowercased()
        let names = ["crates.io": "crates", "rust": "crates", "pip": "pypi"]
        let name = try package["name"].name()
        return Project(platform: Platform(rawValue: names[ecosystem] ?? ecosystem), id: name, name: name)
    }

    /// Who is credited, or the rule by which nobody can be told: a name alone is nobody's, and a login may be anybody's next.
    private func account(_ credit: Place) throws(Refusal) -> (account: Account?, rule: String) {
        if let user = credit["user"].present {
            return (try GitHubShapes.github.account(user), "account_deleted")
        }
        let contacts = try credit["contact"].present.elements()
        for contact in contacts {
            let text = try contact.text()
            guard text.lowercased().hasPrefix("mailto:"), let address = Commit.address(String(text.dropFirst(7))) else {
                continue
            }
            return (Connectors.account(ofAddress: address), "")
        }
        return (nil, contacts.isEmpty ? "credit_by_name_alone" : "credit_without_an_id")
    }

    private func outcome(_ credit: Place) throws(Refusal) -> Evidence.Outcome {
        let type = try credit["type"].present.text()?.lowercased() ?? "other"
        let known: Set<Evidence.Outcome> = [
            .finder, .reporter, .analyst, .coordinator, .tool, .sponsor, .remediationDeveloper, .remediationReviewer,
            .remediationVerifier,
        ]
        return Evidence.Outcome(rawValue: type).flatMap { known.contains($0) ? $0 : nil } ?? .other
    }

    /// The least that the advisory's word for its severity means, in tenths of a CVSS score (CVSS 3.1, section 5).
    private func severity() throws(Refusal) -> Int64? {
        let place = self.place["database_specific"]["severity"].present ?? self.place["severity"]
        switch place.value.string?.lowercased() {
        case "low": return 1
        case "moderate", "medium": return 40
        case "high": return 70
        case "critical": return 90
        default: return nil
        }
    }
}
