import Reputation

extension ForgeScene {
    /// What was done to `issue` by `actor` says of the actor, and where it was closed as completed of its author.
    ///
    /// Each click is a fact, told apart by its moment; counted is the issue, which is their unit.
    func triaged(_ issue: ForgeIssue, by actor: Participant?, at moment: Instant) -> Mapped {
        guard let author = issue.author else { return .ignored("issue_author_unknown") }
        guard let actor else { return .ignored("triager_unknown") }
        // Who opens their own issue again says that it was not done: no triage, but it undoes somebody's.
        if author.account.key == actor.account.key, issue.outcome != .reopened {
            return .ignored("issue_\(issue.action)_by_its_author")
        }
        var fact = self.fact(
            .issueTriaged, about: actor.account,
            object: Evidence.Object(
                id: "\(issue.id):\(issue.action):\(moment.rfc3339)", unit: issue.id, url: issue.url),
            at: moment, with: [author.counterparty(.author)])
        fact.outcome = issue.outcome
        fact.association = actor.association
        fact.measures[.comments] = issue.comments
        guard issue.outcome == .completed else { return Mapped(evidence: [fact]) }
        var report = self.fact(
            .issueReported, about: author.account,
            object: Evidence.Object(id: Scene.ending(issue.id, at: moment), unit: issue.id, url: issue.url), at: moment,
            with: [actor.counterparty(.closer)])
        report.association = author.association
        report.outcome = .completed
        report.measures[.comments] = issue.comments
        return Mapped(evidence: [fact, report])
    }

    /// A release `publisher` published.
    func released(
        id: String, url: String?, by publisher: Participant?, at moment: Instant, isPrerelease: Bool,
        bodyLength: Int64?
    ) -> Mapped {
        guard let publisher else { return .ignored("publisher_unknown") }
        var fact = self.fact(
            .releasePublished, about: publisher.account, object: Evidence.Object(id: id, url: url), at: moment)
        fact.outcome = isPrerelease ? .prerelease : .published
        fact.measures[.bodyLength] = bodyLength
        return Mapped(evidence: [fact])
    }
}
