import COpenSSL

/// The hash an RSA signature is over (PKCS #1 v1.5, RFC 8017, section 8.2).
public enum RSAHash: Sendable {
    /// JOSE `RS256`, SSH `rsa-sha2-256`.
    case sha256
    /// JOSE `RS512`, SSH `rsa-sha2-512`.
    case sha512

    fileprivate var message: MessageHash {
        switch self {
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}

/// An RSA public key of 2048 to 16384 bits.
public struct RSAPublicKey: Sendable {
    /// The sizes taken, in bits: smaller is forgeable, larger is a way to keep a verifier busy.
    public static let sizes = 2048...16384

    /// The modulus, big-endian, without leading zeros.
    public let n: [UInt8]
    /// The public exponent, big-endian, without leading zeros.
    public let e: [UInt8]
    private let key: Key

    /// The key with this modulus and exponent, big-endian.
    ///
    /// - Throws: `KeyError.wrongKind` for a modulus outside `sizes` or an exponent that is even, below 3 or above 64
    ///   bits.
    public init(n: some Collection<UInt8>, e: some Collection<UInt8>) throws(KeyError) {
        self.n = Array(n.drop { $0 == 0 })
        self.e = Array(e.drop { $0 == 0 })
        let bits = self.n.count * 8 - (self.n.first?.leadingZeroBitCount ?? 0)
        guard RSAPublicKey.sizes.contains(bits), (1...8).contains(self.e.count), let last = self.e.last,
            last % 2 == 1, self.e != [1]
        else { throw .wrongKind }
        let numbers = DER.sequence(DER.integer(self.n), DER.integer(self.e))
        guard let key = Key.publicKey(der: DER.publicKey(algorithm: DER.rsaEncryption, numbers)) else {
            throw .malformed
        }
        self.key = key
    }

    /// Whether `signature` is this key's PKCS #1 v1.5 signature of `message`.
    public func verifies(
        _ signature: some Sequence<UInt8>, of message: some Sequence<UInt8>, hash: RSAHash
    ) -> Bool {
        self.key.verifies(signature, of: message, hash: hash.message)
    }
}

extension RSAPublicKey: Hashable {
    /// Whether the two are the same key.
    public static func == (left: RSAPublicKey, right: RSAPublicKey) -> Bool { left.n == right.n && left.e == right.e }
    /// Feeds the key's modulus to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.n) }
}

/// An RSA private key: only for readers of badges that know no other algorithm (`RS256`).
public struct RSAPrivateKey: Sendable {
    /// The half others verify with.
    public let publicKey: RSAPublicKey
    private let key: Key

    private init(_ key: Key) throws(KeyError) {
        guard key.kind == EVP_PKEY_RSA else { throw .wrongKind }
        self.key = key
        self.publicKey = try RSAPublicKey(n: key.number("n"), e: key.number("e"))
    }

    /// A new key of `bits`; a quarter of a second for 2048.
    public static func generate(bits: Int = 2048) -> RSAPrivateKey {
        precondition(RSAPublicKey.sizes.contains(bits), "an RSA key has 2048 to 16384 bits")
        // The key is of the kind asked for, so OpenSSL fails at this for want of randomness or memory alone.
        do { return try RSAPrivateKey(.generateRSA(bits: bits)) } catch { fatalError("OpenSSL makes no RSA key") }
    }

    /// The key a `PRIVATE KEY` block holds (RFC 7468, section 10).
    ///
    /// - Throws: `KeyError`.
    public init(pem: some StringProtocol) throws(KeyError) {
        guard let der = PEM.decode(pem, label: "PRIVATE KEY"), let key = Key.privateKey(pkcs8: der) else {
            throw .malformed
        }
        try self.init(key)
    }

    /// The key as a `PRIVATE KEY` block. A secret.
    public var pem: String { PEM.encode(self.key.pkcs8, label: "PRIVATE KEY") }

    /// The PKCS #1 v1.5 signature of `message`, as long as the modulus.
    public func signature(of message: some Sequence<UInt8>, hash: RSAHash) -> [UInt8] {
        self.key.signature(of: message, hash: hash.message)
    }
}
