import COpenSSL

/// SHA-256 (FIPS 180-4), whole or piece by piece.
///
/// A value: a copy taken halfway continues on its own, which is how `HMACSHA256` keeps a key prepared.
public struct SHA256: Sendable {
    private var context = SHA256_CTX()

    /// A hash of nothing yet.
    public init() { unsafe standing_sha256_init(&self.context) }

    /// Takes in `bytes` after what came before.
    @inlinable
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        unsafe withBytes(of: bytes) { unsafe self.take($0) }
    }

    @usableFromInline
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        unsafe standing_sha256_update(&self.context, bytes.baseAddress, bytes.count)
    }

    /// Takes in the 32 bytes of `digest`.
    public mutating func update(_ digest: Digest) {
        var words = digest.words
        unsafe standing_sha256_update(&self.context, &words, Digest.byteCount)
    }

    /// The hash of all that was taken in.
    public consuming func finish() -> Digest {
        var digest = Digest()
        unsafe standing_sha256_final(&self.context, &digest.words)
        return digest
    }

    /// The hash of `bytes`.
    @inlinable
    public static func hash(_ bytes: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// The hash of `prefix` followed by `bytes`: a leaf of a Merkle tree.
    @inlinable
    public static func hash(prefix: UInt8, _ bytes: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(CollectionOfOne(prefix))
        hash.update(bytes)
        return hash.finish()
    }

    /// The hash of `prefix`, `left` and `right`: an inner node of a Merkle tree.
    public static func hash(prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
        var hash = SHA256()
        var prefix = prefix
        unsafe standing_sha256_update(&hash.context, &prefix, 1)
        hash.update(left)
        hash.update(right)
        return hash.finish()
    }
}

/// SHA-512 (FIPS 180-4), whole or piece by piece.
public struct SHA512: Sendable {
    /// How many bytes the hash has.
    public static let byteCount = 64

    private var context = SHA512_CTX()

    /// A hash of nothing yet.
    public init() { unsafe standing_sha512_init(&self.context) }

    /// Takes in `bytes` after what came before.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        unsafe withBytes(of: bytes) { unsafe standing_sha512_update(&self.context, $0.baseAddress, $0.count) }
    }

    /// The 64 bytes of the hash of all that was taken in.
    public consuming func finish() -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: SHA512.byteCount) { buffer, initialized in
            unsafe standing_sha512_final(&self.context, buffer.baseAddress)
            initialized = SHA512.byteCount
        }
    }

    /// The 64 bytes of the hash of `bytes`.
    public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA512()
        hash.update(bytes)
        return hash.finish()
    }
}
