import Decoding
import Reputation

/// A JSON number that is a platform's id: positive, and exact in every JSON reader.
struct PlatformID: JSONReadable {
    let value: Int64
    var text: String { String(self.value) }

    init(_ json: JSONValue) throws(Misfit) {
        self.value = try Int64(json)
        guard (1...largestExact).contains(self.value) else { throw Misfit(what: "not an id") }
    }
}

/// The id of a commit; anything else is as if it were not told.
struct CommitID: JSONReadable {
    let value: String?

    init(_ json: JSONValue) throws(Misfit) {
        let text = try String(json)
        self.value = Commit.isObjectID(text) ? text : nil
    }
}

/// A JSON number that counts something.
struct Count: JSONReadable {
    let value: Int64

    init(_ json: JSONValue) throws(Misfit) {
        self.value = try Int64(json)
        guard (0...largestExact).contains(self.value) else { throw Misfit(what: "not a count") }
    }
}

/// A name that can be stored and shown: at most 255 bytes, no control characters.
struct ShortText: JSONReadable {
    let value: String

    init(_ json: JSONValue) throws(Misfit) {
        self.value = try String(json)
        let isPlain = self.value.utf8.count <= 255 && self.value.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard isPlain || ShortText.isName(self.value) else { throw Misfit(what: "not a name") }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 255 && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// The length of a text that is not kept, in Unicode scalars.
struct TextLength: JSONReadable {
    let value: Int64

    init(_ json: JSONValue) throws(Misfit) {
        guard let count = json.scalarCount else { throw json.misfit("text") }
        self.value = count
    }
}

/// A time in any form the archive has had: RFC 3339 with `Z` or an offset, or `2014-02-15 08:04:08`, which is UTC.
struct Moment: JSONReadable {
    let value: Instant

    init(_ json: JSONValue) throws(Misfit) {
        var text = try String(json)
        if text.utf8.count == 19 { text += "Z" }
        // Within these years whatever the offset, so that it can be written again.
        guard let instant = Instant(rfc3339: text), Moment.years.contains(instant) else {
            throw Misfit(what: "not a time")
        }
        self.value = instant
    }

    private static let years =
        Day(year: 1971, month: 1, day: 1).start..<Day(year: 9999, month: 1, day: 1).start
}

/// The address of a page on github.com; anything else is left out rather than shown as a link.
struct PageURL: JSONReadable {
    let value: String?

    init(_ json: JSONValue) throws(Misfit) {
        let text = try String(json)
        let isPage =
            text.hasPrefix("https://github.com/") && text.utf8.count <= 2_000
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        self.value = isPage ? text : nil
    }
}

/// The largest integer every JSON reader keeps exactly, 2^53 − 1.
private let largestExact: Int64 = 9_007_199_254_740_991
