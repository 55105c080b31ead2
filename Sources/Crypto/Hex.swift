/// Hexadecimal text (RFC 4648, section 8), lower case.
public enum Hex {
    /// Two lower-case digits a byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        unsafe withBytes(of: bytes) { bytes in
            unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { text in
                for position in bytes.indices {
                    let byte = unsafe bytes[position]
                    unsafe text[position * 2] = Hex.digit(byte >> 4)
                    unsafe text[position * 2 + 1] = Hex.digit(byte & 15)
                }
                return bytes.count * 2
            }
        }
    }

    /// The bytes that `text` writes, or nil unless it is an even number of lower-case hex digits.
    ///
    /// Upper case is refused so that a value has one text.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for position in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Hex.value(digits[position]), let low = Hex.value(digits[position + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
