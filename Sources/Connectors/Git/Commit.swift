import Decoding
import Reputation

/// One commit as `git log` writes it in `Commit.format`.
struct Commit {
    let id: String
    /// The author's address after the project's mailmap.
    let author: String
    /// The author's address as it stands in the commit.
    let rawAuthor: String
    let committer: String
    /// When it was committed, seconds since 1970, as written.
    let time: String
    let parents: Int
    let trailers: [Trailer]
    /// The commit that the message says it reverts.
    let undoes: String?
    /// How it is signed, where that was looked at.
    var signature: Evidence.Signature?

    /// A line at the end of the message, as git itself reads them.
    struct Trailer: Equatable {
        let key: String
        let value: String

        /// The address in `<…>`, in lower case, or nil when there is none.
        var address: String? {
            guard let open = self.value.lastIndex(of: "<"),
                let close = self.value[open...].firstIndex(of: ">")
            else { return nil }
            return Commit.address(String(self.value[self.value.index(after: open)..<close]))
        }
    }

    /// Fields end with NUL, which no commit can contain; trailers come as pairs of fields, an empty key ends them.
    static let format =
        "%H%x00%aE%x00%ae%x00%cE%x00%ct%x00%P%x00%b%x00"
        + "%(trailers:only=true,unfold=true,separator=%x00,key_value_separator=%x00)%x00"

    /// Reads the next commit from `fields`; nil at the end.
    ///
    /// - Throws: `ReadError`; `unknownFormat` when the output is not in `format`, which a git that was ended early gives.
    static func next(from fields: LineReader) throws(ReadError) -> Commit? {
        guard let id = try fields.nextNonempty() else { return nil }
        let author = try fields.text()
        let rawAuthor = try fields.text()
        let committer = try fields.text()
        let time = try fields.text()
        let parents = try fields.text()
        let undoes = Revert.commit(try fields.text())
        var trailers: [Trailer] = []
        while true {
            let key = try fields.text()
            if key.isEmpty { break }
            trailers.append(Trailer(key: key, value: try fields.text()))
        }
        guard isObjectID(id) else { throw fields.malformed }
        return Commit(
            id: id, author: author, rawAuthor: rawAuthor, committer: committer, time: time,
            parents: parents.split(separator: " ").count, trailers: trailers, undoes: undoes)
    }

    /// Whether `text` can be a commit's id, SHA-1 or SHA-256.
    static func isObjectID(_ text: some StringProtocol) -> Bool {
        [40, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// `text` in lower case when it is an address: something on either side of one `@`, nothing that does not print.
    static func address(_ text: some StringProtocol) -> String? {
        let address = text.trimmingSpaces().lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), address.utf8.count <= 254,
            address.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && $0 != "\u{FFFD}" && $0 != "<" })
        else { return nil }
        return address
    }
}

extension StringProtocol {
    /// Without spaces and tabs at either end.
    func trimmingSpaces() -> String {
        let rest = self.drop { $0 == " " || $0 == "\t" }
        let count = rest.reversed().prefix { $0 == " " || $0 == "\t" }.count
        return String(rest.dropLast(count))
    }
}

extension LineReader {
    /// The next field that is not empty.
    fileprivate func nextNonempty() throws(ReadError) -> String? {
        while let line = try self.next() {
            if !line.bytes.isEmpty || line.state == .tooLong { return String(decoding: line.bytes, as: UTF8.self) }
        }
        return nil
    }

    /// The next field, which must be there.
    fileprivate func text() throws(ReadError) -> String {
        guard let line = try self.next() else { throw self.malformed }
        return String(decoding: line.bytes, as: UTF8.self)
    }

    fileprivate var malformed: ReadError {
        ReadError(
            kind: .unknownFormat, file: self.stream.name, offset: self.stream.offset, detail: "git's output breaks off")
    }
}
