internal import CanonicalJSON
internal import Credentials
internal import HTTP
internal import Postgres
internal import Service
internal import Store

/// What a verifier needs to check what was signed, and what a reader needs to recompute what was counted.
enum IssuerRoutes {
    /// The public keys of credentials (RFC 7517): the newest, and older ones whose credentials have not all ended.
    @Sendable static func jwks(_ exchange: Exchange) async throws -> Response {
        let book = KeyBook(try await KeyRecord.read(exchange.reads.run(.issuerKeys)))
        return Response(
            status: 200,
            headers: [("Content-Type", "application/jwk-set+json"), ("Cache-Control", "public, max-age=300")],
            body: Array(book.jwks(of: exchange.authority, at: exchange.authority.now()).canonical.utf8))
    }
}
