internal import Arguments
internal import CanonicalJSON
internal import Client

/// `standing grant`: a link that lets one reader see the profile.
struct GrantCommand {
    let audience: String
    let facets: [String]
    let days: Int64?
    let uses: Int64?
    let isJSON: Bool
    let client: Client

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--audience", "--facets", "--days", "--uses", "--session"])
        guard operands.isEmpty else { throw UsageError(reason: "grant takes options only") }
        guard let audience = try arguments.value("--audience") else {
            throw UsageError(reason: "grant needs --audience TEXT: for whom it is, in words")
        }
        guard let session = try arguments.value("--session") ?? environment("STANDING_SESSION") else {
            throw UsageError(reason: "grant needs --session TOKEN or $STANDING_SESSION; claim --json prints one")
        }
        self.audience = audience
        self.facets = try arguments.value("--facets")?.split(separator: ",").map(String.init) ?? []
        self.days = try arguments.number("--days", in: 1...365)
        self.uses = try arguments.number("--uses", in: 1...10_000)
        self.isJSON = arguments.has("--json")
        self.client = try arguments.client(token: session)
    }

    func run() async throws -> Bool {
        let grant = try await self.client.grant(
            audience: self.audience, facets: self.facets, days: self.days, uses: self.uses)
        say(self.isJSON ? grant.document.canonical + "\n" : self.screen(grant.value))
        return true
    }

    func screen(_ grant: NewGrant) -> String {
        let facets = grant.facets.isEmpty ? "every facet" : grant.facets.joined(separator: ", ")
        let lines = [
            "For \(grant.audience): \(facets), until \(grant.expiresAt), \(grant.maxUses) uses at most.",
            "  \(grant.url)", "The link is shown this once. Its id, to revoke it: \(grant.id)",
        ]
        return lines.map(harmless).joined(separator: "\n") + "\n"
    }
}
