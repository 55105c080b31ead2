import Reputation

/// What a fact is worth before anybody's standing, per mille of a unit; or why it is worth nothing.
struct Substance {
    let value: Int64
    let shortfall: Exclusion?

    init(_ value: Int64, shortfall: Exclusion? = nil) {
        self.value = value
        self.shortfall = shortfall
    }
}

extension Fact {
    /// What the fact is worth by itself; nil when its outcome is none the model scores.
    func substance(_ company: Company, model: Model) -> Substance? {
        switch self.kind {
        case .reviewGiven: Substance(model[self.reviewAct(model)])
        case .commitTrailer: self.trailerAct.map { Substance(model[$0]) }
        case .changeMerged, .changeDeclined: Substance(model[self.changeAct(company, model: model)])
        case .commitAuthored: Substance(model[.commitAuthored])
        case .issueReported: Substance(model[.reportConfirmed])
        case .issueTriaged: self.triageAct.map { Substance(model[$0]) }
        case .packageMaintained: self.packageSubstance(model)
        case .releasePublished: Substance(model[.releasePublished])
        case .designDiscussion: Substance(model[.designDiscussed])
        case .securityCredit: Substance(model[.securityCredited])
        case .vouch, .disclosure, .attestedActivity: nil
        }
    }

    private func reviewAct(_ model: Model) -> Act {
        let remarks = (self.measures[.inlineComments] ?? 0) + (self.measures[.reviewComments] ?? 0)
        if (self.measures[.authorPushedAfter] ?? 0) > 0 { return .reviewFollowed }
        if remarks > 0 { return .reviewDiscussed }
        if self.outcome == .changesRequested { return .reviewChangesRequested }
        // A forge takes no comment that says nothing: without text of its own it holds remarks on lines.
        let spoke =
            self.outcome == .commented || (self.measures[.comments] ?? 0) > 0
            || (self.measures[.bodyLength] ?? 0) >= model[.commentLength]
        return spoke ? .reviewCommented : .reviewBare
    }

    private var trailerAct: Act? {
        switch self.outcome {
        case .reviewedBy: .trailerReviewed
        case .testedBy: .trailerTested
        case .ackedBy: .trailerAcked
        case .coAuthoredBy: .coAuthored
        default: nil
        }
    }

    private func changeAct(_ company: Company, model: Model) -> Act {
        if let additions = self.measures[.additions], let deletions = self.measures[.deletions],
            additions + deletions <= model[.trivialLines]
        {
            return .changeTrivial
        }
        let discussed = (self.measures[.reviewComments] ?? 0) > 0
        return discussed || company.reviewed ? .changeReviewed : .changeMerged
    }

    private var triageAct: Act? {
        switch self.outcome {
        case .completed: .issueCompleted
        case .notPlanned: .issueNotPlanned
        case .reopened: nil
        case .labeled, .assigned, .milestoned, .transferred: .issueSorted
        default: .issueClosed
        }
    }

    /// By the logarithm of the outside owners that depend on it, shared among its maintainers by their square root:
    /// taking on a second maintainer must not halve what the first one did.
    private func packageSubstance(_ model: Model) -> Substance {
        guard let dependents = self.measures[.externalDependents] else {
            return Substance(0, shortfall: .dependentsUnknown)
        }
        guard dependents >= model[.dependents] else { return Substance(0, shortfall: .fewDependents) }
        let whole = model[.packageMaintained]
        let value = min(whole, whole * logarithm2(1 + min(dependents, 1 << 40)) / (model[.dependentsLog] * 1_000))
        let maintainers = min(max(1, self.measures[.maintainers] ?? 1), 1_000_000)
        return Substance(value * 1_000 / squareRoot(maintainers * 1_000_000))
    }
}

extension Fact {
    /// Whether this is a review that said nothing.
    func isBareReview(_ model: Model) -> Bool { self.kind == .reviewGiven && self.reviewAct(model) == .reviewBare }
}
