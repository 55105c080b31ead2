internal import Crypto
internal import HTTP
internal import Postgres
internal import Service
internal import Store

extension Exchange {
    /// The token in `Authorization: Bearer …`, or in the session cookie.
    private var bearer: String? {
        if let header = self.request.headers["Authorization"] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 200 else { return nil }
            return String(parts[1])
        }
        return nil
    }

    /// The developer whose session this is.
    func developer() async throws -> StoredDeveloper {
        guard let token = self.bearer, token.hasPrefix("ses_") else { throw Problem.unauthorized }
        let hash = SHA256.hash(token.utf8).bytes
        let rows = try await self.reads.run(.developer(session: hash, at: self.authority.now()))
        guard let developer = try StoredDeveloper.read(rows).first else { throw Problem.unauthorized }
        return developer
    }

    /// The developer whose session this is, or nil when the request carries none; a session that ended is an error.
    func developerOrNil() async throws -> StoredDeveloper? {
        self.bearer?.hasPrefix("ses_") == true ? try await self.developer() : nil
    }

    /// The holder of the key, which must have one of `scopes`.
    func reader(_ scopes: String...) async throws -> Reader {
        guard let reader = try await self.readerOrNil() else { throw Problem.unauthorized }
        guard scopes.contains(reader.scope) || reader.scope == "admin" else { throw Problem.forbidden(scopes[0]) }
        return reader
    }

    /// The holder of the key, or nil when the request carries none; an unknown or revoked key is an error.
    func readerOrNil() async throws -> Reader? {
        guard let token = self.bearer else { return nil }
        guard token.hasPrefix("key_"),
            let reader = try await APIKeys(authority: self.authority).reader(
                of: token, reads: self.reads, noting: self.writer)
        else { throw Problem.unauthorized }
        return reader
    }
}
