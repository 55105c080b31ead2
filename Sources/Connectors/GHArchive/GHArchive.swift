import Crypto
import Foundation
public import Reputation

/// One file of the public GitHub event archive, a JSON event a line, gzip or plain.
///
/// Events are mapped by their own words: an event that does not tell who wrote the change, or gives no immutable id,
/// is ignored by a named rule. No text of an issue, review or release is kept, only its length.
public final class GHArchive: Source {
    /// `gharchive`.
    public static let adapter = "gharchive"

    /// `gharchive`.
    public var adapter: String { GHArchive.adapter }
    /// The file's name.
    public var locator: String { self.lines.stream.name }
    /// Bytes of the file as it is on disk.
    public var progress: ImportProgress {
        ImportProgress(done: self.lines.stream.offset, total: self.lines.stream.total, unit: .bytes)
    }
    /// The SHA-256 of the file and the number of the last line read.
    public var cursor: String { "\(self.digest):\(self.line)" }
    /// The times of the events, those that are ignored included.
    public private(set) var coverage = Coverage()
    /// Lower-case hex SHA-256 of the file as it is on disk.
    public let digest: String

    private let lines: LineReader
    private let observedAt: Instant
    private var line = 0

    /// Opens the archive file at `path`.
    ///
    /// - Parameters:
    ///   - observedAt: when the file was taken over.
    ///   - cursor: where an earlier import of the same file stopped.
    /// - Throws: `ReadError`, `foreignCursor` among them when `cursor` belongs to other content.
    public init(path: String, observedAt: Instant, resumingAfter cursor: String? = nil) throws(ReadError) {
        self.digest = try fileDigest(path: path)
        self.lines = LineReader(try ByteStream(path: path))
        self.observedAt = observedAt
        guard let cursor else { return }
        let parts = cursor.split(separator: ":")
        guard parts.count == 2, parts[0] == self.digest, let last = Int(parts[1]), last >= 0 else {
            throw ReadError(
                kind: .foreignCursor, file: self.locator, offset: 0, detail: "is not the file the cursor belongs to")
        }
        while self.line < last, let line = try self.lines.next() { self.line = line.number }
    }

    /// The next event; empty lines are passed over.
    ///
    /// - Throws: `ReadError` once, when the file is damaged; the lines before have come by then.
    public func next() throws -> Record? {
        while true {
            guard let line = try self.nextLine() else { return nil }
            self.line = line.number
            if line.state == .whole, line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            let (outcome, moment) = GHArchive.read(line, locator: self.locator, observedAt: self.observedAt)
            self.coverage.count(moment)
            return Record(position: "line \(line.number)", outcome: outcome)
        }
    }

    private func nextLine() throws(ReadError) -> Line? {
        do {
            let line = try self.lines.next()
            if line == nil { self.coverage.complete = true }
            return line
        } catch {
            self.coverage.reason = error.description
            throw error
        }
    }

    /// What one line says, and when it happened: a pure function of its bytes.
    private static func read(_ line: Line, locator: String, observedAt: Instant) -> (Record.Outcome, Instant?) {
        switch line.state {
        case .truncated:
            return (.quarantined(Quarantined(reason: "the line breaks off", digest: line.digest)), nil)
        case .tooLong:
            let reason = "the line is longer than \(LineReader.limit) bytes"
            return (.quarantined(Quarantined(reason: reason, digest: line.digest)), nil)
        case .whole: break
        }
        do {
            let event = try JSONDecoder().decode(Event.self, from: Data(line.bytes))
            let origin = Origin(line: line.bytes, locator: locator, observedAt: observedAt)
            return (.mapped(try event.mapped(origin)), event.createdAt)
        } catch {
            return (.quarantined(Quarantined(reason: reason(for: error), digest: line.digest)), nil)
        }
    }
}

/// What is wrong, in a few words that begin with the member's path.
private func reason(for error: any Error) -> String {
    switch error {
    case let refusal as Refusal: refusal.reason
    case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty: "not JSON"
    case DecodingError.dataCorrupted(let context): "\(path(context.codingPath)): \(context.debugDescription)"
    case DecodingError.typeMismatch(let type, let context): "\(path(context.codingPath)): not \(name(of: type))"
    case DecodingError.valueNotFound(let type, let context): "\(path(context.codingPath)): null, not \(name(of: type))"
    case DecodingError.keyNotFound(let key, let context): "\(path(context.codingPath + [key])): missing"
    default: "not an event"
    }
}

private func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty ? "the line" : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
}

private func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Int64.Type: "a whole number"
    case is Bool.Type: "true or false"
    case is [String: Any].Type: "an object"
    default: "\(type)"
    }
}

/// Lower-case hex SHA-256 of a file as it is on disk.
func fileDigest(path: String) throws(ReadError) -> String {
    do {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        var hash = SHA256()
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { hash.update(chunk) }
        return hash.finish().hex
    } catch {
        let name = URL(fileURLWithPath: path).lastPathComponent
        throw ReadError(kind: .unreadable, file: name, offset: 0, detail: "cannot be read")
    }
}
