/// One observed fact about one account. Measures and flags are facts; points never appear here.
public struct Evidence: Hashable, Sendable {
    /// What was observed.
    public enum Kind: String, Sendable, CaseIterable {
        case reviewGiven = "review_given"
        case changeMerged = "change_merged"
        case changeDeclined = "change_declined"
        case issueTriaged = "issue_triaged"
        case issueReported = "issue_reported"
        case designDiscussion = "design_discussion"
        case packageMaintained = "package_maintained"
        case releasePublished = "release_published"
        case securityCredit = "security_credit"
        case commitTrailer = "commit_trailer"
        case commitAuthored = "commit_authored"
        case vouch
        case disclosure
        case attestedActivity = "attested_activity"
    }

    /// What the fact is about: a review, a merged change, a closed issue, a commit.
    public struct Object: Hashable, Sendable {
        /// Unique among the facts of one kind and account on the platform; part of what makes a fact count once.
        public var id: String
        /// What facts are counted by: the change a review belongs to, the issue a click was on, the package.
        public var unit: String
        /// Where a person can look at it.
        public var url: String?
        /// The number people know a change by in its project.
        public var number: Int64?
        /// The commit that a change stood at when the fact happened. Facts with different ones have a push between them.
        public var revision: String?
        /// What of the same project it takes back: a change as `#12`, a commit as its id.
        public var undoes: String?

        /// An object; `unit` is the object itself unless told.
        public init(
            id: String, unit: String? = nil, url: String? = nil, number: Int64? = nil, revision: String? = nil,
            undoes: String? = nil
        ) {
            self.id = id
            self.unit = unit ?? id
            self.url = url
            self.number = number
            self.revision = revision
            self.undoes = undoes
        }
    }

    /// Another account that took part.
    public struct Counterparty: Hashable, Sendable {
        /// What it did.
        public enum Role: String, Sendable, CaseIterable {
            case author, merger, closer, reviewer, maintainer, triager, committer
        }

        /// Which account.
        public var account: Account
        /// What it did.
        public var role: Role
        /// Its standing in the project at the time, where the source says so.
        public var association: Association?

        /// A counterparty.
        public init(account: Account, role: Role, association: Association? = nil) {
            self.account = account
            self.role = role
            self.association = association
        }
    }

    /// The standing of an account in a project at the time (GitHub's `author_association`).
    public enum Association: String, Sendable, CaseIterable {
        case owner = "OWNER"
        case member = "MEMBER"
        case collaborator = "COLLABORATOR"
        case contributor = "CONTRIBUTOR"
        case firstTimer = "FIRST_TIMER"
        case firstTimeContributor = "FIRST_TIME_CONTRIBUTOR"
        case none = "NONE"
    }

    /// How the thing ended, in the words of its kind.
    public enum Outcome: String, Sendable, CaseIterable {
        // review_given
        case approved, commented, dismissed
        case changesRequested = "changes_requested"
        // change_merged, change_declined
        case merged, declined
        // issue_triaged, issue_reported
        case closed, reopened, completed
        case notPlanned = "not_planned"
        case duplicate, labeled, assigned, milestoned, transferred
        // design_discussion: began it, took part, gave what became the answer
        case started, participated, answered
        // security_credit: the credit's type (OSV schema, credits[].type)
        case finder, reporter, analyst, coordinator, tool, sponsor
        case remediationDeveloper = "remediation_developer"
        case remediationReviewer = "remediation_reviewer"
        case remediationVerifier = "remediation_verifier"
        // vouch, disclosure
        case vouched, disclosed
        // attested_activity
        case talk, event, mentoring, writing
        case shippedProduct = "shipped_product"
        // security_credit, attested_activity: another one than these
        case other
        // commit_trailer: the role the trailer gives
        case reviewedBy = "Reviewed-by"
        case ackedBy = "Acked-by"
        case testedBy = "Tested-by"
        case reportedBy = "Reported-by"
        case coAuthoredBy = "Co-authored-by"
        case signedOffBy = "Signed-off-by"
        // package_maintained
        case maintainer, uploader
        // release_published
        case published, prerelease
    }

    /// A raw number of the fact. Sizes are counts, times are seconds.
    public enum Measure: String, Sendable, CaseIterable {
        case additions, deletions
        case changedFiles = "changed_files"
        case commits
        case comments
        case reviewComments = "review_comments"
        case inlineComments = "inline_comments"
        case timeToMerge = "time_to_merge_s"
        case latency = "latency_s"
        case binaries
        /// Distinct owners, other than this package's, of packages that directly depend on it.
        case externalDependents = "direct_external_dependents"
        case maintainers
        case bodyLength = "body_length"
        /// Remarks of the reviewer that the author, or somebody else, marked as dealt with.
        case threadsResolved = "threads_resolved"
        /// 1 where the author pushed to the change after the review, 0 where not.
        case authorPushedAfter = "author_pushed_after"
        /// 1 where nobody reviewed the change before, 0 where somebody did.
        case firstReviewer = "first_reviewer"
        /// 1 where the reviewed change was merged later, 0 where it was closed without.
        case mergedAfter = "merged_after"
        /// People other than the author who reviewed.
        case reviewers
        /// Reviews that asked for changes, and the one that did not.
        case rounds
        /// People who took part in a discussion.
        case participants
        case labels
        case releasesInTwelveMonths = "releases_12_months"
        /// 1 where the registry says so, 0 where it says not.
        case deprecated
        case trustedPublishing = "trusted_publishing"
        case provenance
        /// At least this CVSS base score, in tenths: 90 for critical, 70 for high.
        case severity = "severity_tenths"
        /// Days since 1970-01-01: the period of an activity, the end of a vouch.
        case periodFrom = "period_from_day"
        case periodTo = "period_to_day"
        case expires = "expires_day"
    }

    /// What is noteworthy about the independence of the fact. Flags annotate; the model decides what they cost.
    public enum Flag: String, Sendable, CaseIterable {
        case selfOwned = "self_owned"
        case selfMerged = "self_merged"
        case selfReviewed = "self_reviewed"
        case sameOwnerCounterparty = "same_owner_counterparty"
        case botActor = "bot_actor"
        case botCounterparty = "bot_counterparty"
        case reciprocalPair = "reciprocal_pair"
        case rubberStamp = "rubber_stamp"
        case forkOnly = "fork_only"
        case archivedProject = "archived_project"
        case assistanceDisclosed = "assistance_disclosed"
        case burst, spray
    }

    /// Where the fact was observed.
    public struct Source: Hashable, Sendable {
        /// How strong the source is, strongest first.
        public enum Class: String, Sendable, CaseIterable {
            case registry, forge, webhook, archive, repository, attested
            case own = "self"
        }

        /// The connector, `gharchive`, `git` or `debian`.
        public var adapter: String
        /// How strong.
        public var `class`: Class
        /// The file, endpoint or repository, without any path of the importing machine.
        public var locator: String
        /// Lower-case hex SHA-256 of the raw object (the line, the stanza), or the commit's own object id.
        public var digest: String

        /// A source.
        public init(adapter: String, class: Class, locator: String, digest: String) {
            self.adapter = adapter
            self.class = `class`
            self.locator = locator
            self.digest = digest
        }
    }

    /// The signature of a commit.
    public struct Signature: Hashable, Sendable {
        /// What checking it came to.
        public enum State: String, Sendable, CaseIterable {
            /// The key signed exactly this commit.
            case valid
            /// It does not, or the signature cannot be read.
            case invalid
            /// It is of a kind that is not checked, so it may be either.
            case unchecked
        }

        /// What checking it came to.
        public var state: State
        /// The fingerprint of the key that is named in it, `SHA256:…`.
        public var key: String?
        /// The step that failed, or why it was not checked.
        public var reason: String?

        /// A signature.
        public init(state: State, key: String? = nil, reason: String? = nil) {
            self.state = state
            self.key = key
            self.reason = reason
        }
    }

    /// What was observed.
    public var kind: Kind
    /// Whom it is about.
    public var account: Account
    /// Where it happened.
    public var project: Project
    /// What it is about.
    public var object: Object
    /// When it happened.
    public var occurredAt: Instant
    /// When it was seen.
    public var observedAt: Instant
    /// Who else took part.
    public var counterparties: [Counterparty]
    /// The subject's own standing in the project at the time.
    public var association: Association?
    /// How it ended.
    public var outcome: Outcome?
    /// The raw numbers.
    public var measures: [Measure: Int64]
    /// The notes on independence.
    public var flags: Set<Flag>
    /// Where it was observed.
    public var source: Source
    /// How the commit is signed; nil when it is not, and for everything but commits.
    public var signature: Signature?

    /// A fact; what a source does not tell is left out.
    public init(
        kind: Kind, account: Account, project: Project, object: Object, occurredAt: Instant, observedAt: Instant,
        counterparties: [Counterparty] = [], association: Association? = nil, outcome: Outcome? = nil,
        measures: [Measure: Int64] = [:], flags: Set<Flag> = [], source: Source
    ) {
        self.kind = kind
        self.account = account
        self.project = project
        self.object = object
        self.occurredAt = occurredAt
        self.observedAt = observedAt
        self.counterparties = counterparties
        self.association = association
        self.outcome = outcome
        self.measures = measures
        self.flags = flags
        self.source = source
    }
}

extension Evidence {
    /// What makes the fact the same fact however often and from wherever it is reported. The service keeps only a
    /// keyed hash of it.
    public var identity: String {
        [
            self.project.platform.rawValue, self.kind.rawValue, self.object.id, self.account.key.platform.rawValue,
            self.account.key.id, self.outcome.flatMap { self.kind == .commitTrailer ? $0.rawValue : nil } ?? "",
        ]
        .joined(separator: "\u{1F}")
    }
}
