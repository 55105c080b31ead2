public import CanonicalJSON

/// A grant as it is made.
public struct NewGrant: Sendable, Equatable, Decodable {
    /// Names it where it is revoked.
    public let id: String
    /// Opens it; the service shows it this once.
    public let token: String
    /// What to give to the reader.
    public let url: String
    /// For whom it is.
    public let audience: String
    /// The facets it opens; empty means all.
    public let facets: [String]
    /// When it ends, RFC 3339.
    public let expiresAt: String
    /// How often it may be used.
    public let maxUses: Int64
}

/// Who looked at a developer.
public struct AccessLog: Sendable, Equatable, Decodable {
    /// The looks, newest first.
    public let looks: [Look]

    /// One look.
    public struct Look: Sendable, Equatable, Decodable {
        /// When, RFC 3339.
        public let at: String
        /// Who.
        public let reader: String
        /// `search`, `grant` or `evaluate`.
        public let act: String
        /// What was asked.
        public let query: String
    }
}

/// What a search found.
public struct SearchResult: Sendable, Equatable, Decodable {
    /// The developers found.
    public let developers: [Hit]

    /// One of them.
    public struct Hit: Sendable, Equatable, Decodable {
        /// The handle.
        public let handle: String
        /// 0 to 100.
        public let level: Int64
        /// Units counted.
        public let n: Int64
        /// Distinct quarters with counted work.
        public let activeQuarters: Int64
        /// The profile's page.
        public let profile: String
    }
}

extension Client {
    /// Makes a grant (`POST /v1/grants`); what is nil is left to the service.
    public func grant(
        audience: String, facets: [String] = [], days: Int64? = nil, uses: Int64? = nil
    ) async throws(ClientError) -> Answer<NewGrant> {
        var members: [String: JSON] = ["audience": .string(audience)]
        if !facets.isEmpty { members["facets"] = .array(facets.map(JSON.string)) }
        members["expires_in_days"] = days.map(JSON.int)
        members["max_uses"] = uses.map(JSON.int)
        return try await self.call("POST", "/v1/grants", .object(members))
    }

    /// The profile that a grant opens (`GET /v1/grants/{token}`). It is a use, and the developer sees it.
    public func read(grant token: String) async throws(ClientError) -> JSON {
        try await self.json("/v1/grants/\(self.escaped(token))")
    }

    /// Ends a grant (`DELETE /v1/grants/{id}`).
    public func revoke(grant id: String) async throws(ClientError) {
        _ = try await self.send("DELETE", "/v1/grants/\(self.escaped(id))")
    }

    /// Who looked at the developer of the session (`GET /v1/me/access-log`).
    public func accessLog() async throws(ClientError) -> Answer<AccessLog> {
        try await self.call("GET", "/v1/me/access-log")
    }

    /// Discoverable developers by facet (`GET /v1/search`).
    public func search(facet: String, minimumLevel: Int64 = 0) async throws(ClientError) -> Answer<SearchResult> {
        try await self.call("GET", "/v1/search?facet=\(self.escaped(facet))&min_level=\(minimumLevel)")
    }
}
