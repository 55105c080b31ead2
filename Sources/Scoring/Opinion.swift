public import Reputation

/// What the model thinks of one fact by itself: which facet, what it is worth, who confirmed it, or why not.
struct Opinion {
    let facet: Facet.Name?
    let value: Int64
    /// What the confirmers' standing leaves of the value, per mille; part of `value`.
    let weight: Int64
    let confirmers: [Mark<Account>]
    let exclusion: Exclusion?

    init(
        _ fact: borrowing Fact, subject: some Collection<Mark<Account>>, model: borrowing Model,
        surroundings: borrowing Surroundings
    ) {
        let company = Company(fact, subject: subject)
        self.facet = fact.facet
        self.confirmers = company.others
        guard self.facet != nil, let substance = fact.substance(company, model: model) else {
            self.value = 0
            self.weight = 0
            self.exclusion = .notScored
            return
        }
        self.exclusion =
            fact.dependence(company) ?? substance.shortfall ?? fact.ownership(subject)
            ?? fact.confirmation(company, model: model)
        self.weight = fact.weight(company, surroundings)
        self.value = substance.value * fact.standingFactor(model) / 1_000 * self.weight / 1_000
    }
}

/// Who else took part in a fact, as far as it can confirm the subject's work.
struct Company {
    /// Distinct people and organisations that are not the subject, in order.
    let others: [Mark<Account>]
    /// Whether one of the others reviewed.
    let reviewed: Bool
    /// Whether one of the subject's accounts took part as somebody else.
    let hasOwn: Bool
    /// Whether the subject itself merged.
    let mergedByOwn: Bool
    /// Whether anybody is named.
    let isEmpty: Bool

    init(_ fact: borrowing Fact, subject: some Collection<Mark<Account>>) {
        var others: [Mark<Account>] = []
        var (reviewed, hasOwn, mergedByOwn, isEmpty) = (false, false, false, true)
        let roles = fact.confirmingRoles
        for party in fact.parties where roles(party.role) {
            isEmpty = false
            if subject.contains(party.account) {
                hasOwn = true
                if party.role == .merger { mergedByOwn = true }
            } else if party.kind.isAnswerable {
                if party.role == .reviewer { reviewed = true }
                if !others.contains(party.account) { others.append(party.account) }
            }
        }
        if others.count > 1 { others.sort() }
        self.others = others
        (self.reviewed, self.hasOwn, self.mergedByOwn, self.isEmpty) = (reviewed, hasOwn, mergedByOwn, isEmpty)
    }
}

extension Account.Kind {
    /// Whether somebody can be asked about what the account did.
    var isAnswerable: Bool { self == .user || self == .organization }
}

extension Evidence {
    /// The facet a fact of this kind and outcome concerns; nil when it concerns none.
    public var facet: Facet.Name? { self.kind.facet(self.outcome) }
}

extension Evidence.Kind {
    /// The facet a fact of this kind concerns that ended so.
    func facet(_ outcome: Evidence.Outcome?) -> Facet.Name? {
        switch self {
        case .reviewGiven: .reviewing
        case .changeMerged, .changeDeclined, .commitAuthored, .issueReported: .contributing
        case .issueTriaged: .triage
        case .packageMaintained, .releasePublished: .maintaining
        case .designDiscussion: .design
        case .securityCredit: .security
        case .commitTrailer:
            switch outcome {
            case .reviewedBy, .ackedBy, .testedBy: .reviewing
            case .coAuthoredBy: .contributing
            default: nil
            }
        case .vouch, .disclosure, .attestedActivity: nil
        }
    }
}

extension Fact {
    var facet: Facet.Name? { self.kind.facet(self.outcome) }

    /// Whose part confirms the work: whose change was reviewed, whose issue was triaged, who took the change. Where the
    /// source does not tell that role, everyone it names.
    var confirmingRoles: (Evidence.Counterparty.Role) -> Bool {
        switch self.kind {
        case .reviewGiven, .issueTriaged:
            self.parties.contains { $0.role == .author } ? { $0 == .author } : { _ in true }
        case .changeMerged, .changeDeclined, .issueReported: { $0 != .author }
        default: { _ in true }
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
    func dependence(_ company: Company) -> Exclusion? {
        if self.isOwnWord { return .ownWord }
        if self.flags.contains(.botActor) || self.accountKind == .bot { return .botActor }
        if self.accountKind == .agent { return .agentActor }
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
    func ownership(_ subject: some Collection<Mark<Account>>) -> Exclusion? {
        guard self.kind != .packageMaintained else { return nil }
        let owned = self.flags.contains(.selfOwned) || self.owner.map { subject.contains($0) } ?? false
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
            let standing: [Evidence.Association] = [.owner, .member, .collaborator, .contributor]
            if let association = self.association {
                factor = standing.contains(association) ? 1_000 : model[.outsider]
            } else {
                factor = model[.unknownStanding]
            }
        }
        if self.flags.contains(.reciprocalPair) { factor = factor * model[.reciprocal] / 1_000 }
        return factor
    }

    /// What the standing of those who confirm the fact leaves of it, per mille: the best of them counts.
    ///
    /// Who reviews or triages meets whoever comes; there the subject's own standing in the project serves as well.
    func weight(_ company: Company, _ surroundings: Surroundings) -> Int64 {
        guard surroundings.standings.model != nil, !company.others.isEmpty, !self.isConfirmedBySource else {
            return 1_000
        }
        let standings = surroundings.standings
        let meets = self.kind == .reviewGiven || self.kind == .issueTriaged
        let own = meets ? standings.standing(of: self.account, in: self.project) : 0
        return company.others.reduce(0) { best, other in
            let standing = max(own, standings.standing(of: other, in: self.project))
            return max(best, standing * surroundings.left(of: other) / 1_000)
        }
    }
}
