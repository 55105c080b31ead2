internal import CanonicalJSON
internal import Crypto
internal import Reputation

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

/// Every erasure, in a journal outside the database: hashes under another key would find nobody, silently.
public struct ErasureJournal: Sendable {
    private let journal: Journal

    /// The journal at `path`, which need not be there yet.
    public init(path: String, keys: Keys) { self.journal = Journal(path: path, name: "erasure-journal", keys: keys) }

    /// Every erasure written down, in order.
    ///
    /// - Throws: `JournalError`.
    func events() throws(JournalError) -> [ErasureEvent] { try self.journal.events { ErasureEvent($0) } }

    /// Writes `event` down; it is on disk when this returns.
    ///
    /// For one writer at a time: the caller holds the ledger's lock.
    /// - Throws: `JournalError`, and then the erasure must not be committed.
    func append(_ event: ErasureEvent) throws(JournalError) { try self.journal.append(event.json) }
}
