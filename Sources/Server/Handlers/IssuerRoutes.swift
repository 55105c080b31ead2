internal import CanonicalJSON
internal import Credentials
internal import HTTP
internal import Postgres
internal import Profiles
internal import Scoring
internal import Service
internal import Store

/// What a verifier needs to check what was signed, and what a reader needs to recompute what was counted.
enum IssuerRoutes {
    /// The public keys of what is stated (RFC 7517): the newest of each use, and older ones whose work is still in use.
    @Sendable static func jwks(_ exchange: Exchange) async throws -> Response {
        let keys = try await self.keys(exchange)
        return self.open("application/jwk-set+json", JWKS(keys).json)
    }

    /// One of them by its thumbprint, which is where the `kid` of an Open Badge leads.
    @Sendable static func key(_ exchange: Exchange) async throws -> Response {
        guard let key = try await self.keys(exchange).first(where: { $0.thumbprint == exchange["thumbprint"] }) else {
            throw Problem.notFound
        }
        return self.open("application/jwk+json", key.json)
    }

    /// The issuer as a DID (did:web).
    @Sendable static func did(_ exchange: Exchange) async throws -> Response {
        self.open(
            "application/did+json", exchange.authority.documents.didDocument(try await self.keys(exchange)))
    }

    /// The issuer's metadata (SD-JWT VC, section 4).
    @Sendable static func metadata(_ exchange: Exchange) async throws -> Response {
        self.open("application/json", exchange.authority.documents.jwtVCIssuer(try await self.keys(exchange)))
    }

    /// The metadata of a type of credential (SD-JWT VC, section 6), in the one text that `vct#integrity` is of.
    @Sendable static func type(_ exchange: Exchange) async throws -> Response {
        guard let type = IssuerDocuments.CredentialType(rawValue: exchange["type"]) else { throw Problem.notFound }
        return self.open("application/json", Array(exchange.authority.documents.metadata(type).utf8))
    }

    private static func keys(_ exchange: Exchange) async throws -> [JWK] {
        let book = KeyBook(try await KeyRecord.read(exchange.reads.run(.issuerKeys)))
        return book.stated(by: exchange.authority, at: exchange.authority.now())
    }

    private static func open(_ type: String, _ json: JSON) -> Response { self.open(type, json.canonicalBytes) }

    /// What anybody's page may read too.
    static func open(_ type: String, _ bytes: [UInt8], age: Int = 300) -> Response {
        Response(
            status: 200,
            headers: [
                ("Content-Type", type), ("Cache-Control", "public, max-age=\(age)"),
                ("Access-Control-Allow-Origin", "*"),
            ],
            body: bytes)
    }

    /// A scoring model with all its weights.
    @Sendable static func model(_ exchange: Exchange) async throws -> Response {
        let model = Model.standing1
        guard exchange["id"] == "\(model.id)-\(model.version)" else { throw Problem.notFound }
        return .json(["model": Aggregate.model, "weights": model.weights])
    }
}
