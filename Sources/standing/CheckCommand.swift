internal import Arguments
internal import CanonicalJSON
internal import Client

/// `standing check`: what is known about the author of a change.
struct CheckCommand {
    let question: Question
    let isJSON: Bool
    let client: Client

    init(_ operands: [String], _ arguments: Arguments) throws {
        try arguments.allow(["--repository", "--lines", "--assistance", "--key"])
        guard operands.count == 1 else { throw UsageError(reason: "check takes one account, PLATFORM/LOGIN") }
        let (platform, login) = try account(operands[0])
        let assistance = try arguments.value("--assistance")
        guard [nil, "disclosed", "none"].contains(assistance) else {
            throw UsageError(reason: "--assistance takes disclosed or none; leave it out when nothing was said")
        }
        self.question = Question(
            platform: platform, login: login, repository: try arguments.value("--repository"),
            changedLines: try arguments.number("--lines", in: 0...1_000_000_000), assistance: assistance)
        self.isJSON = arguments.has("--json")
        self.client = try arguments.client(token: try arguments.value("--key") ?? environment("STANDING_KEY"))
    }

    /// Done whatever the outcome is: advice is not a failure.
    func run() async throws -> Bool {
        let answer = try await self.client.evaluate(self.question)
        say(
            self.isJSON
                ? answer.document.canonical + "\n"
                : EvaluationScreen(question: self.question, evaluation: answer.value, style: .output).text)
        return true
    }
}

/// The platform and the login in `text`, `github/mira`.
func account(_ text: String) throws(UsageError) -> (platform: String, login: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
        throw UsageError(reason: "\(text) is no account: write PLATFORM/LOGIN, such as github/mira")
    }
    return (parts[0], parts[1])
}
