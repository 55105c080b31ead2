internal import CanonicalJSON
internal import Crypto
internal import Foundation

/// Why a journal cannot be used.
public enum JournalError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read or written.
    case unusable(path: String, reason: String)
    /// A line was not written by this service under its present key.
    case damaged(path: String, line: Int)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let reason): "the journal \(path) cannot be used: \(reason)"
        case .damaged(let path, let line):
            "line \(line) of the journal \(path) was changed, or written under another keys/identity.hmac: restore both from "
                + "the newest backup of the state directory; without them erased people come back, and what was revoked is valid"
        }
    }
}

/// Events in a file that no restore of the database takes back, one a line.
///
/// A line is on disk before what it says is committed, so a backup that is older, or a commit that never happened, is made
/// good by carrying out what the database lacks. A last line that was cut off belongs to a transaction that was not
/// committed. Each line has a code under `keys/identity.hmac`, so that none is taken that this service did not write.
struct Journal: Sendable {
    let path: String
    private let name: String
    private let key: HMACSHA256
    /// More bytes than a line ever has, its end included.
    private static let longest: UInt64 = 1 << 22

    /// The journal at `path`, which need not be there yet; `name` tells its codes from those of others under the same key.
    init(path: String, name: String, keys: Keys) {
        self.path = path
        self.name = name
        self.key = keys.identity
    }

    /// Every event written down, in order, as `read` has it; nil is a line of another making.
    func events<Event>(_ read: (JSON) -> Event?) throws(JournalError) -> [Event] {
        guard FileManager.default.fileExists(atPath: self.path) else { return [] }
        let text = Array(try self.text())
        guard let end = text.lastIndex(of: 0x0A) else { return [] }
        var events: [Event] = []
        for line in text[..<end].split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let event = self.event(line).flatMap(read) else {
                throw .damaged(path: self.path, line: events.count + 1)
            }
            events.append(event)
        }
        return events
    }

    /// Writes `event` down; it is on disk when this returns.
    ///
    /// For one writer at a time: the caller holds the ledger's lock.
    func append(_ event: JSON) throws(JournalError) {
        let line: JSON = ["event": event, "code": .string(self.code(event))]
        do {
            if !FileManager.default.fileExists(atPath: self.path) { try self.create() }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.path))
            try file.truncate(atOffset: try self.end(of: file))
            try file.write(contentsOf: Data((line.canonical + "\n").utf8))
            try file.synchronize()
            try file.close()
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    /// An empty file, and its name in the directory, on disk.
    private func create() throws {
        guard
            FileManager.default.createFile(
                atPath: self.path, contents: Data(), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        let directory = try FileHandle(forReadingFrom: URL(fileURLWithPath: self.path).deletingLastPathComponent())
        try directory.synchronize()
        try directory.close()
    }

    private func text() throws(JournalError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: self.path))
        } catch {
            throw .unusable(path: self.path, reason: error.localizedDescription)
        }
    }

    /// Where the last whole line ends: among the last bytes, for no line is longer than `longest`.
    private func end(of file: FileHandle) throws -> UInt64 {
        let size = try file.seekToEnd()
        let start = size - min(size, Journal.longest)
        try file.seek(toOffset: start)
        let tail = try file.readToEnd() ?? Data()
        guard let last = tail.lastIndex(of: 0x0A) else {
            guard start == 0 else { throw CocoaError(.fileReadCorruptFile) }
            return 0
        }
        return start + UInt64(tail.distance(from: tail.startIndex, to: last)) + 1
    }

    private func event(_ line: some Collection<UInt8>) -> JSON? {
        // A line that is no JSON has no code of ours either: whoever reads the journal says that it is damaged, and where.
        guard let json = try? JSON(parsing: line), let event = json["event"],
            json["code"]?.string == self.code(event)
        else { return nil }
        return event
    }

    private func code(_ event: JSON) -> String {
        self.key.code(for: Array("\(self.name)\u{1F}\(event.canonical)".utf8)).base64URL
    }
}
