internal import Connectors
public import Crypto
public import Postgres
internal import Reputation
internal import Store

/// What webhooks are checked with. Secrets come from files of the operator's, never from the database, and are written
/// nowhere.
public struct WebhookSecrets: Sendable {
    /// Under which GitHub signs; several while one replaces another.
    public let github: [HMACSHA256]

    /// No webhooks are taken.
    public static let none = WebhookSecrets(github: [])

    /// Secrets as the forges know them; empty ones are left out.
    public init(github: [String]) {
        self.github = github.filter { !$0.isEmpty }.map { HMACSHA256(key: Array($0.utf8)) }
    }
}

/// Why a delivery was not taken.
public enum WebhookRefusal: Error, Equatable {
    /// This service takes none from that forge.
    case notConfigured
    /// The signature, or the token, is missing or wrong.
    case unauthentic
    /// A header that a delivery has is missing or no such thing.
    case malformedHeader(String)
    /// It was taken before.
    case repeated
    /// What it tells happened longer ago than a delivery may take.
    case stale
    /// What it tells has not happened yet.
    case future
    /// The payload makes no sense, and why; it is in quarantine.
    case unreadable(String)
}

/// A delivery as it came over the wire.
public struct Delivery: Sendable {
    /// What happened, in the forge's word.
    public let event: String
    /// The forge's name for the delivery.
    public let id: String
    /// The body, byte for byte.
    public let body: [UInt8]

    /// A delivery.
    public init(event: String, id: String, body: [UInt8]) {
        self.event = event
        self.id = id
        self.body = body
    }
}

/// Takes what forges send by themselves.
public struct Webhooks: Sendable {
    /// How long after what it tells a delivery may come, in seconds. GitHub delivers again for three days, by hand.
    public static let window: Int64 = 3 * 86_400 + 3_600
    /// How far a forge's clock may be ahead, in seconds.
    private static let skew: Int64 = 300

    private let authority: Authority
    private let secrets: WebhookSecrets
    private let sequencer: Sequencer

    /// Webhooks checked with `secrets`, whose facts go through `sequencer`.
    public init(authority: Authority, secrets: WebhookSecrets, sequencer: Sequencer) {
        self.authority = authority
        self.secrets = secrets
        self.sequencer = sequencer
    }

    /// What came of a delivery that was taken.
    public struct Taken: Sendable {
        /// Where its facts are.
        public let facts: [FactOutcome]
        /// The rules by which it, or parts of it, are no evidence.
        public let ignored: [String]
    }

    /// Takes `delivery` of GitHub's with its signature (`X-Hub-Signature-256`).
    ///
    /// - Throws: `WebhookRefusal`, `SequencerError` or `PostgresError`; then the delivery may come again.
    public func github(_ delivery: Delivery, signature: String, on connection: Connection) async throws -> Taken {
        guard !self.secrets.github.isEmpty else { throw WebhookRefusal.notConfigured }
        let isSigned = self.secrets.github.reduce(false) { known, secret in
            known || GitHubWebhook.verifies(signature, of: delivery.body, secret: secret)
        }
        guard isSigned else { throw WebhookRefusal.unauthentic }
        let parsed = GitHubWebhook.parse(
            event: delivery.event, body: delivery.body, observedAt: self.authority.now())
        return try await self.take(delivery, of: "github", as: GitHubWebhook.adapter, parsed, on: connection)
    }

    /// Facts first, then the note that the delivery was taken: cut off in between, it is taken again, and each fact counts
    /// once.
    private func take(
        _ delivery: Delivery, of forge: String, as adapter: String, _ parsed: WebhookDelivery,
        on connection: Connection
    ) async throws -> Taken {
        let now = self.authority.now()
        if let moment = parsed.occurredAt {
            if moment.seconds < now.seconds - Webhooks.window { throw WebhookRefusal.stale }
            if moment.seconds > now.seconds + Webhooks.skew { throw WebhookRefusal.future }
        }
        let taken = TakenDelivery(forge: forge, delivery: delivery.id, digest: SHA256.hash(delivery.body).bytes)
        guard try await !connection.hasTaken(taken) else { throw WebhookRefusal.repeated }
        var facts: [FactOutcome] = []
        if case .mapped(let mapped) = parsed.outcome {
            facts = try await self.sequencer.record(mapped.evidence.map { SealedFact($0, by: self.authority) })
        }
        let forgotten = Instant(seconds: now.seconds - 2 * Webhooks.window)
        let isFirst = try await connection.transaction { connection in
            guard try connection.take(taken, at: now, forgetting: forgotten) else { return false }
            let number = try connection.noteDelivery(
                adapter: adapter, locator: "webhook \(parsed.project ?? forge)", of: parsed.occurredAt, at: now)
            if case .quarantined(let record) = parsed.outcome {
                try connection.quarantine(
                    import: number, position: "delivery \(delivery.id)", reason: record.reason, digest: record.digest)
            }
            return true
        }
        guard isFirst else { throw WebhookRefusal.repeated }
        switch parsed.outcome {
        case .mapped(let mapped): return Taken(facts: facts, ignored: mapped.ignored)
        case .quarantined(let record): throw WebhookRefusal.unreadable(record.reason)
        }
    }
}
