internal import CanonicalJSON
internal import Credentials
internal import Crypto
public import HTTP
public import Postgres
public import Reputation
internal import Store
internal import Transparency

/// A challenge as it is given out.
public struct OpenChallenge: Sendable {
    /// What it is called by in URLs and logs.
    public let id: String
    /// What to sign, byte for byte.
    public let text: String
    /// For `ssh-keygen -Y sign -n`.
    public let namespace: String
    /// When it ends.
    public let expiresAt: Instant
}

/// An account that was proved.
public struct ProvedAccount: Sendable {
    /// Our number for the developer.
    public let developer: Int64
    /// The account.
    public let account: Account
    /// Opens the session; shown once.
    public let session: String
    /// The fingerprint of the key that signed.
    public let fingerprint: String
    /// The index of its ledger entry.
    public let entryIndex: Int64
}

/// Proves that a person controls an account, and binds it to them.
public struct Claim: Sendable {
    let authority: Authority
    let client: HTTPClient

    /// Claims against the forges of the authority's settings.
    public init(authority: Authority, client: HTTPClient) {
        self.authority = authority
        self.client = client
    }

    /// Opens a challenge for `login` of `platform`; the account will be added to `developer`, or to a new one.
    public func challenge(
        platform: String, login: String, developer: Int64?, on connection: Connection
    ) async throws -> OpenChallenge {
        guard self.authority.settings.forges[platform] != nil else { throw ClaimError.unknownPlatform(platform) }
        guard (1...39).contains(login.utf8.count),
            login.utf8.allSatisfy({
                Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber || $0 == 0x2D
            })
        else { throw ClaimError.malformedLogin }
        let now = self.authority.now()
        let expiry = Instant(seconds: now.seconds + self.authority.settings.challengeLife)
        let id = Base64URL.encode(randomBytes(18))
        let text = """
            standing identity proof v1
            service: \(self.authority.settings.publicURL)
            account: \(platform)/\(login)
            nonce: \(Base64URL.encode(randomBytes(32)))
            issued: \(now.rfc3339)
            expires: \(expiry.rfc3339)

            """
        let challenge = StoredChallenge(id: id, platform: platform, login: login, text: text, developer: developer)
        try await connection.transaction { try $0.add(challenge, now: now, expiry: expiry) }
        return OpenChallenge(
            id: id, text: text, namespace: self.authority.settings.signatureNamespace, expiresAt: expiry)
    }

    /// Takes the `signature` (SSHSIG, armored) over an open challenge, checks it against the keys the forge lists now,
    /// and binds the account.
    ///
    /// The challenge is used up only by a signature that holds, so a mistake does not cost a new one.
    public func prove(challenge id: String, signature armored: String, on connection: Connection) async throws
        -> ProvedAccount
    {
        guard
            let challenge = try await StoredChallenge.read(
                connection.run(.openChallenge(id, at: self.authority.now()))
            ).first
        else { throw ClaimError.noOpenChallenge }
        let key = try self.signer(of: challenge, armored: armored)
        let (account, list, url) = try await self.published(platform: challenge.platform, login: challenge.login)
        let listed = list.split(whereSeparator: \.isNewline).contains { line in
            // A forge lists keys of kinds that are not read here: such a line is not the key that signed.
            (try? SSHPublicKey(line: line)) == key
        }
        guard listed else { throw ClaimError.keyNotListed(fingerprint: key.fingerprint, at: url) }
        return try await self.bind(
            account, by: challenge, armored: armored, fingerprint: key.fingerprint, list: list, on: connection)
    }

    /// The key that signed the challenge's text, or why none did.
    private func signer(of challenge: StoredChallenge, armored: String) throws(ClaimError) -> SSHPublicKey {
        let signature: SSHSignature
        do {
            signature = try SSHSignature(armored: armored)
        } catch {
            throw .malformedSignature(error.sentence)
        }
        do {
            try signature.verify(
                Array(challenge.text.utf8), namespace: self.authority.settings.signatureNamespace, key: signature.key)
        } catch {
            throw .wrongSignature
        }
        return signature.key
    }

    /// The account behind `login` now, and the key list the forge publishes for it.
    private func published(platform: String, login: String) async throws -> (Account, list: String, url: String) {
        guard let forge = self.authority.settings.forges[platform] else { throw ClaimError.unknownPlatform(platform) }
        let user = try await self.fetch("\(forge.api)/users/\(login)")
        // The general reader takes fractions and unknown members; only three members of the answer are looked at.
        guard let profile = ForgeUser(user.body) else {
            throw ClaimError.forgeUnavailable("its answer about the account has no id and login")
        }
        let url = "\(forge.web)/\(profile.login).keys"
        let list = try await self.fetch(url)
        let account = Account(
            key: .init(platform: Platform(rawValue: platform), id: String(profile.id)), login: profile.login,
            kind: profile.kind)
        return (account, String(decoding: list.body, as: UTF8.self), url)
    }

    private func fetch(_ url: String) async throws -> ClientResponse {
        let response: ClientResponse
        do {
            response = try await self.client.get(url, headers: ["Accept": "application/json, text/plain"])
        } catch {
            throw ClaimError.forgeUnavailable("\(error)")
        }
        switch response.status {
        case 200: return response
        case 404: throw ClaimError.noSuchAccount
        default: throw ClaimError.forgeUnavailable("it answered \(response.status)")
        }
    }

    private func bind(
        _ account: Account, by challenge: StoredChallenge, armored: String, fingerprint: String, list: String,
        on connection: Connection
    ) async throws -> ProvedAccount {
        let now = self.authority.now()
        let session = "ses_" + Base64URL.encode(randomBytes(32))
        let ledger = Ledger(authority: self.authority)
        return try await connection.transaction { connection in
            // The ledger's lock comes before any other, as for every writer of entries.
            _ = try connection.lockLedgerHead()
            guard try connection.useChallenge(challenge.id, at: now) else { throw ClaimError.noOpenChallenge }
            let ids = try connection.resolve([account.key: (account, now)])
            guard let accountID = ids[account.key] else { preconditionFailure("resolving makes what is missing") }
            let owner = try StoredDeveloper.read(connection.run(.developer(ofAccount: accountID))).first
            let developer = try owner?.id ?? challenge.developer ?? connection.addDeveloper(at: now)
            guard challenge.developer == nil || challenge.developer == developer,
                try connection.link(account: accountID, to: developer, at: now)
            else { throw ClaimError.boundElsewhere }
            // Whoever was erased and claims the account again is recorded again.
            let names = [account.key, Account.Key(account.key.platform, login: account.login)]
            try connection.lift(names.map { self.authority.erasureHash(of: $0) })
            let binding: JSON = [
                "type": "identity.bind", "account": account.document, "challenge": .string(challenge.text),
                "signature": .string(armored), "keys": .string(list), "fetched_at": .string(now.rfc3339), "v": 1,
            ]
            let salt = randomBytes(16)
            let disclosure = Disclosure(binding, salt: salt)
            let index = try ledger.append(
                [LedgerEntry(.identity, Commitment(disclosure: disclosure.text))], observedAt: now, on: connection)
            try connection.add(
                NewProof(
                    account: accountID, developer: developer, method: "ssh-signature", challenge: challenge.text,
                    signature: armored, keyFingerprint: fingerprint, keysListed: list, fetchedAt: now, salt: salt,
                    entryIndex: index))
            try connection.addSession(
                tokenHash: SHA256.hash(session.utf8).bytes, developer: developer, now: now,
                expiry: Instant(seconds: now.seconds + self.authority.settings.sessionLife))
            return ProvedAccount(
                developer: developer, account: account, session: session, fingerprint: fingerprint, entryIndex: index)
        }
    }
}
