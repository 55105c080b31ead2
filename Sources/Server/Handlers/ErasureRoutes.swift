internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// Leaving: with everything that is kept, and without anything staying.
enum ErasureRoutes {
    /// Everything that is kept about the developer of the session.
    @Sendable static func export(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let document = try await Export(authority: exchange.authority).document(of: developer, reads: exchange.reads)
        var response = Response.json(document)
        response.headers.append(("Content-Disposition", "attachment; filename=\"standing-export.json\""))
        return response
    }

    /// Erases the developer of the session, who names themselves to say that it is no mistake.
    @Sendable static func erase(_ exchange: Exchange) async throws -> Response {
        let developer = try await exchange.developer()
        let fields = try Fields(exchange.request, known: ["confirm"])
        let word = try fields.text("confirm")
        let accounts = try StoredAccount.read(await exchange.reads.run(.accounts(ofDeveloper: developer.id)))
        let names = accounts.flatMap { stored in
            let account = stored.account
            return [account.login, account.key.id].map { "\(account.key.platform.rawValue)/\($0)" }
        }
        guard word == developer.handle || names.contains(word) else {
            throw Problem.invalid(
                "/confirm", "This must be your handle, or one of your accounts as PLATFORM/LOGIN. Nothing was deleted.")
        }
        guard let erased = try await exchange.application.erase.developer(developer.id) else {
            throw Problem.unauthorized
        }
        await exchange.publish()
        return .json([
            "state": "erased", "deleted": erased.deleted, "entry": .string("/v1/ledger/entries/\(erased.entryIndex)"),
            "credentials_valid_until_they_end": .bool((erased.document["credentials"]?.int ?? 0) > 0),
        ])
    }
}

extension Erased {
    /// How many of what were deleted.
    fileprivate var deleted: JSON {
        let about: Set<String> = ["type", "v", "day"]
        return .object((self.document.object ?? [:]).filter { !about.contains($0.key) })
    }
}
