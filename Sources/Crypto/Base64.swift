/// Base64 (RFC 4648, section 4): `+` and `/`, with padding.
public enum Base64 {
    /// The padded text of `bytes`.
    @inlinable
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        unsafe withBytes(of: bytes) { unsafe base64($0, isForURLs: false) }
    }

    /// The bytes that `text` writes, or nil when it is not what `encode` gives: white space, missing padding, a foreign
    /// character, or bits set past the last byte.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let all = Array(text.utf8)
        var digits = all[...]
        guard all.count.isMultiple(of: 4) else { return nil }
        for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        guard all.count - digits.count == (4 - digits.count % 4) % 4 else { return nil }
        return Alphabet.standard.decode(digits)
    }
}

/// Base64url (RFC 4648, section 5; RFC 7515, section 2): `-` and `_`, without padding.
public enum Base64URL {
    /// The unpadded text of `bytes`.
    @inlinable
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        unsafe withBytes(of: bytes) { unsafe base64($0, isForURLs: true) }
    }

    /// The bytes that `text` writes, or nil when it is not what `encode` gives: padding, white space, a foreign
    /// character, or bits set past the last byte.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { Alphabet.forURLs.decode(text.utf8) }
}

/// The text of `bytes` in one of the two encodings.
@usableFromInline
func base64(_ bytes: UnsafeBufferPointer<UInt8>, isForURLs: Bool) -> String {
    unsafe (isForURLs ? Alphabet.forURLs : Alphabet.standard).encode(bytes, padded: !isForURLs)
}

/// The 64 digits of one of the two encodings.
private struct Alphabet {
    static let standard = Alphabet(last: "+/")
    static let forURLs = Alphabet(last: "-_")

    private static let foreign: UInt8 = 0xFF

    private let digits: [UInt8]
    private let values: [UInt8]

    private init(last: StaticString) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: Alphabet.foreign, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        (self.digits, self.values) = (digits, values)
    }

    func encode(_ bytes: UnsafeBufferPointer<UInt8>, padded: Bool) -> String {
        unsafe self.digits.withUnsafeBufferPointer { digits in
            unsafe String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
                var (source, target) = unsafe self.encodeWide(bytes, into: text)
                // What is left is too short for that: whole groups, and the last, which may be none.
                while source + 3 <= bytes.count {
                    let group =
                        unsafe Int(bytes[source]) << 16 | Int(bytes[source + 1]) << 8 | Int(bytes[source + 2])
                    unsafe text[target] = digits[group >> 18]
                    unsafe text[target + 1] = digits[group >> 12 & 63]
                    unsafe text[target + 2] = digits[group >> 6 & 63]
                    unsafe text[target + 3] = digits[group & 63]
                    (source, target) = (source + 3, target + 4)
                }
                let left = bytes.count - source
                if left > 0 {
                    let group = unsafe Int(bytes[source]) << 16 | (left == 2 ? Int(bytes[source + 1]) << 8 : 0)
                    for offset in 0..<4 where offset <= left || padded {
                        unsafe text[target] =
                            offset <= left ? digits[group >> (18 - 6 * offset) & 63] : UInt8(ascii: "=")
                        target += 1
                    }
                }
                return target
            }
        }
    }

    /// Encodes most of `bytes` and returns how many that are, and how many digits: without a look-up for each digit the
    /// compiler makes vector instructions of it, and 1.4 KB take three quarters of the time.
    private func encodeWide(
        _ bytes: UnsafeBufferPointer<UInt8>, into text: UnsafeMutableBufferPointer<UInt8>
    ) -> (source: Int, target: Int) {
        let (source, target) = (UnsafeRawBufferPointer(bytes), UnsafeMutableRawBufferPointer(text))
        var (read, written) = (0, 0)
        while read + 8 <= source.count {
            // Six bytes become eight values of six bits, a byte each, in three halvings.
            var bits = unsafe UInt64(bigEndian: source.loadUnaligned(fromByteOffset: read, as: UInt64.self)) >> 16
            bits = (bits & 0xFFFF_FF00_0000) << 8 | bits & 0xFF_FFFF
            bits = (bits & 0x00FF_F000_00FF_F000) << 4 | bits & 0x0000_0FFF_0000_0FFF
            bits = (bits & 0x0FC0_0FC0_0FC0_0FC0) << 2 | bits & 0x003F_003F_003F_003F
            unsafe target.storeBytes(of: bits.bigEndian, toByteOffset: written, as: UInt64.self)
            (read, written) = (read + 6, written + 8)
        }
        // From each value to its digit is as far as for all of its kind: capitals, small letters, figures and the last two.
        let (capital, small, figure) = (UInt8(ascii: "A"), UInt8(ascii: "a") &- 26, UInt8(ascii: "0") &- 52)
        let (last, veryLast) = (self.digits[62] &- 62, self.digits[63] &- 63)
        for index in 0..<written {
            let value = unsafe text[index]
            var distance = value < 26 ? capital : small
            distance = value < 52 ? distance : figure
            distance = value == 62 ? last : distance
            distance = value == 63 ? veryLast : distance
            unsafe text[index] = value &+ distance
        }
        return (read, written)
    }

    func decode(_ digits: some Sequence<UInt8>) -> [UInt8]? {
        unsafe withBytes(of: digits) { digits in
            guard digits.count % 4 != 1 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(digits.count * 3 / 4)
            var (group, bits): (UInt32, Int) = (0, 0)
            for position in digits.indices {
                let value = self.values[Int(unsafe digits[position])]
                guard value != Alphabet.foreign else { return nil }
                group = group << 6 | UInt32(value)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                    group &= 1 << UInt32(bits) - 1
                }
            }
            return group == 0 ? bytes : nil
        }
    }
}
