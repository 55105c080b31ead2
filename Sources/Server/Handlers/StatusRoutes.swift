internal import CanonicalJSON
internal import HTTP
internal import Postgres
internal import Service
internal import Store

/// What became of credentials, as lists that tell nothing of whoever asks after one.
enum StatusRoutes {
    /// The list as a token (IETF Token Status List).
    @Sendable static func token(_ exchange: Exchange) async throws -> Response {
        let publication = try await self.publication(exchange)
        return IssuerRoutes.open("application/statuslist+jwt", Array(publication.token.utf8))
    }

    /// The bits of what is revoked (W3C Bitstring Status List).
    @Sendable static func revocation(_ exchange: Exchange) async throws -> Response {
        let publication = try await self.publication(exchange)
        return IssuerRoutes.open("application/vc+jwt", Array(publication.revocation.utf8))
    }

    /// The bits of what is suspended.
    @Sendable static func suspension(_ exchange: Exchange) async throws -> Response {
        let publication = try await self.publication(exchange)
        return IssuerRoutes.open("application/vc+jwt", Array(publication.suspension.utf8))
    }

    /// The newest publications of the list, each with what opens its entry in the ledger.
    @Sendable static func history(_ exchange: Exchange) async throws -> Response {
        _ = try await self.publication(exchange)
        let rows = try await exchange.reads.run(.statusPublications(of: try self.number(exchange), count: 100))
        return .json(["publications": .array(try StatusPublication.read(rows).map(\.json))])
    }

    private static func publication(_ exchange: Exchange) async throws -> StatusPublication {
        guard let publication = try await exchange.statusList(try self.number(exchange)) else { throw Problem.notFound }
        return publication
    }

    private static func number(_ exchange: Exchange) throws -> Int64 {
        let text = exchange["list"]
        guard let number = Int64(text), number > 0, String(number) == text else { throw Problem.notFound }
        return number
    }
}

extension Exchange {
    /// The newest publication of the list `number`, published now where it is half a day old; nil when there is none.
    func statusList(_ number: Int64) async throws -> StatusPublication? {
        let lists = StatusLists(authority: self.authority)
        if let current = try await lists.current(number, reads: self.reads) { return current }
        let published = try await lists.fresh(number, on: self.writer)
        await self.publish()
        return published
    }
}
