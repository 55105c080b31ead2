import Crypto
import Reputation

/// Where on a forge something happened and how we know: what all facts drawn from one document have in common.
///
/// The forges' connectors read their own shapes into the values below; what those mean as evidence is said once, here.
struct ForgeScene {
    let project: Project
    var isFork = false
    var isArchived = false
    let source: Evidence.Source
    let observedAt: Instant

    /// A fact of this scene about `account`, flagged with what the scene itself tells.
    func fact(
        _ kind: Evidence.Kind, about account: Account, object: Evidence.Object, at moment: Instant,
        with counterparties: [Evidence.Counterparty] = []
    ) -> Evidence {
        var fact = Evidence(
            kind: kind, account: account, project: self.project, object: object, occurredAt: moment,
            observedAt: self.observedAt, counterparties: counterparties, source: self.source)
        if self.project.owner == account.key { fact.flags.insert(.selfOwned) }
        if self.isFork { fact.flags.insert(.forkOnly) }
        if self.isArchived { fact.flags.insert(.archivedProject) }
        if account.kind == .bot { fact.flags.insert(.botActor) }
        if counterparties.contains(where: { $0.account.kind == .bot }) { fact.flags.insert(.botCounterparty) }
        return fact
    }
}

/// Somebody who took part, with the standing in the project that the forge states.
struct Participant {
    let account: Account
    var association: Evidence.Association?

    func counterparty(_ role: Evidence.Counterparty.Role) -> Evidence.Counterparty {
        Evidence.Counterparty(account: self.account, role: role, association: self.association)
    }

    /// Whether the forge says that they have a role in the project.
    var hasRole: Bool { self.association == .owner || self.association == .member || self.association == .collaborator }
}

/// A change that was proposed, as a forge tells it. A participant is nil whose account was deleted.
struct ForgeChange {
    let id: String
    let url: String?
    let author: Participant?
    var openedAt: Instant?
    var endedAt: Instant?
    var measures: [Evidence.Measure: Int64] = [:]
    var disclosesAssistance = false
    /// The number people know it by.
    var number: Int64?
    /// The commit it stands at.
    var revision: String?
    /// The body, where the title says that it reverts another change.
    var revert: String?
}

/// A review of a change.
struct ForgeReview {
    let id: String
    let url: String?
    let reviewer: Participant?
    let outcome: Evidence.Outcome
    let submittedAt: Instant
    var measures: [Evidence.Measure: Int64] = [:]
    /// The commit that was looked at.
    var revision: String?
}

/// An issue.
struct ForgeIssue {
    let id: String
    let url: String?
    let author: Participant?
    var comments: Int64?
    /// What was done, `closed`, `labeled`; part of what makes the triage the same fact wherever it is reported.
    var action = ""
    var outcome: Evidence.Outcome?
}
