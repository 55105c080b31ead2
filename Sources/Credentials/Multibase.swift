/// Base58 in Bitcoin's alphabet, as Multibase writes it: a `z` before the digits.
public enum Base58 {
    /// The most bytes that are read: the algorithm is quadratic, and keys and signatures are far below.
    public static let limit = 256

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let digits = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, $0) })

    /// `z` and the digits of `bytes`; each leading zero byte is a `1`.
    public static func multibase(_ bytes: some Collection<UInt8>) -> String {
        var digits: [UInt8] = []
        for byte in bytes {
            var carry = Int(byte)
            for position in digits.indices {
                carry += Int(digits[position]) << 8
                digits[position] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let zeros = bytes.prefix { $0 == 0 }.map { _ in self.alphabet[0] }
        return "z" + String(decoding: zeros + digits.reversed().map { self.alphabet[Int($0)] }, as: UTF8.self)
    }

    /// The bytes that `text`, a `z` and digits, stands for; nil when it is anything else or over the limit.
    public static func decode(multibase text: String) -> [UInt8]? {
        guard text.utf8.first == UInt8(ascii: "z"), text.utf8.count <= self.limit * 7 / 5 else { return nil }
        var bytes: [UInt8] = []
        for character in text.utf8.dropFirst() {
            guard var carry = self.digits[character] else { return nil }
            for position in bytes.indices {
                carry += Int(bytes[position]) * 58
                bytes[position] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 0xFF))
                carry >>= 8
            }
        }
        return text.utf8.dropFirst().prefix { $0 == self.alphabet[0] }.map { _ in 0 } + bytes.reversed()
    }
}
