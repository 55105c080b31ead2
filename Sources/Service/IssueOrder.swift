public import Credentials
public import Profiles
internal import Reputation
public import Scoring
public import Store

/// What a developer wants issued, and how much of the profile it may show.
public struct IssueOrder: Sendable {
    /// In which form.
    public var format: StoredCredential.Format
    /// The facets that may be shown; a hidden one leaves no trace.
    public var facets: Set<Facet.Name> = Set(Facet.Name.allCases)
    /// What else may be shown.
    public var sections: Set<CredentialPayload.Section> = Set(CredentialPayload.Section.allCases)
    /// The accounts that may be shown, as `platform/login`; nil for all.
    public var accounts: Set<String>?
    /// Seconds until it ends; at most, and unless chosen, what the deployment has.
    public var lifetime: Int64?
    /// The key of the holder, for forms that are shown piece by piece.
    public var holder: JWK?
    /// The claim, where that is all of it.
    public var threshold: Threshold?

    /// An order for all of a profile.
    public init(_ format: StoredCredential.Format = .vcJWT) { self.format = format }

    /// Whether it is for the profile as its page shows it.
    var isWholeProfile: Bool {
        self.format == .vcJWT && self.facets.count == Facet.Name.allCases.count
            && self.sections.count == CredentialPayload.Section.allCases.count && self.accounts == nil
    }
}

/// Why nothing was issued, or why there is no bundle of a credential that there is.
public enum IssueError: Error, Equatable {
    /// The checkpoint that strangers see is older than the credential: try again when the witnesses have answered.
    case notYetPublished
    /// None of the developer's accounts is called that.
    case noSuchAccount(String)
    /// The bound is not met, as far as the evidence goes.
    case thresholdNotMet
}

/// A credential as its developer gets it.
public struct IssuedCredential: Sendable {
    /// As it is kept.
    public let stored: StoredCredential
    /// What can be shown with it, beside facts; empty for forms that show everything.
    public let disclosures: [Disclosure]
    /// The commitments of the facts that can be shown with it.
    public let evidence: [String]

    /// The text to hand over: of a selective one with every disclosure but the facts'.
    public var text: String {
        self.disclosures.isEmpty && self.stored.format != .sdJWT
            ? self.stored.token
            : self.stored.token + "~" + self.disclosures.map { $0.text + "~" }.joined()
    }
}
