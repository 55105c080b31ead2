/// HMAC with SHA-256 (RFC 2104) under one key.
///
/// The key's two blocks are hashed once, here; each message then costs no more than hashing it.
public struct HMACSHA256: Sendable {
    private static let blockSize = 64

    @usableFromInline let inner: SHA256
    @usableFromInline let outer: SHA256

    /// A code under `key`, of any length.
    public init(key: some Collection<UInt8>) {
        var block = key.count > HMACSHA256.blockSize ? SHA256.hash(key).bytes : Array(key)
        block.append(contentsOf: repeatElement(0, count: HMACSHA256.blockSize - block.count))
        var (inner, outer) = (SHA256(), SHA256())
        inner.update(block.map { $0 ^ 0x36 })
        outer.update(block.map { $0 ^ 0x5C })
        (self.inner, self.outer) = (inner, outer)
    }

    /// The code of `message`.
    @inlinable
    public func code(for message: some Sequence<UInt8>) -> Digest {
        var (inner, outer) = (self.inner, self.outer)
        inner.update(message)
        outer.update(inner.finish())
        return outer.finish()
    }

    /// Whether `code` is the code of `message`, in a time that tells nothing about a wrong one.
    public func verifies(_ code: some Sequence<UInt8>, for message: some Sequence<UInt8>) -> Bool {
        constantTimeEquals(code, self.code(for: message).bytes)
    }
}
