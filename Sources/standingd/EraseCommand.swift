internal import Arguments
internal import CanonicalJSON
internal import Reputation
internal import Service

/// Forgets a person who has no session here: an account that nobody claimed, on that person's request.
enum EraseCommand {
    static func run(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--account", "--dry-run"])
        let account = try self.account(arguments)
        let isPreview = arguments.has("--dry-run")
        let erased = try await Deployment.with(arguments) { deployment, connection in
            let erase = try await deployment.erase(on: connection)
            if isPreview { return try await erase.preview(account) }
            let erased = try await erase.account(account)
            try await deployment.publish(on: connection)
            return erased
        }
        var members = erased.document.object ?? [:]
        members["entry"] = isPreview ? .null : .int(erased.entryIndex)
        let (facts, others) = (erased.document["facts"]?.int ?? 0, erased.document["facts_of_others"]?.int ?? 0)
        let words =
            isPreview
            ? "\(facts) facts would be deleted and \(others) of others told without the person; nothing was changed"
            : "\(facts) facts deleted, \(others) of others told without the person; entry \(erased.entryIndex)"
        Operate.report(.object(members), words, arguments)
        return true
    }

    /// PLATFORM/ID: the id the platform never changes, because a login may be somebody else's by now.
    private static func account(_ arguments: Arguments) throws -> Account.Key {
        guard let text = try arguments.value("--account"), let slash = text.firstIndex(of: "/") else {
            throw UsageError(reason: "erase needs --account PLATFORM/ID")
        }
        let platform = String(text[..<slash])
        let id = String(text[text.index(after: slash)...])
        guard !platform.isEmpty, !id.isEmpty else { throw UsageError(reason: "--account takes PLATFORM/ID") }
        guard platform != Platform.github.rawValue || id.allSatisfy(\.isNumber) else {
            throw UsageError(
                reason: "--account takes the platform's number of the account, not its login: "
                    + "a login can belong to somebody else by now (https://api.github.com/users/\(id) says it)")
        }
        return Account.Key(platform: Platform(rawValue: platform), id: id)
    }
}
