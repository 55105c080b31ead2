public import Postgres
public import Reputation

/// What decides how the page of a profile reads: while nothing of it changes, the page stays the same text.
public struct PageVersion: Hashable, Sendable {
    /// The digest of the profile's document.
    public let document: String
    /// The ledger entry of the newest erasure, -1 before any: one may have taken names out of other people's facts.
    public let erasure: Int64
    /// The ledger entry of the credential that is valid now, nil when none is.
    public let credential: Int64?
    /// When that credential ends.
    public let signedUntil: Instant?

    /// The version in the row of `SQL.pageVersion`.
    public init(_ row: Row) throws {
        self.document = try row.text(0)
        self.erasure = try row.int(1)
        self.credential = try row.intOrNil(2)
        self.signedUntil = try row.secondsOrNil(3).map { Instant(seconds: $0) }
    }
}

/// How the reviews of a developer ended: how many with this outcome.
public struct ReviewOutcome: Hashable, Sendable {
    /// `changes_requested`, `approved`, `commented`, or `unknown` where the source did not say.
    public let outcome: String
    /// Reviews.
    public let n: Int64
    /// Those among them with comments on lines of the change, where the source counts them.
    public let withInlineComments: Int64

    /// Reviews of one outcome.
    public init(outcome: String, n: Int64, withInlineComments: Int64) {
        self.outcome = outcome
        self.n = n
        self.withInlineComments = withInlineComments
    }

    /// The outcomes in the rows of `SQL.reviewOutcomes`.
    public static func read(_ rows: [Row]) throws -> [ReviewOutcome] {
        try rows.map {
            ReviewOutcome(outcome: try $0.text(0), n: try $0.int(1), withInlineComments: try $0.int(2))
        }
    }
}

/// A package a developer keeps, as its newest fact has it.
public struct KeptPackage: Hashable, Sendable {
    /// The registry.
    public let platform: String
    /// The package's name there.
    public let name: String
    /// Distinct other owners whose packages depend on it; nil when nobody looked.
    public let dependents: Int64?
    /// The first and the last time the developer was seen keeping it.
    public let first: Instant
    /// See `first`.
    public let last: Instant
    /// The ledger entry of the newest fact.
    public let index: Int64

    /// A package.
    public init(platform: String, name: String, dependents: Int64?, first: Instant, last: Instant, index: Int64) {
        self.platform = platform
        self.name = name
        self.dependents = dependents
        self.first = first
        self.last = last
        self.index = index
    }

    /// The packages in the rows of `SQL.keptPackages`.
    public static func read(_ rows: [Row]) throws -> [KeptPackage] {
        try rows.map {
            KeptPackage(
                platform: try $0.text(0), name: try $0.text(1), dependents: try $0.intOrNil(2),
                first: Instant(seconds: try $0.seconds(3)), last: Instant(seconds: try $0.seconds(4)),
                index: try $0.int(5))
        }
    }
}

/// Which of a developer's facts a list shows; what is nil does not narrow it.
public struct EvidenceFilter: Hashable, Sendable {
    /// The projects of an owner, or one project.
    public struct Family: Hashable, Sendable {
        /// Where they live.
        public var platform: String
        /// The owner's name, or the project's.
        public var name: String

        /// A family of projects.
        public init(platform: String, name: String) {
            self.platform = platform
            self.name = name
        }
    }

    /// Facts of this kind.
    public var kind: Evidence.Kind?
    /// Facts of this time.
    public var period: Range<Instant>?
    /// Facts of these projects.
    public var domain: Family?

    /// Everything, unless told.
    public init(kind: Evidence.Kind? = nil, period: Range<Instant>? = nil, domain: Family? = nil) {
        self.kind = kind
        self.period = period
        self.domain = domain
    }
}

extension SQL {
    /// What the page of the published profile `handle` is made from, as of `now`: a `PageVersion`, or no row.
    public static func pageVersion(_ handle: String, at now: Instant) -> SQL {
        """
        SELECT d.document_digest, coalesce((SELECT max(entry_index) FROM erasures), -1), c.entry_index, c.expires_at
        FROM developers d
        LEFT JOIN LATERAL (
            SELECT i.entry_index, i.expires_at FROM credentials i
            LEFT JOIN credential_status s ON s.credential = i.id
            WHERE i.developer = d.id AND i.expires_at > \(Timestamp(seconds: now.seconds))
                AND i.format = 'vc+jwt' AND s.state IS DISTINCT FROM 1
            ORDER BY i.entry_index DESC LIMIT 1
        ) c ON true
        WHERE d.handle = \(handle) AND d.state = 'published'
        """
    }

    /// How the `limit` reviews of the published profile `handle` that are newest in the ledger ended: `ReviewOutcome`, the commonest first.
    public static func reviewOutcomes(ofHandle handle: String, limit: Int64) -> SQL {
        """
        SELECT coalesce(fact ->> 'outcome', 'unknown') AS outcome, count(*),
            count(*) FILTER (WHERE (fact -> 'measures' ->> 'inline_comments')::bigint > 0)
        FROM (
            SELECT e.document::jsonb AS fact
            FROM developers d
            JOIN linked_accounts l ON l.developer = d.id AND l.shown
            CROSS JOIN LATERAL (SELECT entry_index FROM briefs WHERE account = l.account OFFSET 0) AS b
            JOIN evidence e ON e.entry_index = b.entry_index
            WHERE d.handle = \(handle) AND d.state = 'published' AND e.type = 'review_given'
            ORDER BY b.entry_index DESC LIMIT \(limit)
        ) newest
        GROUP BY 1 ORDER BY 2 DESC, 1
        """
    }

    /// The packages the published profile `handle` keeps: `KeptPackage`, those with the most dependents first.
    public static func keptPackages(ofHandle handle: String, limit: Int64) -> SQL {
        """
        SELECT p.platform, p.name,
            (array_agg((e.document::jsonb -> 'measures' ->> 'direct_external_dependents')::bigint
                ORDER BY e.occurred_at DESC, e.entry_index DESC))[1] AS dependents,
            min(e.occurred_at), max(e.occurred_at),
            (array_agg(e.entry_index ORDER BY e.occurred_at DESC, e.entry_index DESC))[1]
        FROM developers d
        JOIN linked_accounts l ON l.developer = d.id AND l.shown
        CROSS JOIN LATERAL (SELECT entry_index FROM briefs WHERE account = l.account OFFSET 0) AS b
        JOIN evidence e ON e.entry_index = b.entry_index
        JOIN projects p ON p.id = e.project
        WHERE d.handle = \(handle) AND d.state = 'published' AND e.type = 'package_maintained'
        GROUP BY p.id, p.platform, p.name
        ORDER BY dependents DESC NULLS LAST, p.platform, p.name LIMIT \(limit)
        """
    }

    /// The facts of the published profile `handle` that `filter` lets through and that lie before `before` in the
    /// ledger, newest in the ledger first, at most `limit`; the columns of `StoredEvidence`.
    public static func evidence(
        ofHandle handle: String, _ filter: EvidenceFilter, before: Int64, limit: Int64
    ) -> SQL {
        let from = filter.period.map { Timestamp(seconds: $0.lowerBound.seconds) }
        let until = filter.period.map { Timestamp(seconds: $0.upperBound.seconds) }
        let (platform, name) = (filter.domain?.platform, filter.domain?.name)
        return """
            SELECT e.entry_index, (SELECT n.commitment FROM entries n WHERE n.index = e.entry_index), e.salt, e.document
            FROM developers d
            JOIN linked_accounts l ON l.developer = d.id AND l.shown
            CROSS JOIN LATERAL (SELECT entry_index FROM briefs WHERE account = l.account AND entry_index < \(before) OFFSET 0) AS b
            JOIN evidence e ON e.entry_index = b.entry_index
            JOIN projects p ON p.id = e.project
            WHERE d.handle = \(handle) AND d.state = 'published'
                AND (\(filter.kind?.rawValue)::text IS NULL OR e.type = \(filter.kind?.rawValue))
                AND (\(from)::timestamptz IS NULL OR e.occurred_at >= \(from) AND e.occurred_at < \(until))
                AND (\(platform)::text IS NULL OR p.platform = \(platform)
                    AND (p.name = \(name) OR starts_with(p.name, \(name) || '/')))
            ORDER BY b.entry_index DESC LIMIT \(limit)
            """
    }
}
