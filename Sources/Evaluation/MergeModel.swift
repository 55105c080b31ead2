public import CanonicalJSON
import Crypto

/// A model of how likely a change is to be merged, from what was decided before it was proposed.
///
/// The log-odds are an intercept and a weighted sum of a few terms, each a plain count or rate of earlier decisions. It
/// knows nothing of the change itself, and a newcomer is not marked as one: who has no history gets the project's rate.
/// A change of any number is a new version beside this one, never an edit.
public struct MergeModel: Sendable {
    /// The model's name.
    public let id: String
    /// Its version.
    public let version: Int64
    /// How decisions are counted.
    let memory: Memory
    /// Log-odds where every term is 0, in ten-thousandths.
    let intercept: Int64
    /// Log-odds for one more of a term, in ten-thousandths.
    let weights: [Term: Int64]
    /// Lower-case hex SHA-256 of the labelled file the weights were fitted on, uncompressed.
    public let fittedOn: String

    /// How decisions are counted and how far few of them are trusted.
    struct Memory: Sendable {
        /// Days after which a decision weighs half in a project's rate and in a person's.
        let halfLife: Int64
        /// The same in a project's rate of late.
        let lateHalfLife: Int64
        /// Earlier outcomes that stand for knowing nothing at all: merged of decided.
        let prior: (merged: Int64, decided: Int64)
        /// As how many decisions the rate of all projects counts in a project's.
        let everywhere: Int64
        /// As how many decisions a project's rate counts in its rate of late.
        let project: Int64
        /// As how many decisions a project's rate counts in a person's there.
        let person: Int64
    }

    /// Version 1, fitted on the 204 projects of the public pull-request data set whose name in lower case has a SHA-256
    /// that 5 divides. `standingd evaluate-model pullreqs FILE --fit -` prints its weights again.
    public static let merge1 = MergeModel(
        id: "merge", version: 1,
        memory: Memory(
            halfLife: 180, lateHalfLife: 30, prior: (merged: 7, decided: 10), everywhere: 10, project: 6, person: 5),
        intercept: 2_399,
        weights: [.projectRate: 7_712, .personSurplus: 4_652, .recentMerges: 2_537, .breadth: 2_195],
        fittedOn: "d520e1a7614d0ddd180a418d55c2916944c6e654f277cd3de79673c4d9b5e464")

    /// Every number of the model. Its canonical text's SHA-256 is the digest.
    public var document: JSON {
        [
            "id": .string(self.id), "version": .int(self.version),
            "memory": [
                "half_life_days": .int(self.memory.halfLife), "late_half_life_days": .int(self.memory.lateHalfLife),
                "prior_merged": .int(self.memory.prior.merged), "prior_decided": .int(self.memory.prior.decided),
                "everywhere_counts_as": .int(self.memory.everywhere), "project_counts_as": .int(self.memory.project),
                "person_prior_counts_as": .int(self.memory.person),
            ],
            "intercept_e4": .int(self.intercept),
            "weights_e4": .object(
                Dictionary(uniqueKeysWithValues: self.weights.map { ($0.key.rawValue, JSON.int($0.value)) })),
            "fitted_on_sha256": .string(self.fittedOn),
        ]
    }

    /// Lower-case hex SHA-256 of the canonical text of `document`, by which results name the model.
    public var digest: String { SHA256.hash(self.document.canonical.utf8).hex }

    /// The same model with the weights of a fit on the file with the digest `fittedOn`, to ten-thousandths.
    public func refitted(_ fit: Coefficients, on fittedOn: String) -> MergeModel {
        func rounded(_ weight: Double) -> Int64 { Int64((weight * 10_000).rounded()) }
        return MergeModel(
            id: self.id, version: self.version, memory: self.memory, intercept: rounded(fit.intercept),
            weights: Dictionary(uniqueKeysWithValues: zip(Term.model, fit.weights.map(rounded))),
            fittedOn: fittedOn)
    }

    /// The weights as a fit has them.
    var coefficients: Coefficients {
        Coefficients(
            intercept: Double(self.intercept) / 10_000,
            weights: Term.model.map { Double(self.weights[$0] ?? 0) / 10_000 })
    }
}
