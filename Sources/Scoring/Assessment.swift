public import Reputation

/// What a model says about a subject's evidence as of a day.
///
/// A function of the evidence, the subject's accounts, the day and the model alone: the order of the evidence and the
/// names that accounts and projects bear do not enter, except that a domain shows its latest name.
public struct Assessment: Hashable, Sendable {
    /// The model's name.
    public let model: String
    /// The model's version.
    public let modelVersion: Int64
    /// The last day whose evidence was counted.
    public let asOf: Day
    /// Every facet of the model, in a fixed order, those without evidence included.
    public let facets: [Facet]
    /// All counted work together, over the whole life.
    public let longevity: Horizon
    /// Where the counted work was done, the largest share first.
    public let domains: [DomainShare]
    /// How many facts of each kind each quarter brought, earliest first.
    public let timeline: [QuarterCount]
    /// What became of each row of evidence, in the order of their entries.
    public let rows: [Row]
    /// What its entries are called where they are shown. The reckoning does without.
    public var names = Names()

    /// The facet called `name`.
    public subscript(name: Facet.Name) -> Facet {
        guard let facet = self.facets.first(where: { $0.name == name }) else {
            preconditionFailure("an assessment has every facet")
        }
        return facet
    }
}

/// One dimension of a profile.
public struct Facet: Hashable, Sendable {
    /// Which one.
    public enum Name: String, Sendable, CaseIterable {
        case reviewing, contributing, triage, maintaining, design, security
    }

    /// Which one.
    public let name: Name
    /// The level over the whole life, or that there is too little to state one.
    public let level: Level
    /// Units counted: a change, an issue or a package is one however many acts it took.
    public let n: Int
    /// The units' values added up before any cap, and what was credited after them, per mille of a unit.
    public let value: Int64
    /// See `value`.
    public let credited: Int64
    /// Facts that were not counted, by reason.
    public let excluded: [Exclusion: Int]
    /// Work in the subject's own projects that would have counted elsewhere. No part of the level.
    public let ownProjects: OwnWork
    /// Distinct projects counted.
    public let projects: Int
    /// Distinct independent accounts that confirmed the work.
    public let counterparties: Int
    /// The first day and the last day with counted work; nil where there is none.
    public let days: ClosedRange<Day>?
    /// The same with older work fading (half-life in the model).
    public let recent: Recent
    /// Activity over the whole life.
    public let longHorizon: Horizon
    /// Shares of outcomes, such as the acceptance of changes.
    public let rates: [Rate]
    /// The entries of the facts that counted, one a unit, weightiest first, as many as the model lists.
    public let evidence: [Int64]
}

/// A level, or why there is none.
public enum Level: Hashable, Sendable {
    /// 0…100, with the bounds of its 90 % interval.
    case measured(Int, interval: ClosedRange<Int>)
    /// Fewer units than the model's minimum. Not a low level.
    case insufficientEvidence(minimum: Int)
}

/// A facet with older work fading.
public struct Recent: Hashable, Sendable {
    /// The level, from values halved with every half-life of age.
    public let level: Level
    /// Units of the last two half-lives.
    public let n: Int
}

/// Activity over the whole life, in quarters of the calendar.
public struct Horizon: Hashable, Sendable {
    /// Distinct quarters with counted work.
    public let activeQuarters: Int
    /// Those and the short gaps between them: leave and illness cost nothing.
    public let sustainedQuarters: Int
    /// The longest run of sustained quarters.
    public let longestRun: Int
}

/// Work in the subject's own projects.
public struct OwnWork: Hashable, Sendable {
    /// Units.
    public let n: Int
    /// Distinct projects.
    public let projects: Int
    /// Distinct other accounts that took part.
    public let counterparties: Int
}

/// A share of outcomes as a Beta posterior with the model's prior.
public struct Rate: Hashable, Sendable {
    /// Of what.
    public enum Name: String, Sendable {
        /// Changes merged, of those merged or declined by somebody else.
        case acceptance
        /// Reviews that asked or said something, of all counted.
        case substantive
        /// Issues that stayed as they were triaged.
        case kept
        /// Changes and commits that were not taken back within 30 days.
        case stood
    }

    /// Of what.
    public let name: Name
    /// Outcomes of the better kind.
    public let successes: Int
    /// All outcomes.
    public let trials: Int
    /// The posterior's mean, per mille.
    public let perMille: Int
    /// The 5 % and 95 % quantiles of the posterior, per mille, rounded outward.
    public let interval: ClosedRange<Int>
}

/// The part of the counted work that one family of projects has: the projects of one owner, or one project without.
public struct DomainShare: Hashable, Sendable {
    /// The entry of its latest fact, which has the family's name as it was then (`Names.projects`).
    public let latest: Int64
    /// Its share of all units counted, per mille.
    public let share: Int
    /// Units counted.
    public let n: Int
    /// Distinct quarters with counted work.
    public let activeQuarters: Int
    /// Distinct independent accounts.
    public let counterparties: Int
    /// The first and the last day.
    public let days: ClosedRange<Day>
    /// The facets it counted in, most units first.
    public let facets: [Facet.Name]
}

/// What entries are called where they are shown.
public struct Names: Hashable, Sendable {
    /// The commitment of each entry.
    public var commitments: [Int64: String]
    /// The project of each entry.
    public var projects: [Int64: Project]

    /// Names, none unless told.
    public init(commitments: [Int64: String] = [:], projects: [Int64: Project] = [:]) {
        self.commitments = commitments
        self.projects = projects
    }
}

extension Assessment {
    /// The entries whose commitment the document shows.
    public var listed: [Int64] { self.facets.flatMap(\.evidence) }

    /// The entries whose project's name the document shows.
    public var located: [Int64] { self.domains.map(\.latest) }
}

/// How many facts of a kind a quarter brought.
public struct QuarterCount: Hashable, Sendable {
    /// Quarters since the first of 1970 (`Day.quarter`).
    public let quarter: Int64
    /// Which kind.
    public let kind: Evidence.Kind
    /// Facts of the subject.
    public let n: Int
    /// Those among them that counted in a facet.
    public let counted: Int
}

/// What became of one row of evidence.
public struct Row: Hashable, Sendable {
    /// The row's entry in the ledger.
    public let entry: Int64
    /// What was observed.
    public let kind: Evidence.Kind
    /// The day it happened.
    public let day: Day
    /// Whose facet it concerns; nil when it concerns none.
    public let facet: Facet.Name?
    /// What came of it.
    public let verdict: Verdict
    /// What the confirmers' standing in the project left of its value, per mille; 1000 where nothing was taken off.
    public let weight: Int64

    /// What came of a row.
    public enum Verdict: Hashable, Sendable {
        /// It is its unit's weightiest row: worth so much before the caps, credited so much after them, per mille of a
        /// unit. What rows are credited adds up to what their facet is.
        case counted(value: Int64, credited: Int64)
        /// Another row of the same unit stands for it.
        case sameUnit
        /// It did not count.
        case excluded(Exclusion)
    }
}

/// Why a row of evidence did not count. The first that applies, in this order.
public enum Exclusion: String, Sendable, CaseIterable, Comparable {
    /// It is about an account that is not the subject's.
    case notTheSubject = "not_the_subject"
    /// It happened after the day of the assessment.
    case future
    /// The same fact was given twice.
    case duplicate
    /// The model does not score this kind or this outcome of it.
    case notScored = "not_scored"
    /// The word of the subject alone.
    case ownWord = "own_word"
    /// The account is a bot.
    case botActor = "bot_actor"
    /// The account is a program acting for somebody; its work is not its principal's.
    case agentActor = "agent_actor"
    /// The change never left a fork.
    case forkOnly = "fork_only"
    /// A bare approval or merge of much in no time.
    case rubberStamp = "rubber_stamp"
    /// The subject reviewed its own change.
    case selfReviewed = "self_reviewed"
    /// The subject merged its own change and nobody else approved it.
    case selfMerged = "self_merged"
    /// Only accounts of the subject took part.
    case ownAccount = "own_account"
    /// Of the others that took part, all belong to the same owner as the subject.
    case sameOwnerCounterparty = "same_owner_counterparty"
    /// Only bots took part.
    case botCounterparty = "bot_counterparty"
    /// Nobody else is known to have taken part.
    case noCounterparty = "no_counterparty"
    /// Somebody undid it: an issue was opened again, a change reverted soon after.
    case undone
    /// It is not known who depends on the package.
    case dependentsUnknown = "dependents_unknown"
    /// Too few others depend on the package.
    case fewDependents = "few_dependents"
    /// The project is the subject's own. Reported apart.
    case selfOwned = "self_owned"
    /// The outcome confirms nothing: declined, not completed, answered by too few.
    case notConfirmed = "not_confirmed"

    /// Orders by name.
    public static func < (left: Exclusion, right: Exclusion) -> Bool { left.rawValue < right.rawValue }
}
