public import CanonicalJSON
public import Credentials
import Crypto

/// What an issuer publishes about itself, so that strangers' tools find its keys and know its types.
public struct IssuerDocuments: Sendable {
    /// The issuer: the base of every address, `https://standing.example`.
    public let issuer: String

    /// The documents of the issuer at `issuer`, a URL without a path.
    public init(issuer: String) { self.issuer = issuer }

    /// The issuer as a DID (did:web): the host, and a port with its colon escaped.
    public var did: String {
        let host = self.issuer.split(separator: "/").dropFirst().first.map(String.init) ?? self.issuer
        return "did:web:" + host.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
    }

    /// How a Data Integrity proof names `key`.
    public func verificationMethod(_ key: JWK) -> String { "\(self.did)#\(key.thumbprint)" }

    /// Where `key` is served by itself, which is what an Open Badge's `kid` has to be.
    public func address(of key: JWK) -> String { "\(self.issuer)/keys/\(key.thumbprint)" }

    /// `/.well-known/did.json` (did:web, DID Core 1.0): `keys`, all of which state what the issuer says.
    public func didDocument(_ keys: [JWK]) -> JSON {
        let methods = keys.map { key -> JSON in
            var method: [String: JSON] = ["id": .string(self.verificationMethod(key)), "controller": .string(self.did)]
            if case .ed25519(let key) = key {
                method["type"] = "Multikey"
                method["publicKeyMultibase"] = .string(key.multikey)
            } else {
                method["type"] = "JsonWebKey"
                method["publicKeyJwk"] = key.json
            }
            return .object(method)
        }
        return [
            "@context": [
                "https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1",
                "https://w3id.org/security/jwk/v1",
            ],
            "id": .string(self.did), "alsoKnownAs": [.string(self.issuer)], "verificationMethod": .array(methods),
            "assertionMethod": .array(keys.map { .string(self.verificationMethod($0)) }),
        ]
    }

    /// `/.well-known/jwt-vc-issuer` (SD-JWT VC, section 4): `keys`, those that sign tokens.
    public func jwtVCIssuer(_ keys: [JWK]) -> JSON {
        ["issuer": .string(self.issuer), "jwks": JWKS(keys.filter { $0.algorithm == "ES256" }).json]
    }

    /// A type of credential that this issuer states.
    public enum CredentialType: String, CaseIterable, Sendable {
        /// A developer's profile.
        case profile = "developer-reputation/v1"
        /// One claim with a bound.
        case threshold = "threshold/v1"
    }

    /// The type's name, where its metadata is: `vct`.
    public func vct(_ type: CredentialType) -> String { "\(self.issuer)/vct/\(type.rawValue)" }

    /// The metadata of `type` (SD-JWT VC, section 6), in the one text whose hash is `integrity`.
    public func metadata(_ type: CredentialType) -> String {
        let (name, description, claims) =
            switch type {
            case .profile: ("Developer profile", CredentialPayload.statement, Self.profileClaims)
            case .threshold: ("A bound on a developer's record", Threshold.explanation, Self.thresholdClaims)
            }
        let json: JSON = [
            "vct": .string(self.vct(type)), "name": .string(name), "description": .string(description),
            "display": [["locale": "en", "name": .string(name), "description": .string(description)]],
            "claims": .array(
                claims.map { path, selective, label in
                    [
                        "path": .array(path), "sd": .string(selective ? "always" : "never"),
                        "display": [["locale": "en", "label": .string(label)]],
                    ]
                }),
        ]
        return json.canonical
    }

    /// The metadata's hash as `vct#integrity` has it (W3C SRI).
    public func integrity(_ type: CredentialType) -> String {
        "sha256-" + SHA256.hash(self.metadata(type).utf8).base64
    }

    private typealias Claim = (path: [JSON], isSelective: Bool, label: String)

    private static let profileClaims: [Claim] = [
        (["sub"], false, "Profile"), (["handle"], false, "Name on this service"),
        (["accounts", .null], true, "An account the developer proved to control"),
        (["facets", .null], true, "A dimension of the work: a count, and an interval where there is enough evidence"),
        (["evidence", .null], true, "An observed fact; its digest is its entry in the ledger"),
        (["domains"], true, "Where the work was"), (["longevity"], true, "How long it went on"),
        (["timeline"], true, "When"), (["ledger"], false, "The log that the facts are in"),
        (["model"], false, "What the levels were computed with"),
        (["coverage"], false, "What was looked through, and what was not"),
        (["statement"], false, "What this proves and what it does not"),
    ]

    private static let thresholdClaims: [Claim] = [
        (["profile"], true, "Profile"), (["claim"], false, "What holds"),
        (["ledger"], false, "The log that the facts are in"), (["model"], false, "What it was computed with"),
        (["statement"], false, "What this proves and what it does not"),
    ]
}
