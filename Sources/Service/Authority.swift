internal import Credentials
internal import Crypto
public import Profiles
public import Reputation
public import Store

/// Who states the facts: the keys, the public address, and the clock that dates what is stated.
public struct Authority: Sendable {
    /// What the deployment chose.
    public let settings: Settings
    /// What it signs with.
    public let keys: Keys
    /// The present moment.
    public let now: @Sendable () -> Instant
    /// What was reckoned of everybody in the ledger so far.
    let standings = StandingsBook()

    /// An authority.
    public init(settings: Settings, keys: Keys, now: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.keys = keys
        self.now = now
    }

    /// The log's name when this authority begins a log; a log keeps the name it began with.
    public var origin: String { self.settings.host + "/evidence" }

    /// The keyed hash of what makes `evidence` the fact it is: the first 16 bytes of an HMAC-SHA-256.
    func identityHash(of evidence: Evidence) -> UInt128 {
        self.keys.identity.code(for: ("evidence\u{1F}" + evidence.identity).utf8).leadingHalf
    }

    /// `account` as it is stored: an e-mail address becomes its keyed hash, anything else stays as it is.
    ///
    /// Commits and package indices name people by address. The hash lets facts about one address find one another,
    /// and a proved address find its facts, without the database holding a list of addresses.
    func pseudonym(of account: Account) -> Account {
        guard account.key.platform == .email else { return account }
        return Account(key: self.pseudonym(of: account.key), login: "", kind: account.kind)
    }

    func pseudonym(of key: Account.Key) -> Account.Key {
        guard key.platform == .email else { return key }
        let code = self.keys.identity.code(for: Array(("email\u{1F}" + key.id.lowercased()).utf8))
        return Account.Key(platform: .email, id: code.base64URL)
    }

    /// `evidence` with every account in it as it is stored.
    func pseudonymous(_ evidence: consuming Evidence) -> Evidence {
        guard
            evidence.account.key.platform == .email || evidence.project.owner?.platform == .email
                || evidence.counterparties.contains(where: { $0.account.key.platform == .email })
        else { return evidence }
        evidence.account = self.pseudonym(of: evidence.account)
        evidence.project.owner = evidence.project.owner.map { self.pseudonym(of: $0) }
        for index in evidence.counterparties.indices {
            evidence.counterparties[index].account = self.pseudonym(of: evidence.counterparties[index].account)
        }
        return evidence
    }
}

extension Authority {
    /// How a person recognises the key that signs checkpoints: SHA-256 of the public key, base64url.
    public var ledgerKeyFingerprint: String { "SHA256:" + SHA256.hash(self.keys.ledger.publicKey.bytes).base64URL }

    /// How a person recognises the key that signs credentials: its RFC 7638 thumbprint.
    public var credentialKeyFingerprint: String { JWK.p256(self.keys.credentials.publicKey).thumbprint }
}

extension Authority {
    /// The public key that signs for `use`, of those that are known by a thumbprint.
    func publicKey(_ use: KeyRecord.Use) -> JWK {
        switch use {
        case .ledger: preconditionFailure("the ledger's key is known by its verifier key")
        case .credentials: .p256(self.keys.credentials.publicKey)
        case .badges: .rsa(self.keys.badges.publicKey)
        case .proofs: .ed25519(self.keys.proofs.publicKey)
        }
    }

    /// What this issuer publishes about itself.
    public var documents: IssuerDocuments { IssuerDocuments(issuer: self.settings.publicURL) }
}

extension KeyRecord.Use {
    /// The uses whose keys are known by a thumbprint.
    public static let stated: [KeyRecord.Use] = [.credentials, .badges, .proofs]
}
