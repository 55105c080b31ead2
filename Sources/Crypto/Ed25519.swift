/// An Ed25519 private key (RFC 8032): what the ledger signs checkpoints with.
public struct Ed25519PrivateKey: Sendable {
    /// The 32 bytes the key is made from, and all that need be kept.
    public let seed: [UInt8]
    /// The half others verify with.
    public let publicKey: Ed25519PublicKey
    private let key: Key

    /// The key made from `seed`.
    ///
    /// - Throws: `KeyError.malformed` unless the seed has 32 bytes.
    public init(seed: some Collection<UInt8>) throws(KeyError) {
        guard let key = Key.ed25519(seed: seed) else { throw .malformed }
        self.seed = Array(seed)
        self.key = key
        self.publicKey = try Ed25519PublicKey(key.rawPublicKey)
    }

    /// A new key from the system's randomness. Without any the process ends, as it does in `randomBytes`.
    public static func generate() -> Ed25519PrivateKey {
        // Any 32 bytes are a seed (RFC 8032, section 5.1.5), so OpenSSL fails at this for want of memory alone.
        do { return try Ed25519PrivateKey(seed: randomBytes(32)) } catch { fatalError("OpenSSL makes no Ed25519 key") }
    }

    /// The 64-byte signature of `message`.
    public func signature(of message: some Sequence<UInt8>) -> [UInt8] {
        self.key.signature(of: message, hash: .none)
    }
}

/// An Ed25519 public key.
public struct Ed25519PublicKey: Sendable {
    /// The key's 32 bytes.
    public let bytes: [UInt8]
    private let key: Key

    /// The key whose bytes are `bytes`.
    ///
    /// - Throws: `KeyError.malformed` unless there are 32. Whether they are a point of the curve shows when verifying.
    public init(_ bytes: some Collection<UInt8>) throws(KeyError) {
        guard let key = Key.ed25519(publicKey: bytes) else { throw .malformed }
        self.bytes = Array(bytes)
        self.key = key
    }

    /// Whether `signature` is the 64-byte signature of `message` under this key.
    public func verifies(_ signature: some Collection<UInt8>, of message: some Sequence<UInt8>) -> Bool {
        signature.count == 64 && self.key.verifies(signature, of: message, hash: .none)
    }
}

extension Ed25519PublicKey: Hashable {
    /// Whether the two are the same key.
    public static func == (left: Ed25519PublicKey, right: Ed25519PublicKey) -> Bool { left.bytes == right.bytes }
    /// Feeds the key's bytes to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.bytes) }
}
