import Reputation

extension ForgeScene {
    /// What the end of `change` says: merged, or declined by somebody else.
    func ended(
        _ change: ForgeChange, isMerged: Bool, by actor: Participant?, at moment: Instant
    ) -> Mapped {
        guard let author = change.author else { return .ignored("change_author_unknown") }
        guard let actor else { return .ignored(isMerged ? "merger_unknown" : "closer_unknown") }
        if !isMerged, actor.account.key == author.account.key { return .ignored("change_withdrawn_by_its_author") }
        var fact = self.fact(
            isMerged ? .changeMerged : .changeDeclined, about: author.account,
            object: Evidence.Object(
                id: isMerged ? change.id : Scene.ending(change.id, at: moment), unit: change.id, url: change.url,
                number: change.number, revision: change.revision,
                undoes: isMerged ? change.revert.flatMap { Revert.change($0, of: self.project.name) } : nil),
            at: moment, with: [actor.counterparty(isMerged ? .merger : .closer)])
        fact.association = author.association
        fact.outcome = isMerged ? .merged : .declined
        fact.measures = change.measures
        if change.disclosesAssistance { fact.flags.insert(.assistanceDisclosed) }
        guard isMerged else { return Mapped(evidence: [fact]) }
        if actor.account.key == author.account.key { fact.flags.insert(.selfMerged) }
        if let opened = change.openedAt, moment >= opened {
            fact.measures[.timeToMerge] = moment.seconds - opened.seconds
        }
        if ForgeScene.isRubberStamp(fact.measures) { fact.flags.insert(.rubberStamp) }
        return Mapped(evidence: [fact])
    }

    /// What `review` of `change` says. A review of one's own change is a fact that carries its flag.
    func reviewed(_ change: ForgeChange, _ review: ForgeReview) -> Mapped {
        guard let author = change.author else { return .ignored("change_author_unknown") }
        guard let reviewer = review.reviewer else { return .ignored("reviewer_unknown") }
        var fact = self.fact(
            .reviewGiven, about: reviewer.account,
            object: Evidence.Object(
                id: review.outcome == .dismissed ? "\(review.id):dismissed" : review.id, unit: change.id,
                url: review.url, number: change.number, revision: review.revision),
            at: review.submittedAt,
            with: [author.counterparty(.author)])
        fact.outcome = review.outcome
        fact.association = reviewer.association
        fact.measures = review.measures
        for size in [Evidence.Measure.additions, .deletions, .changedFiles] {
            fact.measures[size] = change.measures[size]
        }
        if author.account.key == reviewer.account.key { fact.flags.insert(.selfReviewed) }
        if let opened = change.openedAt, review.submittedAt >= opened {
            fact.measures[.latency] = review.submittedAt.seconds - opened.seconds
        }
        if ForgeScene.isRubberStamp(review, fact.measures) { fact.flags.insert(.rubberStamp) }
        return Mapped(evidence: [fact])
    }

    /// That the author of `change` said that a tool helped: neutral, whatever comes of the change.
    func disclosure(_ change: ForgeChange, at moment: Instant) -> Evidence? {
        guard change.disclosesAssistance, let author = change.author else { return nil }
        var fact = self.fact(
            .disclosure, about: author.account, object: Evidence.Object(id: change.id, url: change.url), at: moment)
        fact.outcome = .disclosed
        return fact
    }

    /// More than 500 changed lines approved less than 120 seconds after they were shown, without a word.
    private static func isRubberStamp(_ review: ForgeReview, _ measures: [Evidence.Measure: Int64]) -> Bool {
        guard review.outcome == .approved, let latency = measures[.latency], let additions = measures[.additions],
            let deletions = measures[.deletions]
        else { return false }
        let remarks = (measures[.bodyLength] ?? 0) + (measures[.inlineComments] ?? 0)
        return additions > 500 - min(deletions, 500) && latency < 120 && remarks == 0
    }

    /// More than 500 changed lines in less than 120 seconds, and nobody said a word.
    private static func isRubberStamp(_ measures: [Evidence.Measure: Int64]) -> Bool {
        guard let additions = measures[.additions], let deletions = measures[.deletions],
            let comments = measures[.comments], let reviewComments = measures[.reviewComments],
            let seconds = measures[.timeToMerge]
        else { return false }
        return additions > 500 - min(deletions, 500) && seconds < 120 && comments == 0 && reviewComments == 0
    }
}
