internal import API
internal import CanonicalJSON
internal import HTTP
internal import Postgres
internal import Profiles
internal import Reputation
internal import Service
internal import Store

/// Published profiles, as documents.
enum ProfileRoutes {
    /// The stored document, as it is: one SELECT, nothing kept in the process, so a hidden profile is gone at once.
    @Sendable static func document(_ exchange: Exchange) async throws -> Response {
        let (document, digest) = try await self.published(exchange)
        let tag = "\"\(digest)\""
        if exchange.has(digest) {
            return Response(status: 304, headers: [("ETag", tag), ("Cache-Control", "no-cache")], body: [])
        }
        return Response(
            status: 200,
            headers: [("Content-Type", "application/json"), ("ETag", tag), ("Cache-Control", "no-cache")],
            body: Array(document.utf8))
    }

    /// Only the facets.
    @Sendable static func facets(_ exchange: Exchange) async throws -> Response {
        let (document, _) = try await self.published(exchange)
        let profile = try JSON(parsing: document.utf8)
        return .json([
            "handle": profile["handle"] ?? .null, "facets": profile["facets"] ?? [], "as_of": profile["as_of"] ?? .null,
            "model": profile["model"] ?? .null,
        ])
    }

    /// The document and its digest, or the problem that hidden and absent share.
    static func published(_ exchange: Exchange) async throws -> (document: String, digest: String) {
        guard let row = try await exchange.reads.run(.publishedProfile(exchange["handle"])).first else {
            throw Problem.notFound
        }
        return (try row.text(0), try row.text(1))
    }

    /// A page of the evidence behind a published profile, newest in the ledger first.
    @Sendable static func evidence(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["type", "cursor", "limit"])
        let limit = try exchange.number(query["limit"], "limit", in: 1...200, standard: 50)
        let before = try exchange.number(query["cursor"], "cursor", in: 0...Int64.max, standard: Int64.max)
        if let type = query["type"], Evidence.Kind(rawValue: type) == nil {
            throw Problem.invalid(
                "?type", "Known types are: \(Evidence.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        _ = try await self.published(exchange)
        let rows = try await self.rows(exchange, type: query["type"], before: before, limit: limit)
        let next = rows.count == Int(limit) ? rows.last.map { JSON.string(String($0.entryIndex)) } : nil
        return .json(["evidence": .array(try rows.map(self.item)), "next": next ?? .null])
    }

    static func rows(_ exchange: Exchange, type: String?, before: Int64, limit: Int64) async throws -> [StoredEvidence]
    {
        try StoredEvidence.read(
            await exchange.reads.run(
                .evidence(ofHandle: exchange["handle"], kind: type, before: before, limit: limit)))
    }

    private static func item(_ row: StoredEvidence) throws -> JSON {
        let evidence = try JSON(parsing: row.document.utf8)
        return [
            "commitment": .string(row.commitment), "index": .int(row.entryIndex), "fact": evidence,
            "entry": .string("/v1/ledger/entries/\(row.entryIndex)"),
        ]
    }
}

extension Response {
    /// A JSON document that must not be kept by caches.
    static func json(_ value: JSON, status: Int = 200) -> Response {
        self.json(bytes: value.canonicalBytes, status: status)
    }

    /// The same, of a text that is written already.
    static func json(bytes: [UInt8], status: Int = 200) -> Response {
        Response(
            status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body: bytes)
    }
}
