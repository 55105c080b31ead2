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

/// A profile as a W3C Verifiable Credential (VCDM 2.0) that is also an Open Badge (OB 3.0): one payload, to be signed as
/// `vc+jwt`, as an Open Badge, or with a proof inside.
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

    /// Where a credential's status stands.
    public struct StatusPlace: Hashable, Sendable {
        /// The base of the lists' addresses: the issuer.
        public var issuer: String
        /// Which list, and where in it.
        public var list: Int64
        /// See `list`.
        public var index: Int64

        /// A place in a list of `issuer`.
        public init(issuer: String, list: Int64, index: Int64) {
            self.issuer = issuer
            self.list = list
            self.index = index
        }
    }

    /// What the claims are going to be signed as.
    public enum Form: Hashable, Sendable {
        /// A token: with the registered claims of JWT.
        case token
        /// A document with a proof in it, whose issuer is a DID.
        case document(did: String)
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
    ///   - status: where it can be read whether the credential was taken back.
    public init(
        id: String, issuer: String, profile: String, handle: String, accounts: [Account], assessment: JSON,
        facets: Set<Facet.Name> = Set(Facet.Name.allCases), sections: Set<Section> = Set(Section.allCases),
        model: Model = .standing1, ledger: Ledger, coverage: [Coverage], issuedAt: Instant,
        lifetime: Int64 = CredentialPayload.longestLifetime, status: StatusPlace? = nil, form: Form = .token
    ) throws(PayloadError) {
        guard (1...CredentialPayload.longestLifetime).contains(lifetime) else { throw .lifetimeOutOfRange }
        var subject = try Self.subject(assessment, facets: facets, sections: sections)
        subject.merge([
            "id": .string(profile), "type": ["AchievementSubject", "DeveloperProfile"], "handle": .string(handle),
            "accounts": .array(accounts.sorted { ($0.key, $0.login) < ($1.key, $1.login) }.map(\.claim)),
            "ledger": ledger.claim, "model": model.claim, "coverage": .array(coverage.map(\.claim)),
            "statement": .string(CredentialPayload.statement), "achievement": Self.achievement(issuer),
        ]) { $1 }
        var members = Self.envelope(id: id, issuer: issuer, handle: handle, form: form)
        let expiry = Instant(seconds: issuedAt.seconds + lifetime)
        members.merge([
            "credentialSubject": .object(subject), "validFrom": .string(issuedAt.rfc3339),
            "validUntil": .string(expiry.rfc3339),
        ]) { $1 }
        members["credentialStatus"] = status?.bitstringEntries
        if case .token = form {
            members.merge([
                "jti": .string(id), "iss": .string(issuer), "sub": .string(profile), "iat": .int(issuedAt.seconds),
                "nbf": .int(issuedAt.seconds), "exp": .int(expiry.seconds),
            ]) { $1 }
            members["status"] = status?.tokenEntry
        }
        self.document = .object(members)
    }

    /// The members that say what kind of credential it is, and whose.
    private static func envelope(id: String, issuer: String, handle: String, form: Form) -> [String: JSON] {
        let name = if case .document(let did) = form { did } else { issuer }
        return [
            "@context": [
                "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "id": .string(id),
            "type": ["VerifiableCredential", "OpenBadgeCredential", "DeveloperReputationCredential"],
            "name": .string("Open-source work of \(handle)"),
            "issuer": [
                "id": .string(name), "type": ["Profile"], "name": "Standing", "url": .string(issuer),
            ],
        ]
    }

    /// What an Open Badge says that it is for.
    private static func achievement(_ issuer: String) -> JSON {
        [
            "id": .string("\(issuer)/vct/developer-reputation/v1"), "type": ["Achievement"],
            "achievementType": "Competency", "name": "Observed open-source work",
            "description": .string(Self.statement),
            "criteria": [
                "narrative": """
                Accounts proved by their owner; facts observed at public sources; levels computed by the published model that is \
                named. Nothing was decided by a person.
                """
            ],
        ]
    }

    /// What the subject shows of the assessment.
    static func subject(
        _ assessment: JSON, facets: Set<Facet.Name>, sections: Set<Section>
    ) throws(PayloadError) -> [String: JSON] {
        let shown = try self.shown(facets, in: assessment)
        guard let asOf = assessment["as_of"] else { throw .malformedAssessment(member: "as_of") }
        var subject: [String: JSON] = [
            "asOf": asOf, "facets": .array(shown),
            "evidence": .array(self.commitments(of: shown).map(JSON.string)),
        ]
        for section in sections.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let part = assessment[section.rawValue] else {
                throw .malformedAssessment(member: section.rawValue)
            }
            subject[section.rawValue] = part
        }
        return subject
    }

    /// What the credential proves, in words.
    public static let statement = """
        The issuer observed the facts behind these numbers by the time stated, and committed to each in its ledger. It \
        does not say that the person is good, and a facet without a level is unknown, not low.
        """

    static func shown(_ names: Set<Facet.Name>, in assessment: JSON) throws(PayloadError) -> [JSON] {
        guard let facets = assessment["facets"]?.array else { throw .malformedAssessment(member: "facets") }
        return facets.filter { facet in
            facet["name"]?.string.flatMap(Facet.Name.init).map(names.contains) ?? false
        }
    }

    /// The ledger commitments behind `facets`, sorted: their order says nothing.
    static func commitments(of facets: [JSON]) -> [String] {
        Set(facets.flatMap { $0["evidence"]?.array ?? [] }.compactMap(\.string)).sorted()
    }
}

extension CredentialPayload.StatusPlace {
    /// The address of the list as a token.
    public var tokenList: String { "\(self.issuer)/status/tsl/\(self.list)" }

    /// The place as a token states it (IETF Token Status List, section 6.2).
    public var tokenEntry: JSON { ["status_list": ["idx": .int(self.index), "uri": .string(self.tokenList)]] }

    /// The place as a Verifiable Credential states it (W3C Bitstring Status List, section 2.1): taken back, and for now.
    var bitstringEntries: JSON {
        .array(
            ["revocation", "suspension"].map { purpose in
                let list = "\(self.issuer)/status/\(purpose)/\(self.list)"
                return [
                    "id": .string("\(list)#\(self.index)"), "type": "BitstringStatusListEntry",
                    "statusPurpose": .string(purpose), "statusListIndex": .string(String(self.index)),
                    "statusListCredential": .string(list),
                ]
            })
    }
}

extension Account {
    var claim: JSON {
        ["platform": .string(self.key.platform.rawValue), "login": .string(self.login)]
    }
}

extension CredentialPayload.Ledger {
    var claim: JSON {
        [
            "origin": .string(self.key.name), "size": .int(self.head.size), "root": .string(self.head.root.base64),
            "vkey": .string(self.key.text), "witnesses": .array(self.witnesses.map(\.text).sorted().map(JSON.string)),
        ]
    }
}

extension CredentialPayload.Coverage {
    var claim: JSON {
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
