import Foundation
import Postgres
import Service
import Store
import TestSupport
import Testing
import Transparency

/// Damage to the ledger itself: what follows from the entries is computed again, the entries never are.
@Suite struct RepairTests {
    /// Runs `body` with a ledger of 600 entries that nobody serves.
    private func withLedger(
        _ body: @Sendable (_ site: Site, _ check: Check, _ owner: Connection) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                try await site.open { try await $0.record(600, from: 0) }
                let check = Check(authority: site.authority, highWater: site.highWater)
                try await site.inspect { try await body(site, check, $0) }
            }
        }
    }

    /// What somebody with the owner's rights did, and the kind of what is found.
    private static let damages: [(damage: String, kind: Finding.Kind)] = [
        (
            "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 40 FOR 1) WHERE level = 0 AND index = 1",
            .tile
        ),
        ("UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 40 FOR 1) WHERE level = 1", .tile),
        ("UPDATE tiles SET hashes = substring(hashes FROM 1 FOR 320) WHERE level = 0 AND index = 0", .tile),
        ("UPDATE tiles SET hashes = hashes || sha256('x') WHERE level = 0 AND index = 2", .tile),
        ("DELETE FROM tiles WHERE level = 0 AND index = 2", .tile), ("DELETE FROM tiles", .tile),
        ("INSERT INTO tiles (level, index, hashes) VALUES (3, 7, sha256('x'))", .tile),
        ("UPDATE ledger_head SET root = sha256('x')", .head), ("UPDATE ledger_head SET size = 599", .head),
        ("UPDATE ledger_head SET size = 601", .head),
        ("UPDATE ledger_head SET origin = 'elsewhere.example/evidence'", .head),
        ("UPDATE ledger_head SET note = 'nothing'", .head),
        ("UPDATE ledger_head SET note = replace(note, '/evidence', '/evidenzz')", .head),
        ("DELETE FROM ledger_head", .head), ("UPDATE published_checkpoint SET size = 9999", .published),
        ("UPDATE published_checkpoint SET size = 1", .published),
        ("UPDATE published_checkpoint SET root = sha256('x')", .published),
        ("UPDATE published_checkpoint SET note = 'nothing'", .published),
        ("UPDATE published_checkpoint SET origin = 'elsewhere.example/evidence'", .published),
        (
            """
            UPDATE entries SET leaf_key = leaf_key + 1 WHERE index = 7
            """, .leafHash
        ),
    ]

    @Test func `room that is lost is made by a repair, and by a head with more entries than there is room for`()
        async throws
    {
        try await self.withLedger { site, check, owner in
            try await owner.dropPartitions(from: 1 << 20)
            _ = try await Repair(check: check).run(on: owner)
            let repaired = try await owner.run("SELECT max(beyond) FROM ledger_partitions")[0].int(0)
            #expect(repaired == 2 << 20)

            try await owner.dropPartitions(from: 1 << 20)
            let entries = (0...(1 << 20)).map { LedgerEntry(.status, Commitment(disclosure: "s\($0)")) }
            let ledger = Ledger(authority: site.authority)
            let (start, rows) = try await owner.transaction { connection in
                let start = try ledger.append(entries, observedAt: site.clock.now, on: connection)
                return (start, try connection.run("SELECT max(index), count(*) FROM entries")[0])
            }
            #expect(start == 600)
            #expect(try (rows.int(0), rows.int(1)) == (600 + (1 << 20), 601 + (1 << 20)))
        }
    }

    @Test func `what follows from the entries is found damaged and computed again as it was`() async throws {
        try await self.withLedger { _, check, owner in
            let before = try await owner.everything()
            for (damage, kind) in Self.damages {
                try await owner.asOwner(damage)
                let damaged = try await check.run(on: owner)
                #expect(Set(damaged.problems.map(\.kind)) == [kind], "\(damage): \(damaged.problems)")
                #expect(damaged.problems.allSatisfy { $0.severity == .derived })
                let repaired = try await Repair(check: check).run(on: owner)
                #expect(Set(repaired) == Set(damaged.problems), "\(damage)")
                let report = try await check.run(on: owner)
                #expect(report.problems == [], "\(damage)")
                let after = try await owner.everything()
                #expect(after == before, "to the byte, after \(damage)")
            }
        }
    }

    @Test func `a trigger that is off is found and switched on`() async throws {
        try await self.withLedger { _, check, owner in
            try await owner.script("ALTER TABLE entries DISABLE TRIGGER entries_are_append_only")
            let damaged = try await check.run(on: owner)
            #expect(damaged.problems.map(\.kind) == [.trigger])
            _ = try await Repair(check: check).run(on: owner)
            let report = try await check.run(on: owner)
            #expect(report.problems == [])
            await #expect(throws: PostgresError.self) { try await owner.run("DELETE FROM entries WHERE index = 7") }

            try await owner.script("DROP TRIGGER head_stays ON ledger_head")
            try await owner.script("DROP TRIGGER entries_are_append_only ON entries_1048576")
            let missing = try await check.run(on: owner)
            #expect(
                Set(missing.problems.map(\.place)) == [
                    "the trigger head_stays on ledger_head", "the trigger entries_are_append_only on entries_1048576",
                ])
        }
    }

    /// Damage to entries, and the places named.
    private static let damagedEntries: [(damage: String, places: [String])] = [
        ("UPDATE entries SET kind = 'status' WHERE index = 7", ["entry 7"]),
        (
            """
            UPDATE entries SET commitment = CASE left(commitment, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(commitment, 2)
             WHERE index IN (7, 300)
            """,
            ["entry 7", "entry 300"]
        ),
        ("DELETE FROM entries WHERE index = 300", ["entry 300"]),
        ("DELETE FROM entries WHERE index >= 500", ["entries 500 to 599"]),
        (
            "INSERT INTO entries (index, leaf_key, kind, commitment) VALUES (600, 7, 'status', repeat('A', 43))",
            ["entries from 600 on"]
        ),
    ]

    @Test func `a damaged entry is named, repaired by nobody, and put back from a copy as the runbook says`()
        async throws
    {
        try await self.withLedger { site, check, owner in
            let copy = try await LogCopy(of: owner, to: site.directory + "/copy")
            let before = try await owner.everything()
            let remedy = try Self.remedy(for: [7, 300] + Array(500..<600), from: copy)
            for (damage, places) in Self.damagedEntries {
                try await owner.asOwner(damage)
                let damaged = try await check.run(on: owner)
                let entries = damaged.problems.filter { $0.kind == .entry }
                #expect(entries.map(\.place) == places, "\(damaged.problems)")
                #expect(
                    entries.allSatisfy { $0.severity == .history && $0.advice.contains("'entry' under 'Check says'") })
                await #expect(throws: RepairError.self) { try await Repair(check: check).run(on: owner) }
                try await owner.asOwner(remedy)
                let report = try await check.run(on: owner)
                #expect(report.problems == [], "\(damage)")
                let after = try await owner.everything()
                #expect(after == before)
            }
        }
    }

    /// The statements of the runbook that put the entries at `indexes` back as `copy` has them, and drop what is past
    /// the end.
    private static func remedy(for indexes: [Int64], from copy: LogCopy) throws -> String {
        var statements = ["DELETE FROM entries WHERE index >= 600"]
        for index in indexes {
            let bundle = try #require(Tile.at(.entries, number: index >> 8, size: 600))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(copy.folder)/evidence/\(bundle.path)"))
            let text = String(decoding: try EntryBundle.decode(bytes)[Int(index & 255)], as: UTF8.self)
            let entry = try #require(LedgerEntry(parsing: text))
            statements.append(
                """
                INSERT INTO entries (index, kind, commitment, leaf_key)
                SELECT \(index), e.kind, e.commitment, leaf_key(e.kind, e.commitment)
                FROM (VALUES ('\(entry.kind.rawValue)', '\(entry.commitment.text)')) AS e (kind, commitment)
                ON CONFLICT (index) DO UPDATE
                SET kind = excluded.kind, commitment = excluded.commitment, leaf_key = excluded.leaf_key
                """)
        }
        return statements.joined(separator: ";\n")
    }

    @Test func `entries and tiles rewritten together are another history than the one signed`() async throws {
        try await self.withLedger { site, check, owner in
            try await owner.asOwner(
                """
                UPDATE entries SET kind = 'status' WHERE index = 599;
                UPDATE tiles SET hashes = overlay(hashes PLACING (
                    SELECT sha256(decode('00', 'hex') || ('{"c":"' || commitment || '","k":"' || kind || '","v":1}')::bytea)
                    FROM entries WHERE index = 599) FROM 87 * 32 + 1) WHERE level = 0 AND index = 2
                """)
            let report = try await check.run(on: owner)
            #expect(report.problems.contains { $0.kind == .entry && $0.place == "the ledger" }, "\(report.problems)")
            await #expect(throws: RepairError.self) { try await Repair(check: check).run(on: owner) }
        }
    }

    @Test func `a history that our own key signed, but nobody was shown, is told by the mark`() async throws {
        try await self.withLedger { site, check, owner in
            let shown = try site.highWater.last()
            try await withFolder { folder in
                try await withDatabaseURL { url in
                    let state = folder + "/state"
                    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
                    try FileManager.default.copyItem(atPath: site.directory + "/keys", toPath: state + "/keys")
                    let other = try await Site(database: url, directory: state)
                    try await other.open { try await $0.record(700, from: 5_000) }
                    let report = try await other.inspect { try await check.run(on: $0) }
                    #expect(report.problems.map(\.kind) == [.history, .highWater], "\(report.problems)")
                    await #expect(throws: RepairError.self) {
                        try await other.inspect { try await Repair(check: check).run(on: $0) }
                    }
                }
            }
            let mark = try site.highWater.last()
            #expect(mark == shown)
        }
    }

    @Test func `a lost or older mark is a finding, and nothing is repaired before somebody decides`() async throws {
        try await self.withLedger { site, check, owner in
            try site.highWater.replace(with: .empty)
            let older = try await check.run(on: owner)
            #expect(older.problems.map(\.kind) == [.highWater])
            try FileManager.default.removeItem(atPath: site.highWater.path)
            let missing = try await check.run(on: owner)
            #expect(missing.problems.map(\.kind) == [.highWater])
            await #expect(throws: RepairError.self) { try await Repair(check: check).run(on: owner) }
            try await Recover(authority: site.authority, directory: StateDirectory(site.directory)).accept(
                size: 600, on: owner)
            let report = try await check.run(on: owner)
            #expect(report.problems == [])
        }
    }

    @Test func `the operator's command repairs and says what, and its exit status tells`() async throws {
        try await self.withLedger { site, _, owner in
            try await owner.asOwner("DELETE FROM tiles WHERE level = 0 AND index = 0")
            let damaged = try await StandingdProgram.run(["check"], on: site)
            #expect(damaged.status == 1)
            #expect(damaged.messages.contains("tile (derived): tile 0/0 does not hold the hashes of its entries"))
            let repaired = try await StandingdProgram.run(["check", "--repair"], on: site)
            #expect(repaired.status == 0, "\(repaired.messages)")
            #expect(repaired.messages.contains("repaired tile 0/0"))
            let whole = try await StandingdProgram.run(["check", "--json"], on: site)
            #expect(whole.status == 0)
            #expect(whole.output.contains("\"problems\":[]"))
        }
    }
}

extension Connection {
    /// Every row of the ledger, as text.
    fileprivate func everything() throws -> [String] {
        try [
            "SELECT row(index, kind, commitment, leaf_key)::text FROM entries ORDER BY index",
            "SELECT tiles::text FROM tiles ORDER BY level, index", "SELECT ledger_head::text FROM ledger_head",
            "SELECT published_checkpoint::text FROM published_checkpoint",
        ].flatMap { (statement: SQL) in try self.run(statement).map { try $0.text(0) } }
    }
}
