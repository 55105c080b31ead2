internal import CanonicalJSON
internal import Credentials
internal import HTTP
internal import Scoring
internal import Service

/// What a verifier needs to check what was signed, and what a reader needs to recompute what was counted.
enum IssuerRoutes {
    /// The public keys of credentials (RFC 7517).
    @Sendable static func jwks(_ exchange: Exchange) async throws -> Response {
        Response(
            status: 200,
            headers: [("Content-Type", "application/jwk-set+json"), ("Cache-Control", "public, max-age=300")],
            body: Array(Issue(authority: exchange.authority).jwks.canonical.utf8))
    }

    /// A scoring model with all its weights.
    @Sendable static func model(_ exchange: Exchange) async throws -> Response {
        let model = Model.standing1
        guard exchange["id"] == "\(model.id)-\(model.version)" else { throw Problem.notFound }
        return .json(["model": Aggregate.model, "weights": model.weights])
    }
}
