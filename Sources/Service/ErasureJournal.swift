internal import CanonicalJSON
internal import Crypto
internal import Foundation
internal import Reputation

/// Why the journal of erasures cannot be used.
public enum JournalError: Error, Equatable, CustomStringConvertible {
    /// It cannot be read or written.
    case unusable(path: String, reason: String)
    /// A line was not written by this service under its present key.
    case damaged(path: String, line: Int)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let reason): "the journal of erasures \(path) cannot be used: \(reason)"
        case .damaged(let path, let line):
            "line \(line) of the journal of erasures \(path) was changed, or written under another keys/identity.hmac: restore "
                + "both from the newest backup of the state directory; without them erased people come back"
        }
    }
}

/// One erasure as the journal has it: nothing that names anybody, and all that is needed to carry it out again.
struct ErasureEvent: Sendable, Equatable {
    /// What it is called by; random.
    let id: String
    /// The keyed hashes of the accounts, and of the names they are known by alone.
    let accounts: [[UInt8]]
    /// The keyed hash of the handle with the end of its withholding, where there was one.
    let handle: [UInt8]?
    /// See `handle`.
    let handleEnds: Instant?
    /// What opens the entry it was to be: its index, salt and document.
    let entryIndex: Int64
    /// See `entryIndex`.
    let salt: [UInt8]
    /// See `entryIndex`.
    let document: String

    var json: JSON {
        [
            "id": .string(self.id), "accounts": .array(self.accounts.map { .string(Base64URL.encode($0)) }),
            "handle": self.handle.map { .string(Base64URL.encode($0)) } ?? .null,
            "handle_ends": self.handleEnds.map { .string($0.rfc3339) } ?? .null, "entry": .int(self.entryIndex),
            "salt": .string(Base64URL.encode(self.salt)), "document": .string(self.document), "v": 1,
        ]
    }

    init(
        id: String, accounts: [[UInt8]], handle: [UInt8]?, handleEnds: Instant?, entryIndex: Int64, salt: [UInt8],
        document: String
    ) {
        self.id = id
        self.accounts = accounts
        self.handle = handle
        self.handleEnds = handleEnds
        self.entryIndex = entryIndex
        self.salt = salt
        self.document = document
    }

    init?(_ json: JSON) {
        let accounts = json["accounts"]?.array?.compactMap { $0.string.flatMap { Base64URL.decode($0) } }
        guard json["v"] == 1, let id = json["id"]?.string, let accounts, !accounts.isEmpty,
            accounts.count == json["accounts"]?.array?.count, let entry = json["entry"]?.int,
            let salt = json["salt"]?.string.flatMap({ Base64URL.decode($0) }), let document = json["document"]?.string
        else { return nil }
        self.init(
            id: id, accounts: accounts, handle: json["handle"]?.string.flatMap { Base64URL.decode($0) },
            handleEnds: json["handle_ends"]?.string.flatMap { Instant(rfc3339: $0) }, entryIndex: entry, salt: salt,
            document: document)
    }
}

/// Every erasure, in a file that no restore of the database takes back.
///
/// A line is on disk before its erasure is committed, so a backup that is older, or a commit that never happened, is made
/// good by carrying out what the database lacks. A last line that was cut off belongs to a transaction that was not
/// committed. Each line has a code under `keys/identity.hmac`: hashes under another key would find nobody, silently.
public struct ErasureJournal: Sendable {
    /// Where it is.
    public let path: String
    private let key: HMACSHA256

    /// The journal at `path`, which need not be there yet.
    public init(path: String, keys: Keys) {
        self.path = path
        self.key = keys.identity
    }

    /// Every erasure written down, in order.
    ///
    /// - Throws: `JournalError`.
    func events() throws(JournalError) -> [ErasureEvent] {
        guard FileManager.default.fileExists(atPath: self.path) else { return [] }
        let text = Array(try self.whole(self.text()))
        var events: [ErasureEvent] = []
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            guard let event = self.event(line) else { throw .damaged(path: self.path, line: events.count + 1) }
            events.append(event)
        }
        return events
    }

    /// Writes `event` down; it is on disk when this returns.
    ///
    /// For one writer at a time: the caller holds the ledger's lock.
    /// - Throws: `JournalError`, and then the erasure must not be committed.
    func append(_ event: ErasureEvent) throws(JournalError) {
        let json = event.json
        let line: JSON = ["event": json, "code": .string(self.code(json))]
        do {
            if !FileManager.default.fileExists(atPath: self.path) { try self.create() }
            let end = try self.whole(self.text()).count
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.path))
            try file.truncate(atOffset: UInt64(end))
            try file.write(contentsOf: Data((line.canonical + "\n").utf8))
            try file.synchronize()
            try file.close()
        } catch let error as JournalError {
            throw error
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

    /// `text` up to the end of its last whole line.
    private func whole(_ text: Data) -> Data {
        text.lastIndex(of: 0x0A).map { text[...$0] } ?? Data()
    }

    private func event(_ line: some Collection<UInt8>) -> ErasureEvent? {
        guard let json = try? JSON(parsing: line), let event = json["event"],
            json["code"]?.string == self.code(event)
        else { return nil }
        return ErasureEvent(event)
    }

    private func code(_ event: JSON) -> String {
        self.key.code(for: Array("erasure-journal\u{1F}\(event.canonical)".utf8)).base64URL
    }
}
