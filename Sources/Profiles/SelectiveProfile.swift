public import CanonicalJSON
public import Credentials
import Crypto
public import Reputation
public import Scoring

/// A profile whose holder shows it piece by piece (SD-JWT VC): a disclosure for each account, each facet, each part, and
/// each fact.
///
/// The facts' disclosures are not made here: each fact has had its own since it was observed, and its digest is its
/// commitment in the ledger.
public struct SelectiveProfile: Sendable {
    /// The claims to sign as `dc+sd-jwt`.
    public let document: JSON
    /// What can be shown, but for the facts.
    public let disclosures: [Disclosure]
    /// The commitments of the facts that can be shown.
    public let evidence: [String]

    /// What the credential is about and how it may be used.
    public struct Terms: Sendable {
        /// The issuer's URL.
        public var issuer: String
        /// The profile's URL.
        public var profile: String
        /// When it is issued, and for how many seconds, at most `CredentialPayload.longestLifetime`.
        public var issuedAt: Instant
        /// See `issuedAt`.
        public var lifetime: Int64
        /// Where it can be read whether it was taken back.
        public var status: CredentialPayload.StatusPlace
        /// The key that only the holder has, so that nobody else can show the credential as theirs.
        public var holder: JWK?

        /// Terms.
        public init(
            issuer: String, profile: String, issuedAt: Instant, lifetime: Int64,
            status: CredentialPayload.StatusPlace, holder: JWK? = nil
        ) {
            self.issuer = issuer
            self.profile = profile
            self.issuedAt = issuedAt
            self.lifetime = lifetime
            self.status = status
            self.holder = holder
        }

        /// The claims that every credential of `type` begins with.
        func claims(_ type: IssuerDocuments.CredentialType) throws(PayloadError) -> [String: JSON] {
            guard (1...CredentialPayload.longestLifetime).contains(self.lifetime) else { throw .lifetimeOutOfRange }
            let documents = IssuerDocuments(issuer: self.issuer)
            var claims: [String: JSON] = [
                "iss": .string(self.issuer), "iat": .int(self.issuedAt.seconds), "nbf": .int(self.issuedAt.seconds),
                "exp": .int(self.issuedAt.seconds + self.lifetime), "vct": .string(documents.vct(type)),
                "vct#integrity": .string(documents.integrity(type)), "status": self.status.tokenEntry,
                "_sd_alg": "sha-256",
            ]
            claims["cnf"] = self.holder.map { ["jwk": $0.json] }
            return claims
        }
    }

    /// The profile of `handle`.
    ///
    /// - Parameters:
    ///   - accounts: those that can be shown. Their ids and kinds are not stated.
    ///   - assessment: an `Assessment.document`.
    ///   - facets: those that can be shown; another leaves no trace.
    ///   - sections: what else can be shown.
    ///   - salt: fresh bytes for each disclosure.
    public init(
        handle: String, accounts: [Account], assessment: JSON, facets: Set<Facet.Name> = Set(Facet.Name.allCases),
        sections: Set<CredentialPayload.Section> = Set(CredentialPayload.Section.allCases), model: Model = .standing1,
        ledger: CredentialPayload.Ledger, coverage: [CredentialPayload.Coverage], terms: Terms,
        salt: () -> [UInt8] = SelectiveProfile.freshSalt
    ) throws(PayloadError) {
        let subject = try CredentialPayload.subject(assessment, facets: facets, sections: sections)
        let shownAccounts = accounts.map { Disclosure($0.claim, salt: salt()) }
        let shownFacets = (subject["facets"]?.array ?? []).map { Disclosure($0, salt: salt()) }
        let parts = sections.sorted { $0.rawValue < $1.rawValue }.compactMap { section in
            subject[section.rawValue].map { Disclosure($0, name: section.rawValue, salt: salt()) }
        }
        self.evidence = (subject["evidence"]?.array ?? []).compactMap(\.string)
        self.disclosures = shownAccounts + shownFacets + parts
        var claims = try terms.claims(.profile)
        claims.merge([
            "sub": .string(terms.profile), "handle": .string(handle), "as_of": subject["asOf"] ?? .null,
            "ledger": ledger.claim, "model": model.claim, "coverage": .array(coverage.map(\.claim)),
            "statement": .string(CredentialPayload.statement),
            "accounts": Self.arrayElements(shownAccounts.map(\.digest.base64URL)),
            "facets": Self.arrayElements(shownFacets.map(\.digest.base64URL)),
            "evidence": Self.arrayElements(self.evidence),
            "_sd": .array(parts.map(\.digest.base64URL).sorted().map(JSON.string)),
        ]) { $1 }
        self.document = .object(claims)
    }

    /// A claim with a bound about the developer of `profile`, whose name is shown only if the holder shows it.
    public init(
        _ threshold: Threshold, model: Model = .standing1, ledger: CredentialPayload.Ledger, asOf: Day, terms: Terms,
        salt: () -> [UInt8] = SelectiveProfile.freshSalt
    ) throws(PayloadError) {
        let profile = Disclosure(.string(terms.profile), name: "profile", salt: salt())
        self.disclosures = [profile]
        self.evidence = []
        var claims = try terms.claims(.threshold)
        claims.merge([
            "claim": threshold.claim, "as_of": .string(asOf.description), "ledger": ledger.claim, "model": model.claim,
            "statement": .string(Threshold.explanation), "_sd": [.string(profile.digest.base64URL)],
        ]) { $1 }
        self.document = .object(claims)
    }

    /// As many random bytes as a salt has.
    public static func freshSalt() -> [UInt8] { randomBytes(Disclosure.saltByteCount) }

    /// Sorted, so that their order tells nothing.
    private static func arrayElements(_ digests: [String]) -> JSON {
        .array(digests.sorted().map { ["...": .string($0)] })
    }
}
