public import CanonicalJSON
public import Credentials
internal import Crypto
public import Reputation
public import Store
internal import Transparency

/// The keys of the directory are not the ones the ledger says sign.
public struct KeysChanged: Error, Equatable, CustomStringConvertible {
    /// What is used, and what the ledger has; verifier keys and thumbprints.
    let used: [String]
    /// See `used`.
    let recorded: [String]

    /// What it means and what to do.
    public var description: String {
        "the ledger says that \(self.recorded.joined(separator: " and ")) sign, not \(self.used.joined(separator: " and ")): keys "
            + "were rotated meanwhile (start this again), a rotation was cut short (give the same command again), or keys/ is "
            + "an older one (bring back the newest). Nothing is signed: see 'Keys' in deploy/README.md"
    }
}

/// What is known of the keys that sign: everything the ledger says of them, and what each is now.
///
/// Before the first rotation nothing is said: there is one key of each use, and the directory has it.
public struct KeyBook: Sendable {
    /// All that was said, in the order it was said.
    public let records: [KeyRecord]

    /// The book of `records`, in their order.
    public init(_ records: [KeyRecord]) { self.records = records }

    /// What was said last of each key of `use`, the newest key first.
    public func keys(_ use: KeyRecord.Use) -> [KeyRecord] {
        let latest = Dictionary(self.records.filter { $0.use == use }.map { ($0.key, $0) }) { _, later in later }
        // Records of one rotation stand in the ledger in any order; the first key of all says nothing of its beginning.
        let older = latest.values.filter { $0.state != .signing }.sorted { ($0.from ?? "") > ($1.from ?? "") }
        return latest.values.filter { $0.state == .signing } + older
    }

    /// Checks that `authority` signs with the keys that the ledger, called `origin`, says sign; before it is called
    /// anything nothing is said.
    ///
    /// - Throws: `KeysChanged`.
    public func check(_ authority: Authority, origin: String?) throws(KeysChanged) {
        let ledger = self.keys(.ledger).filter { $0.state != .retired }.map(\.key)
        let signers = Ledger(authority: authority).verifierKeys(origin: origin).map(\.text)
        if !ledger.isEmpty, Set(ledger) != Set(signers) || ledger.first != signers.first {
            throw KeysChanged(used: signers, recorded: ledger)
        }
        for use in KeyRecord.Use.stated {
            let recorded = self.keys(use).filter { $0.state == .signing }.map(\.key)
            let used = authority.publicKey(use).thumbprint
            if !recorded.isEmpty, recorded != [used] { throw KeysChanged(used: [used], recorded: recorded) }
        }
    }

    /// The keys of `use` that `authority` signs with now, the newest first: verifier keys or thumbprints.
    public static func present(_ use: KeyRecord.Use, of authority: Authority, origin: String?) -> [String] {
        use == .ledger
            ? Ledger(authority: authority).verifierKeys(origin: origin).map(\.text)
            : [authority.publicKey(use).thumbprint]
    }

    /// The verifier keys that ever signed checkpoints, as far as the ledger says.
    var verifierKeys: [VerifierKey] { self.keys(.ledger).compactMap { VerifierKey(parsing: $0.key) } }

    /// The public keys that ever signed for `use`, as far as the ledger says.
    func publicKeys(_ use: KeyRecord.Use) -> [JWK] { self.keys(use).compactMap(\.jwk) }

    /// The key called `id` that credentials still in use at `now` may be signed by, nil when there is none.
    func key(_ id: String?, of authority: Authority, at now: Instant) -> JWK? {
        self.stated(.credentials, by: authority, at: now).first { $0.thumbprint == id }
    }

    /// The keys that whatever is still in use at `now` may be signed by for `use`: the newest of `authority`, then those
    /// that overlap.
    private func stated(_ use: KeyRecord.Use, by authority: Authority, at now: Instant) -> [JWK] {
        let older = self.keys(use).filter { $0.state == .overlap && $0.until.map { now < $0 } ?? true }
        let newest = authority.publicKey(use)
        return [newest] + older.compactMap(\.jwk).filter { $0 != newest }
    }

    /// All keys that what `authority` stated, and is still in use at `now`, may be signed by; of each use the newest first.
    public func stated(by authority: Authority, at now: Instant) -> [JWK] {
        KeyRecord.Use.stated.flatMap { self.stated($0, by: authority, at: now) }
    }

    /// Those keys as a set (RFC 7517).
    public func jwks(of authority: Authority, at now: Instant) -> JSON {
        JWKS(self.stated(by: authority, at: now)).json
    }
}

extension KeyRecord {
    /// The public key that the document holds.
    var jwk: JWK? {
        // A document without a key that can be read has none.
        self.statement?["jwk"].flatMap { try? JWK(json: $0) }
    }

    /// What the document says; nil when it cannot be read.
    var statement: JSON? {
        // Whatever is wrong with the text, nothing can be taken from it.
        try? JSON(parsing: self.document.utf8)
    }

    /// What opens the entry (RFC 9901): public, so that anybody can compare it with the ledger.
    public var disclosure: String { Disclosure.text(ofElement: self.document, salt: self.salt) }

    /// The record as the world sees it.
    public var json: JSON {
        var members: [String: JSON] = [
            "index": .int(self.entryIndex), "commitment": .string(self.entry.commitment.text),
            "disclosure": .string(self.disclosure), "use": .string(self.use.rawValue), "key": .string(self.key),
            "state": .string(self.state.rawValue),
        ]
        members["from"] = self.from.map(JSON.string)
        members["until"] = self.until.map { .string($0.rfc3339) }
        return .object(members)
    }

    /// The record of `statement`, which `salt` hides, at `index`; nil unless it says what a record holds.
    init?(index: Int64, salt: [UInt8], statement: JSON) {
        guard statement["type"]?.string == "issuer-key", let use = statement["use"]?.string.flatMap(Use.init),
            let key = statement["key"]?.string, let state = statement["state"]?.string.flatMap(State.init)
        else { return nil }
        self.init(
            entryIndex: index, use: use, key: key, state: state,
            until: statement["until"]?.string.flatMap { Instant(rfc3339: $0) }, salt: salt,
            document: statement.canonical)
    }

    /// Whether it says what its document says.
    var isConsistent: Bool {
        guard let statement = self.statement else { return false }
        return KeyRecord(index: self.entryIndex, salt: self.salt, statement: statement) == self
    }

    /// The entry that commits to it.
    var entry: LedgerEntry { LedgerEntry(.issuerKey, Commitment(disclosure: self.disclosure)) }
}
