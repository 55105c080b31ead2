public import Crypto
public import Reputation

/// One delivery of a GitHub webhook: what it was, and what it says.
public struct WebhookDelivery: Sendable {
    /// Evidence and rules, or why the payload makes no sense.
    public let outcome: Record.Outcome
    /// The latest time the payload itself tells; nil where it tells none.
    public let occurredAt: Instant?
    /// The repository it is about, `owner/name`, where there is one.
    public let project: String?

    init(_ outcome: Record.Outcome, occurredAt: Instant? = nil, project: String? = nil) {
        self.outcome = outcome
        self.occurredAt = occurredAt
        self.project = project
    }
}

/// GitHub's webhooks: raw bytes → evidence, or a named rule by which there is none.
public enum GitHubWebhook {
    /// `github-webhook`.
    public static let adapter = "github-webhook"

    /// Whether `signature`, the header `X-Hub-Signature-256`, is that of `body` under `secret`; in constant time.
    public static func verifies(_ signature: String, of body: [UInt8], secret: HMACSHA256) -> Bool {
        guard signature.hasPrefix("sha256="), let code = Hex.decode(signature.dropFirst(7)) else { return false }
        return secret.verifies(code, for: body)
    }

    /// What the payload `body` of `event` (the header `X-GitHub-Event`) says.
    public static func parse(event: String, body: [UInt8], observedAt: Instant) -> WebhookDelivery {
        let digest = SHA256.hash(body).hex
        do {
            let payload = try Place(parsing: body).object()
            let repository = payload["repository"]
            let project = try repository.present?["full_name"].present.name()
            let moment = try GitHubWebhook.moment(of: payload)
            let source = Evidence.Source(
                adapter: GitHubWebhook.adapter, class: .webhook, locator: "webhook \(project ?? "github.com")",
                digest: digest)
            let reading = WebhookReading(payload: payload, event: event, moment: moment)
            let mapped = try reading.mapped(source: source, observedAt: observedAt)
            return WebhookDelivery(.mapped(mapped), occurredAt: moment, project: project)
        } catch {
            return WebhookDelivery(.quarantined(Quarantined(reason: error.reason, digest: digest)))
        }
    }

    /// The latest time among those of what the payload is about; GitHub sends none of the delivery itself.
    private static func moment(of payload: Place) throws(Refusal) -> Instant? {
        let objects = [
            "pull_request", "review", "comment", "issue", "discussion", "answer", "release", "head_commit",
            "installation",
        ]
        var latest: Instant?
        for object in objects where payload[object].present != nil {
            let members = ["updated_at", "submitted_at", "published_at", "created_at", "timestamp", "answer_chosen_at"]
            for member in members {
                guard let moment = try payload[object][member].present.moment() else { continue }
                latest = max(latest ?? moment, moment)
            }
        }
        return latest
    }
}
