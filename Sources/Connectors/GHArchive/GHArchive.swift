import Crypto
public import Decoding
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
    public var locator: String { self.lines.name }
    /// Bytes of the file as it is on disk.
    public var progress: ImportProgress {
        ImportProgress(done: self.lines.offset, total: self.lines.total, unit: .bytes)
    }
    /// The SHA-256 of the file and the number of the last line read.
    public var cursor: String { "\(self.digest):\(self.line)" }
    /// The times of the events, those that are ignored included.
    public private(set) var coverage = Coverage()
    /// Lower-case hex SHA-256 of the file as it is on disk.
    public let digest: String

    /// The longest line that is read, in bytes; the longest event of GitHub's is a tenth of it.
    static let lineLimit = 8 << 20

    private let lines: PaddedLines
    private let parser = JSONParser()
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
        self.lines = try PaddedLines(path: path, limit: GHArchive.lineLimit)
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
            if line.state == .whole, line.isBlank { continue }
            let (outcome, moment) = self.read(line)
            self.coverage.count(moment)
            return Record(position: "line \(line.number)", outcome: outcome)
        }
    }

    private func nextLine() throws(ReadError) -> PaddedLine? {
        do {
            let line = try self.lines.next()
            if line == nil { self.coverage.complete = true }
            return line
        } catch {
            self.coverage.reason = error.description
            throw error
        }
    }

    /// What one line says, and when it happened: a function of its bytes alone.
    private func read(_ line: PaddedLine) -> (Record.Outcome, Instant?) {
        switch line.state {
        case .truncated: return (GHArchive.aside(line, "the line breaks off"), nil)
        case .tooLong: return (GHArchive.aside(line, "the line is longer than \(GHArchive.lineLimit) bytes"), nil)
        case .whole: break
        }
        do {
            let event = try Event(try self.parser.parse(line))
            let origin = Origin(line: line, locator: self.locator, observedAt: self.observedAt)
            return (.mapped(try event.mapped(origin)), event.createdAt)
        } catch let error as JSONParser.Failure {
            return (GHArchive.aside(line, error.description), nil)
        } catch let error as Misfit {
            return (GHArchive.aside(line, error.reason), nil)
        } catch let error as Refusal {
            return (GHArchive.aside(line, error.reason), nil)
        } catch {
            return (GHArchive.aside(line, "not an event"), nil)
        }
    }

    private static func aside(_ line: PaddedLine, _ reason: String) -> Record.Outcome {
        .quarantined(Quarantined(reason: reason, digest: line.digest))
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
