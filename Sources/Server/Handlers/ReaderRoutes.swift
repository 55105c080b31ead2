internal import CanonicalJSON
internal import HTTP
internal import Postgres
internal import Reputation
internal import Scoring
internal import Service
internal import Store

/// What others may read with the developer's consent, and the developer's view of who did.
enum ReaderRoutes {
    private static let facets = Set(Facet.Name.allCases.map(\.rawValue))

    /// Discoverable developers by facet; for recruiters.
    @Sendable static func search(_ exchange: Exchange) async throws -> Response {
        let reader = try await exchange.reader("recruiter")
        let query = try exchange.query(known: ["facet", "min_level", "min_quarters", "limit"])
        guard let facet = query["facet"], self.facets.contains(facet) else {
            throw Problem.invalid("?facet", "Name one of: \(self.facets.sorted().joined(separator: ", ")).")
        }
        let hits = try await Consent(authority: exchange.authority).search(
            facet: facet,
            minimumLevel: try exchange.number(query["min_level"], "min_level", in: 0...100, standard: 0),
            minimumQuarters: try exchange.number(query["min_quarters"], "min_quarters", in: 0...400, standard: 0),
            limit: try exchange.number(query["limit"], "limit", in: 1...100, standard: 20),
            by: reader, on: exchange.writer)
        return .json([
            "facet": .string(facet),
            "developers": .array(
                hits.map { hit in
                    [
                        "handle": .string(hit.handle), "level": .int(hit.level), "n": .int(hit.n),
                        "active_quarters": .int(hit.quarters),
                        "profile": .string("\(exchange.authority.settings.publicURL)/p/\(hit.handle)"),
                    ]
                }),
        ])
    }

    /// Makes a grant; its token is shown this once.
    @Sendable static func grant(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let fields = try Fields(exchange.request, known: ["audience", "facets", "expires_in_days", "max_uses"])
        let days = try fields.optionalInt("expires_in_days", in: 1...365) ?? 30
        let made = try await Consent(authority: exchange.authority).grant(
            developer: developer.id, facets: try fields.names("facets", among: self.facets),
            audience: try fields.text("audience"),
            expiry: Instant(seconds: exchange.authority.now().seconds + days * 86_400),
            maxUses: try fields.optionalInt("max_uses", in: 1...10_000) ?? 100, on: exchange.writer)
        guard case .object(var members) = self.json(made.grant) else { preconditionFailure("a grant is an object") }
        members["token"] = .string(made.token)
        members["url"] = .string("\(exchange.authority.settings.publicURL)/v1/grants/\(made.token)")
        return .json(.object(members), status: 201)
    }

    /// What a grant opens. Each call is one use, and in the developer's access log.
    @Sendable static func read(_ exchange: Exchange) async throws -> Response {
        guard
            let profile = try await Consent(authority: exchange.authority).read(
                token: exchange["token"], on: exchange.writer)
        else { throw Problem.notFound }
        return .json(profile)
    }

    /// Ends a grant at once.
    @Sendable static func revoke(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        guard
            try await exchange.writer.revokeGrant(
                exchange["token"], of: developer.id, at: exchange.authority.now())
        else { throw Problem.notFound }
        return Response(status: 204, headers: [], body: [])
    }

    /// The grants the developer made.
    @Sendable static func grants(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let grants = try StoredGrant.read(await exchange.reads.run(.grants(of: developer.id)))
        return .json(["grants": .array(grants.map(self.json))])
    }

    /// Who looked at the developer, newest first.
    @Sendable static func accessLog(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let query = try exchange.query(known: ["limit"])
        let limit = try exchange.number(query["limit"], "limit", in: 1...500, standard: 100)
        let looks = try StoredLook.read(await exchange.reads.run(.accessLog(of: developer.id, limit: limit)))
        return .json([
            "looks": .array(
                looks.map {
                    [
                        "at": .string($0.at.rfc3339), "reader": .string($0.reader), "act": .string($0.act),
                        "query": .string($0.query),
                    ]
                })
        ])
    }

    private static func json(_ grant: StoredGrant) -> JSON {
        [
            "id": .string(grant.id), "audience": .string(grant.audience),
            "facets": .array(grant.facets.map(JSON.string)), "expires_at": .string(grant.expiresAt.rfc3339),
            "max_uses": .int(grant.maxUses), "uses": .int(grant.uses), "revoked": .bool(grant.revoked),
        ]
    }
}
