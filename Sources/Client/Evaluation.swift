internal import CanonicalJSON

/// What a maintainer asks about the author of a change.
public struct Question: Sendable, Equatable {
    /// Where the account lives.
    public var platform: String
    /// Its login; for `email` the address.
    public var login: String
    /// What the change is for, `owner/name`.
    public var repository: String?
    /// How large it is.
    public var changedLines: Int64?
    /// What the author says about assistance by tools: `disclosed` or `none`; nil when nothing was said.
    public var assistance: String?

    /// A question about `login` of `platform`.
    public init(
        platform: String, login: String, repository: String? = nil, changedLines: Int64? = nil,
        assistance: String? = nil
    ) {
        self.platform = platform
        self.login = login
        self.repository = repository
        self.changedLines = changedLines
        self.assistance = assistance
    }

    var document: JSON {
        var change: [String: JSON] = [:]
        change["changed_lines"] = self.changedLines.map(JSON.int)
        change["assistance"] = self.assistance.map(JSON.string)
        var members: [String: JSON] = ["account": ["platform": .string(self.platform), "login": .string(self.login)]]
        members["repository"] = self.repository.map(JSON.string)
        if !change.isEmpty { members["change"] = .object(change) }
        return .object(members)
    }
}

/// Facts about the author of a change, and what the service's policy makes of them.
public struct Evaluation: Sendable, Equatable, Decodable {
    /// `allow`, `review_closely`, `ask_disclosure`, `hold` or `insufficient_evidence`.
    public let outcome: String
    /// The policy's rules in order; the first that applies decides.
    public let reasons: [Reason]
    /// Every facet, those of which too little is known included.
    public let facets: [Facet]
    /// What the author did in the repository asked about.
    public let here: Here?
    /// The author's published profile.
    public let profile: String?
    /// False when there is more evidence than was read.
    public let complete: Bool
    /// The policy's name.
    public let policy: String
    /// The scoring model.
    public let model: Model
    /// The last day whose evidence was counted.
    public let asOf: String
    /// The prefix of the ledger that was read.
    public let ledger: Ledger
    /// What the answer is good for, in words.
    public let advice: String

    /// What a rule came to.
    public struct Reason: Sendable, Equatable, Decodable {
        /// The rule's name.
        public let rule: String
        /// Whether it applies.
        public let applies: Bool
        /// What it advises.
        public let outcome: String
        /// Why.
        public let reason: String
    }

    /// Counts of one repository.
    public struct Here: Sendable, Equatable, Decodable {
        /// Changes of the author that were merged.
        public let changesMerged: Int64
        /// Changes of others that the author reviewed.
        public let changesReviewed: Int64
    }

    /// The name and version of a model.
    public struct Model: Sendable, Equatable, Decodable {
        /// The name.
        public let id: String
        /// The version.
        public let version: Int64
    }

    /// A prefix of a ledger.
    public struct Ledger: Sendable, Equatable, Decodable {
        /// The log's name.
        public let origin: String
        /// Entries.
        public let size: Int64
        /// The Merkle root, base64.
        public let root: String
    }

    /// One dimension of a record.
    public struct Facet: Sendable, Equatable, Decodable {
        /// The name.
        public let name: String
        /// 0 to 100; nil when too little is known, which is not a low level.
        public let level: Int64?
        /// The level's 90 % interval.
        public let interval: ClosedRange<Int64>?
        /// The fewest units with which a level is stated.
        public let minimum: Int64?
        /// Units counted.
        public let n: Int64
        /// Distinct projects.
        public let projects: Int64
        /// Distinct independent accounts that confirmed the work.
        public let counterparties: Int64
        /// The day of the first counted fact.
        public let first: String?
        /// The day of the last counted fact.
        public let last: String?
        /// Activity over the whole life.
        public let longHorizon: Horizon

        /// Activity in quarters of the calendar.
        public struct Horizon: Sendable, Equatable, Decodable {
            /// Distinct quarters with counted work.
            public let activeQuarters: Int64
        }
    }
}

extension Client {
    /// What is known about the author of a change (`POST /v1/evaluate`).
    public func evaluate(_ question: Question) async throws(ClientError) -> Answer<Evaluation> {
        try await self.call("POST", "/v1/evaluate", question.document)
    }
}
