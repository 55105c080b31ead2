internal import CanonicalJSON
internal import Credentials
internal import HTTP
internal import Postgres
internal import Profiles
internal import Service
internal import Store

/// Checks what this service signed, for people who have no tool at hand.
enum VerifyRoutes {
    /// Every step of the check of a bundle, a token or a document, by this service's own keys, log and status lists. A
    /// failure is an answer, not an error.
    @Sendable static func verify(_ exchange: Exchange) async throws -> Response {
        let (input, question) = try self.input(exchange)
        let book = KeyBook(try await KeyRecord.read(exchange.reads.run(.issuerKeys)))
        let keys = book.stated(by: exchange.authority, at: exchange.authority.now())
        let logs = KeyBook.present(.ledger, of: exchange.authority, origin: try await exchange.ledger.origin)
        let known = logs + book.keys(.ledger).map(\.key)
        let verifier = Verifier(
            now: exchange.authority.now(),
            trust: Trust(issuerKeys: Set(keys.map(\.thumbprint)), logKeys: Set(known)), keys: JWKS(keys),
            question: question, statusLists: try await self.statusLists(of: input, exchange))
        return .json(verifier.verify(input).document)
    }

    /// What is to be checked, as text or as the JSON it is, and what its holder was asked.
    private static func input(_ exchange: Exchange) throws(Problem) -> ([UInt8], KeyBindingQuestion?) {
        let fields = try Fields(exchange.request, known: ["credential", "audience", "nonce"])
        let credential = try fields.member("credential")
        let bytes = credential.string.map { Array($0.utf8) } ?? credential.canonicalBytes
        switch (try fields.optionalText("audience", most: 2_000), try fields.optionalText("nonce", most: 2_000)) {
        case (nil, nil): return (bytes, nil)
        case (let audience?, let nonce?): return (bytes, KeyBindingQuestion(audience: audience, nonce: nonce))
        default: throw .invalid("/nonce", "Give the audience and the nonce together, or neither.")
        }
    }

    /// This service's newest lists, those that the credential names; what anybody else's list says is not asked.
    private static func statusLists(of input: [UInt8], _ exchange: Exchange) async throws -> [String] {
        let base = "\(exchange.authority.settings.publicURL)/status/"
        var lists: [String] = []
        for address in Verifier.statusLists(of: input) where address.hasPrefix(base) {
            let parts = address.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int64(parts[1]), number > 0,
                let publication = try await exchange.statusList(number)
            else { continue }
            switch parts[0] {
            case "tsl": lists.append(publication.token)
            case "revocation": lists.append(publication.revocation)
            case "suspension": lists.append(publication.suspension)
            default: continue
            }
        }
        return lists
    }
}
