public import Postgres

/// What was deleted of a person beside facts.
public struct DeletedRecords: Sendable {
    /// What bindings rested on.
    public var proofs: Int64 = 0
    /// Signed profiles.
    public var credentials: Int64 = 0
    /// Consents.
    public var grants: Int64 = 0
    /// Looks by others.
    public var looks: Int64 = 0
    /// Sessions, open or ended.
    public var sessions: Int64 = 0

    /// Nothing yet.
    public init() {}
}

extension Connection {
    /// Deletes the facts about `accounts` and returns how many there were.
    public func deleteEvidence(about accounts: [Int64]) throws -> Int64 {
        Int64(
            try self.run(
                """
                DELETE FROM evidence e USING briefs b
                WHERE b.account = ANY(\(accounts)) AND e.entry_index = b.entry_index RETURNING e.entry_index
                """
            ).count)
    }

    /// Deletes the facts at these places and returns how many there were.
    public func deleteEvidence(at indexes: [Int64]) throws -> Int64 {
        Int64(try self.run("DELETE FROM evidence WHERE entry_index = ANY(\(indexes)) RETURNING entry_index").count)
    }

    /// Deletes what `developer` has and did, and leaves a developer in state `erased` of whom nothing is known.
    public func eraseDeveloper(_ developer: Int64) throws -> DeletedRecords {
        var records = DeletedRecords()
        records.proofs = Int64(try self.run("DELETE FROM proofs WHERE developer = \(developer) RETURNING id").count)
        records.credentials = Int64(
            try self.run("DELETE FROM credentials WHERE developer = \(developer) RETURNING entry_index").count)
        records.grants = Int64(try self.run("DELETE FROM grants WHERE developer = \(developer) RETURNING uses").count)
        records.looks = Int64(try self.run("DELETE FROM access_log WHERE developer = \(developer) RETURNING id").count)
        records.sessions = Int64(
            try self.run("DELETE FROM sessions WHERE developer = \(developer) RETURNING developer").count)
        try self.run("DELETE FROM challenges WHERE developer = \(developer)")
        try self.run("DELETE FROM facets WHERE developer = \(developer)")
        try self.run("DELETE FROM linked_accounts WHERE developer = \(developer)")
        try self.run(
            """
            UPDATE developers SET state = 'erased', handle = NULL, discoverable = false, document = NULL,
                document_digest = NULL, weightiest = '{}'
            WHERE id = \(developer)
            """)
        return records
    }

    /// Deletes what else knows one of `names` (in lower case) on `platform`: challenges, the owner's part of projects'
    /// names, and what readers asked about such projects.
    public func eraseNames(_ names: [String], on platform: String) throws {
        try self.run("DELETE FROM challenges WHERE platform = \(platform) AND lower(login) = ANY(\(names))")
        try self.run(
            """
            UPDATE projects SET name = 'erased' || substr(name, strpos(name, '/'))
            WHERE platform = \(platform) AND strpos(name, '/') > 0 AND lower(split_part(name, '/', 1)) = ANY(\(names))
            """)
        try self.run(
            """
            UPDATE access_log SET query = 'a change'
            WHERE act = 'evaluate' AND lower(split_part(substr(query, length('change in ') + 1), '/', 1)) = ANY(\(names))
            """)
    }

    /// Deletes `accounts`, of whom no fact and no developer is left.
    public func deleteAccounts(_ accounts: [Int64]) throws {
        try self.run("DELETE FROM accounts WHERE id = ANY(\(accounts))")
    }

    /// The tokens of `developer`'s credentials by their ids.
    public func tokens(of developer: Int64) throws -> [(id: String, token: String)] {
        try self.run("SELECT id, token FROM credentials WHERE developer = \(developer) ORDER BY id").map {
            (try $0.text(0), try $0.text(1))
        }
    }

    /// Deletes these credentials.
    public func deleteCredentials(_ ids: [String]) throws {
        try self.run("DELETE FROM credentials WHERE id = ANY(\(ids))")
    }
}
