/// Programs that help to write code, by the address they put into commits.
///
/// Only the address tells: people are called Claude, Devin and Jules too.
enum AssistanceTools {
    /// Whether `address`, in lower case, belongs to a tool.
    static func contains(_ address: String) -> Bool {
        if AssistanceTools.addresses.contains(address) { return true }
        guard address.hasSuffix("@users.noreply.github.com") else { return false }
        let local = address.prefix { $0 != "@" }
        let login = local.split(separator: "+").last ?? local
        return AssistanceTools.githubLogins.contains(String(login))
    }

    /// The trailers by which a commit says that a tool helped.
    static let trailers: Set<String> = ["assisted-by", "generated-by"]

    private static let addresses: Set<String> = [
        "noreply@anthropic.com", "claude@anthropic.com", "noreply@openai.com", "codex@openai.com",
        "copilot@github.com", "cursoragent@cursor.com", "noreply@aider.chat", "aider@aider.chat",
        "amp@ampcode.com", "noreply@opencode.ai", "openhands@all-hands.dev", "noreply@devin.ai",
        "gemini-cli@google.com", "jules@google.com",
    ]

    private static let githubLogins: Set<String> = [
        "claude[bot]", "copilot", "copilot-swe-agent[bot]", "cursor[bot]", "devin-ai-integration[bot]",
        "gemini-code-assist[bot]", "google-labs-jules[bot]", "openhands-agent", "chatgpt-codex-connector[bot]",
        "sweep-ai[bot]", "aider-chat-bot",
    ]
}
