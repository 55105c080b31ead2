/// One dimension of a profile: how much is known, how it ranks, and what that rests on.
public struct ProfileFacet: Codable, Hashable, Sendable {
    /// Whether enough is known to say anything.
    public enum State: String, Codable, Hashable, Sendable {
        case measured
        /// Too few facts. Not a low level: unknown.
        case insufficientEvidence = "insufficient_evidence"
    }

    /// The name, `reviewing`.
    public var name: String
    /// Whether enough is known.
    public var state: State
    /// 0 to 100; absent unless measured.
    public var level: Int64?
    /// The 90 % interval of the level; absent unless measured.
    public var interval: Interval?
    /// The fewest units with which the model states a level; absent when it states one.
    public var minimum: Int64?
    /// Units counted: a change, an issue or a package is one however many acts it took.
    public var n: Int64
    /// The units' values added up before any cap, per mille of a unit.
    public var value: Int64
    /// What was credited of them after the caps, per mille of a unit.
    public var credited: Int64
    /// Facts not counted, by reason.
    public var excluded: [String: Int64]
    /// Work in the developer's own projects, no part of the level.
    public var ownProjects: OwnProjects
    /// Distinct projects.
    public var projects: Int64
    /// Distinct independent accounts that took part.
    public var counterparties: Int64
    /// The day of the first counted fact, `2015-03-02`.
    public var first: String?
    /// The day of the last counted fact.
    public var last: String?
    /// The view that forgets by half every 180 days.
    public var recent: Recent
    /// The view over the whole life.
    public var longHorizon: LongHorizon
    /// Shares of outcomes, such as the acceptance of changes.
    public var rates: [Rate]
    /// Commitments of the facts counted, one a unit, weightiest first, as they stand in the ledger.
    public var evidence: [String]

    /// A facet.
    public init(
        name: String, state: State, level: Int64? = nil, interval: Interval? = nil, minimum: Int64? = nil,
        n: Int64 = 0, value: Int64 = 0, credited: Int64 = 0, excluded: [String: Int64] = [:],
        ownProjects: OwnProjects = OwnProjects(), projects: Int64 = 0, counterparties: Int64 = 0,
        first: String? = nil, last: String? = nil, recent: Recent = Recent(),
        longHorizon: LongHorizon = LongHorizon(), rates: [Rate] = [], evidence: [String] = []
    ) {
        self.name = name
        self.state = state
        self.level = level
        self.interval = interval
        self.minimum = minimum
        self.n = n
        self.value = value
        self.credited = credited
        self.excluded = excluded
        self.ownProjects = ownProjects
        self.projects = projects
        self.counterparties = counterparties
        self.first = first
        self.last = last
        self.recent = recent
        self.longHorizon = longHorizon
        self.rates = rates
        self.evidence = evidence
    }

    private enum CodingKeys: String, CodingKey {
        case name, state, level, interval, minimum, n, excluded, projects, counterparties, first, last, recent, rates
        case evidence
        case value = "value_per_mille"
        case credited = "credited_per_mille"
        case ownProjects = "own_projects"
        case longHorizon = "long_horizon"
    }
}

extension ProfileFacet {
    /// Where a number lies with 90 % probability, in the unit of that number.
    public struct Interval: Codable, Hashable, Sendable {
        /// The lower end.
        public var low: Int64
        /// The upper end.
        public var high: Int64

        /// An interval.
        public init(low: Int64, high: Int64) {
            self.low = low
            self.high = high
        }

        /// Decodes `[low, high]`.
        public init(from decoder: any Decoder) throws {
            var ends = try decoder.unkeyedContainer()
            self.init(low: try ends.decode(Int64.self), high: try ends.decode(Int64.self))
            guard ends.isAtEnd, self.low <= self.high else {
                throw DecodingError.dataCorruptedError(
                    in: ends, debugDescription: "an interval is its lower and its upper end, in this order")
            }
        }

        /// Encodes `[low, high]`.
        public func encode(to encoder: any Encoder) throws {
            var ends = encoder.unkeyedContainer()
            try ends.encode(self.low)
            try ends.encode(self.high)
        }
    }

    /// The view that forgets.
    public struct Recent: Codable, Hashable, Sendable {
        /// Whether enough is known.
        public var state: State
        /// 0 to 100; absent unless measured.
        public var level: Int64?
        /// The 90 % interval of the level; absent unless measured.
        public var interval: Interval?
        /// The fewest units with which the model states a level; absent when it states one.
        public var minimum: Int64?
        /// Units of the last two half-lives.
        public var n: Int64

        /// A recent view; nothing known unless told.
        public init(
            state: State = .insufficientEvidence, level: Int64? = nil, interval: Interval? = nil,
            minimum: Int64? = nil, n: Int64 = 0
        ) {
            self.state = state
            self.level = level
            self.interval = interval
            self.minimum = minimum
            self.n = n
        }
    }

    /// Activity over the whole life, in quarters of the calendar.
    public struct LongHorizon: Codable, Hashable, Sendable {
        /// Distinct quarters with counted work.
        public var activeQuarters: Int64
        /// Those and the short gaps between them.
        public var sustainedQuarters: Int64
        /// The longest run of sustained quarters.
        public var longestRun: Int64

        /// A long-horizon view; no activity unless told.
        public init(activeQuarters: Int64 = 0, sustainedQuarters: Int64 = 0, longestRun: Int64 = 0) {
            self.activeQuarters = activeQuarters
            self.sustainedQuarters = sustainedQuarters
            self.longestRun = longestRun
        }

        private enum CodingKeys: String, CodingKey {
            case activeQuarters = "active_quarters"
            case sustainedQuarters = "sustained_quarters"
            case longestRun = "longest_run"
        }
    }

    /// Work in the developer's own projects.
    public struct OwnProjects: Codable, Hashable, Sendable {
        /// Units.
        public var n: Int64
        /// Distinct projects.
        public var projects: Int64
        /// Distinct other accounts that took part.
        public var counterparties: Int64

        /// Own work; none unless told.
        public init(n: Int64 = 0, projects: Int64 = 0, counterparties: Int64 = 0) {
            self.n = n
            self.projects = projects
            self.counterparties = counterparties
        }
    }

    /// A share of outcomes, drawn towards what is usual when there are few.
    public struct Rate: Codable, Hashable, Sendable {
        /// Of what, `acceptance`.
        public var name: String
        /// Outcomes of the better kind.
        public var successes: Int64
        /// All outcomes.
        public var trials: Int64
        /// The estimate, per mille.
        public var perMille: Int64
        /// Its 90 % interval, per mille.
        public var interval: Interval

        /// A rate.
        public init(name: String, successes: Int64, trials: Int64, perMille: Int64, interval: Interval) {
            self.name = name
            self.successes = successes
            self.trials = trials
            self.perMille = perMille
            self.interval = interval
        }

        private enum CodingKeys: String, CodingKey {
            case name, successes, trials
            case perMille = "per_mille"
            case interval = "interval_per_mille"
        }
    }
}
