public import CanonicalJSON

/// The named, versioned numbers that turn evidence into facets.
///
/// All are integers, so that every machine computes the same bytes: values are per mille of a unit, times are days. A
/// change of any number is a new version beside this one, never an edit.
public struct Model: Sendable {
    /// The model's name.
    public let id: String
    /// Its version.
    public let version: Int64

    /// What each act is worth before independence and caps, per mille of a unit.
    let values: [Act: Int64]
    /// What is multiplied into a value, per mille.
    let factors: [Factor: Int64]
    /// How each facet adds up.
    let facets: [Facet.Name: Scale]
    /// Plain limits.
    let limits: [Limit: Int64]

    /// How the values of a facet add up to a level.
    struct Scale: Sendable {
        /// What must be credited for level 50, per mille of a unit; the level is 100 · (1 − 2^(−credited / half)).
        let half: Int64
        /// The most that one project, owner or counterparty is credited: what alone gives level 25.
        let share: Int64
        /// The value at which a project or a counterparty is credited half of its share.
        let shareHalf: Int64
        /// The most that one quarter is credited: what alone gives level 15.
        let quarter: Int64
        /// The most that one day is credited.
        let day: Int64
        /// The fewest units with which a level is stated.
        let minimum: Int64

        /// The scale with level 50 at `half`; the shares follow from it, so that no two facets can disagree on them.
        ///
        /// log2(1 / 0.75) = 0.41504 and log2(1 / 0.85) = 0.23447. With 0.3 · half as a share's own half, the first
        /// unit of a project or a counterparty is credited 0.96 of its value.
        init(half: Int64, day: Int64, minimum: Int64) {
            self.half = half
            self.share = half * 41_504 / 100_000
            self.shareHalf = half * 3 / 10
            self.quarter = half * 23_447 / 100_000
            self.day = day
            self.minimum = minimum
        }
    }

    /// What multiplies a value, per mille.
    enum Factor: String, CaseIterable {
        /// A review by an account of which the source says that it has no standing in the project.
        case outsider = "reviewer_without_standing"
        /// A review by an account whose standing the source does not tell.
        case unknownStanding = "reviewer_of_unknown_standing"
        /// A fact between two accounts that mostly confirm each other.
        case reciprocal = "reciprocal_pair"
    }

    /// A plain limit.
    enum Limit: String, CaseIterable {
        /// Days after which a fact weighs half in the recent view.
        case halfLife = "recent_half_life_days"
        /// The most that one quarter is credited in the recent view, per mille of a facet's `half`.
        case recentQuarter = "recent_quarter_per_mille_of_half"
        /// Quarters without activity that do not break a run.
        case gap = "gap_quarters"
        /// Changed lines up to which a change is trivial.
        case trivialLines = "trivial_lines"
        /// Days within which somebody else's reopening undoes a triage.
        case undone = "undone_within_days"
        /// The length of a review's text from which it counts as a comment.
        case commentLength = "comment_length"
        /// Outside owners that must depend on a package before it counts.
        case dependents = "least_external_dependents"
        /// log2(1 + dependents) at which a package counts whole.
        case dependentsLog = "external_dependents_log2_whole"
        /// Other people with whom a discussion counts.
        case participants = "least_participants"
        /// The prior of every rate: accepted and not accepted, as so many earlier outcomes.
        case priorSuccesses = "rate_prior_successes"
        /// See `priorSuccesses`.
        case priorFailures = "rate_prior_failures"
        /// Evidence listed with a facet at most.
        case listed = "evidence_listed"
        /// Families of projects listed at most.
        case families = "domains_listed"
        /// What is left of a confirmation by somebody without any standing in a project whose people are known, per
        /// mille; 1000 looks at nobody's standing.
        case stranger = "stranger_per_mille"
        /// The part of its rank that an account passes on to those it confirms, per mille (PageRank's damping).
        case damping = "rank_damping_per_mille"
        /// How often it is passed on.
        case rounds = "rank_rounds"
        /// The part of what either was confirmed from which two that confirm each other are a reciprocal pair, per mille.
        case pairShare = "reciprocal_pair_per_mille"
        /// The fewest confirmations among those who could be a pair or a ring.
        case circleUnits = "circle_least_units"
        /// The part of what somebody was confirmed that brings who gave it into their ring, per mille.
        case ringEdge = "ring_edge_per_mille"
        /// The part of a ring's edges that lead out or in below which it is closed, per mille.
        case ringOutside = "ring_outside_per_mille"
        /// The steps in which standing is given, per mille.
        case standingStep = "standing_step_per_mille"
        /// The steps in which a project's rate is taken as a prior, per mille.
        case baseStep = "base_rate_step_per_mille"
    }

    /// Version 1 of the model.
    ///
    /// The prior of the rates, 7 of 10, is the measured share of changes merged over many projects (0.715).
    public static let standing1 = Model(
        id: "standing", version: 1,
        values: [
            .reviewFollowed: 1_000, .reviewDiscussed: 900, .reviewChangesRequested: 800, .reviewCommented: 400,
            .reviewBare: 200,
            .trailerReviewed: 600, .trailerTested: 500, .trailerAcked: 300,
            .changeReviewed: 1_000, .changeMerged: 700, .changeTrivial: 300, .commitAuthored: 500, .coAuthored: 400,
            .reportConfirmed: 300,
            .issueCompleted: 600, .issueNotPlanned: 500, .issueClosed: 500, .issueSorted: 200,
            .packageMaintained: 1_000, .releasePublished: 200,
            .designDiscussed: 600, .securityCredited: 1_000,
        ],
        factors: [.outsider: 500, .unknownStanding: 800, .reciprocal: 200],
        facets: [
            .reviewing: Scale(half: 40_000, day: 4_000, minimum: 5),
            .contributing: Scale(half: 40_000, day: 4_000, minimum: 5),
            .triage: Scale(half: 60_000, day: 5_000, minimum: 5),
            .maintaining: Scale(half: 6_000, day: 1_000, minimum: 1),
            .design: Scale(half: 10_000, day: 1_000, minimum: 3),
            .security: Scale(half: 6_000, day: 1_000, minimum: 1),
        ],
        limits: [
            .halfLife: 180, .recentQuarter: 415, .gap: 2, .undone: 7, .trivialLines: 5, .commentLength: 40,
            .dependents: 3,
            .dependentsLog: 10, .participants: 2, .priorSuccesses: 7, .priorFailures: 3, .listed: 50, .families: 100,
            .stranger: 500, .damping: 850, .rounds: 20, .pairShare: 600, .circleUnits: 10, .ringEdge: 50,
            .ringOutside: 100, .standingStep: 125, .baseStep: 50,
        ])

    /// Plain counting, to hold beside `standing1`: an independent unit is a unit, whatever it took and whoever confirmed
    /// it. Caps, minimum and exclusions are the same, so the difference between the two is what the weights do.
    public static let plain1 = Model(
        id: "plain", version: 1, values: Dictionary(uniqueKeysWithValues: Act.allCases.map { ($0, 1_000) }),
        factors: Dictionary(uniqueKeysWithValues: Factor.allCases.map { ($0, 1_000) }), facets: standing1.facets,
        limits: standing1.limits.merging([.stranger: 1_000]) { $1 })

    /// Every model that readers can ask for; the first is the one profiles are published with.
    public static let all = [standing1, plain1]

    /// The model called `name`, as in `standing-1`; nil when there is none.
    public static func named(_ name: String) -> Model? { self.all.first { $0.name == name } }

    /// Its name in addresses, `standing-1`.
    public var name: String { "\(self.id)-\(self.version)" }

    /// Whether it looks at what others did to weigh what the subject did.
    public var knowsOthers: Bool { self[.stranger] < 1_000 }

    subscript(act: Act) -> Int64 { Model.number(self.values, act) }
    subscript(factor: Factor) -> Int64 { Model.number(self.factors, factor) }
    subscript(limit: Limit) -> Int64 { Model.number(self.limits, limit) }
    subscript(facet: Facet.Name) -> Scale {
        guard let scale = self.facets[facet] else { preconditionFailure("the model has no facet \(facet)") }
        return scale
    }

    private static func number<Name: RawRepresentable<String>>(_ numbers: [Name: Int64], _ name: Name) -> Int64 {
        guard let number = numbers[name] else { preconditionFailure("the model has no number \(name.rawValue)") }
        return number
    }
}

extension Model {
    /// Every number of the model. Its canonical text's SHA-256 is the digest that results carry.
    public var weights: JSON {
        [
            "id": .string(self.id), "version": .int(self.version), "values_per_mille": Model.object(self.values),
            "factors_per_mille": Model.object(self.factors), "limits": Model.object(self.limits),
            "facets": .object(
                Dictionary(
                    uniqueKeysWithValues: self.facets.map { name, scale in
                        (
                            name.rawValue,
                            [
                                "half": .int(scale.half), "share": .int(scale.share),
                                "share_half": .int(scale.shareHalf), "quarter": .int(scale.quarter),
                                "day": .int(scale.day), "minimum_units": .int(scale.minimum),
                            ] as JSON
                        )
                    })),
        ]
    }

    private static func object<Name: RawRepresentable<String>>(_ numbers: [Name: Int64]) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: numbers.map { ($0.key.rawValue, JSON.int($0.value)) }))
    }
}

/// What somebody did, as finely as its worth differs. Each belongs to one facet.
enum Act: String, CaseIterable {
    case reviewFollowed = "review_followed_by_push"
    case reviewDiscussed = "review_with_comments"
    case reviewChangesRequested = "review_changes_requested"
    case reviewCommented = "review_comment"
    case reviewBare = "review_bare"
    case trailerReviewed = "trailer_reviewed_by"
    case trailerTested = "trailer_tested_by"
    case trailerAcked = "trailer_acked_by"
    case changeReviewed = "change_merged_after_review"
    case changeMerged = "change_merged"
    case changeTrivial = "change_merged_trivial"
    case commitAuthored = "commit_authored"
    case coAuthored = "trailer_co_authored_by"
    case reportConfirmed = "issue_report_confirmed"
    case issueCompleted = "issue_closed_completed"
    case issueNotPlanned = "issue_closed_not_planned"
    case issueClosed = "issue_closed"
    case issueSorted = "issue_sorted"
    case packageMaintained = "package_maintained"
    case releasePublished = "release_published"
    case designDiscussed = "design_discussed"
    case securityCredited = "security_credited"
}
