public import Postgres
public import Reputation

/// Where a credential's status stands.
public struct StatusPlace: Hashable, Sendable {
    /// The list, and the place in it.
    public let list: Int64
    /// See `list`.
    public let index: Int64

    /// A place.
    public init(list: Int64, index: Int64) {
        self.list = list
        self.index = index
    }
}

/// What a credential's status was changed to.
public struct StatusChange: Hashable, Sendable {
    /// The credential's id.
    public let credential: String
    /// Where its status stands.
    public let place: StatusPlace
    /// The number of the status: 0 valid, 1 revoked, 2 suspended.
    public let state: UInt8

    /// A change.
    public init(credential: String, place: StatusPlace, state: UInt8) {
        self.credential = credential
        self.place = place
        self.state = state
    }
}

/// The status lists of one number as they were signed, and what opens their entry.
public struct StatusPublication: Sendable {
    /// The index of the ledger's entry.
    public let entryIndex: Int64
    /// Which list.
    public let list: Int64
    /// The salt of the commitment.
    public let salt: [UInt8]
    /// The canonical text that is committed to: the digests of the three texts.
    public let document: String
    /// The list as a token (IETF Token Status List).
    public let token: String
    /// The bits of what is revoked, and of what is suspended (W3C Bitstring Status List).
    public let revocation: String
    /// See `revocation`.
    public let suspension: String
    /// When it was signed, and when it ends.
    public let publishedAt: Instant
    /// See `publishedAt`.
    public let expiresAt: Instant

    /// A publication.
    public init(
        entryIndex: Int64, list: Int64, salt: [UInt8], document: String, token: String, revocation: String,
        suspension: String, publishedAt: Instant, expiresAt: Instant
    ) {
        self.entryIndex = entryIndex
        self.list = list
        self.salt = salt
        self.document = document
        self.token = token
        self.revocation = revocation
        self.suspension = suspension
        self.publishedAt = publishedAt
        self.expiresAt = expiresAt
    }

    /// The publications in `rows` of `SQL.statusPublications`.
    public static func read(_ rows: [Row]) throws -> [StatusPublication] {
        try rows.map {
            StatusPublication(
                entryIndex: try $0.int(0), list: try $0.int(1), salt: try $0.bytes(2), document: try $0.text(3),
                token: try $0.text(4), revocation: try $0.text(5), suspension: try $0.text(6),
                publishedAt: Instant(seconds: try $0.seconds(7)), expiresAt: Instant(seconds: try $0.seconds(8)))
        }
    }
}

/// What is known of an issued credential beside its text.
public struct CredentialRecord: Sendable {
    /// Its id, and our number for the developer.
    public let id: String
    /// See `id`.
    public let developer: Int64
    /// The format, the times, and the number of its status: 0 valid, 1 revoked, 2 suspended.
    public let format: String
    /// See `format`.
    public let issuedAt: Instant
    /// See `format`.
    public let expiresAt: Instant
    /// See `format`.
    public let state: UInt8

    /// The credentials in `rows` of `SQL.credentialRecords` or `SQL.credentialRecord`.
    public static func read(_ rows: [Row]) throws -> [CredentialRecord] {
        try rows.map {
            CredentialRecord(
                id: try $0.text(0), developer: try $0.int(1), format: try $0.text(2),
                issuedAt: Instant(seconds: try $0.seconds(3)), expiresAt: Instant(seconds: try $0.seconds(4)),
                state: UInt8(clamping: try $0.int(5)))
        }
    }
}

extension SQL {
    /// The newest publications of `list`, at most `count`, newest first.
    public static func statusPublications(of list: Int64, count: Int64) -> SQL {
        """
        SELECT entry_index, list, salt, document, token, revocation, suspension, published_at, expires_at
        FROM status_publications WHERE list = \(list) ORDER BY entry_index DESC LIMIT \(count)
        """
    }

    /// Every publication with the kind and the commitment of its entry: index, salt, document, the three texts.
    public static let auditedStatusPublications: SQL =
        """
        SELECT p.entry_index, p.salt, p.document, p.token, p.revocation, p.suspension, n.kind, n.commitment
        FROM status_publications p LEFT JOIN entries n ON n.index = p.entry_index ORDER BY p.entry_index
        """

    /// The credentials of the developer with this `handle` that have not ended at `now`, newest first.
    public static func credentialRecords(handle: String, at now: Instant) -> SQL {
        """
        SELECT c.id, c.developer, c.format, c.issued_at, c.expires_at, coalesce(s.state, 0)::bigint
        FROM credentials c JOIN developers d ON d.id = c.developer
        LEFT JOIN credential_status s ON s.credential = c.id
        WHERE d.handle = \(handle) AND c.expires_at > \(Timestamp(seconds: now.seconds)) ORDER BY c.entry_index DESC
        """
    }

    /// The credential `id`, or no row.
    public static func credentialRecord(_ id: String) -> SQL {
        """
        SELECT c.id, c.developer, c.format, c.issued_at, c.expires_at, coalesce(s.state, 0)::bigint
        FROM credentials c LEFT JOIN credential_status s ON s.credential = c.id WHERE c.id = \(id)
        """
    }

    /// The published developers whose newest `vc+jwt` ends before `moment` and was not taken back.
    public static func developersToRenew(before moment: Instant) -> SQL {
        """
        SELECT d.id, d.handle, d.state, d.discoverable FROM developers d
        JOIN LATERAL (
            SELECT c.expires_at, s.state FROM credentials c LEFT JOIN credential_status s ON s.credential = c.id
            WHERE c.developer = d.id AND c.format = 'vc+jwt' AND c.is_whole
            ORDER BY c.entry_index DESC LIMIT 1
        ) newest ON true
        WHERE d.state = 'published' AND newest.expires_at < \(Timestamp(seconds: moment.seconds))
            AND coalesce(newest.state, 0) = 0
        ORDER BY d.id LIMIT 1000
        """
    }
}

extension Connection {
    /// Gives the credential `id` a place that nobody had, drawn by `draw` from 0 on below `StatusTable.count`.
    ///
    /// A list takes half as many credentials as it has places, so a place is found in a draw or two.
    public func giveStatusPlace(to id: String, now: Instant, draw: () -> Int64) throws -> StatusPlace {
        let moment = Timestamp(seconds: now.seconds)
        let open = try self.run(
            """
            UPDATE status_lists SET issued = issued + 1
            WHERE number = (SELECT max(number) FROM status_lists) AND issued < 65536 RETURNING number
            """
        ).first?.int(0)
        let list =
            try open
            ?? self.run(
                """
                INSERT INTO status_lists (number, issued, opened_at)
                SELECT coalesce(max(number), 0) + 1, 1, \(moment) FROM status_lists RETURNING number
                """)[0].int(0)
        while true {
            let rows = try self.run(
                """
                INSERT INTO credential_status (list, place, credential, changed_at)
                VALUES (\(list), \(draw()), \(id), \(moment)) ON CONFLICT (list, place) DO NOTHING RETURNING place
                """)
            if let place = try rows.first?.int(0) { return StatusPlace(list: list, index: place) }
        }
    }

    /// Says that the credential `id` is now `state`; returns the change, nil when it has no place or was that already.
    public func setStatus(of id: String, to state: UInt8, now: Instant) throws -> StatusChange? {
        try self.run(
            """
            UPDATE credential_status SET state = \(Int64(state))::smallint, changed_at = \(Timestamp(seconds: now.seconds))
            WHERE credential = \(id) AND state <> \(Int64(state)) RETURNING list, place
            """
        ).first.map {
            StatusChange(credential: id, place: StatusPlace(list: try $0.int(0), index: try $0.int(1)), state: state)
        }
    }

    /// Revokes the credentials `ids` that were not; returns what changed.
    public func revoke(_ ids: [String], now: Instant) throws -> [StatusChange] {
        try self.run(
            """
            UPDATE credential_status SET state = 1, changed_at = \(Timestamp(seconds: now.seconds))
            WHERE credential = ANY(\(ids)) AND state <> 1 RETURNING credential, list, place
            """
        ).map {
            StatusChange(
                credential: try $0.text(0), place: StatusPlace(list: try $0.int(1), index: try $0.int(2)), state: 1)
        }
    }

    /// The number of the status at each place of `lists` that was given to a credential and is not valid.
    public func statuses(in lists: [Int64]) throws -> [StatusPlace: UInt8] {
        let rows = try self.run(
            "SELECT list, place, state::bigint FROM credential_status WHERE list = ANY(\(lists)) AND state <> 0")
        return try Dictionary(
            rows.map { (StatusPlace(list: try $0.int(0), index: try $0.int(1)), UInt8(clamping: try $0.int(2))) }
        ) { first, _ in first }
    }

    /// Makes `change` hold in a database that may know neither the list nor the credential.
    ///
    /// Where another credential was given the place meanwhile it shares the status: a place has one.
    public func bringBack(_ change: StatusChange, now: Instant) throws {
        let moment = Timestamp(seconds: now.seconds)
        try self.run(
            """
            INSERT INTO status_lists (number, issued, opened_at) VALUES (\(change.place.list), 1, \(moment))
            ON CONFLICT (number) DO NOTHING
            """)
        try self.run(
            """
            INSERT INTO credential_status (list, place, credential, state, changed_at)
            VALUES (\(change.place.list), \(change.place.index), \(change.credential), \(Int64(change.state))::smallint,
                \(moment))
            ON CONFLICT (list, place) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
            """)
    }

    /// What is not valid in `list`: the number of the status by place.
    public func statuses(in list: Int64) throws -> [(index: Int64, state: UInt8)] {
        try self.run("SELECT place, state::bigint FROM credential_status WHERE list = \(list) AND state <> 0").map {
            (try $0.int(0), UInt8(clamping: try $0.int(1)))
        }
    }

    /// Whether there is a list of this number.
    public func hasStatusList(_ number: Int64) throws -> Bool {
        try self.run("SELECT EXISTS (SELECT FROM status_lists WHERE number = \(number))")[0].bool(0)
    }

    /// Keeps lists as they were signed.
    public func add(_ publication: StatusPublication) throws {
        try self.run(
            """
            INSERT INTO status_publications
                (entry_index, list, salt, document, token, revocation, suspension, published_at, expires_at)
            VALUES (\(publication.entryIndex), \(publication.list), \(publication.salt), \(publication.document),
                \(publication.token), \(publication.revocation), \(publication.suspension),
                \(Timestamp(seconds: publication.publishedAt.seconds)),
                \(Timestamp(seconds: publication.expiresAt.seconds)))
            """)
    }
}
