/// Decodes percent-encoding (RFC 3986, section 2.1).
///
/// Returns nil for a `%` without two hexadecimal digits after it, and for bytes that are not UTF-8 without NUL.
func percentDecoded(_ text: some Sequence<UInt8>, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal)
            else { return nil }
            guard high != 0 || low != 0 else { return nil }
            bytes.append(high << 4 | low)
        case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
        default: bytes.append(byte)
        }
    }
    return String(validating: bytes, as: UTF8.self)
}

private func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// The target of a request line, taken apart.
struct Target {
    var path: String
    var query: [Request.Parameter]

    /// Reads `/path?query`, or the `*` of OPTIONS (RFC 9112, section 3.2); nil for anything else and for a query that
    /// does not decode.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "/") || text == "*", bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            return nil
        }
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else {
            self.path = text
            self.query = []
            return
        }
        self.path = String(text[..<mark])
        guard let query = queryParameters(text[mark...].dropFirst()) else { return nil }
        self.query = query
    }
}

/// The parameters of a query in `application/x-www-form-urlencoded`, in their order; nil where one does not decode.
func queryParameters(_ text: some StringProtocol) -> [Request.Parameter]? {
    var parameters: [Request.Parameter] = []
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
        let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = percentDecoded(sides[0], plusIsSpace: true),
            let value = percentDecoded(sides.dropFirst().first ?? pair[pair.endIndex...], plusIsSpace: true)
        else { return nil }
        parameters.append((name, value))
    }
    return parameters
}
