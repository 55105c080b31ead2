internal import Foundation
internal import Reputation

/// The three members that matter of a forge's answer about an account (GitHub REST, `GET /users/{username}`).
struct ForgeUser: Decodable {
    let id: Int64
    let login: String
    private let type: String?

    /// Nil when the answer is no such object.
    init?(_ body: [UInt8]) {
        // What else a forge may answer, a page of its own for one, all comes to the same: it did not tell.
        guard let user = try? JSONDecoder().decode(ForgeUser.self, from: Data(body)), user.id > 0, !user.login.isEmpty
        else { return nil }
        self = user
    }

    /// What operates the account, in the platform's word.
    var kind: Account.Kind {
        switch self.type {
        case "Bot": .bot
        case "Organization": .organization
        default: .user
        }
    }
}
