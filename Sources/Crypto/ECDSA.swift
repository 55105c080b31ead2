import COpenSSL

/// A P-256 private key: what credentials are signed with (JOSE `ES256`, RFC 7518, section 3.4).
public struct P256PrivateKey: Sendable {
    /// The half others verify with.
    public let publicKey: ECDSAPublicKey
    private let key: Key

    private init(_ key: Key) throws(KeyError) {
        guard key.kind == EVP_PKEY_EC, key.bits == 256 else { throw .wrongKind }
        self.key = key
        self.publicKey = try ECDSAPublicKey(x: key.number("qx", width: 32), y: key.number("qy", width: 32))
    }

    /// A new key from the system's randomness. Without any the process ends, as it does in `randomBytes`.
    public static func generate() -> P256PrivateKey {
        // OpenSSL fails at this for want of randomness or memory alone; the curve is built in.
        do { return try P256PrivateKey(.generateP256()) } catch { fatalError("OpenSSL makes no P-256 key") }
    }

    /// The key a PKCS #8 structure holds (RFC 5208), in DER.
    ///
    /// - Throws: `KeyError`: `wrongKind` for a key of another algorithm or curve.
    public init(pkcs8: [UInt8]) throws(KeyError) {
        guard let key = Key.privateKey(pkcs8: pkcs8) else { throw .malformed }
        try self.init(key)
    }

    /// The key a `PRIVATE KEY` block holds (RFC 7468, section 10), as `openssl genpkey` writes it.
    ///
    /// - Throws: `KeyError`.
    public init(pem: some StringProtocol) throws(KeyError) {
        guard let der = PEM.decode(pem, label: "PRIVATE KEY") else { throw .malformed }
        try self.init(pkcs8: der)
    }

    /// The key as PKCS #8 DER. A secret.
    public var pkcs8: [UInt8] { self.key.pkcs8 }

    /// The key as a `PRIVATE KEY` block. A secret.
    public var pem: String { PEM.encode(self.pkcs8, label: "PRIVATE KEY") }

    /// The signature of `message` over its SHA-256: `r ‖ s`, 64 bytes.
    public func signature(of message: some Sequence<UInt8>) -> [UInt8] {
        DER.rawSignature(self.key.signature(of: message, hash: .sha256), width: 32)
    }
}

/// A public key for ECDSA on one of the three NIST curves.
public struct ECDSAPublicKey: Sendable {
    /// The curve, and with it the hash (RFC 5656, section 6.2.1; RFC 7518, section 3.4).
    public enum Curve: Sendable, CaseIterable {
        /// P-256 with SHA-256.
        case p256
        /// P-384 with SHA-384.
        case p384
        /// P-521 with SHA-512.
        case p521

        /// How many bytes a coordinate has.
        public var byteCount: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }

        fileprivate var hash: MessageHash {
            switch self {
            case .p256: .sha256
            case .p384: .sha384
            case .p521: .sha512
            }
        }

        /// id-ecPublicKey with this curve (RFC 5480, section 2.1.1).
        fileprivate var algorithm: [UInt8] {
            let curve: [UInt8] =
                switch self {
                case .p256: [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
                case .p384: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
                case .p521: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23]
                }
            return DER.sequence([0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01], curve)
        }
    }

    /// The curve the key lies on.
    public let curve: Curve
    /// The uncompressed point: 04, x, y (SEC 1, section 2.3.3).
    public let point: [UInt8]
    private let key: Key

    /// The key at `point`, uncompressed.
    ///
    /// - Throws: `KeyError.malformed` unless it is a point of the curve.
    public init(curve: Curve, point: some Collection<UInt8>) throws(KeyError) {
        self.curve = curve
        self.point = Array(point)
        guard self.point.count == 1 + 2 * curve.byteCount, self.point.first == 0x04,
            let key = Key.publicKey(der: DER.publicKey(algorithm: curve.algorithm, self.point))
        else { throw .malformed }
        self.key = key
    }

    /// The P-256 key at `x` and `y`, 32 bytes each.
    ///
    /// - Throws: `KeyError.malformed` unless it is a point of the curve.
    public init(x: some Collection<UInt8>, y: some Collection<UInt8>) throws(KeyError) {
        guard x.count == 32, y.count == 32 else { throw .malformed }
        try self.init(curve: .p256, point: [0x04] + Array(x) + Array(y))
    }

    /// The point's x, as many bytes as the curve's coordinates have.
    public var x: [UInt8] { Array(self.point[1...self.curve.byteCount]) }
    /// The point's y, as many bytes as the curve's coordinates have.
    public var y: [UInt8] { Array(self.point[(1 + self.curve.byteCount)...]) }

    /// Whether `signature`, `r ‖ s` of a coordinate's width each, is this key's for `message`.
    public func verifies(_ signature: some Collection<UInt8>, of message: some Sequence<UInt8>) -> Bool {
        guard signature.count == 2 * self.curve.byteCount else { return false }
        return self.verifies(
            r: signature.prefix(self.curve.byteCount), s: signature.suffix(self.curve.byteCount), of: message)
    }

    /// Whether the two numbers `r` and `s`, big-endian and not negative, are this key's signature of `message`.
    public func verifies(
        r: some Collection<UInt8>, s: some Collection<UInt8>, of message: some Sequence<UInt8>
    ) -> Bool {
        self.key.verifies(DER.sequence(DER.integer(r), DER.integer(s)), of: message, hash: self.curve.hash)
    }
}

extension ECDSAPublicKey: Hashable {
    /// Whether the two are the same key.
    public static func == (left: ECDSAPublicKey, right: ECDSAPublicKey) -> Bool {
        left.curve == right.curve && left.point == right.point
    }
    /// Feeds the key's point to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.point) }
}
