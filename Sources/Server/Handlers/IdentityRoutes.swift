internal import CanonicalJSON
internal import HTTP
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// Proving accounts, and what a developer decides about the profile.
enum IdentityRoutes {
    /// Opens a challenge: a text to sign with a key that the forge lists for the account.
    @Sendable static func challenge(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developerOrNil()
        let fields = try Fields(exchange.request, known: ["platform", "login"])
        let challenge = try await exchange.application.claim.challenge(
            platform: try fields.text("platform"), login: try fields.text("login"), developer: developer?.id,
            on: exchange.writer)
        return .json(
            [
                "id": .string(challenge.id), "text": .string(challenge.text),
                "namespace": .string(challenge.namespace), "expires_at": .string(challenge.expiresAt.rfc3339),
                "sign_with": .string("ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n \(challenge.namespace) challenge.txt"),
                "proof": .string("\(exchange.authority.settings.publicURL)/v1/challenges/\(challenge.id)/proof"),
            ], status: 201)
    }

    /// Takes the signature; binds the account and opens a session.
    @Sendable static func prove(_ exchange: Exchange) async throws -> Response {
        let fields = try Fields(exchange.request, known: ["signature"])
        // An erasure that was begun and not carried out would take away what is bound now.
        _ = try await exchange.application.erase.catchUp()
        let proved = try await exchange.application.claim.prove(
            challenge: exchange["id"], signature: try fields.text("signature", most: 16_384), on: exchange.writer)
        await exchange.publish()
        return .json(
            [
                "session": .string(proved.session),
                "account": [
                    "platform": .string(proved.account.key.platform.rawValue), "id": .string(proved.account.key.id),
                    "login": .string(proved.account.login),
                ],
                "key": .string(proved.fingerprint), "entry": .string("/v1/ledger/entries/\(proved.entryIndex)"),
            ], status: 201)
    }

    /// What the service holds about the developer of the session.
    @Sendable static func me(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let accounts = try StoredAccount.read(await exchange.reads.run(.accounts(ofDeveloper: developer.id)))
        let document = try await exchange.reads.run(.profile(ofDeveloper: developer.id)).first?.textOrNil(0)
        return .json([
            "handle": developer.handle.map(JSON.string) ?? .null, "state": .string(developer.state),
            "discoverable": .bool(developer.discoverable), "accounts": .array(accounts.map(\.account.document)),
            "profile": try document.map { try JSON(parsing: $0.utf8) } ?? .null,
        ])
    }

    /// Publishes the profile under a handle.
    @Sendable static func publish(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let fields = try Fields(exchange.request, known: ["handle", "discoverable"])
        let handle = try fields.text("handle", most: 39)
        try await Publish(authority: exchange.authority).publish(
            developer: developer.id, handle: handle, discoverable: try fields.flag("discoverable"),
            on: exchange.writer)
        await exchange.publish()
        let base = exchange.authority.settings.publicURL
        return .json([
            "state": "published", "link": .string("\(base)/p/\(handle)"),
            "bundle": .string("\(base)/p/\(handle)/bundle"), "badge": .string("\(base)/p/\(handle)/badge.svg"),
            "document": .string("\(base)/v1/profiles/\(handle)"),
        ])
    }

    /// Hides the profile at once.
    @Sendable static func hide(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        try await Publish(authority: exchange.authority).hide(developer: developer.id, on: exchange.writer)
        return .json(["state": "hidden"])
    }
}
