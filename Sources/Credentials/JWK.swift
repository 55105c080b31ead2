public import CanonicalJSON
public import Crypto

/// Why a JSON value is not a public key, or a set of them.
public enum JWKError: Error, Equatable {
    /// A member is missing or not of its kind; its name.
    case malformed(String)
    /// A key type or a curve that is not taken here.
    case unsupported
    /// The numbers are no key: not on the curve, or of a size refused.
    case invalidKey
    /// The value holds private members: whoever sent it should not have.
    case secret
}

/// A public key as JSON (RFC 7517).
public enum JWK: Hashable, Sendable {
    /// `EC`, curve P-256: verifies `ES256`.
    case p256(ECDSAPublicKey)
    /// `OKP`, curve Ed25519 (RFC 8037): the ledger's key, published for readers of its notes; verifies no token.
    case ed25519(Ed25519PublicKey)
    /// `RSA`: verifies `RS256`.
    case rsa(RSAPublicKey)

    /// The one JOSE algorithm tokens under this key may name, nil when none may.
    public var algorithm: String? {
        switch self {
        case .p256: "ES256"
        case .ed25519: nil
        case .rsa: "RS256"
        }
    }

    /// The members that make the key and nothing else (RFC 7638, section 3.2).
    private var required: [String: JSON] {
        func text(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }
        return switch self {
        case .p256(let key): ["kty": "EC", "crv": "P-256", "x": text(key.x), "y": text(key.y)]
        case .ed25519(let key): ["kty": "OKP", "crv": "Ed25519", "x": text(key.bytes)]
        case .rsa(let key): ["kty": "RSA", "n": text(key.n), "e": text(key.e)]
        }
    }

    /// The SHA-256 thumbprint (RFC 7638) in base64url: the key's `kid`.
    public var thumbprint: String { SHA256.hash(JSON.object(self.required).canonical.utf8).base64URL }

    /// The key as it is published, with `kid`, `use` and, for token keys, `alg`.
    public var json: JSON {
        var members = self.required
        members["kid"] = .string(self.thumbprint)
        members["use"] = "sig"
        members["alg"] = self.algorithm.map(JSON.string)
        return .object(members)
    }

    /// The key `json` holds.
    ///
    /// A `kid` in it is not looked at: a key goes by its thumbprint. An `alg` has to be the key's.
    /// - Throws: `JWKError`.
    public init(json: JSON) throws(JWKError) {
        func bytes(_ name: String) throws(JWKError) -> [UInt8] {
            guard let bytes = json[name]?.string.flatMap({ Base64URL.decode($0) }) else { throw .malformed(name) }
            return bytes
        }
        guard let type = json["kty"]?.string else { throw .malformed("kty") }
        guard json["d"] == nil else { throw .secret }
        do {
            switch (type, json["crv"]?.string) {
            case ("EC", "P-256"): self = .p256(try ECDSAPublicKey(x: try bytes("x"), y: try bytes("y")))
            case ("OKP", "Ed25519"): self = .ed25519(try Ed25519PublicKey(try bytes("x")))
            case ("RSA", nil): self = .rsa(try RSAPublicKey(n: try bytes("n"), e: try bytes("e")))
            default: throw JWKError.unsupported
            }
        } catch {
            throw error as? JWKError ?? .invalidKey
        }
        guard self.algorithm == nil || json["alg"] == nil || json["alg"]?.string == self.algorithm else {
            throw .malformed("alg")
        }
    }
}

/// The public keys of an issuer (RFC 7517, section 5).
public struct JWKS: Hashable, Sendable {
    /// The keys, as published.
    public let keys: [JWK]

    /// A set of keys.
    public init(_ keys: [JWK]) { self.keys = keys }

    /// The set `json` holds; keys of types not taken here are passed over, as section 5 asks.
    ///
    /// - Throws: `JWKError`.
    public init(json: JSON) throws(JWKError) {
        guard let elements = json["keys"]?.array else { throw .malformed("keys") }
        var keys: [JWK] = []
        for element in elements {
            do throws(JWKError) { keys.append(try JWK(json: element)) } catch {
                guard error == .unsupported else { throw error }
            }
        }
        self.keys = keys
    }

    /// The set as it is published.
    public var json: JSON { ["keys": .array(self.keys.map(\.json))] }

    /// The key whose thumbprint is `id`, nil when it is not in the set.
    public subscript(id: String) -> JWK? { self.keys.first { $0.thumbprint == id } }
}
