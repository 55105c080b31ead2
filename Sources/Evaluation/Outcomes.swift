import Glibc
import Reputation

/// How many changes were decided, and how many of them merged; fractions where older ones count less.
struct Outcomes {
    var merged = 0.0
    var decided = 0.0

    mutating func add(_ isMerged: Bool) {
        self.decided += 1
        if isMerged { self.merged += 1 }
    }

    /// The share that was merged, as if `strength` more had been decided at the rate `prior`.
    func rate(toward prior: Double, strength: Double) -> Double {
        (self.merged + strength * prior) / (self.decided + strength)
    }
}

/// Outcomes that weigh half after every half-life.
struct FadingOutcomes {
    private var outcomes = Outcomes()
    private var countedAt = Instant(seconds: 0)

    /// What they weigh at `now`, which must not lie before the last outcome added.
    func at(_ now: Instant, halfLife: Double) -> Outcomes {
        guard self.outcomes.decided > 0 else { return self.outcomes }
        let days = Double(now.seconds - self.countedAt.seconds) / 86_400
        let left = exp2(-days / halfLife)
        return Outcomes(merged: self.outcomes.merged * left, decided: self.outcomes.decided * left)
    }

    /// Adds a decision, which must not lie before the last.
    mutating func add(_ decision: Decision, halfLife: Double) {
        self.outcomes = self.at(decision.decidedAt, halfLife: halfLife)
        self.outcomes.add(decision.isMerged)
        self.countedAt = decision.decidedAt
    }
}

/// ln(p / (1 − p)): what a logistic model adds up.
func logOdds(_ chance: Double) -> Double { log(chance / (1 - chance)) }

/// The chance that has `logOdds`.
func chance(logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
