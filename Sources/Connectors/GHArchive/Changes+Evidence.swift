import Reputation

extension Scene {
    func map(_ payload: PullRequestPayload) throws(Refusal) -> Mapped {
        let change = payload.change
        let isMerge = payload.action == "merged" || (payload.action == "closed" && change.isMerged)
        guard isMerge || payload.action == "closed" else {
            return try self.ignored(payload.action, as: "change", known: EventTypes.changeActions)
        }
        guard let user = change.user else { return .ignored("change_author_unknown") }
        guard let author = self.account(user) else { return .ignored("account_without_id") }
        if isMerge { return Mapped(evidence: [self.merge(of: change, by: author)]) }
        let closer = self.counterparty(self.actor)
        if closer.key == author.key { return .ignored("change_withdrawn_by_its_author") }
        return Mapped(evidence: [self.decline(of: change, by: author, closer: closer)])
    }

    private func merge(of change: PullRequest, by author: Account) -> Evidence {
        let merger = self.counterparty(change.mergedBy ?? self.actor)
        var fact = self.ending(
            .changeMerged, of: change, by: author, ended: change.mergedAt ?? change.closedAt,
            with: Evidence.Counterparty(account: merger, role: .merger))
        fact.outcome = .merged
        if merger.key == author.key { fact.flags.insert(.selfMerged) }
        if let opened = change.createdAt?.value, fact.occurredAt >= opened {
            fact.measures[.timeToMerge] = fact.occurredAt.seconds - opened.seconds
        }
        if Scene.isRubberStamp(fact) { fact.flags.insert(.rubberStamp) }
        return fact
    }

    private func decline(of change: PullRequest, by author: Account, closer: Account) -> Evidence {
        var fact = self.ending(
            .changeDeclined, of: change, by: author, ended: change.closedAt,
            with: Evidence.Counterparty(account: closer, role: .closer))
        fact.outcome = .declined
        return fact
    }

    private func ending(
        _ kind: Evidence.Kind, of change: PullRequest, by author: Account, ended: Moment?,
        with other: Evidence.Counterparty
    ) -> Evidence {
        var object = Evidence.Object(
            id: change.objectID, url: change.url, number: change.number?.value, revision: change.head?.commit?.value)
        let moment = ended?.value ?? self.event.createdAt
        if kind == .changeMerged {
            object.undoes = change.revert.flatMap { Revert.change($0, of: self.project.name) }
        } else {
            object.id = Scene.ending(change.objectID, at: moment)
        }
        var fact = self.fact(kind, about: author, object: object, at: moment, with: [other])
        fact.association = change.association.flatMap(Evidence.Association.init)
        fact.measures[.additions] = change.additions?.value
        fact.measures[.deletions] = change.deletions?.value
        fact.measures[.changedFiles] = change.changedFiles?.value
        fact.measures[.commits] = change.commits?.value
        fact.measures[.comments] = change.comments?.value
        fact.measures[.reviewComments] = change.reviewComments?.value
        fact.measures[.bodyLength] = change.body?.value
        return fact
    }

    /// More than 500 changed lines in less than 120 seconds, and nobody said a word.
    private static func isRubberStamp(_ fact: Evidence) -> Bool {
        guard let additions = fact.measures[.additions], let deletions = fact.measures[.deletions],
            let comments = fact.measures[.comments], let reviewComments = fact.measures[.reviewComments],
            let seconds = fact.measures[.timeToMerge]
        else { return false }
        return additions > 500 - min(deletions, 500) && seconds < 120 && comments == 0 && reviewComments == 0
    }
}

extension Scene {
    /// The archive has reviews since August 2020; an earlier comment is all that is left of its review.
    private static let reviewsAreReportedFrom = Day(year: 2020, month: 9, day: 1).start

    func map(_ payload: ReviewPayload) throws(Refusal) -> Mapped {
        guard ["created", "submitted", "dismissed"].contains(payload.action) else {
            return try self.ignored(payload.action, as: "review", known: EventTypes.reviewActions)
        }
        let review = payload.review
        let outcome: Evidence.Outcome
        switch review.state.lowercased() {
        case "approved": outcome = .approved
        case "commented": outcome = .commented
        case "changes_requested": outcome = .changesRequested
        case "dismissed": outcome = .dismissed
        case "pending": return .ignored("review_pending")
        default: throw Refusal(reason: "payload.review.state: unknown state \(quoted(review.state))")
        }
        guard let author = payload.change.user else { return .ignored("change_author_unknown") }
        guard let reviewer = self.account(review.user ?? self.actor) else { return .ignored("account_without_id") }
        var fact = self.review(
            Evidence.Object(
                id: outcome == .dismissed ? "\(review.id.text):dismissed" : review.id.text,
                unit: payload.change.objectID, url: review.page?.value,
                number: payload.change.number?.value, revision: review.commit?.value),
            of: payload.change, author: author, by: reviewer, at: review.submittedAt)
        fact.outcome = outcome
        fact.association = review.association.flatMap(Evidence.Association.init)
        fact.measures[.bodyLength] = review.body?.value ?? 0
        return Mapped(evidence: [fact])
    }

    func map(_ payload: ReviewCommentPayload) throws(Refusal) -> Mapped {
        if let action = payload.action, action != "created" {
            return try self.ignored(action, as: "review_comment", known: EventTypes.reviewActions)
        }
        guard self.event.createdAt < Scene.reviewsAreReportedFrom else {
            return .ignored("review_comment_reported_with_its_review")
        }
        guard let change = payload.change, let author = change.user else { return .ignored("change_author_unknown") }
        let comment = payload.comment
        guard let reviewer = self.account(comment.user ?? self.actor) else { return .ignored("account_without_id") }
        var fact = self.review(
            Evidence.Object(
                id: "review_comment:\(comment.id.text)", unit: change.objectID, url: comment.url,
                number: change.number?.value, revision: comment.commit?.value),
            of: change, author: author, by: reviewer, at: comment.createdAt)
        fact.outcome = .commented
        fact.association = comment.association.flatMap(Evidence.Association.init)
        fact.measures[.inlineComments] = 1
        fact.measures[.bodyLength] = comment.body?.value
        return Mapped(evidence: [fact])
    }

    private func review(
        _ object: Evidence.Object, of change: PullRequest, author: Actor, by reviewer: Account, at moment: Moment?
    ) -> Evidence {
        let author = Evidence.Counterparty(
            account: self.counterparty(author), role: .author,
            association: change.association.flatMap(Evidence.Association.init))
        var fact = self.fact(.reviewGiven, about: reviewer, object: object, at: moment?.value, with: [author])
        if author.account.key == reviewer.key { fact.flags.insert(.selfReviewed) }
        if let opened = change.createdAt?.value, fact.occurredAt >= opened {
            fact.measures[.latency] = fact.occurredAt.seconds - opened.seconds
        }
        return fact
    }
}

extension PullRequest {
    /// What facts about the change are counted by.
    var objectID: String { self.id.text }
}
