public import CanonicalJSON
public import Crypto

/// Why a token is not to be relied on: the first step that failed.
public enum JWSError: Error, Equatable {
    /// Over `JWS.limit` bytes.
    case tooLarge
    /// Not three parts of strict base64url, or no signature.
    case malformed
    /// The header is not a JSON object with an `alg`, or a member of it is not text.
    case malformedHeader
    /// The header demands an extension (`crit`); none is known here.
    case criticalExtension
    /// The header names another algorithm than the key's.
    case wrongAlgorithm
    /// The header says another `typ` than expected, or none.
    case wrongType
    /// The signature is not this key's.
    case wrongSignature
    /// The payload is not JSON as `JSON(parsing:)` takes it.
    case malformedPayload
}

/// A key tokens are signed with.
public enum TokenKey: Sendable {
    /// ECDSA on P-256: all tokens.
    case es256(P256PrivateKey)
    /// RSA PKCS #1 v1.5 with SHA-256: badges, for readers that know nothing newer.
    case rs256(RSAPrivateKey)

    /// The half others verify with.
    public var publicKey: JWK {
        switch self {
        case .es256(let key): .p256(key.publicKey)
        case .rs256(let key): .rsa(key.publicKey)
        }
    }

    fileprivate func signature(of text: String) -> [UInt8] {
        switch self {
        case .es256(let key): key.signature(of: text.utf8)
        case .rs256(let key): key.signature(of: text.utf8, hash: .sha256)
        }
    }
}

/// A signed token in its compact form (RFC 7515, section 7.1): `header.payload.signature`.
///
/// The algorithm comes from the key, never from the token, so `none` and a public key used as a secret cannot verify.
/// The payload is given out only once the signature holds.
public struct JWS: Hashable, Sendable {
    /// The size, in bytes, from which a token is refused unread.
    public static let limit = 1_048_576

    /// The token.
    public let text: String
    /// The protected header, not verified.
    public let header: JSON
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// The key the token says it is signed with; a hint until verified.
    public var keyID: String? { self.header["kid"]?.string }

    /// Signs `payload`.
    ///
    /// - Parameters:
    ///   - type: the header's `typ`, such as `vc+jwt`.
    ///   - contentType: the header's `cty`, such as `vc`.
    ///   - keyID: the header's `kid`; the key's thumbprint unless given.
    public init(
        signing payload: JSON, with key: TokenKey, type: String, contentType: String? = nil, keyID: String? = nil
    ) {
        let publicKey = key.publicKey
        var header: [String: JSON] = ["typ": .string(type), "kid": .string(keyID ?? publicKey.thumbprint)]
        header["alg"] = publicKey.algorithm.map(JSON.string)
        header["cty"] = contentType.map(JSON.string)
        self.header = .object(header)
        self.payload = Array(payload.canonical.utf8)
        let signed = Base64URL.encode(self.header.canonical.utf8) + "." + Base64URL.encode(self.payload)
        self.signature = key.signature(of: signed)
        self.text = signed + "." + Base64URL.encode(self.signature)
    }

    /// Reads a token; nothing is verified.
    ///
    /// - Throws: `JWSError`.
    public init(parsing text: String) throws(JWSError) {
        guard text.utf8.count <= JWS.limit else { throw .tooLarge }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), !header.isEmpty, !signature.isEmpty
        else { throw .malformed }
        do throws(JSONError) { self.header = try JSON(parsing: header) } catch { throw .malformedHeader }
        guard let members = self.header.object, members["alg"]?.string != nil else { throw .malformedHeader }
        for name in ["kid", "typ", "cty"] where members[name] != nil && members[name]?.string == nil {
            throw .malformedHeader
        }
        guard members["crit"] == nil else { throw .criticalExtension }
        self.text = text
        self.payload = payload
        self.signature = signature
    }

    /// The payload, once the token proves to be signed by `key` and of `type`; nil is a token that says no type.
    ///
    /// - Throws: `JWSError`.
    public func payload(verifiedBy key: JWK, type: String?) throws(JWSError) -> JSON {
        guard let algorithm = key.algorithm, self.header["alg"]?.string == algorithm else { throw .wrongAlgorithm }
        guard self.header["typ"]?.string == type else { throw .wrongType }
        let signed = self.text.utf8[..<self.text.utf8.lastIndex(of: UInt8(ascii: "."))!]
        let verified =
            switch key {
            case .p256(let key): key.verifies(self.signature, of: signed)
            case .rsa(let key): key.verifies(self.signature, of: signed, hash: .sha256)
            case .ed25519: false
            }
        guard verified else { throw .wrongSignature }
        do throws(JSONError) { return try JSON(parsing: self.payload) } catch { throw .malformedPayload }
    }
}

extension JWS {
    /// The payload before anything is verified; nil when it is no JSON. Good for nothing but to know where to look next.
    public var unverified: JSON? {
        // Why it is none is said by whoever verifies it (`malformedPayload`).
        try? JSON(parsing: self.payload)
    }
}
