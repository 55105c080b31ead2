public import Reputation

/// How well a model foretells merges, beside simpler scores, on one labelled file.
public struct MergeReport: Sendable {
    /// Whose weights gave the chances.
    public enum Weights: Hashable, Sendable {
        /// The model's own, fitted elsewhere.
        case committed
        /// Fitted in this run on the other projects, in so many folds: the file is the one the model was fitted on.
        case crossValidated(folds: Int)
    }

    /// What the file holds.
    public struct Sample: Hashable, Sendable {
        /// Lower-case hex SHA-256 of the file, uncompressed.
        public let digest: String
        /// Cases that were decided, and those that were merged.
        public let cases, merged: Int
        /// Cases never decided: history for others, no label.
        public let undecided: Int
        /// Rows left out because they were decided before they were proposed.
        public let contradictory: Int
        /// Distinct projects and requesters.
        public let projects, requesters: Int
        /// Cases of newcomers, and those that were merged.
        public let newcomers, newcomersMerged: Int
        /// The first and the last day on which a case was proposed.
        public let first, last: Day
    }

    /// Intervals of `Areas`, clustered by project.
    public struct Intervals: Hashable, Sendable {
        /// See `Areas`.
        public let pooled, withinProject, newcomers, newcomersWithinProject: Interval?
    }

    /// The model refitted on this file with other terms, each cross-validated over its projects.
    public struct Ablation: Hashable, Sendable {
        /// As it is.
        public let whole: Areas
        /// Without a term, and without all terms of a kind of evidence.
        public let without: [Line]
        /// With a term more, of those that were tried and left out.
        public let with: [Line]
    }

    /// A score and how well it does.
    public struct Line: Hashable, Sendable {
        /// The score's name; of an ablation what was left out or added.
        public let name: String
        /// Its areas.
        public let areas: Areas
    }

    /// The model's name, version and digest.
    public let model: (id: String, version: Int64, digest: String)
    /// Its log-odds where every term is 0, and for one more of each term.
    public let coefficients: (intercept: Double, terms: [(term: Term, weight: Double)])
    /// Whose weights gave the chances.
    public let weights: Weights
    /// What the file holds.
    public let sample: Sample
    /// The model's areas.
    public let areas: Areas
    /// Their intervals.
    public let intervals: Intervals
    /// The mean area within a project, over projects by their cases, and over projects alike.
    public let areaByCases, areaByProjects: Double?
    /// How many projects have both labels, of which the means are.
    public let comparableProjects: Int
    /// The area under the precision-recall curve, of finding merges, and of finding what is declined.
    public let precisionRecall: (merged: Double?, declined: Double?)
    /// Chance beside outcome, of all cases and of newcomers.
    public let calibration, newcomersCalibration: Calibration?
    /// Simpler scores in the same replay.
    public let baselines: [Line]
    /// The baseline that comes closest, and how much the model lies above it over all pairs.
    public let closest: (name: String, above: Double, interval: Interval?)?
    /// What each term brings.
    public let ablation: Ablation
    /// The weights fitted on all of this file.
    public let fitted: Coefficients
    /// How many cases were computed again from what was known at their time; none differed.
    public let casesCheckedForLookAhead: Int

    /// Whether the model lies above every baseline, over all pairs, within projects, and for newcomers.
    public var isAboveEveryBaseline: Bool {
        func above(_ path: KeyPath<Areas, Double?>) -> Bool {
            let best = self.baselines.compactMap { $0.areas[keyPath: path] }.max()
            return (self.areas[keyPath: path] ?? 0) > best ?? 0
        }
        return above(\.pooled) && above(\.withinProject) && above(\.newcomers)
    }
}

/// A feature of a model looks ahead: nothing that was measured with it means anything.
public struct LookAhead: Error, Equatable, CustomStringConvertible {
    /// The number of a case whose features change when what came after it is taken away.
    public let id: Int64

    /// A sentence for a person.
    public var description: String { "the features of case \(self.id) depend on what came after it" }
}
