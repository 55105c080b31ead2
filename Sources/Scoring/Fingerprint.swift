import Reputation

extension Assessment {
    /// Every number of the assessment but the entries, eight bytes each: equal bytes are equal results, in whatever order
    /// the facts came into their ledgers.
    public var fingerprint: [UInt8] {
        var bytes: [UInt8] = []
        func put(_ numbers: Int...) {
            for number in numbers {
                for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
            }
        }
        func put(_ level: Level) {
            switch level {
            case .measured(let level, let interval): put(1, level, interval.lowerBound, interval.upperBound)
            case .insufficientEvidence(let minimum): put(0, minimum)
            }
        }
        func put(_ horizon: Horizon) { put(horizon.activeQuarters, horizon.sustainedQuarters, horizon.longestRun) }
        put(Int(self.asOf.number))
        for facet in self.facets {
            put(facet.level)
            put(facet.n, Int(facet.value), Int(facet.credited), facet.projects, facet.counterparties)
            for reason in Exclusion.allCases { put(facet.excluded[reason] ?? 0) }
            put(facet.ownProjects.n, facet.ownProjects.projects, facet.ownProjects.counterparties)
            put(Int(facet.days?.lowerBound.number ?? 0), Int(facet.days?.upperBound.number ?? 0), facet.recent.n)
            put(facet.recent.level)
            put(facet.longHorizon)
            for rate in facet.rates {
                put(rate.successes, rate.trials, rate.perMille, rate.interval.lowerBound, rate.interval.upperBound)
            }
        }
        put(self.longevity)
        for domain in self.domains { put(domain.share, domain.n, domain.activeQuarters, domain.counterparties) }
        for quarter in self.timeline { put(Int(quarter.quarter), quarter.n, quarter.counted) }
        return bytes
    }
}
