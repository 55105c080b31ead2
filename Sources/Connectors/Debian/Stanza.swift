import Crypto
import Decoding

/// A paragraph of a Debian control file (deb822): the fields that are read, each with its continuation lines.
struct Stanza {
    /// Counted from 1 within its file.
    let number: Int
    /// The SHA-256 of its lines, each with a newline.
    let digest: Digest
    /// Values by field name in lower case, folded lines joined by spaces.
    let fields: [String: String]
    /// What is wrong with it, when something is.
    let fault: String?

    subscript(field: String) -> String? { self.fields[field] }
}

/// Reads a control file stanza by stanza.
final class StanzaReader {
    private let lines: LineReader
    private let wanted: Set<String>
    private var number = 0

    /// Stanzas of `stream`, keeping the fields of the names `wanted`, in lower case.
    init(_ stream: ByteStream, wanted: Set<String>) {
        self.lines = LineReader(stream)
        self.wanted = wanted
    }

    /// The next stanza; nil at the end.
    func next() throws(ReadError) -> Stanza? {
        var draft = Draft()
        var hash = SHA256()
        while let line = try self.lines.next() {
            let isBlank = line.state == .whole && line.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if isBlank, draft.isEmpty { continue }
            if isBlank { return self.stanza(draft, hash) }
            hash.update(line.bytes + [0x0A])
            draft.add(line, wanted: self.wanted)
        }
        return draft.isEmpty ? nil : self.stanza(draft, hash)
    }

    private func stanza(_ draft: Draft, _ hash: SHA256) -> Stanza {
        self.number += 1
        return Stanza(number: self.number, digest: hash.finish(), fields: draft.fields, fault: draft.fault)
    }

    /// A stanza that is being read.
    private struct Draft {
        var fields: [String: String] = [:]
        var fault: String?
        var isEmpty = true
        private var names: Set<String> = []
        /// The field the next continuation line belongs to; empty for one that is not kept.
        private var current: String?

        mutating func add(_ line: Line, wanted: Set<String>) {
            self.isEmpty = false
            guard line.state == .whole else {
                self.fault = line.state == .tooLong ? "a line is too long" : "the stanza breaks off"
                return
            }
            guard let first = line.bytes.first, first != UInt8(ascii: "#") else { return }
            if first == 0x20 || first == 0x09 {
                guard let current = self.current else { return self.refuse("begins with a continuation line") }
                if !current.isEmpty {
                    self.fields[current]! += " " + String(decoding: line.bytes, as: UTF8.self).trimmingSpaces()
                }
                return
            }
            guard let colon = line.bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
                line.bytes[..<colon].allSatisfy({ (0x21...0x7E).contains($0) })
            else { return self.refuse("has a line that is no field") }
            let name = String(decoding: line.bytes[..<colon], as: UTF8.self).lowercased()
            guard self.names.insert(name).inserted else { return self.refuse("has the field \(quoted(name)) twice") }
            self.current = wanted.contains(name) ? name : ""
            guard wanted.contains(name) else { return }
            self.fields[name] = String(decoding: line.bytes[(colon + 1)...], as: UTF8.self).trimmingSpaces()
        }

        private mutating func refuse(_ fault: String) { self.fault = self.fault ?? fault }
    }
}
