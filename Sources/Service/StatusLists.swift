public import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Profiles
internal import Reputation
public import Store
internal import Transparency

/// Publishes what became of credentials: both kinds of lists, made from one table, as one entry of the ledger.
public struct StatusLists: Sendable {
    /// How long a published list may be relied on, in seconds, and when it is published anew though nothing changed.
    public static let life: Int64 = 86_400
    /// See `life`.
    private static let renewal: Int64 = 43_200

    let authority: Authority

    /// Lists signed by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// The newest publication of `list`, read without publishing anything; nil when there is none that is still good.
    public func current(_ list: Int64, reads: ReadPipeline) async throws -> StatusPublication? {
        let rows = try await reads.run(.statusPublications(of: list, count: 1))
        let now = self.authority.now().seconds
        return try StatusPublication.read(rows).first.flatMap { publication in
            now < publication.publishedAt.seconds + Self.renewal ? publication : nil
        }
    }

    /// The newest publication of `list`, published now where the last one is half a day old; nil when there is no such list.
    ///
    /// Whoever asks first pays for it; the others find it done.
    public func fresh(_ list: Int64, on connection: Connection) async throws -> StatusPublication? {
        try await connection.transaction { connection in
            guard try connection.hasStatusList(list) else { return nil }
            _ = try connection.lockLedgerHead()
            let newest = try StatusPublication.read(connection.run(.statusPublications(of: list, count: 1))).first
            if let newest, self.authority.now().seconds < newest.publishedAt.seconds + Self.renewal { return newest }
            return try self.publish(list, on: connection)
        }
    }

    /// Signs `list` as it stands and enters it in the ledger, within a transaction.
    @discardableResult
    func publish(_ list: Int64, on connection: isolated Connection) throws -> StatusPublication {
        let head = try connection.lockLedgerHead()
        let now = max(self.authority.now(), head?.observedAt ?? self.authority.now())
        let statuses = try connection.statuses(in: list).compactMap { row in
            CredentialStatus(rawValue: row.state).map { (Int(row.index), $0) }
        }
        let table = StatusTable(Dictionary(statuses) { first, _ in first })
        let texts = self.texts(table, list: list, now: now)
        let digests = texts.map { SHA256.hash($0.utf8).base64URL }
        let document: JSON = [
            "type": "status.publish", "list": .int(list), "token": .string(digests[0]),
            "revocation": .string(digests[1]), "suspension": .string(digests[2]), "v": 1,
        ]
        let salt = randomBytes(Disclosure.saltByteCount)
        let entry = LedgerEntry(.status, Commitment(disclosure: Disclosure(document, salt: salt).text))
        let index = try Ledger(authority: self.authority).append(
            [LedgerLeaf(entry)], to: head, observedAt: now, on: connection)
        let publication = StatusPublication(
            entryIndex: index, list: list, salt: salt, document: document.canonical, token: texts[0],
            revocation: texts[1], suspension: texts[2], publishedAt: now,
            expiresAt: Instant(seconds: now.seconds + Self.life))
        try connection.add(publication)
        return publication
    }

    /// Whether a row of `SQL.auditedStatusPublications` holds the texts that its entry commits to.
    static func opens(_ row: Row) throws -> Bool {
        let (salt, document) = (try row.bytes(1), try row.text(2))
        let digests = try (3...5).map { SHA256.hash(try row.text($0).utf8).base64URL }
        // A document that cannot be read states no digests, so it does not open its entry.
        let stated = (try? JSON(parsing: document.utf8)) ?? .null
        let commitment = SHA256.hash(Disclosure.text(ofElement: document, salt: salt).utf8).base64URL
        return try ["token", "revocation", "suspension"].map { stated[$0]?.string } == digests
            && row.textOrNil(6) == LedgerEntry.Kind.status.rawValue && row.textOrNil(7) == commitment
    }

    /// The token list, and the two bitstring lists.
    private func texts(_ table: StatusTable, list: Int64, now: Instant) -> [String] {
        let key = TokenKey.es256(self.authority.keys.credentials)
        let place = CredentialPayload.StatusPlace(issuer: self.authority.settings.publicURL, list: list, index: 0)
        let end = Instant(seconds: now.seconds + Self.life)
        let token: JSON = [
            "iss": .string(place.issuer), "sub": .string(place.tokenList), "iat": .int(now.seconds),
            "exp": .int(end.seconds), "ttl": .int(Self.renewal), "status_list": table.tokenList,
        ]
        let bitstrings = [("revocation", CredentialStatus.revoked), ("suspension", .suspended)].map { purpose, status in
            let id = "\(place.issuer)/status/\(purpose)/\(list)"
            let document: JSON = [
                "@context": ["https://www.w3.org/ns/credentials/v2"], "id": .string(id),
                "type": ["VerifiableCredential", "BitstringStatusListCredential"], "issuer": .string(place.issuer),
                "iss": .string(place.issuer), "jti": .string(id), "sub": .string(id + "#list"),
                "iat": .int(now.seconds), "nbf": .int(now.seconds), "exp": .int(end.seconds),
                "validFrom": .string(now.rfc3339), "validUntil": .string(end.rfc3339),
                "credentialSubject": [
                    "id": .string(id + "#list"), "type": "BitstringStatusList", "statusPurpose": .string(purpose),
                    "encodedList": .string(table.bitstring(of: status)), "ttl": .int(Self.renewal * 1_000),
                ],
            ]
            return JWS(signing: document, with: key, type: "vc+jwt", contentType: "vc").text
        }
        return [JWS(signing: token, with: key, type: "statuslist+jwt").text] + bitstrings
    }
}

/// Why a credential's status was not changed.
public enum RevokeError: Error, Equatable, CustomStringConvertible {
    /// There is no such credential, or it is somebody else's.
    case unknown
    /// It was revoked, which is for good.
    case revoked
    /// It was issued before credentials had a status.
    case withoutStatus

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unknown: "there is no such credential"
        case .revoked: "it was revoked, and that is for good: issue a new one"
        case .withoutStatus: "it was issued before credentials could be taken back; it ends by itself"
        }
    }
}

/// Takes credentials back, for good or for a while.
public struct Revoke: Sendable {
    let authority: Authority
    let journal: StatusJournal

    /// Changes published by this authority, and written down in `journal`, which no restore of the database takes back.
    public init(authority: Authority, journal: StatusJournal) {
        self.authority = authority
        self.journal = journal
    }

    /// Makes the credential `id` be `word` (valid, revoked or suspended) from now on, and publishes the list; nothing happens
    /// when it is that already.
    ///
    /// - Parameter developer: whose it has to be; nil for an operator.
    /// - Throws: `RevokeError`, `JournalError`, `PostgresError`; what is in the journal by then will be carried out.
    public func set(
        _ id: String, to word: String, of developer: Int64?, on connection: Connection
    ) async throws -> CredentialRecord {
        guard let status = CredentialStatus(word: word) else {
            preconditionFailure("the words are checked at the edge")
        }
        return try await connection.transaction { connection in
            _ = try connection.lockLedgerHead()
            let known = try CredentialRecord.read(connection.run(.credentialRecord(id))).first
            guard let known, developer == nil || developer == known.developer else { throw RevokeError.unknown }
            guard known.state != CredentialStatus.revoked.rawValue || status == .revoked else {
                throw RevokeError.revoked
            }
            if known.state != status.rawValue {
                let now = self.authority.now()
                guard let change = try connection.setStatus(of: id, to: status.rawValue, now: now) else {
                    throw RevokeError.withoutStatus
                }
                try StatusLists(authority: self.authority).publish(change.place.list, on: connection)
                try self.journal.append(change)
            }
            return try CredentialRecord.read(connection.run(.credentialRecord(id)))[0]
        }
    }
}

extension CredentialRecord {
    /// The record as the world sees it.
    public var json: JSON {
        [
            "id": .string(self.id), "format": .string(self.format), "issued_at": .string(self.issuedAt.rfc3339),
            "expires_at": .string(self.expiresAt.rfc3339),
            "status": .string(CredentialStatus(rawValue: self.state)?.word ?? "unknown"),
        ]
    }
}

extension StatusPublication {
    /// What opens the entry, for anybody to compare with the ledger and with the lists.
    public var json: JSON {
        let disclosure = Disclosure.text(ofElement: self.document, salt: self.salt)
        return [
            "index": .int(self.entryIndex), "commitment": .string(Commitment(disclosure: disclosure).text),
            "disclosure": .string(disclosure), "published_at": .string(self.publishedAt.rfc3339),
            "expires_at": .string(self.expiresAt.rfc3339),
        ]
    }
}
