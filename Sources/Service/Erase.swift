public import CanonicalJSON
internal import Crypto
public import Postgres
public import Reputation
internal import Store
internal import Transparency

/// Why somebody was not erased.
public enum EraseError: Error, Equatable, CustomStringConvertible {
    /// The account belongs to a developer, who decides about it.
    case claimed
    /// It was erased before, and nothing was recorded since.
    case alreadyErased

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .claimed:
            "a developer proved this account: they erase themselves, in their own session (POST /v1/me/erasure)"
        case .alreadyErased: "nothing is kept of this account, and nothing will be: it was erased before"
        }
    }
}

/// What an erasure was.
public struct Erased: Sendable, Equatable {
    /// The index of its entry in the ledger.
    public let entryIndex: Int64
    /// What the entry commits to: the day, and how many of what were deleted.
    public let document: JSON
}

/// Erases a person: what is known of them is deleted, in one transaction with an entry that says how much.
///
/// Facts about the person go with their salts, so nobody can tell any more what their entries were about. Facts about
/// others stay theirs, told anew without the person (`Evidence.without`) and committed to anew; the texts that named the
/// person are deleted like the person's own. A keyed hash of each account stays behind, so that the facts do not come back
/// with the next import (`Ledger.admissible`), until the person claims the account again.
///
/// Before the transaction commits the erasure is in a journal outside the database (`ErasureJournal`); whatever the
/// database lacks of it is carried out by `replay`, before anything else is.
public struct Erase: Sendable {
    let authority: Authority
    let journal: ErasureJournal
    let statuses: StatusJournal
    let highWater: HighWater
    let connection: Connection

    /// Erasures by `authority` on `connection`, which nobody else should wait for: an erasure reads every fact.
    public init(
        authority: Authority, journal: ErasureJournal, statuses: StatusJournal, highWater: HighWater,
        on connection: Connection
    ) {
        self.authority = authority
        self.journal = journal
        self.statuses = statuses
        self.highWater = highWater
        self.connection = connection
    }

    /// Changes of credentials' statuses, written down like those that erasures make.
    public var revocations: Revoke { Revoke(authority: self.authority, journal: self.statuses) }

    /// Whose erasure it is.
    enum Subject: Sendable {
        /// A developer with all their accounts.
        case developer(Int64)
        /// An account that nobody proved.
        case account(Account.Key)
        /// Whoever the journal means.
        case journaled(ErasureEvent)
    }

    /// Erases `developer` with all accounts; nil when there is no such developer, or no more.
    ///
    /// - Throws: `JournalError`, `PublicationError`, `PostgresError`; then nothing was deleted, but what is in the journal
    ///   by then will be.
    public func developer(_ developer: Int64) async throws -> Erased? {
        try await self.ready()
        let keys = try await StoredAccount.read(self.connection.run(.accounts(ofDeveloper: developer)))
            .map(\.account.key)
        let replayed = try await self.replay()
        let hashes = Set(keys.map { self.authority.erasureHash(of: $0) })
        if let before = replayed.last(where: { !hashes.isDisjoint(with: $0.event.accounts) }) { return before.erased }
        return try await self.carryOut(.developer(developer), keys: Set(keys))
    }

    /// Erases the account `key`, which nobody proved; an e-mail address by its text.
    ///
    /// - Throws: `EraseError`, and as `developer`.
    public func account(_ key: Account.Key) async throws -> Erased {
        try await self.ready()
        try await self.replay()
        let key = self.authority.pseudonym(of: key)
        guard let erased = try await self.carryOut(.account(key), keys: [key]) else {
            preconditionFailure("an account is erased or refused")
        }
        return erased
    }

    /// What erasing the account `key` would be; nothing is changed.
    public func preview(_ key: Account.Key) async throws -> Erased {
        try await self.ready()
        let key = self.authority.pseudonym(of: key)
        do {
            _ = try await self.carryOut(.account(key), keys: [key], isPreview: true)
        } catch let preview as Preview {
            return preview.erased
        }
        preconditionFailure("a preview ends its transaction")
    }

    /// Carries out what the journal has and the database has not, in the journal's order; returns what that was.
    ///
    /// - Throws: `PublicationError` when the database is behind what was shown: it has to be whole again first.
    @discardableResult
    func replay() async throws -> [(event: ErasureEvent, erased: Erased)] {
        try await self.ready()
        let events = try self.journal.events()
        guard !events.isEmpty else { return [] }
        let done = try await self.connection.carriedOut(events.map(\.id))
        var replayed: [(event: ErasureEvent, erased: Erased)] = []
        for event in events where done[event.id] == nil {
            try await self.guardAgainstRollback()
            let keys = try await self.keys(of: event)
            guard let erased = try await self.carryOut(.journaled(event), keys: keys) else { continue }
            replayed.append((event, erased))
        }
        return replayed
    }

    /// As `replay`, for whoever starts the service; returns how many erasures were carried out.
    public func catchUp() async throws -> Int { try await self.replay().count }

    /// How many erasures of the journal this database lacks; nothing is changed.
    public func pending() async throws -> Int {
        let events = try self.journal.events().map(\.id)
        return try await events.count - self.connection.carriedOut(events).count
    }

    private func ready() async throws {
        if await self.connection.isLost { try await self.connection.reconnect() }
    }

    private func guardAgainstRollback() async throws {
        try await Publication(authority: self.authority, highWater: self.highWater, on: self.connection).check()
    }

    /// The accounts here that `event` means: the journal has only their hashes.
    private func keys(of event: ErasureEvent) async throws -> Set<Account.Key> {
        let wanted = Set(event.accounts)
        let authority = self.authority
        return try await self.connection.transaction { connection in
            var keys: Set<Account.Key> = []
            try connection.eachNamedAccount { key in
                if wanted.contains(authority.erasureHash(of: key)) { keys.insert(key) }
            }
            return keys
        }
    }

    private func carryOut(_ subject: Subject, keys: Set<Account.Key>, isPreview: Bool = false) async throws -> Erased? {
        let id = Base64URL.encode(randomBytes(16))
        // Most is looked for before the ledger is locked; under the lock only what came in meanwhile is.
        let traces = try await self.traces(of: keys)
        do {
            return try await self.connection.transaction { connection in
                try self.erase(subject, id: id, traces: traces, isPreview: isPreview, on: connection)
            }
        } catch let error as PostgresError where error.state == .unknownCommit {
            try await self.connection.reconnect()
            try await self.replay()
            return try await self.erased(by: id)
        }
    }

    /// What is known of `keys`, looked for before the ledger is locked: all of it is read for that.
    private func traces(of keys: Set<Account.Key>) async throws -> Traces {
        // Whose facts there are is told by the briefs; a start that was cut short may have left some out.
        _ = try await Briefs.complete(on: self.connection)
        return try await self.connection.transaction { connection in
            var traces = Traces()
            try traces.look(for: keys, upTo: connection.ledgerHead()?.size ?? 0, on: connection)
            return traces
        }
    }

    private func erased(by id: String) async throws -> Erased? {
        guard let index = try await self.connection.carriedOut([id])[id],
            let stored = try await self.connection.erasure(at: index)
        else { return nil }
        return Erased(entryIndex: index, document: try JSON(parsing: stored.document.utf8))
    }
}

/// Ends the transaction of a preview with what it would have done.
struct Preview: Error {
    let erased: Erased
}
