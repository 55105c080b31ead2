public import Postgres
public import Reputation

/// What only the owner of the tables may do, and only to put back what can be computed.
extension Connection {
    /// Runs `body` with the triggers of tiles, head, published checkpoint and keys off; they are on again when it ends, and
    /// as they were when it throws, for then the caller's transaction is rolled back.
    public func withoutLedgerTriggers(_ body: () throws -> Void) throws {
        try self.script(
            """
            ALTER TABLE tiles DISABLE TRIGGER USER; ALTER TABLE ledger_head DISABLE TRIGGER USER;
            ALTER TABLE published_checkpoint DISABLE TRIGGER USER; ALTER TABLE issuer_keys DISABLE TRIGGER USER
            """)
        try body()
        try self.script(
            """
            ALTER TABLE tiles ENABLE TRIGGER USER; ALTER TABLE ledger_head ENABLE TRIGGER USER;
            ALTER TABLE published_checkpoint ENABLE TRIGGER USER; ALTER TABLE issuer_keys ENABLE TRIGGER USER
            """)
    }

    /// Removes what is at `place`.
    public func removeTile(_ place: TilePlace) throws {
        try self.run("DELETE FROM tiles WHERE level = \(place.level) AND index = \(place.index)")
    }

    /// Writes what is shown, with the moments as they are.
    public func putPublished(_ head: LedgerHead) throws {
        try self.run(
            """
            UPDATE published_checkpoint SET origin = \(head.origin), size = \(head.size), root = \(head.root),
                note = \(head.note)
            """)
    }

    /// Computes anew what entries are found by, where it is another. Until all are right two may be the same.
    public func repairLeafKeys() throws {
        let partitions = try self.run("SELECT first FROM ledger_partitions ORDER BY first").map { try $0.int(0) }
        let (dropping, adding) = partitions.reduce(into: ("", "")) { statements, first in
            let once = "CONSTRAINT entry_is_appended_once_\(first)"
            statements.0 += "ALTER TABLE entries_\(first) DROP \(once);"
            statements.1 += "ALTER TABLE entries_\(first) ADD \(once) UNIQUE (leaf_key);"
        }
        try self.script(
            """
            ALTER TABLE entries DISABLE TRIGGER USER;
            \(dropping)
            UPDATE entries SET leaf_key = leaf_key(kind, commitment) WHERE leaf_key <> leaf_key(kind, commitment);
            \(adding)
            ALTER TABLE entries ENABLE TRIGGER USER
            """)
    }

    /// Files the fact of entry `index` under what `evidence` says of itself; account and project are made if need be. Takes
    /// its brief away and returns our number of the account, under which a new one goes.
    public func file(_ evidence: Evidence, identityHash: UInt128, ofEntry index: Int64) throws -> Int64 {
        let key = ProjectKey(evidence.project)
        let accounts = try self.resolve([evidence.account.key: (evidence.account, evidence.occurredAt)])
        let projects = try self.resolve([key: evidence.project])
        guard let account = accounts[evidence.account.key], let project = projects[key] else {
            preconditionFailure("resolving makes what is missing")
        }
        try self.run(
            """
            UPDATE evidence SET account = \(account), project = \(project), type = \(evidence.kind.rawValue),
                occurred_at = \(Timestamp(seconds: evidence.occurredAt.seconds)), identity_hash = \(identityHash)
            WHERE entry_index = \(index)
            """)
        try self.run("DELETE FROM briefs WHERE entry_index = \(index)")
        try self.run("DELETE FROM turns WHERE entry_index = \(index)")
        return account
    }

    /// Makes the room for entries that the head would have made, had its trigger been on.
    public func makeRoom() throws { try self.run("SELECT make_partitions(size) FROM ledger_head") }

    /// Switches on a trigger that is there.
    public func enable(_ trigger: LedgerTrigger) throws {
        let statement = try self.run(
            "SELECT format('ALTER TABLE %I ENABLE TRIGGER %I', \(trigger.table)::text, \(trigger.name)::text)")
        try self.script(statement[0].text(0))
    }
}

/// A trigger that refuses to let history be rewritten, or any other of this schema that is off.
public struct LedgerTrigger: Sendable, CustomStringConvertible {
    /// Whether it does its work.
    public enum State: Sendable {
        case on
        case off
        case missing
    }

    /// The table it is on.
    public let table: String
    /// Its name.
    public let name: String
    /// Whether it does its work.
    public let state: State

    /// Its name and where it is.
    public var description: String { "\(self.name) on \(self.table)" }
}

extension Connection {
    /// The triggers that keep the ledger, and whatever other trigger of this schema is off.
    public func triggers() throws -> [LedgerTrigger] {
        try self.run(
            """
            WITH kept (relation, name) AS (VALUES
                ('entries', 'entries_are_append_only'), ('tiles', 'tiles_only_grow'), ('tiles', 'tiles_and_head_stay'),
                ('ledger_head', 'ledger_only_grows'), ('ledger_head', 'head_stays'), ('ledger_head', 'head_makes_room'),
                ('ledger_head', 'first_head_makes_room'),
                ('published_checkpoint', 'published_only_grows'), ('published_checkpoint', 'published_stays'),
                ('issuer_keys', 'issuer_keys_are_append_only')
                UNION ALL SELECT 'entries_' || first, 'entries_are_append_only' FROM ledger_partitions
            ), present (relation, name, is_on) AS (
                SELECT c.relname::text, t.tgname::text, t.tgenabled IN ('O', 'A')
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
            )
            SELECT coalesce(p.relation, k.relation), coalesce(p.name, k.name), p.is_on
            FROM kept k FULL JOIN present p ON p.relation = k.relation AND p.name = k.name
            ORDER BY 1, 2
            """
        ).map { row in
            LedgerTrigger(
                table: try row.text(0), name: try row.text(1),
                state: try row.boolOrNil(2).map { $0 ? .on : .off } ?? .missing)
        }
    }
}
