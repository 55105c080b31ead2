/// An address a page may link to: `http:`, `https:`, or a path or fragment of this site.
struct Reference {
    let text: String

    /// The address `text` from outside, or nil when it is not one a page may link to.
    ///
    /// White space and control characters are refused wherever they stand: browsers drop them, which turns
    /// `java\tscript:` back into what it hides.
    init?(_ text: String) {
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) }),
            !text.contains("\\")
        else { return nil }
        let lower = text.lowercased()
        let isWeb = ["https://", "http://"].contains { lower.hasPrefix($0) && lower.count > $0.count }
        let isLocal = text.hasPrefix("/") && !text.hasPrefix("//")
        guard isWeb || isLocal || (text.hasPrefix("#") && text.count > 1) else { return nil }
        self.text = text
    }

    /// The web address `text`, or nil: an object out in the world is never a path of this site.
    init?(web text: String) {
        guard !text.hasPrefix("/"), !text.hasPrefix("#") else { return nil }
        self.init(text)
    }

    /// A path of this site, each segment percent-encoded (RFC 3986, section 3.3).
    init(path segments: String...) {
        self.text = "/" + segments.map(percentEncoded).joined(separator: "/")
    }

    /// The same with a query (RFC 3986, section 3.4).
    init(path segments: String..., query: [(String, String)]) {
        self.text =
            "/" + segments.map(percentEncoded).joined(separator: "/") + "?"
            + query.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
    }

    /// A file of the pages.
    init(path asset: Pages.Asset) { self.text = asset.path }

    /// An anchor on the same page.
    init(fragment: String) { self.text = "#" + percentEncoded(fragment) }

    /// This path at the site `base`, `https://standing.example`; the path alone when `base` is not a web address.
    func absolute(at base: String) -> Reference {
        let site = base.hasSuffix("/") ? String(base.dropLast()) : base
        guard self.text.hasPrefix("/"), let joined = Reference(site + self.text), !joined.text.hasPrefix("/") else {
            return self
        }
        return joined
    }
}

/// `text` as one segment of a path: everything but RFC 3986's unreserved characters becomes `%XX`.
func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.unicodeScalars.append(UnicodeScalar(byte))
        default:
            let hex = String(byte, radix: 16, uppercase: true)
            encoded += "%" + (hex.count == 1 ? "0" + hex : hex)
        }
    }
    return encoded
}
