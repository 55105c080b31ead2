import CanonicalJSON
import Crypto
import Decoding
import Foundation
import Reputation

/// A JSON document of a file, and where it stands.
struct Document {
    /// `adverts.json line 3`.
    let position: String
    let file: String
    let place: Result<Place, Refusal>
    /// The line itself, where it is no JSON but a signed token (RFC 7515, section 7.1).
    var token: String?
    /// Lower-case hex SHA-256 of its bytes.
    let digest: String
}

/// What came of a document, and when it happened.
struct DocumentRecord {
    let position: String
    let outcome: Record.Outcome
    var moment: Instant?
}

/// Files of JSON documents as services serve them: one document, a list of them, or one a line; gzip or plain.
///
/// All are read before the first record comes, because what one says can depend on the others; a registry's slice or an
/// advisory database fits in memory, and a file of more than 512 MiB is refused.
public final class DocumentSource: Source {
    private static let limit = 512 << 20

    /// The connector.
    public let adapter: String
    /// The files' names.
    public let locator: String
    /// Records.
    public private(set) var progress = ImportProgress(done: 0, total: 0, unit: .records)
    /// What was covered so far.
    public private(set) var coverage = Coverage()
    /// The SHA-256 over the files, and the number of the last record.
    public var cursor: String { "\(self.digest):\(self.progress.done)" }

    private let records: [DocumentRecord]
    private let digest: String

    init(
        adapter: String, paths: [String], resumingAfter cursor: String?, _ read: ([Document]) -> [DocumentRecord]
    ) throws(ReadError) {
        self.adapter = adapter
        self.locator = paths.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: " ")
        var (hash, documents): (SHA256, [Document]) = (SHA256(), [])
        for path in paths {
            let bytes = try inflatedBytes(ofFile: path, limit: DocumentSource.limit)
            hash.update(SHA256.hash(bytes))
            documents += DocumentSource.documents(bytes, of: URL(fileURLWithPath: path).lastPathComponent)
        }
        self.digest = hash.finish().hex
        self.records = read(documents)
        self.progress.total = Int64(self.records.count)
        guard let cursor else { return }
        let parts = cursor.split(separator: ":")
        guard parts.count == 2, parts[0] == self.digest, let last = Int64(parts[1]), last >= 0 else {
            throw ReadError(
                kind: .foreignCursor, file: self.locator, offset: 0, detail: "are not the files the cursor belongs to")
        }
        self.progress.done = min(last, self.progress.total)
    }

    /// The documents in `bytes`. What is not one document, or a list of them, is one a line.
    private static func documents(_ bytes: [UInt8], of file: String) -> [Document] {
        // Why it is not one document does not matter yet: each line is parsed below, and says so itself.
        if let place = try? Place(parsing: bytes) {
            guard let elements = place.value.array else {
                return [Document(position: file, file: file, place: .success(place), digest: SHA256.hash(bytes).hex)]
            }
            return elements.enumerated().map { number, value in
                Document(
                    position: "\(file) element \(number + 1)", file: file, place: .success(Place(value)),
                    digest: SHA256.hash(value.canonicalBytes).hex)
            }
        }
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { !$1.allSatisfy { $0 <= 0x20 } }
            .map { number, line in
                let isPage = line.first { $0 > 0x20 } == UInt8(ascii: "<")
                let place = Result { () throws(Refusal) in
                    if isPage { throw Refusal(reason: "HTML, not JSON") }
                    return try Place(parsing: line)
                }
                // Every token's header is an object, and begins like this.
                let token = line.starts(with: "eyJ".utf8) ? String(decoding: line, as: UTF8.self) : nil
                return Document(
                    position: "\(file) line \(number + 1)", file: file, place: place,
                    token: token?.trimmingCharacters(in: .whitespaces), digest: SHA256.hash(line).hex)
            }
    }

    /// The next record, or nil at the end.
    public func next() -> Record? {
        let position = Int(self.progress.done)
        guard position < self.records.count else {
            self.coverage.complete = true
            return nil
        }
        self.progress.done += 1
        let record = self.records[position]
        self.coverage.count(record.moment)
        return Record(position: record.position, outcome: record.outcome)
    }
}

extension Document {
    /// What `read` makes of the document; one that makes no sense is put aside with its position.
    func record(_ read: (Place) throws(Refusal) -> (mapped: Mapped, moment: Instant?)) -> DocumentRecord {
        self.record { () throws(Refusal) in try read(try self.place.get()) }
    }

    /// What `read` makes of the document as it stands; one that makes no sense is put aside with its position.
    func record(_ read: () throws(Refusal) -> (mapped: Mapped, moment: Instant?)) -> DocumentRecord {
        do {
            let (mapped, moment) = try read()
            return DocumentRecord(position: self.position, outcome: .mapped(mapped), moment: moment)
        } catch {
            return self.refused(error)
        }
    }

    /// The document put aside.
    func refused(_ refusal: Refusal) -> DocumentRecord {
        DocumentRecord(
            position: self.position, outcome: .quarantined(Quarantined(reason: refusal.reason, digest: self.digest)))
    }
}
