import Reputation

extension Event {
    /// What the event says, drawn from its own words alone: nothing is guessed.
    func mapped(_ origin: Origin) throws(Refusal) -> Mapped {
        if case .other = self.payload, !EventTypes.ignored.contains(self.type) {
            throw Refusal(reason: "unknown event type \(quoted(self.type))")
        }
        guard let actor = self.actor else { return .ignored("event_without_actor") }
        if case .other = self.payload { return .ignored(self.type) }
        guard let scene = Scene(self, actor: actor, origin: origin) else { return .ignored("project_without_id") }
        switch self.payload {
        case .pullRequest(let payload): return try scene.map(payload)
        case .review(let payload): return try scene.map(payload)
        case .reviewComment(let payload): return try scene.map(payload)
        case .issues(let payload): return try scene.map(payload)
        case .release(let payload): return try scene.map(payload)
        case .other: return .ignored(self.type)
        }
    }
}

extension Scene {
    /// The rule for one of `known` actions; any other word is refused.
    func ignored(_ action: String, as prefix: String, known: Set<String>) throws(Refusal) -> Mapped {
        guard known.contains(action) else {
            throw Refusal(reason: "payload.action: \(self.event.type) has an unknown action \(quoted(action))")
        }
        return .ignored("\(prefix)_\(action)")
    }
}

extension Scene {
    func map(_ payload: IssuesPayload) throws(Refusal) -> Mapped {
        guard payload.action == "closed" || payload.action == "reopened" else {
            return try self.ignored(payload.action, as: "issue", known: EventTypes.issueActions)
        }
        guard let issue = payload.issue, let author = issue.user else { return .ignored("issue_author_unknown") }
        if issue.change?.page != nil { return .ignored("issue_is_a_change") }
        let reporter = self.counterparty(author)
        // Who opens their own issue again says that it was not done: no triage, but it undoes somebody's.
        if reporter.key == self.counterparty(self.actor).key, payload.action != "reopened" {
            return .ignored("issue_\(payload.action)_by_its_author")
        }
        guard let triager = self.account(self.actor) else { return .ignored("account_without_id") }
        var mapped = Mapped(evidence: [self.triage(issue, payload.action, by: triager, reporter: reporter)])
        if payload.action == "closed", issue.stateReason == "completed" {
            if let account = self.account(author) {
                mapped.evidence.append(self.report(issue, by: account, closer: triager))
            } else {
                mapped.ignored.append("account_without_id")
            }
        }
        return mapped
    }

    private func triage(_ issue: Issue, _ action: String, by triager: Account, reporter: Account) -> Evidence {
        let moment = action == "closed" ? issue.closedAt?.value ?? self.event.createdAt : self.event.createdAt
        let id = issue.id.text
        var fact = self.fact(
            .issueTriaged, about: triager,
            object: Evidence.Object(id: "\(id):\(action):\(moment.rfc3339)", unit: id, url: issue.page?.value),
            at: moment,
            with: [
                Evidence.Counterparty(
                    account: reporter, role: .author,
                    association: issue.association.flatMap(Evidence.Association.init))
            ])
        fact.outcome =
            switch (action, issue.stateReason) {
            case ("reopened", _): .reopened
            case (_, "completed"): .completed
            case (_, "not_planned"): .notPlanned
            default: .closed
            }
        fact.measures[.comments] = issue.comments?.value
        return fact
    }

    private func report(_ issue: Issue, by reporter: Account, closer: Account) -> Evidence {
        let moment = issue.closedAt?.value ?? self.event.createdAt
        var fact = self.fact(
            .issueReported, about: reporter,
            object: Evidence.Object(
                id: Scene.ending(issue.id.text, at: moment), unit: issue.id.text, url: issue.page?.value),
            at: moment, with: [Evidence.Counterparty(account: closer, role: .closer)])
        fact.association = issue.association.flatMap(Evidence.Association.init)
        fact.outcome = .completed
        fact.measures[.comments] = issue.comments?.value
        return fact
    }

    func map(_ payload: ReleasePayload) throws(Refusal) -> Mapped {
        guard payload.action == "published" else {
            return try self.ignored(payload.action, as: "release", known: EventTypes.releaseActions)
        }
        let release = payload.release
        guard let publisher = self.account(release.author ?? self.actor) else {
            return .ignored("account_without_id")
        }
        var fact = self.fact(
            .releasePublished, about: publisher,
            object: Evidence.Object(id: release.id.text, url: release.page?.value),
            at: release.publishedAt?.value, with: [])
        fact.outcome = release.isPrerelease == true ? .prerelease : .published
        fact.measures[.bodyLength] = release.body?.value
        return Mapped(evidence: [fact])
    }
}

/// The first characters of a word somebody else chose, fit for a message.
func quoted(_ word: String) -> String {
    "\"" + String(word.unicodeScalars.prefix(64).map { $0.isASCII && $0.value > 0x1F ? Character($0) : "?" }) + "\""
}
