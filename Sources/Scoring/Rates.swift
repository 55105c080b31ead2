/// Arithmetic with +, −, × and ÷ alone, which IEEE 754 rounds the same on every machine; no logarithm or gamma function
/// of a C library is involved.

/// What is expected of a rate before anything is known of the person: so many earlier outcomes.
struct Prior: Hashable {
    let successes: Int
    let failures: Int

    /// Where nothing is known of the projects either.
    init(_ model: Model) {
        self.successes = Int(model[.priorSuccesses])
        self.failures = Int(model[.priorFailures])
    }

    /// As many outcomes as the model's own prior has, shared as `perMille` says; neither kind is ruled out.
    init(perMille: Int64, model: Model) {
        let strength = model[.priorSuccesses] + model[.priorFailures]
        self.successes = Int(min(strength - 1, max(1, (strength * perMille + 500) / 1_000)))
        self.failures = Int(strength) - self.successes
    }
}

extension Rate {
    /// The posterior of `successes` of `trials` after `prior`.
    init(_ name: Name, successes: Int, trials: Int, prior: Prior) {
        precondition(0 <= successes && successes <= trials)
        let alpha = prior.successes + successes
        let beta = prior.failures + trials - successes
        self.name = name
        self.successes = successes
        self.trials = trials
        self.perMille = (alpha * 1_000 + (alpha + beta) / 2) / (alpha + beta)
        // Rounded outward, so that the interval holds at least 90 %.
        let low = smallest(in: 0...1_000) { betaBelow(Double($0) / 1_000, alpha, beta) > 0.05 } - 1
        let high = smallest(in: 0...1_000) { betaBelow(Double($0) / 1_000, alpha, beta) >= 0.95 }
        self.interval = max(0, low)...min(1_000, high)
    }
}

/// The smallest number of `range` for which `holds`, which must hold for every larger one and for the largest.
private func smallest(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
        let middle = (low + high) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}

/// The part of the Beta distribution with whole parameters that lies below `x`.
///
/// It equals the chance of at least `alpha` successes in `alpha + beta − 1` trials of chance `x`. The binomial's terms
/// are taken relative to its largest, outward until they no longer matter, so that nothing over- or underflows.
func betaBelow(_ x: Double, _ alpha: Int, _ beta: Int) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let trials = alpha + beta - 1
    let odds = x / (1 - x)
    let mode = min(trials, Int(Double(trials + 1) * x))
    var (below, above) = (0.0, 0.0)
    func count(_ term: Double, at successes: Int) {
        if successes >= alpha { above += term } else { below += term }
    }
    count(1, at: mode)
    var (term, successes) = (1.0, mode)
    while successes < trials, term > 1e-18 {
        term *= Double(trials - successes) / Double(successes + 1) * odds
        successes += 1
        count(term, at: successes)
    }
    (term, successes) = (1.0, mode)
    while successes > 0, term > 1e-18 {
        term *= Double(successes) / Double(trials - successes + 1) / odds
        successes -= 1
        count(term, at: successes)
    }
    return above / (above + below)
}

/// The 90 % interval of what `credited` might as well have been, had chance dealt its `n` units again.
///
/// The units are taken as a Poisson count: the bounds are those of its mean, by Wilson and Hilferty's cube (within 0.1
/// of the exact ones from n = 1), and the credit is scaled by them. Caps are not taken to move.
func chance(_ credited: Int64, n: Int) -> ClosedRange<Int64> {
    guard n > 0 else { return credited...credited }
    func cube(_ mean: Int, _ deviations: Double) -> Double {
        let deviation = Double(squareRoot(Int64(mean) * 1_000_000)) / 1_000
        let root = 1 - 1 / (9 * Double(mean)) + deviations / (3 * deviation)
        return Double(mean) * root * root * root
    }
    let low = max(0, cube(n, -1.645))
    let high = cube(n + 1, 1.645)
    let scale = Double(credited) / Double(n)
    return min(credited, Int64(low * scale))...max(credited, Int64(high * scale))
}
