import Crypto
import Migrations
import Postgres
import Reputation
import Store
import TestSupport
import Testing
import Transparency

@Suite struct HistoryTests {
    /// A database with three entries, one tile and a head.
    private func withLedger(_ body: @Sendable (Connection) async throws -> Void) async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate()
            try await connection.transaction { connection in
                let entries = (0..<3).map { LedgerEntry(.evidence, Commitment(disclosure: "d\($0)")) }
                var frontier = Frontier()
                let tiles = frontier.append(entries.map(\.leafHash))
                try connection.append(entries.map { LedgerLeaf($0) }, at: 0)
                try connection.writeTiles(tiles.map { StoredTile(level: 0, index: $0.tile.number, hashes: $0.bytes) })
                try connection.writeLedgerHead(
                    LedgerHead(
                        origin: "a.example/evidence", size: 3, root: frontier.root.bytes, note: "n",
                        observedAt: Instant(seconds: 0)))
            }
            try await body(connection)
        }
    }

    @Test(
        arguments: [
            "UPDATE entries SET kind = 'status'", "DELETE FROM entries", "TRUNCATE entries CASCADE",
            "DELETE FROM tiles",
            "DELETE FROM ledger_head", "UPDATE ledger_head SET size = 2",
            "UPDATE ledger_head SET origin = 'b.example/evidence'",
            "UPDATE tiles SET hashes = decode(repeat('00', 96), 'hex')",
            "UPDATE tiles SET hashes = substring(hashes FROM 1 FOR 64)",
        ] as [SQL])
    func `history cannot be rewritten`(statement: SQL) async throws {
        try await withLedger { connection in
            await #expect(throws: PostgresError.self) { try await connection.run(statement) }
            let answer1 = try await connection.ledgerHead()?.size
            #expect(answer1 == 3)
        }
    }

    @Test(
        arguments: [
            "UPDATE witnessed SET size = 2", "UPDATE witnessed SET root = sha256('x')", "DELETE FROM witnessed",
            "UPDATE witnessed SET size = 4, origin = 'b.example/log'", "TRUNCATE witnessed",
        ] as [SQL])
    func `what was witnessed is not taken back`(statement: SQL) async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate()
            let head = TreeHead(size: 3, root: SHA256.hash([3]))
            let witnessed = Witnessed(
                checkpoint: Checkpoint(origin: "a.example/log", head: head), note: "n", cosignedAt: Instant(seconds: 0))
            try await connection.addWitnessed(witnessed)
            await #expect(throws: PostgresError.self) { try await connection.run(statement) }
            let kept = try await connection.lockWitnessed("a.example/log")
            #expect(kept == head)
            let newer = Checkpoint(origin: "a.example/log", head: TreeHead(size: 4, root: SHA256.hash([4])))
            try await connection.replaceWitnessed(
                Witnessed(checkpoint: newer, note: "m", cosignedAt: Instant(seconds: 1)))
            let grown = try await connection.lockWitnessed("a.example/log")
            #expect(grown == newer.head)
        }
    }

    @Test func `an entry is appended once`() async throws {
        try await withLedger { connection in
            let again = LedgerEntry(.evidence, Commitment(disclosure: "d1"))
            await #expect(throws: PostgresError.self) { try await connection.append([LedgerLeaf(again)], at: 3) }
        }
    }

    @Test func `migrating twice applies nothing the second time`() async throws {
        try await withDatabase { connection in
            let answer2 = try await connection.migrate().count
            #expect(answer2 == Migration.all.count)
            let answer3 = try await connection.migrate().isEmpty
            #expect(answer3)
        }
    }

    @Test func `a database of a newer program is refused`() async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate()
            try await connection.run("INSERT INTO schema_migrations (number, name, sha256) VALUES (999, 'later', 'x')")
            await #expect(throws: MigrationError.tooNew(database: 999, program: Migration.newest)) {
                try await connection.migrate()
            }
        }
    }

    @Test func `a migration that was edited is refused by name`() async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate()
            try await connection.run("UPDATE schema_migrations SET sha256 = 'other' WHERE number = 2")
            await #expect(throws: MigrationError.changed(name: "0002_evidence")) { try await connection.migrate() }
        }
    }

    @Test func `the last use of a grant is given to one reader`() async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate()
            let now = Instant(seconds: 1_000)
            let developer = try await connection.addDeveloper(at: now)
            let grant = StoredGrant(
                id: "g", developer: developer, facets: [], audience: "a", expiresAt: Instant(seconds: 2_000), maxUses: 1
            )
            try await connection.add(grant, tokenHash: [1], at: now)
            let answer4 = try await connection.useGrant(tokenHash: [1], at: now)?.id
            #expect(answer4 == "g")
            let answer5 = try await connection.useGrant(tokenHash: [1], at: now)
            #expect(answer5 == nil)
        }
    }
}
