public import Reputation

/// What the model thinks of one fact by itself: which facet, what it is worth, who confirmed it, or why not.
struct Opinion {
    let facet: Facet.Name?
    let value: Int64
    let confirmers: [Account.Key]
    let exclusion: Exclusion?

    init(_ evidence: Evidence, subject: Set<Account.Key>, model: Model) {
        let company = Company(evidence, subject: subject)
        self.facet = evidence.facet
        self.confirmers = company.others
        guard self.facet != nil, let substance = evidence.substance(company, model: model) else {
            self.value = 0
            self.exclusion = .notScored
            return
        }
        self.value = substance.value * evidence.standingFactor(model) / 1_000
        self.exclusion =
            evidence.dependence(company, subject: subject) ?? substance.shortfall
            ?? evidence.ownership(subject) ?? evidence.confirmation(company, model: model)
    }
}

/// Who else took part in a fact, as far as it can confirm the subject's work.
struct Company {
    /// Distinct people and organisations that are not the subject, in order.
    let others: [Account.Key]
    /// Whether one of the others reviewed.
    let reviewed: Bool
    /// Whether one of the subject's accounts took part as somebody else.
    let hasOwn: Bool
    /// Whether the subject itself merged.
    let mergedByOwn: Bool
    /// Whether anybody is named.
    let isEmpty: Bool

    init(_ evidence: Evidence, subject: Set<Account.Key>) {
        let relevant = evidence.confirmingCounterparties
        let people = relevant.filter { !subject.contains($0.account.key) && $0.account.kind.isAnswerable }
        self.others = Set(people.map(\.account.key)).sorted()
        self.reviewed = people.contains { $0.role == .reviewer }
        self.hasOwn = relevant.contains { subject.contains($0.account.key) }
        self.mergedByOwn = relevant.contains { $0.role == .merger && subject.contains($0.account.key) }
        self.isEmpty = relevant.isEmpty
    }
}

extension Account.Kind {
    /// Whether somebody can be asked about what the account did.
    var isAnswerable: Bool { self == .user || self == .organization }
}

extension Evidence {
    /// The facet a fact of this kind and outcome concerns; nil when it concerns none.
    public var facet: Facet.Name? {
        switch self.kind {
        case .reviewGiven: .reviewing
        case .changeMerged, .changeDeclined, .commitAuthored, .issueReported: .contributing
        case .issueTriaged: .triage
        case .packageMaintained, .releasePublished: .maintaining
        case .designDiscussion: .design
        case .securityCredit: .security
        case .commitTrailer:
            switch self.outcome {
            case .reviewedBy, .ackedBy, .testedBy: .reviewing
            case .coAuthoredBy: .contributing
            default: nil
            }
        case .vouch, .disclosure, .attestedActivity: nil
        }
    }

    /// The counterparties whose part confirms the work: whose change was reviewed, whose issue was triaged, who took
    /// the change. Where the source does not tell that role, everyone it names.
    var confirmingCounterparties: [Counterparty] {
        switch self.kind {
        case .reviewGiven, .issueTriaged:
            let authors = self.counterparties.filter { $0.role == .author }
            return authors.isEmpty ? self.counterparties : authors
        case .changeMerged, .changeDeclined, .issueReported:
            return self.counterparties.filter { $0.role != .author }
        default: return self.counterparties
        }
    }

    /// Whether the fact stands without a named counterparty: a registry or an advisory confirms it.
    var isConfirmedBySource: Bool {
        switch self.kind {
        case .packageMaintained, .releasePublished, .securityCredit: true
        default: false
        }
    }

    /// Why nobody independent confirms the fact.
    func dependence(_ company: Company, subject: Set<Account.Key>) -> Exclusion? {
        if self.source.class == .own { return .ownWord }
        if self.flags.contains(.botActor) || self.account.kind == .bot { return .botActor }
        if self.account.kind == .agent { return .agentActor }
        if self.flags.contains(.forkOnly) { return .forkOnly }
        if self.flags.contains(.rubberStamp) { return .rubberStamp }
        if self.flags.contains(.selfReviewed) { return .selfReviewed }
        if self.flags.contains(.selfMerged) || company.mergedByOwn, !company.reviewed { return .selfMerged }
        if company.hasOwn, company.others.isEmpty || self.kind == .reviewGiven { return .ownAccount }
        if self.flags.contains(.sameOwnerCounterparty) { return .sameOwnerCounterparty }
        if !company.isEmpty, company.others.isEmpty { return .botCounterparty }
        if company.others.isEmpty, !self.isConfirmedBySource { return .noCounterparty }
        return nil
    }

    /// Whether the project is the subject's own. A package's dependents are independent whoever owns the package.
    func ownership(_ subject: Set<Account.Key>) -> Exclusion? {
        guard self.kind != .packageMaintained else { return nil }
        let owned = self.flags.contains(.selfOwned) || self.project.owner.map(subject.contains) ?? false
        return owned ? .selfOwned : nil
    }

    /// Whether the outcome confirms the work.
    func confirmation(_ company: Company, model: Model) -> Exclusion? {
        switch self.kind {
        case .changeDeclined: .notConfirmed
        case .issueReported: self.outcome == .completed ? nil : .notConfirmed
        case .designDiscussion: company.others.count >= Int(model[.participants]) ? nil : .notConfirmed
        default: nil
        }
    }

    /// What the standing of the subject and of the counterparties takes off, per mille.
    func standingFactor(_ model: Model) -> Int64 {
        var factor: Int64 = 1_000
        if self.kind == .reviewGiven {
            let standing: [Association] = [.owner, .member, .collaborator, .contributor]
            if let association = self.association {
                factor = standing.contains(association) ? 1_000 : model[.outsider]
            } else {
                factor = model[.unknownStanding]
            }
        }
        if self.flags.contains(.reciprocalPair) { factor = factor * model[.reciprocal] / 1_000 }
        return factor
    }
}
