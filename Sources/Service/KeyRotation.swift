internal import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
public import Reputation
public import Store
internal import Transparency

/// Why a key was not rotated or retired. Nothing was changed.
public enum KeyRotationError: Error, Equatable, CustomStringConvertible {
    /// No key is called that.
    case unknownKey(String)
    /// It is the newest.
    case stillSigning(String)
    /// What it signed is in use until then.
    case stillInUse(String, until: Instant)
    /// The checkpoint that is shown is signed by it alone.
    case notPublished(String)
    /// The ledger has no entry yet: what signs it was never shown to anybody.
    case notBegun

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unknownKey(let key): "no key in use is called \(key): see standingd keys list"
        case .stillSigning(let key): "\(key) is the newest: rotate first, then retire it"
        case .stillInUse(let key, let until):
            "what \(key) signed is in use until \(until.rfc3339): retire it then, or say --compromised, and it does not verify "
                + "any more"
        case .notPublished(let key):
            "the checkpoint that strangers see is signed by \(key) alone: start the service, so that one is published, then try "
                + "again"
        case .notBegun: "the ledger has not begun: start the service once, then rotate"
        }
    }
}

/// Lets a new key sign and the old one end, with the time between in which both are good.
///
/// Each step is one transaction that also says so in the ledger. A new key's file gets its name only after that, and an
/// ended one's is put away after that, so whatever is cut short is finished by giving the command again.
public struct KeyRotation: Sendable {
    private let authority: Authority
    private let directory: StateDirectory

    /// Rotations of the keys in `directory`, which `authority` has.
    public init(authority: Authority, directory: StateDirectory) {
        self.authority = authority
        self.directory = directory
    }

    /// Makes a new key for `use` and lets it sign; the one before signs along (ledger) or is listed (any other) until
    /// whatever it signed has ended.
    ///
    /// - Returns: the new key's record.
    /// - Throws: `KeyRotationError`, `PublicationError`, `KeysChanged`, `StateError`, `PostgresError`.
    public func rotate(_ use: KeyRecord.Use, on connection: Connection) async throws -> KeyRecord {
        let name = try self.directory.nextName(of: use)
        if let record = try await self.unfinished(use, name: name, on: connection) {
            try self.directory.promote(name)
            return record
        }
        try await self.check(on: connection)
        let next = try self.authority.adding(use, name: name + ".new", in: self.directory)
        let (old, now) = (self.authority, self.authority.now())
        let record = try await self.say(signedBy: next, on: connection) { head, book in
            let moment = max(now, head.observedAt)
            let since = book.keys(use).first?.from
            let end = Instant(seconds: moment.seconds + old.settings.credentialLife)
            return [
                old.statement(use, origin: head.origin, state: .overlap, from: since, until: end),
                next.statement(use, origin: head.origin, state: .signing, from: moment.rfc3339, until: nil),
            ]
        }
        try self.directory.promote(name)
        return record
    }

    /// Ends the key called `name`, as `KeyRecord.isCalled` has it: it signs nothing more and is listed no more.
    ///
    /// - Parameter isCompromised: whether to end it although what it signed is in use.
    /// - Returns: the key's last record.
    /// - Throws: as `rotate`.
    public func retire(
        _ use: KeyRecord.Use, key name: String, isCompromised: Bool, on connection: Connection
    ) async throws -> KeyRecord {
        let book = KeyBook(try await KeyRecord.read(connection.run(.issuerKeys)))
        guard let record = book.keys(use).first(where: { $0.isCalled(name) }) else {
            throw KeyRotationError.unknownKey(name)
        }
        let file = try self.file(of: record)
        switch record.state {
        case .signing: throw KeyRotationError.stillSigning(record.key)
        case .retired:
            guard let file else { throw KeyRotationError.unknownKey(name) }
            try self.directory.retire(file)
            return record
        case .overlap: break
        }
        if let until = record.until, self.authority.now() < until, !isCompromised {
            throw KeyRotationError.stillInUse(record.key, until: until)
        }
        try await self.check(on: connection)
        let (remaining, now) = (self.authority.removing(record), self.authority.now())
        try await self.checkPublished(besides: record, by: remaining, on: connection)
        let document = try JSON(parsing: record.document.utf8)
        let last = try await self.say(signedBy: remaining, on: connection) { head, _ in
            var members = document.object ?? [:]
            members["state"] = .string(KeyRecord.State.retired.rawValue)
            members["until"] = .string(max(now, head.observedAt).rfc3339)
            return [.object(members)]
        }
        if let file { try self.directory.retire(file) }
        return last
    }

    private func check(on connection: Connection) async throws {
        try await Publication(authority: self.authority, highWater: self.directory.highWater, on: connection).check()
    }

    /// Appends what `statements` says of keys, signed by the keys that sign from then on, and returns the last of it.
    private func say(
        signedBy next: Authority, on connection: Connection,
        _ statements: @escaping @Sendable (LedgerHead, KeyBook) -> [JSON]
    ) async throws -> KeyRecord {
        let (authority, journal) = (self.authority, self.directory.statements)
        return try await connection.transaction { connection in
            guard let head = try connection.lockLedgerHead(), head.size > 0 else { throw KeyRotationError.notBegun }
            let book = KeyBook(try KeyRecord.read(connection.run(.issuerKeys)))
            try book.check(authority, origin: head.origin)
            let said = statements(head, book).map { statement in
                let salt = randomBytes(Disclosure.saltByteCount)
                return (statement, salt, Commitment(disclosure: Disclosure(statement, salt: salt).text))
            }
            let sorted = said.sorted { $0.2 < $1.2 }
            let start = try Ledger(authority: next).write(
                sorted.map { LedgerLeaf(LedgerEntry(.issuerKey, $0.2)) }, to: head, observedAt: authority.now(),
                on: connection)
            let records = sorted.enumerated().map { offset, one in
                guard let record = KeyRecord(index: start + Int64(offset), salt: one.1, statement: one.0) else {
                    preconditionFailure("a statement says what a record holds")
                }
                return record
            }
            try journal.append(records)
            for record in records { try connection.add(record) }
            guard let last = said.last, let place = sorted.firstIndex(where: { $0.2 == last.2 }) else {
                preconditionFailure("something is said")
            }
            return records[place]
        }
    }

    /// The record of the key whose making was cut short after the ledger had it; nil when there is none.
    private func unfinished(
        _ use: KeyRecord.Use, name: String, on connection: Connection
    ) async throws -> KeyRecord? {
        guard self.directory.hasKey(name + ".new") else { return nil }
        let made = try self.authority.adding(use, name: name + ".new", in: self.directory)
        let book = KeyBook(try await KeyRecord.read(connection.run(.issuerKeys)))
        return book.keys(use).first { $0.state == .signing && made.isNewest($0) }
    }

    /// The checkpoint strangers see must verify without `record`'s key.
    private func checkPublished(
        besides record: KeyRecord, by remaining: Authority, on connection: Connection
    ) async throws {
        guard record.use == .ledger, let shown = try await LedgerHead.read(connection.run(.publishedCheckpoint)),
            Ledger(authority: remaining).checkpoint(of: shown) == nil
        else { return }
        throw KeyRotationError.notPublished(record.key)
    }

    /// The file of the key that `record` is of, nil when it was put away.
    private func file(of record: KeyRecord) throws -> String? {
        try self.directory.names(of: record.use).first { name in
            switch record.use {
            case .ledger: try self.directory.ledgerKey(name).publicKey.bytes == record.ledgerKey
            case .credentials: try JWK.p256(self.directory.credentialsKey(name).publicKey).thumbprint == record.key
            case .badges: try JWK.rsa(self.directory.badgesKey(name).publicKey).thumbprint == record.key
            case .proofs: try JWK.ed25519(self.directory.ledgerKey(name).publicKey).thumbprint == record.key
            }
        }
    }
}

extension Authority {
    /// This authority with the key in the file `name` as the newest of `use`.
    fileprivate func adding(
        _ use: KeyRecord.Use, name: String, in directory: StateDirectory
    ) throws(StateError) -> Authority {
        var keys = self.keys
        switch use {
        case .ledger:
            keys.olderLedger.insert(keys.ledger, at: 0)
            keys.ledger = try directory.ledgerKey(name)
        case .credentials: keys.credentials = try directory.credentialsKey(name)
        case .badges: keys.badges = try directory.badgesKey(name)
        case .proofs: keys.proofs = try directory.ledgerKey(name)
        }
        return Authority(settings: self.settings, keys: keys, now: self.now)
    }

    /// This authority without the key that `record` is of.
    fileprivate func removing(_ record: KeyRecord) -> Authority {
        var keys = self.keys
        if record.use == .ledger { keys.olderLedger.removeAll { $0.publicKey.bytes == record.ledgerKey } }
        return Authority(settings: self.settings, keys: keys, now: self.now)
    }

    /// Whether `record` is of the newest key of its use.
    fileprivate func isNewest(_ record: KeyRecord) -> Bool {
        switch record.use {
        case .ledger: self.keys.ledger.publicKey.bytes == record.ledgerKey
        case .credentials, .badges, .proofs: self.publicKey(record.use).thumbprint == record.key
        }
    }

    /// What is said of the newest key of `use`.
    func statement(
        _ use: KeyRecord.Use, origin: String, state: KeyRecord.State, from: String?, until: Instant?
    ) -> JSON {
        var members: [String: JSON] = [
            "type": "issuer-key", "use": .string(use.rawValue), "state": .string(state.rawValue), "v": 1,
        ]
        switch use {
        case .ledger: members["key"] = .string(Ledger(authority: self).verifierKey(origin: origin).text)
        case .credentials, .badges, .proofs:
            members["key"] = .string(self.publicKey(use).thumbprint)
            members["jwk"] = self.publicKey(use).json
        }
        members["from"] = from.map(JSON.string)
        members["until"] = until.map { .string($0.rfc3339) }
        return .object(members)
    }
}

extension KeyRecord {
    /// Whether a person may call the key so: by all of it, or by the eight digits in a verifier key.
    public func isCalled(_ name: String) -> Bool {
        self.key == name || self.use == .ledger && self.key.split(separator: "+").dropFirst().first == name[...]
    }

    /// The public key of the ledger, empty for any other.
    fileprivate var ledgerKey: [UInt8] { VerifierKey(parsing: self.key)?.publicKey.bytes ?? [] }

    /// When the key began, as far as was said.
    var from: String? { self.statement?["from"]?.string }
}
