internal import HTTP

/// One row of the route table.
struct Route: Sendable {
    let pattern: String
    let handler: Handler
}

enum Routes {
    // One table, longer than a function should be, because a newcomer looks for a route in one place.
    static let table: [(method: String, pattern: String, handler: Handler)] = [
        // profiles
        ("GET", "/v1/profiles/{handle}", ProfileRoutes.document),
        ("GET", "/v1/profiles/{handle}/facets", ProfileRoutes.facets),
        ("GET", "/v1/profiles/{handle}/evidence", ProfileRoutes.evidence),
        ("POST", "/v1/profiles/{handle}/credentials", CredentialRoutes.issue),
        ("GET", "/v1/profiles/{handle}/credentials", CredentialRoutes.list),
        ("GET", "/p/{handle}", PageRoutes.profile),
        ("GET", "/p/{handle}/evidence", PageRoutes.evidence),
        ("GET", "/p/{handle}/bundle", CredentialRoutes.bundle),
        ("GET", "/p/{handle}/badge.svg", PageRoutes.badge),
        ("GET", "/p/{handle}/card.png", PageRoutes.card),
        ("GET", "/", PageRoutes.index),
        ("GET", "/assets/{name}", PageRoutes.asset),
        ("GET", "/openapi.yaml", PageRoutes.contract),
        // readers
        ("GET", "/v1/search", ReaderRoutes.search),
        ("POST", "/v1/grants", ReaderRoutes.grant),
        ("GET", "/v1/grants/{token}", ReaderRoutes.read),
        ("DELETE", "/v1/grants/{token}", ReaderRoutes.revoke),
        ("GET", "/v1/me/grants", ReaderRoutes.grants),
        ("GET", "/v1/me/access-log", ReaderRoutes.accessLog),
        // maintainers
        ("POST", "/v1/evaluate", MaintainerRoutes.evaluate),
        // identity
        ("POST", "/v1/challenges", IdentityRoutes.challenge),
        ("POST", "/v1/challenges/{id}/proof", IdentityRoutes.prove),
        ("GET", "/v1/me", IdentityRoutes.me),
        ("POST", "/v1/me/publish", IdentityRoutes.publish),
        ("POST", "/v1/me/hide", IdentityRoutes.hide),
        ("GET", "/v1/me/export", ErasureRoutes.export),
        ("POST", "/v1/me/erasure", ErasureRoutes.erase),
        // ingest
        ("POST", "/v1/evidence", IngestRoutes.one),
        ("POST", "/v1/evidence:batch", IngestRoutes.batch),
        ("POST", "/webhooks/github", WebhookRoutes.github),
        // ledger
        ("GET", "/evidence/checkpoint", LedgerRoutes.checkpoint),
        ("GET", "/evidence/tile/{path...}", LedgerRoutes.tile),
        ("GET", "/v1/ledger/vkey", LedgerRoutes.verifierKeys),
        ("GET", "/v1/ledger/keys", LedgerRoutes.keys),
        ("GET", "/v1/ledger/entries", EntryRoutes.lookup),
        ("GET", "/v1/ledger/entries/{index}", EntryRoutes.entry),
        ("GET", "/v1/ledger/entries/{index}.tlog-proof", EntryRoutes.tlogProof),
        ("GET", "/v1/ledger/entries/{index}.receipt", EntryRoutes.receipt),
        ("GET", "/v1/ledger/proof/inclusion", ProofRoutes.inclusion),
        ("GET", "/v1/ledger/proof/consistency", ProofRoutes.consistency),
        ("GET", "/v1/ledger/proof/consistency.receipt", ProofRoutes.consistencyReceipt),
        ("GET", "/.well-known/ledger-policy", LedgerRoutes.policy),
        // witness
        ("POST", "/witness/add-checkpoint", WitnessRoutes.addCheckpoint),
        ("GET", "/witness/vkey", WitnessRoutes.verifierKey),
        ("GET", "/witness/{origin_hash}/checkpoint", WitnessRoutes.checkpoint),
        // issuer
        ("GET", "/.well-known/jwks.json", IssuerRoutes.jwks),
        ("GET", "/.well-known/did.json", IssuerRoutes.did),
        ("GET", "/.well-known/jwt-vc-issuer", IssuerRoutes.metadata),
        ("GET", "/keys/{thumbprint}", IssuerRoutes.key),
        ("GET", "/vct/{type...}", IssuerRoutes.type),
        ("GET", "/status/tsl/{list}", StatusRoutes.token),
        ("GET", "/status/revocation/{list}", StatusRoutes.revocation),
        ("GET", "/status/suspension/{list}", StatusRoutes.suspension),
        ("GET", "/status/history/{list}", StatusRoutes.history),
        ("POST", "/v1/credentials/{id}/revoke", CredentialRoutes.revoke),
        ("POST", "/v1/verify", VerifyRoutes.verify),
        ("GET", "/v1/models/{id}", IssuerRoutes.model),
        // operation
        ("GET", "/healthz", OperationRoutes.alive),
        ("GET", "/readyz", OperationRoutes.ready),
        ("GET", "/metrics", OperationRoutes.metrics),
    ]

    static func router() -> Router<Route> {
        var router = Router<Route>()
        for (method, pattern, handler) in self.table {
            router.add(method, pattern, Route(pattern: pattern, handler: handler))
        }
        return router
    }
}
