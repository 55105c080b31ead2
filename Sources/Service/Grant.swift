public import CanonicalJSON
internal import Crypto
public import Postgres
public import Reputation
public import Store

/// A grant as it is handed to the developer: the token is shown this once.
public struct NewGrant: Sendable {
    /// What it is called by in URLs and logs.
    public let id: String
    /// What opens it; kept as a hash only.
    public let token: String
    /// What it allows.
    public let grant: StoredGrant
}

/// A hit of a search.
public struct SearchHit: Sendable {
    /// The public name.
    public let handle: String
    /// 0 to 100.
    public let level: Int64
    /// Units counted.
    public let n: Int64
    /// Distinct active quarters.
    public let quarters: Int64
}

/// What a reader sees with the developer's consent, and the log of it.
public struct Consent: Sendable {
    let authority: Authority

    /// Consent as this authority enforces it.
    public init(authority: Authority) { self.authority = authority }

    /// Makes a grant for `audience` to read `facets` (all when empty) until `expiry`, `maxUses` times at most.
    public func grant(
        developer: Int64, facets: [String], audience: String, expiry: Instant, maxUses: Int64,
        on connection: Connection
    ) async throws -> NewGrant {
        let token = "grant_" + Base64URL.encode(randomBytes(32))
        let grant = StoredGrant(
            id: Base64URL.encode(randomBytes(12)), developer: developer, facets: facets, audience: audience,
            expiresAt: expiry, maxUses: maxUses)
        let now = self.authority.now()
        try await connection.transaction { try $0.add(grant, tokenHash: SHA256.hash(token.utf8).bytes, at: now) }
        return NewGrant(id: grant.id, token: token, grant: grant)
    }

    /// Uses the grant of `token` once and returns the profile it opens, cut to its facets; nil when the token is
    /// unknown, ended, revoked or used up, all alike. The use is in the developer's access log, in one transaction.
    public func read(token: String, on connection: Connection) async throws -> JSON? {
        let now = self.authority.now()
        return try await connection.transaction { connection in
            guard let grant = try connection.useGrant(tokenHash: SHA256.hash(token.utf8).bytes, at: now),
                let text = try connection.run(.profile(ofDeveloper: grant.developer)).first?.textOrNil(0)
            else { return nil }
            try connection.logAccess(
                to: [grant.developer], reader: grant.audience, act: "grant", query: "grant \(grant.id)", at: now)
            return try Consent.cut(JSON(parsing: text.utf8), to: grant.facets)
        }
    }

    /// `profile` with only the facets named, and nothing from which the others could be read.
    static func cut(_ profile: JSON, to facets: [String]) -> JSON {
        guard !facets.isEmpty, case .object(var members) = profile else { return profile }
        members["facets"] = .array(
            (members["facets"]?.array ?? []).filter { facets.contains($0["name"]?.string ?? "") })
        members["domains"] = nil
        members["timeline"] = nil
        members["longevity"] = nil
        return .object(members)
    }

    /// Searches among discoverable profiles for `reader`; every developer found sees it in their access log.
    public func search(
        facet: String, minimumLevel: Int64, minimumQuarters: Int64, limit: Int64, by reader: Reader,
        on connection: Connection
    ) async throws -> [SearchHit] {
        let now = self.authority.now()
        let query = "facet=\(facet) min_level=\(minimumLevel) min_quarters=\(minimumQuarters)"
        return try await connection.transaction { connection in
            let rows = try connection.run(
                .search(facet: facet, minimumLevel: minimumLevel, minimumQuarters: minimumQuarters, limit: limit))
            try connection.logAccess(
                to: rows.map { try $0.int(4) }, reader: reader.name, act: "search", query: query, at: now)
            return try rows.map {
                SearchHit(
                    handle: try $0.text(0), level: try $0.int(1), n: try $0.int(2), quarters: try $0.int(3))
            }
        }
    }
}

/// A key as it is handed out: shown this once.
public struct NewKey: Sendable {
    /// What it is called by in URLs and logs.
    public let id: String
    /// The secret; kept as a hash only.
    public let key: String
    /// What it may do.
    public let scope: String
}

/// Keys of programs.
public struct APIKeys: Sendable {
    let authority: Authority

    /// Keys of this authority.
    public init(authority: Authority) { self.authority = authority }

    /// Makes a key with `scope` for whoever `name` says.
    public func create(scope: String, name: String, on connection: Connection) async throws -> NewKey {
        let id = Base64URL.encode(randomBytes(9))
        let key = "key_" + Base64URL.encode(randomBytes(32))
        try await connection.addKey(
            id: id, hash: SHA256.hash(key.utf8).bytes, scope: scope, name: name, at: self.authority.now())
        return NewKey(id: id, key: key, scope: scope)
    }

    /// Who holds `key`, or nil when it is unknown or revoked.
    ///
    /// That it was used is noted once a minute: what reads with a key shall not write each time.
    public func reader(of key: String, reads: ReadPipeline, noting connection: Connection) async throws -> Reader? {
        let now = self.authority.now()
        guard let stored = try StoredKey.read(await reads.run(.key(hash: SHA256.hash(key.utf8).bytes))).first else {
            return nil
        }
        if stored.lastUsed.map({ now.seconds - $0.seconds >= 60 }) ?? true {
            try await connection.transaction { try $0.noteUse(ofKey: stored.id, at: now) }
        }
        return Reader(name: "\(stored.name) (\(stored.id))", scope: stored.scope)
    }
}
