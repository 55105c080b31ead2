import CanonicalJSON
import Reputation

/// A place in a document that somebody else wrote: what stands there, and how to name it when it is not what it should be.
///
/// What is not there reads as null, because forges leave out and null alike; `present` tells whether there is anything.
struct Place {
    let value: JSON
    /// The members on the way, `pull_request.user.id`; empty for the whole document.
    let path: String

    /// The whole of `bytes`, one JSON value, in containers up to 64 deep, no member twice, numbers up to 2^53.
    init(parsing bytes: some Sequence<UInt8>) throws(Refusal) {
        do {
            self.init(try JSON(parsing: bytes, fractions: .dropped))
        } catch {
            throw Refusal(reason: "not JSON: \(error)")
        }
    }

    init(_ value: JSON, path: String = "") {
        self.value = value
        self.path = path
    }

    /// The member `name`; null when there is none.
    subscript(name: String) -> Place {
        Place(self.value[name] ?? .null, path: self.path.isEmpty ? name : "\(self.path).\(name)")
    }

    /// This place, or nil when nothing stands here.
    var present: Place? { self.value == .null ? nil : self }

    /// The error that says what this is not.
    func refusal(_ what: String) -> Refusal {
        let place = self.path.isEmpty ? "the document" : self.path
        return Refusal(reason: self.value == .null ? "\(place): missing" : "\(place): not \(what)")
    }

    /// This place, which must hold an object.
    func object() throws(Refusal) -> Place {
        guard self.value.object != nil else { throw self.refusal("an object") }
        return self
    }

    /// The elements of a list.
    func elements() throws(Refusal) -> [Place] {
        guard let elements = self.value.array else { throw self.refusal("a list") }
        return elements.enumerated().map { Place($1, path: "\(self.path)[\($0)]") }
    }

    /// The members of an object, by name.
    func members() throws(Refusal) -> [(name: String, place: Place)] {
        guard let members = self.value.object else { throw self.refusal("an object") }
        return members.keys.sorted().map { ($0, self[$0]) }
    }

    /// A text of any length.
    func text() throws(Refusal) -> String {
        guard let text = self.value.string else { throw self.refusal("text") }
        return text
    }

    /// A name that can be stored and shown: 1 to 255 bytes without control characters.
    func name() throws(Refusal) -> String {
        let text = try self.text()
        let isName =
            (1...255).contains(text.utf8.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard isName else { throw self.refusal("a name") }
        return text
    }

    /// A platform's id: a positive whole number.
    func id() throws(Refusal) -> String {
        guard let id = self.value.int, id > 0 else { throw self.refusal("an id") }
        return String(id)
    }

    /// How many there are of something.
    func count() throws(Refusal) -> Int64 {
        guard let count = self.value.int, count >= 0 else { throw self.refusal("a count") }
        return count
    }

    /// True or false.
    func flag() throws(Refusal) -> Bool {
        guard let flag = self.value.bool else { throw self.refusal("true or false") }
        return flag
    }

    /// A time: RFC 3339, `2017-09-15 16:50:55 UTC` as GitLab writes it, or seconds since 1970; of the years 1971 to 9998.
    func moment() throws(Refusal) -> Instant {
        guard let moment = self.anyMoment, (1971...9998).contains(moment.day.civil.year) else {
            throw self.refusal("a time")
        }
        return moment
    }

    private var anyMoment: Instant? {
        if let seconds = self.value.int, (0...253_402_300_799).contains(seconds) { return Instant(seconds: seconds) }
        guard let text = self.value.string, text.utf8.count <= 64 else { return nil }
        if let instant = Instant(rfc3339: text) { return instant }
        return Instant(rfc3339: (text.hasSuffix(" UTC") ? String(text.dropLast(4)) : text) + "Z")
    }

    /// The address of a page under `base`, which ends in a slash; nil for any other text, which is shown nowhere.
    func page(under base: String) throws(Refusal) -> String? {
        let text = try self.text()
        let isPage =
            text.hasPrefix(base) && text.utf8.count <= 2_000 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPage ? text : nil
    }

    /// The length of a text that is not kept, in Unicode scalars.
    func length() throws(Refusal) -> Int64 { Int64(try self.text().unicodeScalars.count) }
}

extension Place? {
    // What may be left out, and has to be of its kind where it is not.

    func text() throws(Refusal) -> String? {
        guard let self else { return nil }
        return try self.text()
    }

    func name() throws(Refusal) -> String? {
        guard let self else { return nil }
        return try self.name()
    }

    func id() throws(Refusal) -> String? {
        guard let self else { return nil }
        return try self.id()
    }

    func count() throws(Refusal) -> Int64? {
        guard let self else { return nil }
        return try self.count()
    }

    func flag() throws(Refusal) -> Bool? {
        guard let self else { return nil }
        return try self.flag()
    }

    func moment() throws(Refusal) -> Instant? {
        guard let self else { return nil }
        return try self.moment()
    }

    func page(under base: String) throws(Refusal) -> String? {
        guard let self else { return nil }
        return try self.page(under: base)
    }

    func length() throws(Refusal) -> Int64? {
        guard let self else { return nil }
        return try self.length()
    }

    func elements() throws(Refusal) -> [Place] {
        guard let self else { return [] }
        return try self.elements()
    }
}
