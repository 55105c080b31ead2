import Reputation

extension ForgeScene {
    /// All that `change` and its `reviews`, in the order in which they were given, say; `actor` ended it, where it has ended.
    func history(of change: ForgeChange, _ reviews: [ForgeReview], isMerged: Bool, by actor: Participant?) -> Mapped {
        var mapped = Mapped()
        var change = change
        var reviewers: [Account.Key] = []
        var rounds: Int64 = 1
        for var review in reviews {
            if let key = review.reviewer?.account.key, key != change.author?.account.key {
                review.measures[.firstReviewer] = reviewers.isEmpty || reviewers.first == key ? 1 : 0
                if !reviewers.contains(key) { reviewers.append(key) }
                if review.outcome == .changesRequested { rounds += 1 }
            }
            if change.endedAt != nil { review.measures[.mergedAfter] = isMerged ? 1 : 0 }
            mapped.add(self.reviewed(change, review))
        }
        change.measures[.reviewers] = Int64(reviewers.count)
        change.measures[.rounds] = rounds
        if let opened = change.openedAt, let disclosure = self.disclosure(change, at: opened) {
            mapped.evidence.append(disclosure)
        }
        if let ended = change.endedAt {
            mapped.add(self.ended(change, isMerged: isMerged, by: actor, at: ended))
        }
        return mapped
    }

    /// What was said below `issue`, once two people with a role in the project have answered somebody.
    func discussion(of issue: ForgeIssue, _ remarks: [ForgeRemark]) -> [Evidence] {
        guard let author = issue.author, let opened = issue.openedAt else { return [] }
        var speakers: [(who: Participant, since: Instant, count: Int64, url: String?)] = []
        for remark in remarks where remark.who.account.kind != .bot {
            if let known = speakers.firstIndex(where: { $0.who.account.key == remark.who.account.key }) {
                speakers[known].count += 1
            } else {
                speakers.append((remark.who, remark.at, 1, remark.url))
            }
        }
        let key = author.account.key
        let own = speakers.first { $0.who.account.key == key }?.count ?? 0
        let others = speakers.filter { $0.who.account.key != key }
        var facts: [Evidence] = []
        func add(_ who: Participant, as outcome: Evidence.Outcome, said: Int64, since: Instant, at url: String?) {
            let answers = others.filter { $0.who.hasRole && $0.who.account.key != who.account.key }
            guard answers.count >= 2 else { return }
            var company = answers.prefix(10).map { $0.who.counterparty(.maintainer) }
            if who.account.key != key { company.append(author.counterparty(.author)) }
            var fact = self.fact(
                .designDiscussion, about: who.account, object: Evidence.Object(id: "issue:\(issue.id)", url: url),
                at: max(since, answers[1].since), with: company)
            fact.association = who.association
            fact.outcome = outcome
            fact.measures = [.participants: Int64(others.count + 1), .comments: min(said, 3)]
            facts.append(fact)
        }
        add(author, as: .started, said: own, since: opened, at: issue.url)
        for speaker in others {
            add(speaker.who, as: .participated, said: speaker.count, since: speaker.since, at: speaker.url)
        }
        return facts
    }
}

extension Mapped {
    /// Adds what another part of the same record says.
    mutating func add(_ part: Mapped) {
        self.evidence += part.evidence
        self.ignored += part.ignored
    }
}
