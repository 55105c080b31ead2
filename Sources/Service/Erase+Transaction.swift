internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Postgres
internal import Reputation
internal import Store
internal import Transparency

extension Erase {
    /// A fact of another person, told anew.
    private struct Retold {
        let old: NamingEvidence
        let fact: SealedFact
    }

    /// The erasure of `subject`, within a transaction; nil when there is no such developer any more.
    ///
    /// The ledger is locked first and developers after it, as by whoever else appends: nobody waits in a circle.
    func erase(
        _ subject: Subject, id: String, traces: Traces, isPreview: Bool, on connection: isolated Connection
    ) throws -> Erased? {
        let head = try connection.lockLedgerHead()
        let now = self.authority.now()
        if case .journaled(let event) = subject, try !connection.carriedOut([event.id]).isEmpty { return nil }
        guard let (developers, keys) = try self.resolve(subject, traces.keys, on: connection) else { return nil }
        var traces = traces
        try traces.look(for: keys, upTo: head?.size ?? 0, on: connection)
        let retold = try self.retold(traces, on: connection)
        let others = try connection.developers(owning: Array(Set(retold.map(\.old.account))))
        if case .account(let key) = subject, traces.accounts.isEmpty, retold.isEmpty,
            try !connection.suppressed(among: [self.authority.erasureHash(of: key)]).isEmpty
        {
            throw EraseError.alreadyErased
        }
        let hashes = traces.keys.sorted().map { self.authority.erasureHash(of: $0) }
        let handles = developers.compactMap(\.handle).map { self.authority.erasureHash(ofHandle: $0) }

        var counts = Counts(facts: try connection.countEvidence(about: traces.accounts), others: Int64(retold.count))
        var revoked: [StatusChange] = []
        for developer in developers {
            revoked += try connection.revoke(connection.tokens(of: developer.id).map(\.id), now: now)
            counts.add(try connection.eraseDeveloper(developer.id))
        }
        counts.records.credentials += try self.deleteCredentials(
            of: others, naming: traces, now: now, revoked: &revoked, on: connection)
        counts.accounts = Int64(traces.accounts.count)
        let erasure = try self.append(
            subject, id: id, counts, retold.map(\.fact), to: head, at: now, on: connection)
        try self.replaceFacts(retold, start: head?.size ?? 0, traces, counts, on: connection)
        for (platform, names) in traces.names { try connection.eraseNames(names, on: platform.rawValue) }
        try connection.deleteAccounts(traces.accounts)
        try connection.suppress(hashes)
        let end = Instant(seconds: now.seconds + self.authority.settings.credentialLife)
        for handle in handles { try connection.withhold(handle, for: hashes, now: now, until: end) }
        try self.renew(others, on: connection)
        for list in Set(revoked.map(\.place.list)).sorted() {
            try StatusLists(authority: self.authority).publish(list, on: connection)
        }
        let erased = Erased(entryIndex: erasure.entryIndex, document: try JSON(parsing: erasure.document.utf8))
        if isPreview { throw Preview(erased: erased) }
        if case .journaled(let event) = subject {
            try connection.suppress(event.accounts)
            if let handle = event.handle, let end = event.handleEnds, now < end {
                try connection.withhold(handle, for: event.accounts, now: now, until: end)
            }
        } else {
            // Last, when nothing but the commit can fail any more: what is in the journal will be carried out.
            try self.journal.append(
                ErasureEvent(
                    id: id, accounts: hashes, handle: handles.first, handleEnds: handles.isEmpty ? nil : end,
                    entryIndex: erasure.entryIndex, salt: erasure.salt, document: erasure.document))
        }
        for change in revoked { try self.statuses.append(change) }
        return erased
    }

    /// The developers to erase, locked, and the accounts that are theirs now; nil when there is nobody any more.
    private func resolve(
        _ subject: Subject, _ keys: Set<Account.Key>, on connection: isolated Connection
    ) throws -> ([StoredDeveloper], Set<Account.Key>)? {
        let developers: [StoredDeveloper]
        switch subject {
        case .developer(let id):
            guard let developer = try connection.lockForErasure(id) else { return nil }
            developers = [developer]
        case .account(let key):
            let owners = try connection.developers(owning: connection.storedAccounts([key]).map(\.id))
            guard owners.isEmpty else { throw EraseError.claimed }
            developers = []
        case .journaled:
            let owners = try connection.developers(owning: connection.storedAccounts(keys.sorted()).map(\.id))
            developers = try owners.compactMap { try connection.lockForErasure($0.id) }
        }
        let linked = try developers.flatMap { developer in
            try StoredAccount.read(connection.run(.accounts(ofDeveloper: developer.id))).map(\.account.key)
        }
        return (developers, keys.union(linked))
    }

    /// The facts of others that name somebody of `traces`, without them.
    private func retold(_ traces: Traces, on connection: isolated Connection) throws -> [Retold] {
        try connection.namingEvidence(at: traces.facts.sorted()).compactMap { row -> Retold? in
            let fact = try Evidence(document: JSON(parsing: row.document.utf8))
            return self.authority.sealed(fact, without: traces.keys).map { Retold(old: row, fact: $0) }
        }.sorted { $0.fact.commitment < $1.fact.commitment }
    }

    /// Revokes and deletes those credentials of `others` in which somebody of `traces` can be read, and says how many there
    /// were; what was revoked joins `revoked`.
    private func deleteCredentials(
        of others: [StoredDeveloper], naming traces: Traces, now: Instant, revoked: inout [StatusChange],
        on connection: isolated Connection
    ) throws -> Int64 {
        let naming = try others.flatMap { try connection.tokens(of: $0.id) }.filter { credential in
            guard !credential.token.hasPrefix("{") else { return traces.areIn(credential.token) }
            let payload = credential.token.split(separator: ".").dropFirst().first.flatMap { Base64URL.decode($0) }
            return payload.map { traces.areIn(String(decoding: $0, as: UTF8.self)) } ?? true
        }
        revoked += try connection.revoke(naming.map(\.id), now: now)
        try connection.deleteCredentials(naming.map(\.id))
        return Int64(naming.count)
    }

    /// Appends the entries of `facts` and, last, the erasure's own, and keeps what opens it.
    ///
    /// An erasure that is carried out again after its entry was brought back needs no second entry.
    private func append(
        _ subject: Subject, id: String, _ counts: Counts, _ facts: [SealedFact], to head: LedgerHead?, at now: Instant,
        on connection: isolated Connection
    ) throws -> StoredErasure {
        let ledger = Ledger(authority: self.authority)
        let leaves = facts.map(\.leaf)
        if case .journaled(let event) = subject, let original = try self.original(event, on: connection) {
            if !leaves.isEmpty { _ = try ledger.append(leaves, to: head, observedAt: now, on: connection) }
            try connection.add(original, event: event.id)
            return original
        }
        let document = counts.document(on: now.day)
        let salt = randomBytes(16)
        let entry = LedgerEntry(.erasure, Commitment(disclosure: Disclosure(document, salt: salt).text))
        let start = try ledger.append(leaves + [LedgerLeaf(entry)], to: head, observedAt: now, on: connection)
        let erasure = StoredErasure(
            entryIndex: start + Int64(leaves.count), salt: salt, document: document.canonical)
        if case .journaled(let event) = subject {
            try connection.add(erasure, event: event.id)
        } else {
            try connection.add(erasure, event: id)
        }
        return erasure
    }

    /// The erasure as the journal has it, when its entry is in the ledger.
    private func original(_ event: ErasureEvent, on connection: isolated Connection) throws -> StoredErasure? {
        let disclosure = Disclosure(try JSON(parsing: event.document.utf8), salt: event.salt)
        let hash = LedgerEntry(.erasure, Commitment(disclosure: disclosure.text)).leafHash
        let rows = try connection.run(.entries(withLeafHashes: [hash], below: Int64.max))
        return try LedgerEntry.read(rows, withLeafHashes: [hash]).first.map {
            StoredErasure(entryIndex: $0.index, salt: event.salt, document: event.document)
        }
    }

    /// Deletes the person's facts and the old texts of others', and stores the new ones, whose entries begin at `start`.
    private func replaceFacts(
        _ retold: [Retold], start: Int64, _ traces: Traces, _ counts: Counts, on connection: isolated Connection
    ) throws {
        let own = try connection.deleteEvidence(about: traces.accounts)
        let old = try connection.deleteEvidence(at: retold.map(\.old.entryIndex))
        precondition(own == counts.facts && old == counts.others, "nobody adds facts while the ledger is locked")
        guard !retold.isEmpty else { return }
        try connection.store(
            retold.enumerated().map { offset, one in
                FiledFact(
                    fact: one.fact, entry: start + Int64(offset), account: one.old.account, project: one.old.project)
            })
    }

    /// Computes the profiles of `developers` anew, and issues those that are published again: the old ones name facts that
    /// can no longer be shown.
    private func renew(_ developers: [StoredDeveloper], on connection: isolated Connection) throws {
        for developer in developers {
            try Aggregate(authority: self.authority).refreshAtOnce(developer, on: connection)
            guard developer.state == "published" else { continue }
            _ = try Issue(authority: self.authority).credential(of: developer, on: connection)
        }
    }
}

/// How many of what an erasure deletes.
struct Counts {
    /// Facts about the person, and texts of others' facts that named them.
    var facts: Int64
    /// See `facts`.
    var others: Int64
    var accounts: Int64 = 0
    var records = DeletedRecords()

    init(facts: Int64, others: Int64) {
        self.facts = facts
        self.others = others
    }

    mutating func add(_ records: DeletedRecords) {
        self.records.proofs += records.proofs
        self.records.credentials += records.credentials
        self.records.grants += records.grants
        self.records.looks += records.looks
        self.records.sessions += records.sessions
    }

    /// What the ledger's entry commits to.
    func document(on day: Day) -> JSON {
        [
            "type": "erasure", "v": 1, "day": .string(day.description), "facts": .int(self.facts),
            "facts_of_others": .int(self.others), "accounts": .int(self.accounts), "proofs": .int(self.records.proofs),
            "credentials": .int(self.records.credentials), "grants": .int(self.records.grants),
            "looks": .int(self.records.looks), "sessions": .int(self.records.sessions),
        ]
    }
}
