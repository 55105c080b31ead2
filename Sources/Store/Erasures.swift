public import Postgres
public import Reputation

/// An erasure as the ledger's entry commits to it.
public struct StoredErasure: Sendable {
    /// The index of its entry.
    public let entryIndex: Int64
    /// The salt of the commitment.
    public let salt: [UInt8]
    /// The canonical text that is committed to: counts and a day.
    public let document: String

    /// An erasure.
    public init(entryIndex: Int64, salt: [UInt8], document: String) {
        self.entryIndex = entryIndex
        self.salt = salt
        self.document = document
    }
}

/// A fact that names somebody beside the account it is about.
public struct NamingEvidence: Sendable {
    /// The place in the ledger.
    public let entryIndex: Int64
    /// Our numbers for the account it is about and for its project.
    public let account: Int64
    /// See `account`.
    public let project: Int64
    /// The canonical text that is committed to.
    public let document: String

    static func read(_ rows: [Row]) throws -> [NamingEvidence] {
        try rows.map {
            NamingEvidence(
                entryIndex: try $0.int(0), account: try $0.int(1), project: try $0.int(2), document: try $0.text(3))
        }
    }
}

extension SQL {
    /// Every erasure with the entry of its index: index, salt, document, the entry's kind and commitment; the salt and
    /// the document are null where the entry cannot be opened. One that is noted as lost is left out.
    public static let erasures: SQL =
        """
        SELECT n.index, r.salt, r.document, n.kind, n.commitment
        FROM entries n LEFT JOIN erasures r ON r.entry_index = n.index
        WHERE r.entry_index IS NOT NULL OR n.kind = 'erasure'
            AND NOT EXISTS (SELECT FROM losses l WHERE n.index >= l.first AND n.index < l.beyond)
        ORDER BY n.index
        """

    /// How many entries of kind `evidence` have no fact, and how many of these are noted as lost.
    public static let disclosuresMissing: SQL =
        """
        SELECT count(*), count(*) FILTER (
            WHERE EXISTS (SELECT FROM losses l WHERE n.index >= l.first AND n.index < l.beyond))
        FROM entries n
        WHERE n.kind = 'evidence' AND NOT EXISTS (SELECT FROM evidence e WHERE e.entry_index = n.index)
        """

    /// Which accounts a handle that was given away is kept for at `now`: their hashes, or no row when anybody may have it.
    public static func withheld(_ hash: [UInt8], at now: Instant) -> SQL {
        "SELECT accounts FROM withheld_handles WHERE hash = \(hash) AND until > \(Timestamp(seconds: now.seconds))"
    }
}

extension Connection {
    /// Which of `events` this database has carried out, each with the index of its erasure's entry.
    public func carriedOut(_ events: [String]) throws -> [String: Int64] {
        try Dictionary(
            uniqueKeysWithValues: self.run("SELECT id, entry_index FROM erasure_events WHERE id = ANY(\(events))").map {
                (try $0.text(0), try $0.int(1))
            })
    }

    /// The erasure at `index`, nil when there is none or it cannot be opened.
    public func erasure(at index: Int64) throws -> StoredErasure? {
        try self.run("SELECT entry_index, salt, document FROM erasures WHERE entry_index = \(index)").first.map {
            StoredErasure(entryIndex: try $0.int(0), salt: try $0.bytes(1), document: try $0.text(2))
        }
    }

    /// Keeps what opens an erasure's entry, and that `event` was carried out by it.
    public func add(_ erasure: StoredErasure, event: String) throws {
        try self.run(
            """
            INSERT INTO erasures (entry_index, salt, document)
            VALUES (\(erasure.entryIndex), \(erasure.salt), \(erasure.document))
            """)
        try self.run("INSERT INTO erasure_events (id, entry_index) VALUES (\(event), \(erasure.entryIndex))")
    }
}

// Suppression: who is not recorded.
extension Connection {
    /// Whether anybody was erased and has not come back.
    public func suppressesAnybody() throws -> Bool {
        try self.run("SELECT EXISTS (SELECT FROM suppressed_accounts)")[0].bool(0)
    }

    /// Which of `hashes` are of accounts that are not recorded.
    public func suppressed(among hashes: [[UInt8]]) throws -> Set<[UInt8]> {
        try Set(
            self.run("SELECT hash FROM suppressed_accounts WHERE hash = ANY(\(hashes))").map { try $0.bytes(0) })
    }

    /// Records nothing about the accounts of `hashes` from now on.
    public func suppress(_ hashes: [[UInt8]]) throws {
        try self.run(
            """
            INSERT INTO suppressed_accounts (hash) SELECT hash FROM unnest(\(hashes)) AS erased (hash)
            ON CONFLICT DO NOTHING
            """)
    }

    /// Records facts about the accounts of `hashes` again.
    public func lift(_ hashes: [[UInt8]]) throws {
        try self.run("DELETE FROM suppressed_accounts WHERE hash = ANY(\(hashes))")
    }

    /// Gives the handle of `hash` to nobody but the owner of one of `accounts` before `end`; those that ended are dropped.
    public func withhold(_ hash: [UInt8], for accounts: [[UInt8]], now: Instant, until end: Instant) throws {
        try self.run(
            "DELETE FROM withheld_handles WHERE until <= \(Timestamp(seconds: now.seconds)) OR hash = \(hash)")
        try self.run(
            """
            INSERT INTO withheld_handles (hash, accounts, until)
            VALUES (\(hash), \(accounts), \(Timestamp(seconds: end.seconds)))
            """)
    }
}

// Finding what is about somebody, and what names them.
extension Connection {
    /// The developer, locked until the transaction ends against whoever adds something to them; nil when there is none
    /// or they were erased.
    public func lockForErasure(_ developer: Int64) throws -> StoredDeveloper? {
        try StoredDeveloper.read(
            self.run(
                """
                SELECT id, handle, state, discoverable FROM developers
                WHERE id = \(developer) AND state <> 'erased' FOR UPDATE
                """)
        ).first
    }

    /// The accounts with these keys, those that are there.
    public func storedAccounts(_ keys: [Account.Key]) throws -> [StoredAccount] {
        try StoredAccount.read(
            self.run(
                """
                SELECT a.id, a.platform, a.platform_id, a.login, a.kind
                FROM unnest(\(keys.map(\.platform.rawValue)), \(keys.map(\.id))) AS wanted (platform, id)
                JOIN accounts a ON a.platform = wanted.platform AND a.platform_id = wanted.id ORDER BY a.id
                """))
    }

    /// Every login under which facts know `accounts` that they are about.
    public func loginsInEvidence(about accounts: [Int64]) throws -> [String] {
        try self.run(
            """
            SELECT DISTINCT e.document::json #>> '{account,login}' AS login
            FROM briefs b JOIN evidence e ON e.entry_index = b.entry_index
            WHERE b.account = ANY(\(accounts)) ORDER BY login
            """
        ).map { try $0.text(0) }
    }

    /// How many facts are about `accounts`.
    public func countEvidence(about accounts: [Int64]) throws -> Int64 {
        try self.run("SELECT count(*) FROM briefs WHERE account = ANY(\(accounts))")[0].int(0)
    }

    /// Facts from entry `start` on whose text holds `id`, `alias` or, in whatever case, `owner` (in lower case), and that
    /// are not about `accounts`.
    ///
    /// Reads every text from there: no index leads from a name to the facts of others, on purpose.
    public func evidence(
        holding id: String, or alias: String, or owner: String, from start: Int64, notAbout accounts: [Int64]
    ) throws -> [NamingEvidence] {
        try NamingEvidence.read(
            self.run(
                """
                SELECT entry_index, account, project, document FROM evidence
                WHERE entry_index >= \(start) AND (strpos(document, \(id)) > 0 OR strpos(document, \(alias)) > 0
                    OR strpos(lower(document), \(owner)) > 0) AND account <> ALL (\(accounts))
                """))
    }

    /// The facts at these places that are there still.
    public func namingEvidence(at indexes: [Int64]) throws -> [NamingEvidence] {
        try NamingEvidence.read(
            self.run(
                """
                SELECT entry_index, account, project, document FROM evidence
                WHERE entry_index = ANY(\(indexes)) ORDER BY entry_index
                """))
    }

    /// Calls `body` with every account that anything here names: accounts, owners in facts, owners' names of projects.
    ///
    /// The last have `login:` and the name in lower case for an id.
    public func eachNamedAccount(_ body: (Account.Key) throws -> Void) throws {
        try self.stream(
            """
            SELECT platform, platform_id FROM accounts
            UNION SELECT document::json #>> '{project,owner,platform}', document::json #>> '{project,owner,id}'
                FROM evidence WHERE document::json #> '{project,owner}' IS NOT NULL
            UNION SELECT platform, 'login:' || lower(split_part(name, '/', 1)) FROM projects WHERE strpos(name, '/') > 0
            UNION SELECT platform, 'login:' || lower(login) FROM accounts WHERE login <> ''
            """
        ) { row in
            try body(Account.Key(platform: Platform(rawValue: try row.text(0)), id: try row.text(1)))
        }
    }
}
