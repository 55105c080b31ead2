/// 32 bytes that stand for a text: a SHA-256 hash.
///
/// A value of its own rather than an array, so that a tree of them costs no allocation and 31 bytes cannot pass for 32.
public struct Digest: Hashable, Sendable {
    /// How many bytes a digest has.
    public static let byteCount = 32

    /// The bytes as they lie in memory, eight to a word.
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    /// The digest whose bytes are `bytes`, or nil unless there are exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        unsafe withUnsafeMutableBytes(of: &self.words) { unsafe $0.copyBytes(from: bytes) }
    }

    /// The digest that `base64` writes, or nil unless it is the strict, padded base64 of 32 bytes.
    public init?(base64: some StringProtocol) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(bytes)
    }

    /// The digest that `base64URL` writes, or nil unless it is the strict, unpadded base64url of 32 bytes.
    public init?(base64URL: some StringProtocol) {
        guard let bytes = Base64URL.decode(base64URL) else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        unsafe withUnsafeBytes(of: self.words) { unsafe Array($0) }
    }

    /// The first 8 bytes, most significant first.
    public var leading: UInt64 { UInt64(bigEndian: self.words.0) }

    /// The first 16 bytes, most significant first.
    public var leadingHalf: UInt128 { UInt128(self.leading) << 64 | UInt128(UInt64(bigEndian: self.words.1)) }

    /// Padded base64: 44 characters.
    public var base64: String { unsafe withUnsafeBytes(of: self.words) { unsafe Base64.encode($0) } }

    /// Unpadded base64url: 43 characters.
    public var base64URL: String { unsafe withUnsafeBytes(of: self.words) { unsafe Base64URL.encode($0) } }

    /// Lower-case hex: 64 characters.
    public var hex: String { Hex.encode(self.bytes) }

    /// Whether the two digests are the same bytes.
    public static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

    /// Feeds the bytes to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.words.0)
        hasher.combine(self.words.1)
        hasher.combine(self.words.2)
        hasher.combine(self.words.3)
    }
}

extension Digest: Comparable {
    /// Orders byte by byte, as `memcmp` would.
    public static func < (left: Digest, right: Digest) -> Bool {
        let (a, b) = (left.words, right.words)
        return (a.0.bigEndian, a.1.bigEndian, a.2.bigEndian, a.3.bigEndian)
            < (b.0.bigEndian, b.1.bigEndian, b.2.bigEndian, b.3.bigEndian)
    }
}

extension Digest: CustomStringConvertible {
    /// The bytes in hex.
    public var description: String { self.hex }
}

extension [Digest] {
    /// The digests that lie one after the other in `bytes`, `count` of them from the `first`, which must be there.
    public init(_ bytes: [UInt8], from first: Int, count: Int) {
        let (start, length) = (first * Digest.byteCount, count * Digest.byteCount)
        precondition(first >= 0 && count >= 0 && bytes.count - start >= length, "the bytes hold fewer digests")
        self = .init(repeating: Digest(), count: count)
        unsafe self.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<(start + length)]))
            }
        }
    }
}

extension [UInt8] {
    /// Appends the 32 bytes of `digest`.
    public mutating func append(_ digest: Digest) {
        unsafe Swift.withUnsafeBytes(of: digest.words) { unsafe self.append(contentsOf: $0) }
    }
}
