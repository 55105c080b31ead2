public import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Reputation
public import Store

/// Everything that is kept about a developer, for them to take along.
public struct Export: Sendable {
    let authority: Authority

    /// Exports by this authority.
    public init(authority: Authority) { self.authority = authority }

    /// The accounts, facts and bindings with what opens their ledger entries, profile, credentials, grants, sessions and
    /// the access log of `developer`.
    ///
    /// Facts about others in which the developer took part are the others'; they are not in here.
    public func document(of developer: StoredDeveloper, reads: ReadPipeline) async throws -> JSON {
        let id = developer.id
        let accounts = try StoredAccount.read(await reads.run(.accounts(ofDeveloper: id)))
        let facts = try StoredEvidence.read(await reads.run(.evidence(ofDeveloper: id, in: Int64.max)))
        let profile = try await reads.run(.profile(ofDeveloper: id)).first?.textOrNil(0)
        let beginning = try await reads.run(.beginning(ofDeveloper: id)).first?.seconds(0)
        return [
            "v": 1, "exported_at": .string(self.authority.now().rfc3339),
            "service": .string(self.authority.settings.publicURL),
            "handle": developer.handle.map(JSON.string) ?? .null, "state": .string(developer.state),
            "discoverable": .bool(developer.discoverable),
            "created_at": beginning.map { .string(Instant(seconds: $0).rfc3339) } ?? .null,
            "accounts": .array(accounts.map(\.account.document)),
            "profile": try profile.map { try JSON(parsing: $0.utf8) } ?? .null,
            "facts": .array(try facts.map(Self.fact)),
            "proofs": .array(try StoredProof.read(await reads.run(.proofs(of: id))).map(\.export)),
            "credentials": .array(try StoredCredential.read(await reads.run(.credentials(of: id))).map(\.export)),
            "grants": .array(try StoredGrant.read(await reads.run(.grants(of: id))).map(\.export)),
            "access_log": .array(
                try StoredLook.read(await reads.run(.accessLog(of: id, limit: Int64.max))).map(\.export)),
            "sessions": .array(
                try StoredSession.read(await reads.run(.sessions(of: id))).map {
                    [
                        "created_at": .string($0.createdAt.rfc3339), "expires_at": .string($0.expiresAt.rfc3339),
                    ]
                }),
            "challenges": .array(
                try StoredChallenge.read(await reads.run(.challenges(of: id))).map {
                    ["platform": .string($0.platform), "login": .string($0.login), "text": .string($0.text)]
                }),
        ]
    }

    private static func fact(_ row: StoredEvidence) throws -> JSON {
        let fact = try JSON(parsing: row.document.utf8)
        return [
            "index": .int(row.entryIndex), "commitment": .string(row.commitment), "fact": fact,
            "disclosure": .string(Disclosure(fact, salt: row.salt).text),
        ]
    }
}

extension StoredProof {
    fileprivate var export: JSON {
        [
            "account": ["platform": .string(self.platform), "id": .string(self.accountID)],
            "method": .string(self.method), "challenge": .string(self.challenge),
            "signature": .string(self.signature), "key": .string(self.keyFingerprint),
            "keys_listed": .string(self.keysListed), "fetched_at": .string(self.fetchedAt.rfc3339),
            "salt": .string(Base64URL.encode(self.salt)), "index": .int(self.entryIndex),
        ]
    }
}

extension StoredCredential {
    fileprivate var export: JSON {
        [
            "id": .string(self.id), "format": .string(self.format.rawValue), "token": .string(self.token),
            "issued_at": .string(self.issuedAt.rfc3339),
            "expires_at": .string(self.expiresAt.rfc3339), "salt": .string(Base64URL.encode(self.salt)),
            "index": .int(self.entryIndex),
        ]
    }
}

extension StoredGrant {
    fileprivate var export: JSON {
        [
            "id": .string(self.id), "audience": .string(self.audience),
            "facets": .array(self.facets.map(JSON.string)), "expires_at": .string(self.expiresAt.rfc3339),
            "max_uses": .int(self.maxUses), "uses": .int(self.uses), "revoked": .bool(self.revoked),
        ]
    }
}

extension StoredLook {
    fileprivate var export: JSON {
        [
            "at": .string(self.at.rfc3339), "reader": .string(self.reader), "act": .string(self.act),
            "query": .string(self.query),
        ]
    }
}
