public import CanonicalJSON
internal import HTTP

extension Client {
    /// The published profile's document (`GET /v1/profiles/{handle}`).
    public func profile(_ handle: String) async throws(ClientError) -> JSON {
        try await self.json("/v1/profiles/\(self.escaped(handle))")
    }

    /// The bytes of a published profile's proof bundle (`GET /p/{handle}/bundle`), as they are.
    public func bundle(_ handle: String) async throws(ClientError) -> [UInt8] {
        try await self.bytes("/p/\(self.escaped(handle))/bundle")
    }

    /// Issues a credential of the caller's own profile as `order` asks (`POST /v1/profiles/{handle}/credentials`), and gives its
    /// bytes as they are.
    public func issue(_ order: JSON, for handle: String) async throws(ClientError) -> [UInt8] {
        try await self.send("POST", "/v1/profiles/\(self.escaped(handle))/credentials", order).body
    }

    /// The keys of credentials (`GET /.well-known/jwks.json`).
    public func keys() async throws(ClientError) -> JSON {
        try await self.json("/.well-known/jwks.json")
    }

    /// The ledger's signed head (`GET /evidence/checkpoint`).
    public func checkpoint() async throws(ClientError) -> String { try await self.text("/evidence/checkpoint") }

    /// The verifier key of the ledger's head (`GET /v1/ledger/vkey`), without its line end.
    public func verifierKey() async throws(ClientError) -> String {
        String(try await self.text("/v1/ledger/vkey").prefix { !$0.isNewline })
    }
}
