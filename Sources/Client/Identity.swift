internal import CanonicalJSON

/// A text to sign.
public struct Challenge: Sendable, Equatable, Decodable {
    /// Its id.
    public let id: String
    /// What to sign, byte for byte.
    public let text: String
    /// For `ssh-keygen -Y sign -n`.
    public let namespace: String
}

/// An account that was proved, and the session that came of it.
public struct ProvedAccount: Sendable, Equatable, Decodable {
    /// The session's token; the service shows it this once.
    public let session: String
    /// The account, as the forge names it.
    public let account: Account
    /// The fingerprint of the key that signed.
    public let key: String
    /// The path of the ledger's entry of the binding.
    public let entry: String

    /// An account on a platform.
    public struct Account: Sendable, Equatable, Decodable {
        /// Where it lives.
        public let platform: String
        /// What never changes about it.
        public let id: String
        /// Its name.
        public let login: String
    }
}

/// Where a published profile is.
public struct Published: Sendable, Equatable, Decodable {
    /// The page.
    public let link: String
    /// The proof bundle.
    public let bundle: String
    /// The badge.
    public let badge: String
    /// The document.
    public let document: String
}

/// What the service holds about the developer of a session.
public struct Me: Sendable, Equatable, Decodable {
    /// The handle, once there is one.
    public let handle: String?
    /// `claimed`, `published`, `hidden` or `erased`.
    public let state: String
    /// Whether searches may find the profile.
    public let discoverable: Bool
}

extension Client {
    /// Opens a challenge for an account (`POST /v1/challenges`).
    public func challenge(platform: String, login: String) async throws(ClientError) -> Answer<Challenge> {
        try await self.call("POST", "/v1/challenges", ["platform": .string(platform), "login": .string(login)])
    }

    /// Sends the armored SSH signature over a challenge's text (`POST /v1/challenges/{id}/proof`).
    public func prove(challenge id: String, signature: String) async throws(ClientError) -> Answer<ProvedAccount> {
        try await self.call("POST", "/v1/challenges/\(self.escaped(id))/proof", ["signature": .string(signature)])
    }

    /// What the service holds about the developer of the session (`GET /v1/me`).
    public func me() async throws(ClientError) -> Answer<Me> { try await self.call("GET", "/v1/me") }

    /// Publishes the profile of the session's developer (`POST /v1/me/publish`).
    public func publish(handle: String, discoverable: Bool) async throws(ClientError) -> Answer<Published> {
        try await self.call(
            "POST", "/v1/me/publish", ["handle": .string(handle), "discoverable": .bool(discoverable)])
    }

    /// Hides the profile of the session's developer (`POST /v1/me/hide`).
    public func hide() async throws(ClientError) { _ = try await self.send("POST", "/v1/me/hide") }
}
