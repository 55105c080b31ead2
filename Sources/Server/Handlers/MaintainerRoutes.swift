internal import CanonicalJSON
internal import HTTP
internal import Service

/// What a maintainer asks before reviewing a stranger's change.
enum MaintainerRoutes {
    /// Facts and the built-in policy's advice. With a maintainer's key it also knows accounts nobody published.
    @Sendable static func evaluate(_ exchange: Exchange) async throws -> Response {
        let reader = try await exchange.readerOrNil()
        let fields = try Fields(exchange.request, known: ["account", "repository", "change"])
        let account = try Fields(fields.member("account"), at: "/account", known: ["platform", "login", "id"])
        var request = EvaluationRequest(
            platform: try account.text("platform"), login: try account.optionalText("login"),
            accountID: try account.optionalText("id"))
        guard request.login != nil || request.accountID != nil else {
            throw Problem.invalid("/account/login", "Name the account by its login or by its id.")
        }
        request.repository = try fields.optionalText("repository")
        if let change = try fields.optionalMember("change") {
            let change = try Fields(change, at: "/change", known: ["changed_lines", "assistance"])
            request.changedLines = try change.optionalInt("changed_lines", in: 0...1_000_000_000)
            request.assistance = try change.optionalText("assistance")
            guard [nil, "disclosed", "none"].contains(request.assistance) else {
                throw Problem.invalid("/change/assistance", "This must be 'disclosed' or 'none', or left out.")
            }
        }
        return .json(
            try await Evaluate(authority: exchange.authority).evaluate(request, by: reader, on: exchange.writer))
    }
}
