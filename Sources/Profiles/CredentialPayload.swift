public import CanonicalJSON
import Crypto
public import Reputation
public import Scoring
public import Transparency

extension Model {
    /// Lower-case hex SHA-256 of the canonical text of the model's weights, by which results name the model.
    public var digest: String { SHA256.hash(self.weights.canonical.utf8).hex }
}

/// Why a profile cannot be put into a credential.
public enum PayloadError: Error, Equatable {
    /// The stored assessment has no such member: it was made by something else.
    case malformedAssessment(member: String)
    /// The lifetime is not between a second and `CredentialPayload.longestLifetime`.
    case lifetimeOutOfRange
}

/// A profile as the claims of a W3C Verifiable Credential (VCDM 2.0), to be signed as `vc+jwt`.
///
/// It states whole numbers only: levels and their bounds 0…100, and per mille where a member's name says so.
public struct CredentialPayload: Sendable {
    /// The longest time a credential may be valid, in seconds: 90 days.
    public static let longestLifetime: Int64 = 90 * 86_400

    /// Parts of an assessment beside the facets that the subject may show.
    public enum Section: String, Sendable, CaseIterable {
        case domains, longevity, timeline
    }

    /// Where the evidence is kept: the head of the ledger that the profile was made from.
    public struct Ledger: Hashable, Sendable {
        /// The size and the root.
        public var head: TreeHead
        /// The log's key, whose name is the log's origin.
        public var key: VerifierKey
        /// The keys of the witnesses that cosign it.
        public var witnesses: [VerifierKey]

        /// A head of the log with this key.
        public init(head: TreeHead, key: VerifierKey, witnesses: [VerifierKey] = []) {
            self.head = head
            self.key = key
            self.witnesses = witnesses
        }
    }

    /// What a source was looked through for: silent gaps would be a lie about a career.
    public struct Coverage: Hashable, Sendable {
        /// The connector.
        public var adapter: String
        /// The first and the last day looked at.
        public var days: ClosedRange<Day>
        /// Facts found.
        public var n: Int64
        /// Whether all of that time was seen.
        public var complete: Bool

        /// What a source was looked through for.
        public init(adapter: String, days: ClosedRange<Day>, n: Int64, complete: Bool) {
            self.adapter = adapter
            self.days = days
            self.n = n
            self.complete = complete
        }
    }

    /// The claims.
    public let document: JSON

    /// The claims about `handle`.
    ///
    /// - Parameters:
    ///   - id: the credential's own URL or URN.
    ///   - issuer: the issuer's URL; it is `iss` and `issuer`.
    ///   - profile: the URL of the profile; it is `sub` and the subject's id.
    ///   - accounts: those to be named. Their ids and kinds are not stated.
    ///   - assessment: an `Assessment.document`.
    ///   - facets: those to be shown; a hidden one leaves no trace.
    ///   - sections: what else is to be shown.
    ///   - lifetime: seconds until it expires, at most `longestLifetime`.
    public init(
        id: String, issuer: String, profile: String, handle: String, accounts: [Account], assessment: JSON,
        facets: Set<Facet.Name> = Set(Facet.Name.allCases), sections: Set<Section> = Set(Section.allCases),
        model: Model = .standing1, ledger: Ledger, coverage: [Coverage], issuedAt: Instant,
        lifetime: Int64 = CredentialPayload.longestLifetime
    ) throws(PayloadError) {
        guard (1...CredentialPayload.longestLifetime).contains(lifetime) else { throw .lifetimeOutOfRange }
        let shown = try CredentialPayload.shown(facets, in: assessment)
        guard let asOf = assessment["as_of"] else { throw .malformedAssessment(member: "as_of") }
        var subject: [String: JSON] = [
            "id": .string(profile), "type": "DeveloperProfile", "handle": .string(handle), "asOf": asOf,
            "facets": .array(shown), "evidence": CredentialPayload.commitments(of: shown),
            "accounts": .array(accounts.sorted { ($0.key, $0.login) < ($1.key, $1.login) }.map(\.claim)),
            "ledger": ledger.claim, "model": model.claim, "coverage": .array(coverage.map(\.claim)),
            "statement": .string(CredentialPayload.statement),
        ]
        for section in sections.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let part = assessment[section.rawValue] else {
                throw .malformedAssessment(member: section.rawValue)
            }
            subject[section.rawValue] = part
        }
        let expiry = Instant(seconds: issuedAt.seconds + lifetime)
        self.document = [
            "@context": [
                "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "id": .string(id), "jti": .string(id), "type": ["VerifiableCredential", "DeveloperReputationCredential"],
            "issuer": .string(issuer), "iss": .string(issuer), "sub": .string(profile),
            "iat": .int(issuedAt.seconds), "exp": .int(expiry.seconds), "validFrom": .string(issuedAt.rfc3339),
            "validUntil": .string(expiry.rfc3339), "credentialSubject": .object(subject),
        ]
    }

    /// What the credential proves, in words.
    public static let statement = """
        The issuer observed the facts behind these numbers by the time stated, and committed to each in its ledger. It \
        does not say that the person is good, and a facet without a level is unknown, not low.
        """

    private static func shown(_ names: Set<Facet.Name>, in assessment: JSON) throws(PayloadError) -> [JSON] {
        guard let facets = assessment["facets"]?.array else { throw .malformedAssessment(member: "facets") }
        return facets.filter { facet in
            facet["name"]?.string.flatMap(Facet.Name.init).map(names.contains) ?? false
        }
    }

    /// The ledger commitments behind `facets`, sorted: their order says nothing.
    private static func commitments(of facets: [JSON]) -> JSON {
        let listed = facets.flatMap { $0["evidence"]?.array ?? [] }.compactMap(\.string)
        return .array(Set(listed).sorted().map(JSON.string))
    }
}

extension Account {
    fileprivate var claim: JSON {
        ["platform": .string(self.key.platform.rawValue), "login": .string(self.login)]
    }
}

extension CredentialPayload.Ledger {
    fileprivate var claim: JSON {
        [
            "origin": .string(self.key.name), "size": .int(self.head.size), "root": .string(self.head.root.base64),
            "vkey": .string(self.key.text), "witnesses": .array(self.witnesses.map(\.text).sorted().map(JSON.string)),
        ]
    }
}

extension CredentialPayload.Coverage {
    fileprivate var claim: JSON {
        [
            "adapter": .string(self.adapter), "from": .string(self.days.lowerBound.description),
            "to": .string(self.days.upperBound.description), "n": .int(self.n), "complete": .bool(self.complete),
        ]
    }
}

extension Model {
    var claim: JSON {
        ["id": .string(self.id), "version": .int(self.version), "digest": .string(self.digest)]
    }
}
