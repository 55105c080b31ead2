public import Transparency

/// What a deployment chooses. Everything here is public knowledge; secrets are in the state directory.
public struct Settings: Sendable {
    /// The base of every link, without a trailing slash: `https://standing.example`.
    public let publicURL: String
    /// Where accounts of a platform are looked up.
    public let forges: [String: Forge]
    /// Whose cosignatures a checkpoint needs before it is published, and where to ask for them.
    public let policy: LedgerPolicy
    /// Other people's logs whose checkpoints our witness cosigns.
    public let witnessed: [LedgerPolicy.Log]
    /// How long the witnesses, all asked at once, have to answer.
    public let witnessTimeout: Duration = .seconds(1)
    /// How long a challenge, a session and a credential live, in seconds.
    public let challengeLife: Int64 = 15 * 60
    /// See `challengeLife`.
    public let sessionLife: Int64 = 12 * 60 * 60
    /// See `challengeLife`.
    public let credentialLife: Int64 = 90 * 86_400
    /// How many facts close a batch of the ledger.
    public let batchSize = 256
    /// How many of those that wait by then go into one: each costs less in a larger one, and the others wait as long.
    public let largestBatch = 4_096
    /// How many wait when a batch is begun while another is written.
    public let overlappingSize = 2_048
    /// How long the first fact of a batch waits for others.
    public let batchDelay: Duration = .milliseconds(50)
    /// How many facts may wait to be recorded; beyond it requests are refused.
    public let queueLimit = 16_384
    /// How long a request that asks for publication waits for it.
    public let publicationLimit: Duration = .seconds(10)

    /// Settings for a service reached at `publicURL`.
    public init(
        publicURL: String, forges: [String: Forge] = ["github": .github], policy: LedgerPolicy = .unwitnessed,
        witnessed: [LedgerPolicy.Log] = []
    ) {
        self.publicURL = publicURL
        self.forges = forges
        self.policy = policy
        self.witnessed = witnessed
    }

    /// The authority of `publicURL`, `standing.example` or `127.0.0.1:8080`.
    public var host: String {
        let rest = self.publicURL.split(separator: "/", omittingEmptySubsequences: true)
        return rest.count > 1 ? String(rest[1]) : self.publicURL
    }

    /// The namespace of SSH signatures that prove an account to this service.
    public var signatureNamespace: String { "identity@\(self.host)" }
}

/// Where a forge publishes what proves an account.
public struct Forge: Sendable, Equatable {
    /// The base of `/<login>.keys`.
    public let web: String
    /// The base of `/users/<login>`.
    public let api: String

    /// github.com.
    public static let github = Forge(web: "https://github.com", api: "https://api.github.com")

    /// A forge by the base of its pages.
    ///
    /// github.com has its API on a host of its own; every other installation has it under `/api/v3`, as GitHub
    /// Enterprise Server does.
    public init(base: String) {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self = base == Forge.github.web ? .github : Forge(web: base, api: base + "/api/v3")
    }

    private init(web: String, api: String) {
        self.web = web
        self.api = api
    }
}
