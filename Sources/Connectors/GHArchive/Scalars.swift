import Reputation

/// A JSON number that is a platform's id: positive, and exact in every JSON reader.
struct PlatformID: Decodable {
    let value: Int64
    var text: String { String(self.value) }

    init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(Int64.self)
        guard (1...largestExact).contains(self.value) else { throw decoder.refusal("not an id") }
    }
}

/// A JSON number that counts something.
struct Count: Decodable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(Int64.self)
        guard (0...largestExact).contains(self.value) else { throw decoder.refusal("not a count") }
    }
}

/// A name that can be stored and shown: at most 255 bytes, no control characters.
struct ShortText: Decodable {
    let value: String

    init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(String.self)
        guard self.value.utf8.count <= 255, !self.value.unicodeScalars.contains(where: { $0.properties.isControl })
        else {
            throw decoder.refusal("not a name")
        }
    }
}

/// The length of a text that is not kept, in Unicode scalars.
struct TextLength: Decodable {
    let value: Int64

    init(from decoder: any Decoder) throws {
        self.value = Int64(try decoder.singleValueContainer().decode(String.self).unicodeScalars.count)
    }
}

/// A time in any form the archive has had: RFC 3339 with `Z` or an offset, or `2014-02-15 08:04:08`, which is UTC.
struct Moment: Decodable {
    let value: Instant

    init(from decoder: any Decoder) throws {
        var text = try decoder.singleValueContainer().decode(String.self)
        if text.utf8.count == 19 { text += "Z" }
        // Within these years whatever the offset, so that it can be written again.
        guard let instant = Instant(rfc3339: text), (1971...9998).contains(instant.day.civil.year) else {
            throw decoder.refusal("not a time")
        }
        self.value = instant
    }
}

/// The address of a page on github.com; anything else is left out rather than shown as a link.
struct PageURL: Decodable {
    let value: String?

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let isPage =
            text.hasPrefix("https://github.com/") && text.utf8.count <= 2_000
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        self.value = isPage ? text : nil
    }
}

/// The largest integer every JSON reader keeps exactly, 2^53 − 1.
private let largestExact: Int64 = 9_007_199_254_740_991

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { self.generalCategory == .control }
}

extension Decoder {
    /// The error that says what the value at this place is not.
    fileprivate func refusal(_ what: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: self.codingPath, debugDescription: what))
    }
}
