internal import Crypto
public import Postgres
public import Reputation
internal import Transparency

/// A credential that was issued.
public struct StoredCredential: Sendable {
    /// Its id, the last part of its URL.
    public let id: String
    /// Our number for the developer.
    public let developer: Int64
    /// In which of the forms it was issued.
    public let format: Format
    /// Whether it is of the whole profile, as the page shows it.
    public let isWhole: Bool
    /// What was signed: a token, of a selective one what the issuer signed, or a document.
    public let token: String
    /// base64url of the token's SHA-256; with the salt it opens the ledger entry of the issuance.
    public let digest: String
    /// The salt of the commitment in the ledger.
    public let salt: [UInt8]
    /// When it was issued.
    public let issuedAt: Instant
    /// When it ends.
    public let expiresAt: Instant
    /// The index of its ledger entry.
    public let entryIndex: Int64

    /// A form of a credential.
    public enum Format: String, CaseIterable, Sendable {
        /// A profile as a Verifiable Credential (ES256).
        case vcJWT = "vc+jwt"
        /// The same as an Open Badge (RS256).
        case openBadge = "openbadge"
        /// The same as a document with a proof in it (Ed25519).
        case dataIntegrity = "eddsa-jcs-2022"
        /// A profile to be shown piece by piece (SD-JWT VC, ES256).
        case sdJWT = "dc+sd-jwt"
        /// One claim with a bound (SD-JWT VC, ES256).
        case threshold
    }

    /// A credential.
    public init(
        id: String, developer: Int64, format: Format = .vcJWT, isWhole: Bool = true, token: String, digest: String,
        salt: [UInt8], issuedAt: Instant, expiresAt: Instant, entryIndex: Int64
    ) {
        self.id = id
        self.developer = developer
        self.format = format
        self.isWhole = isWhole
        self.token = token
        self.digest = digest
        self.salt = salt
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.entryIndex = entryIndex
    }
}

extension SQL {
    /// The newest `vc+jwt` of the whole published profile `handle` that has not ended and was not taken back: its token,
    /// or no row.
    public static func currentCredential(handle: String, at now: Instant) -> SQL {
        """
        SELECT c.token FROM developers d JOIN credentials c ON c.developer = d.id
        LEFT JOIN credential_status s ON s.credential = c.id
        WHERE d.handle = \(handle) AND d.state = 'published' AND c.expires_at > \(Timestamp(seconds: now.seconds))
            AND c.format = 'vc+jwt' AND c.is_whole AND s.state IS DISTINCT FROM 1
        ORDER BY c.entry_index DESC LIMIT 1
        """
    }

    /// The rows of evidence with these commitments, in ledger order.
    public static func evidence(committed commitments: [String]) -> SQL {
        let keys = commitments.compactMap { Commitment(text: $0) }.map { LedgerEntry(.evidence, $0).leafHash.leafKey }
        return """
            SELECT e.entry_index, n.commitment, e.salt, e.document
            FROM entries n JOIN evidence e ON e.entry_index = n.index
            WHERE n.leaf_key = ANY((SELECT \(keys))::bigint[]) AND n.commitment = ANY(\(commitments)) ORDER BY e.entry_index
            """
    }
}

extension Connection {
    /// Keeps a credential that was issued.
    public func add(_ credential: StoredCredential) throws {
        try self.run(
            """
            INSERT INTO credentials (id, developer, format, is_whole, token, digest, salt, issued_at, expires_at,
                entry_index)
            VALUES (\(credential.id), \(credential.developer), \(credential.format.rawValue), \(credential.isWhole),
                \(credential.token), \(credential.digest), \(credential.salt), \(Timestamp(seconds: credential.issuedAt.seconds)),
                \(Timestamp(seconds: credential.expiresAt.seconds)), \(credential.entryIndex))
            """)
    }
}
