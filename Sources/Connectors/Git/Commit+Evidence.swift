import Reputation

extension Commit {
    /// The trailers that say what somebody did, by their key in lower case.
    static let roles: [String: Evidence.Outcome] = [
        "reviewed-by": .reviewedBy, "acked-by": .ackedBy, "tested-by": .testedBy, "reported-by": .reportedBy,
        "co-authored-by": .coAuthoredBy, "signed-off-by": .signedOffBy,
    ]

    /// What the commit says about its author and those its trailers name.
    func mapped(project: Project, observedAt: Instant) throws(Refusal) -> Mapped {
        guard let seconds = Int64(self.time), (0..<Commit.endOfTime.seconds).contains(seconds) else {
            throw Refusal(reason: "the commit's time is \(quoted(self.time))")
        }
        let draft = Draft(
            commit: self, author: Commit.address(self.author), project: project,
            occurredAt: Instant(seconds: seconds), observedAt: observedAt)
        return draft.mapped()
    }

    private static let endOfTime = Day(year: 9998, month: 1, day: 1).start

    /// Whether the commit itself says that a tool helped to write it.
    fileprivate var disclosesAssistance: Bool {
        self.trailers.contains { trailer in
            AssistanceTools.trailers.contains(trailer.key.lowercased())
                || (Commit.roles[trailer.key.lowercased()] != nil
                    && trailer.address.map(AssistanceTools.contains) == true)
        }
    }
}

/// A commit on its way to evidence.
private struct Draft {
    let commit: Commit
    let author: String?
    let project: Project
    let occurredAt: Instant
    let observedAt: Instant

    func mapped() -> Mapped {
        var mapped = Mapped()
        if self.commit.parents > 1 {
            mapped.ignored.append("merge_commit")
        } else if let author = self.author {
            mapped.evidence.append(self.authored(by: author))
        } else {
            mapped.ignored.append("author_without_address")
        }
        var seen: Set<String> = []
        for trailer in self.commit.trailers {
            guard let role = Commit.roles[trailer.key.lowercased()] else { continue }
            guard let address = trailer.address else {
                mapped.ignored.append("trailer_without_address")
                continue
            }
            if AssistanceTools.contains(address) {
                mapped.ignored.append("trailer_of_a_tool")
            } else if !seen.insert("\(role.rawValue) \(address)").inserted {
                mapped.ignored.append("trailer_repeated")
            } else {
                mapped.evidence.append(self.trailer(role, of: address))
            }
        }
        return mapped
    }

    private func authored(by author: String) -> Evidence {
        var fact = self.fact(.commitAuthored, about: author)
        fact.object.undoes = self.commit.undoes
        fact.signature = self.commit.signature
        if let committer = Commit.address(self.commit.committer), committer != author {
            fact.counterparties = [Evidence.Counterparty(account: Draft.account(committer), role: .committer)]
        }
        if self.commit.disclosesAssistance { fact.flags.insert(.assistanceDisclosed) }
        return Draft.flagged(fact)
    }

    private func trailer(_ role: Evidence.Outcome, of address: String) -> Evidence {
        var fact = self.fact(.commitTrailer, about: address)
        fact.outcome = role
        if let author = self.author {
            fact.counterparties = [Evidence.Counterparty(account: Draft.account(author), role: .author)]
        }
        let isReview = [.reviewedBy, .ackedBy, .testedBy].contains(role)
        if isReview, address == self.author || address == Commit.address(self.commit.rawAuthor) {
            fact.flags.insert(.selfReviewed)
        }
        return Draft.flagged(fact)
    }

    private func fact(_ kind: Evidence.Kind, about address: String) -> Evidence {
        Evidence(
            kind: kind, account: Draft.account(address), project: self.project,
            object: Evidence.Object(id: self.commit.id), occurredAt: self.occurredAt, observedAt: self.observedAt,
            source: Evidence.Source(
                adapter: GitClone.adapter, class: .repository, locator: self.project.name, digest: self.commit.id))
    }

    private static func flagged(_ fact: Evidence) -> Evidence {
        var fact = fact
        if fact.account.kind != .user { fact.flags.insert(.botActor) }
        if fact.counterparties.contains(where: { $0.account.kind != .user }) { fact.flags.insert(.botCounterparty) }
        return fact
    }

    private static func account(_ address: String) -> Account {
        var account = Account(key: Account.Key(platform: .email, id: address), login: "")
        if AssistanceTools.contains(address) {
            account.kind = .agent
        } else if Bots.reason(address: address) != nil {
            account.kind = .bot
        }
        return account
    }
}
