internal import Arguments
internal import CanonicalJSON
internal import Client
internal import Foundation

/// `standing claim`: a developer proves an account and publishes the profile.
struct ClaimCommand {
    let platform: String
    let login: String
    let handle: String
    let isDiscoverable: Bool
    let key: SSHKeyFile
    /// What the challenge has to name as the service it is for.
    let service: String
    let isJSON: Bool
    let client: Client

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--handle", "--ssh-key", "--discoverable", "--service"])
        guard operands.count == 1 else { throw UsageError(reason: "claim takes one account, PLATFORM/LOGIN") }
        (self.platform, self.login) = try account(operands[0])
        guard let handle = try arguments.value("--handle") else {
            throw UsageError(reason: "claim needs --handle HANDLE, the name in the profile's address")
        }
        self.handle = handle
        self.isDiscoverable = arguments.has("--discoverable")
        self.isJSON = arguments.has("--json")
        self.client = try arguments.client()
        self.service = try arguments.value("--service") ?? self.client.server
        self.key = try SSHKeyFile(arguments.value("--ssh-key"))
    }

    /// Asks for a challenge, signs it, sends the proof and publishes. The session ends with this program unless
    /// `--json` prints it.
    func run() async throws -> Bool {
        let challenge = try await self.client.challenge(platform: self.platform, login: self.login)
        try ChallengeText(platform: self.platform, login: self.login, service: self.service).check(challenge.value)
        complain("signing the challenge with \(self.key.path)")
        let signature = try self.key.sign(challenge.text, namespace: challenge.namespace)
        let proved = try await self.client.prove(challenge: challenge.id, signature: signature)
        let published = try await self.client.with(token: proved.session)
            .publish(handle: self.handle, discoverable: self.isDiscoverable)
        if self.isJSON {
            let members = (proved.document.object ?? [:]).merging(published.document.object ?? [:]) { $1 }
            say(JSON.object(members).canonical + "\n")
        } else {
            say(self.screen(proved.value, published.value))
        }
        return true
    }

    func screen(_ proved: ProvedAccount, _ published: Published) -> String {
        let lines = [
            "Proved \(proved.account.platform)/\(proved.account.login) with the key \(proved.key).",
            "The proof is in the ledger: \(self.client.server)\(proved.entry)", "",
            "Published:", "  page    \(published.link)", "  bundle  \(published.bundle)",
            "  badge   \(published.badge)",
            "", "For a README:", "  [![standing](\(published.badge))](\(published.link))",
        ]
        return lines.map(harmless).joined(separator: "\n") + "\n"
    }
}

/// What a challenge for one account at one service looks like.
///
/// A signature proves the account to whomever the signed text names. A service that passes another service's challenge
/// on, or has something else signed under its name, would get what was not meant for it; so the text is read first.
struct ChallengeText {
    let platform: String
    let login: String
    let service: String

    /// A text that is not signed, and why.
    struct Untrusted: Error, Equatable, CustomStringConvertible {
        let reason: String

        var description: String { "the service's challenge was not signed: \(self.reason)" }
    }

    /// - Throws: `Untrusted`.
    func check(_ challenge: Challenge) throws(Untrusted) {
        guard challenge.text.utf8.count <= 4096 else { throw Untrusted(reason: "it is too long") }
        let lines = challenge.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let names = lines.dropFirst().map { String($0.prefix { $0 != ":" }) }
        guard lines.first == "standing identity proof v1",
            names == ["service", "account", "nonce", "issued", "expires", ""]
        else { throw Untrusted(reason: "it is no identity proof of version 1") }
        guard lines[1] == "service: \(self.service)" else {
            throw Untrusted(
                reason: "it is for '\(lines[1].dropFirst(9))' and you talk to \(self.service); if both are the same "
                    + "service to you, say so with --service \(lines[1].dropFirst(9))")
        }
        guard lines[2] == "account: \(self.platform)/\(self.login)" else {
            throw Untrusted(reason: "it is for another account, '\(lines[2].dropFirst(9))'")
        }
        guard challenge.namespace == "identity@\(self.authority)" else {
            throw Untrusted(reason: "its namespace is '\(challenge.namespace)', not identity@\(self.authority)")
        }
    }

    private var authority: String {
        self.service.split(separator: "/").dropFirst().first.map(String.init) ?? self.service
    }
}
