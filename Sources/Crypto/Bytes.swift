import COpenSSL

/// Gives `body` the bytes in one run of memory, copying them only where they do not lie so already.
///
/// Inlined with what calls it, down to the functions that take a buffer: a caller elsewhere knows what kind of bytes it has,
/// and asking at run time took as long as hashing a block.
@inlinable
func withBytes<Result>(of bytes: some Sequence<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = bytes.withContiguousStorageIfAvailable(body) { return result }
    return unsafe Array(bytes).withUnsafeBufferPointer(body)
}

/// `count` bytes nobody can guess, from OpenSSL's generator seeded by the kernel.
///
/// Without randomness the process ends: no salt, token or key made then could be trusted.
public func randomBytes(_ count: Int) -> [UInt8] {
    unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        let done = unsafe RAND_bytes(buffer.baseAddress, Int32(count))
        // No caller could go on: an error would only invite one to try without.
        guard done == 1 else { fatalError("the system gives no randomness") }
        initialized = count
    }
}

/// Bytes nobody can guess, for whoever needs a few at a time very often: a draw of 16 from OpenSSL costs half of what 4,096
/// cost.
public struct RandomSupply: Sendable {
    private static let drawn = 4_096

    private var bytes: ArraySlice<UInt8> = []

    /// Nothing drawn yet.
    public init() {}

    /// The next `count` bytes, at most 4,096, which are given out this once.
    public mutating func next(_ count: Int) -> [UInt8] {
        precondition(count <= RandomSupply.drawn, "a supply is for a few bytes at a time")
        if self.bytes.count < count { self.bytes = randomBytes(RandomSupply.drawn)[...] }
        defer { self.bytes.removeFirst(count) }
        return Array(self.bytes.prefix(count))
    }
}

/// Whether the two are the same bytes, in a time that tells nothing about where they differ.
///
/// The time does tell the lengths; a secret of variable length is hashed first.
public func constantTimeEquals(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    unsafe withBytes(of: left) { left in
        unsafe withBytes(of: right) { right in
            guard left.count == right.count else { return false }
            return unsafe left.isEmpty || CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}
