internal import API
internal import CanonicalJSON
internal import Contract
internal import Foundation
internal import HTTP
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// What a person opens in a browser.
enum PageRoutes {
    /// How many facts a page lists; the rest is a link away.
    private static let listed = 50

    /// What Standing is and how to begin.
    @Sendable static func index(_ exchange: Exchange) async throws -> Response {
        let head = try LedgerHead.read(await exchange.reads.run(.publishedCheckpoint))
        let ledger = head.map {
            ProfileDocument.Ledger(origin: $0.origin, size: $0.size, root: Data($0.root).base64EncodedString())
        }
        return self.html(indexPage(ledger: ledger, baseURL: exchange.authority.settings.publicURL))
    }

    /// The page of a published profile with the weightiest of the evidence that counted.
    @Sendable static func profile(_ exchange: Exchange) async throws -> Response {
        guard let row = try await exchange.reads.run(.publishedPage(exchange["handle"])).first else {
            return self.html(notFoundPage(), status: 404)
        }
        let rows = try StoredEvidence.read(
            await exchange.reads.run(.evidence(committed: Array(row.texts(1).prefix(self.listed)))))
        return self.html(
            profilePage(
                try self.document(row),
                evidence: try rows.map(ProfileEvidence.init).sorted { $0.occurredAt > $1.occurredAt },
                baseURL: exchange.authority.settings.publicURL))
    }

    /// The badge of a published profile.
    @Sendable static func badge(_ exchange: Exchange) async throws -> Response {
        guard let row = try await exchange.reads.run(.publishedProfile(exchange["handle"])).first else {
            throw Problem.notFound
        }
        let profile = try self.document(row)
        return Response(
            status: 200,
            headers: [
                ("Content-Type", "image/svg+xml"), ("Cache-Control", "no-cache"),
                ("Content-Security-Policy", Pages.badgeSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
            ], body: Array(badgeSVG(profile).utf8))
    }

    /// A file that pages refer to.
    @Sendable static func asset(_ exchange: Exchange) async throws -> Response {
        guard let asset = Pages.assets.first(where: { $0.path == exchange.request.path }) else {
            throw Problem.notFound
        }
        return Response(
            status: 200,
            headers: [
                ("Content-Type", asset.mediaType), ("Cache-Control", "public, max-age=31536000, immutable"),
                ("X-Content-Type-Options", "nosniff"),
            ], body: Array(asset.body.utf8))
    }

    /// The contract of the API (OpenAPI 3.1).
    @Sendable static func contract(_ exchange: Exchange) async throws -> Response {
        Response(
            status: 200,
            headers: [("Content-Type", "application/yaml; charset=utf-8"), ("Cache-Control", "public, max-age=300")],
            body: Contract.openAPI)
    }

    private static func document(_ row: Row) throws -> ProfileDocument {
        try JSONDecoder().decode(ProfileDocument.self, from: Data(row.text(0).utf8))
    }

    private static func html(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-cache"),
                ("Content-Security-Policy", Pages.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
            ], body: Array(text.utf8))
    }
}

extension ProfileEvidence {
    /// A fact that counted, as pages show it.
    init(_ row: StoredEvidence) throws {
        let evidence = try Evidence(parsing: row.document.utf8)
        self.init(
            commitment: row.commitment, index: row.entryIndex, type: evidence.kind.rawValue,
            outcome: evidence.outcome?.rawValue,
            project: Project(platform: evidence.project.platform.rawValue, name: evidence.project.name),
            objectURL: evidence.object.url, occurredAt: evidence.occurredAt.rfc3339,
            measures: Dictionary(uniqueKeysWithValues: evidence.measures.map { ($0.key.rawValue, $0.value) }),
            flags: evidence.flags.map(\.rawValue).sorted(),
            source: Source(class: evidence.source.class.rawValue, locator: evidence.source.locator), counted: true)
    }
}
