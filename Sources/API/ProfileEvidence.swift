/// One fact as a list of evidence shows it.
public struct ProfileEvidence: Codable, Hashable, Sendable {
    /// The project it happened in.
    public struct Project: Codable, Hashable, Sendable {
        /// Where the project lives.
        public var platform: String
        /// Its name when the fact was observed, `owner/name` on forges.
        public var name: String

        /// A project.
        public init(platform: String, name: String) {
            self.platform = platform
            self.name = name
        }
    }

    /// Where it was observed.
    public struct Source: Codable, Hashable, Sendable {
        /// How strong the source is, `registry` to `self`.
        public var `class`: String
        /// The file, endpoint or repository.
        public var locator: String

        /// A source.
        public init(class: String, locator: String) {
            self.class = `class`
            self.locator = locator
        }
    }

    /// The salted commitment the ledger holds.
    public var commitment: String
    /// The entry's index in the ledger; absent until it is sequenced.
    public var index: Int64?
    /// The kind of fact, `review_given`.
    public var type: String
    /// How it ended.
    public var outcome: String?
    /// Where it happened.
    public var project: Project
    /// Where a person can look at it.
    public var objectURL: String?
    /// When it happened, RFC 3339.
    public var occurredAt: String
    /// The raw numbers, by name.
    public var measures: [String: Int64]
    /// The notes on its independence.
    public var flags: [String]
    /// Where it was observed.
    public var source: Source
    /// Whether the model counted it in an independent facet.
    public var counted: Bool
    /// The facet it concerns, `reviewing`; absent when it concerns none.
    public var facet: String?

    /// A fact.
    public init(
        commitment: String, index: Int64?, type: String, outcome: String? = nil, project: Project,
        objectURL: String? = nil, occurredAt: String, measures: [String: Int64] = [:], flags: [String] = [],
        source: Source, counted: Bool, facet: String? = nil
    ) {
        self.commitment = commitment
        self.index = index
        self.type = type
        self.outcome = outcome
        self.project = project
        self.objectURL = objectURL
        self.occurredAt = occurredAt
        self.measures = measures
        self.flags = flags
        self.source = source
        self.counted = counted
        self.facet = facet
    }

    private enum CodingKeys: String, CodingKey {
        case commitment, index, type, outcome, project, measures, flags, source, counted, facet
        case objectURL = "object_url"
        case occurredAt = "occurred_at"
    }
}
