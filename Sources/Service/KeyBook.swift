public import CanonicalJSON
internal import Credentials
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
        let credentials = self.keys(.credentials).filter { $0.state == .signing }.map(\.key)
        let signers = Ledger(authority: authority).verifierKeys(origin: origin).map(\.text)
        let thumbprint = authority.credentialKeyFingerprint
        if !ledger.isEmpty, Set(ledger) != Set(signers) || ledger.first != signers.first {
            throw KeysChanged(used: signers, recorded: ledger)
        }
        if !credentials.isEmpty, credentials != [thumbprint] {
            throw KeysChanged(used: [thumbprint], recorded: credentials)
        }
    }

    /// The keys that `authority` signs with now, the newest first: verifier keys and thumbprints.
    public static func present(_ authority: Authority, origin: String?) -> (ledger: [String], credentials: [String]) {
        (
            Ledger(authority: authority).verifierKeys(origin: origin).map(\.text), [authority.credentialKeyFingerprint]
        )
    }

    /// The verifier keys that ever signed checkpoints, as far as the ledger says.
    var verifierKeys: [VerifierKey] { self.keys(.ledger).compactMap { VerifierKey(parsing: $0.key) } }

    /// The public keys that ever signed credentials, as far as the ledger says.
    var credentialKeys: [JWK] { self.keys(.credentials).compactMap(\.jwk) }

    /// The key called `id` that credentials still in use at `now` may be signed by, nil when there is none.
    func key(_ id: String?, of authority: Authority, at now: Instant) -> JWK? {
        ([.p256(authority.keys.credentials.publicKey)] + self.listed(at: now)).first { $0.thumbprint == id }
    }

    private func listed(at now: Instant) -> [JWK] {
        self.keys(.credentials).filter { $0.state == .overlap && $0.until.map { now < $0 } ?? true }.compactMap(\.jwk)
    }

    /// The keys that credentials still in use may be signed by at `now`, beside the newest of `authority`, which is
    /// first (RFC 7517).
    public func jwks(of authority: Authority, at now: Instant) -> JSON {
        let newest = JWK.p256(authority.keys.credentials.publicKey)
        return JWKS([newest] + self.listed(at: now).filter { $0 != newest }).json
    }
}

extension KeyRecord {
    /// The public key of credentials that the document holds.
    var jwk: JWK? {
        guard let value = try? JSON(parsing: self.document.utf8)["jwk"] else { return nil }
        return try? JWK(json: value)
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
        guard let statement = try? JSON(parsing: self.document.utf8) else { return false }
        return KeyRecord(index: self.entryIndex, salt: self.salt, statement: statement) == self
    }

    /// The entry that commits to it.
    var entry: LedgerEntry { LedgerEntry(.issuerKey, Commitment(disclosure: self.disclosure)) }
}
