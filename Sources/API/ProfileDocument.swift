/// A profile as the world sees it: what the ledger holds about one developer, read on one day by one model.
///
/// The shape of the stored document; the pages and the badge are drawn from it. Names of facets, kinds, flags and
/// sources are open text here, so that a document written by a newer model still reads.
public struct ProfileDocument: Codable, Hashable, Sendable {
    /// The version of the shape.
    public var version: Version
    /// The name in the profile's address.
    public var handle: String
    /// The day the evidence was read as of, `2026-01-31`.
    public var asOf: String
    /// Which weights turned evidence into facets.
    public var model: Model
    /// Which prefix of the ledger was read.
    public var ledger: Ledger
    /// The accounts whose control the developer proved and chose to show.
    public var accounts: [Account]
    /// The dimensions, each with its own state.
    public var facets: [ProfileFacet]
    /// All counted work together, over the whole life.
    public var longevity: ProfileFacet.LongHorizon
    /// Where the counted work was done, the largest share first.
    public var domains: [Domain]
    /// How many facts of each kind each quarter holds; a quarter without facts is left out.
    public var timeline: [Quarter]
    /// What each source was asked for, and whether it answered in full.
    public var coverage: [Coverage]

    /// A profile.
    public init(
        handle: String, asOf: String, model: Model, ledger: Ledger, accounts: [Account] = [],
        facets: [ProfileFacet] = [], longevity: ProfileFacet.LongHorizon = .init(), domains: [Domain] = [],
        timeline: [Quarter] = [], coverage: [Coverage] = []
    ) {
        self.version = Version()
        self.handle = handle
        self.asOf = asOf
        self.model = model
        self.ledger = ledger
        self.accounts = accounts
        self.facets = facets
        self.longevity = longevity
        self.domains = domains
        self.timeline = timeline
        self.coverage = coverage
    }

    private enum CodingKeys: String, CodingKey {
        case handle, model, ledger, accounts, facets, longevity, domains, timeline, coverage
        case version = "v"
        case asOf = "as_of"
    }
}

extension ProfileDocument {
    /// The version of the shape this type reads and writes. Decoding another is an error, not a guess.
    public struct Version: Codable, Hashable, Sendable {
        /// The number in the document's `v`.
        public static let number: Int64 = 1

        /// The version.
        public init() {}

        /// Decodes the number, and refuses any but this version's.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard try container.decode(Int64.self) == Version.number else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "only version \(Version.number) of the document is read here")
            }
        }

        /// Encodes the number.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(Version.number)
        }
    }

    /// The scoring model: its name, its version and the digest of its weights.
    public struct Model: Codable, Hashable, Sendable {
        /// The name.
        public var id: String
        /// The version.
        public var version: Int64
        /// The digest of the weights.
        public var digest: String

        /// A model.
        public init(id: String, version: Int64, digest: String) {
            self.id = id
            self.version = version
            self.digest = digest
        }
    }

    /// The prefix of the ledger that was read.
    public struct Ledger: Codable, Hashable, Sendable {
        /// The log's name, as its checkpoints state it.
        public var origin: String
        /// Entries in the prefix.
        public var size: Int64
        /// The Merkle root over them, base64.
        public var root: String

        /// A ledger prefix.
        public init(origin: String, size: Int64, root: String) {
            self.origin = origin
            self.size = size
            self.root = root
        }
    }

    /// An account of the developer.
    public struct Account: Codable, Hashable, Sendable {
        /// Where it lives.
        public var platform: String
        /// Its name there.
        public var login: String

        /// An account.
        public init(platform: String, login: String) {
            self.platform = platform
            self.login = login
        }
    }

    /// Facts of one kind in one quarter.
    public struct Quarter: Codable, Hashable, Sendable {
        /// The quarter, `2015-Q1`.
        public var quarter: String
        /// The kind of fact, `review_given`.
        public var kind: String
        /// How many.
        public var n: Int64
        /// Those among them that counted in a facet.
        public var counted: Int64

        /// A quarter.
        public init(quarter: String, kind: String, n: Int64, counted: Int64 = 0) {
            self.quarter = quarter
            self.kind = kind
            self.n = n
            self.counted = counted
        }
    }

    /// What one source was asked for.
    public struct Coverage: Codable, Hashable, Sendable {
        /// The source, `gharchive`.
        public var source: String
        /// The first day asked for, `2015-01-01`.
        public var from: String
        /// The last day asked for.
        public var to: String
        /// Records read.
        public var n: Int64
        /// Whether the source held nothing beyond what was read.
        public var complete: Bool

        /// The coverage of a source.
        public init(source: String, from: String, to: String, n: Int64, complete: Bool) {
            self.source = source
            self.from = from
            self.to = to
            self.n = n
            self.complete = complete
        }
    }

    /// The part of the counted work that one family of projects has.
    public struct Domain: Codable, Hashable, Sendable {
        /// Where it lives.
        public var platform: String
        /// The owner's id, or the project's where no owner is known.
        public var id: String
        /// The name it bore in the latest fact.
        public var name: String
        /// Its share of all units counted, per mille.
        public var share: Int64
        /// Units counted.
        public var n: Int64
        /// Distinct quarters with counted work.
        public var activeQuarters: Int64
        /// Distinct independent accounts that took part.
        public var counterparties: Int64
        /// The day of the first counted fact.
        public var first: String
        /// The day of the last counted fact.
        public var last: String
        /// The facets it counted in, most units first.
        public var facets: [String]

        /// A domain.
        public init(
            platform: String, id: String, name: String, share: Int64, n: Int64, activeQuarters: Int64,
            counterparties: Int64,
            first: String, last: String, facets: [String] = []
        ) {
            self.platform = platform
            self.id = id
            self.name = name
            self.share = share
            self.n = n
            self.activeQuarters = activeQuarters
            self.counterparties = counterparties
            self.first = first
            self.last = last
            self.facets = facets
        }

        private enum CodingKeys: String, CodingKey {
            case platform, id, name, n, counterparties, first, last, facets
            case share = "share_per_mille"
            case activeQuarters = "active_quarters"
        }
    }
}
