import Migrations
import Postgres
import Reputation
import Store
import TestSupport
import Testing
import Transparency

/// How entries and briefs lie in partitions along the ledger.
@Suite struct PartitionTests {
    private static let million: Int64 = 1 << 20

    /// A migrated database, as the service's role and as its owner see it.
    ///
    /// - Parameter size: of the ledger when it was put in partitions.
    private func withRoles(
        puttingInPartitions size: Int64 = 0,
        _ body: @Sendable (_ service: Connection, _ owner: Connection) async throws -> Void
    ) async throws {
        try await withDatabaseURL { url in
            let settings = SessionSettings(lockTimeout: .seconds(20))
            let owner = try await Connection.open(url, settings: settings)
            if size > 0 {
                _ = try await owner.migrate(Migration.all.filter { $0.number < 22 })
                try await owner.writeLedgerHead(head(size))
            }
            _ = try await owner.migrate()
            let service = try await Connection.open(url, role: Cluster.service, settings: settings)
            try await body(service, owner)
            await service.close()
            await owner.close()
        }
    }

    @Test func `the head makes room ahead, and no partition holds more than a million or an eighth`() async throws {
        try await self.withRoles { service, owner in
            for millions in [1, 2, 3, 8, 15, 16, 17, 18, 40] as [Int64] {
                for size in [millions * Self.million - 1, millions * Self.million + 70_000] {
                    try await service.transaction { try $0.writeLedgerHead(head(size)) }
                    let partitions = try await owner.partitions()
                    let next = (size / Self.million + 1) * Self.million
                    #expect(try #require(partitions.last).upperBound >= next + Self.million, "at \(size)")
                    #expect(partitions.first?.lowerBound == 0)
                    #expect(zip(partitions, partitions.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
                    #expect(partitions.allSatisfy { $0.count <= max(Self.million, $0.lowerBound / 8) })
                }
            }
        }
    }

    @Test(arguments: [(start: 0, puttingInPartitions: 0), (2 * million, 0), (4_000, 4_000)] as [(Int64, Int64)])
    func `a partition that is looked into while it is new is not read row by row when it has grown`(
        start: Int64, size: Int64
    ) async throws {
        try await self.withRoles(puttingInPartitions: size) { service, owner in
            if start > size { try await service.writeLedgerHead(head(start)) }
            // As whoever looks after a server has it done every night: what is empty, as the evidence is at first, is known to be.
            try await owner.script(start == size ? "ANALYZE" : "ANALYZE entries, briefs")
            try await service.grow(from: start, by: 100)
            for _ in 0..<8 { try await service.lookUp(start + 50, below: start + 100) }
            for size in stride(from: start + 100, to: start + 8_900, by: 1_100) {
                try await service.grow(from: size, by: 1_100)
            }
            try await service.script("BEGIN")
            let before = try await service.rowsReadInARow()
            try await service.lookUp(start + 8_000, below: start + 8_900)
            #expect(try await service.rowsReadInARow() == before)
            try await service.script("COMMIT")
        }
    }

    @Test func `nothing is known to be empty by a head that goes before its entries`() async throws {
        try await self.withRoles { service, owner in
            for size in [1, 3 * Self.million] as [Int64] { try await service.writeLedgerHead(head(size)) }
            try await service.append([leaf(3 * Self.million)], at: 3 * Self.million)
            try await service.writeLedgerHead(head(3 * Self.million + 10_000))
            let analyzed = try await owner.run(
                """
                SELECT relname::text FROM pg_class
                WHERE relkind = 'r' AND relname ~ '^(entries_|briefs_|evidence$)' AND reltuples >= 0
                """)
            #expect(try analyzed.map { try $0.text(0) } == ["entries_\(3 * Self.million)"])
        }
    }

    @Test func `a batch goes across the edge of a partition, and is found on both sides`() async throws {
        try await self.withRoles { service, owner in
            let leaves = leaves(600)
            let start = Self.million - 256
            try await service.transaction { connection in
                try connection.append(leaves, at: start)
                try connection.append(
                    (start..<start + 600).map {
                        StoredBrief(entryIndex: $0, account: $0 % 7, bytes: [UInt8](repeating: 1, count: 72))
                    })
                try connection.writeLedgerHead(head(start + 600))
            }
            let rows = try await service.run(.entries(withLeafHashes: leaves.map(\.hash), below: start + 600))
            let found = try LedgerEntry.read(rows, withLeafHashes: leaves.map(\.hash))
            #expect(found.map(\.index) == Array(start..<start + 600))
            #expect(found.map(\.entry) == leaves.map(\.entry))
            let briefs = try await StoredBrief.read(
                service.run(.briefs(ofAccount: 3, after: -1, in: start + 600, limit: 1_000)))
            #expect(briefs.map(\.entryIndex) == (start..<start + 600).filter { $0 % 7 == 3 })
            let sides = try await owner.run(
                "SELECT count(*), (SELECT count(*) FROM briefs_0) FROM entries_0")[0]
            #expect(try (sides.int(0), sides.int(1)) == (256, 256))
        }
    }

    @Test func `making room stops nobody who reads or writes`() async throws {
        try await self.withRoles { service, owner in
            try await service.transaction { try $0.writeLedgerHead(head(1)) }
            try await owner.script("BEGIN; SELECT FROM entries; SELECT FROM briefs; DELETE FROM briefs")
            try await service.script("BEGIN")
            try await service.writeLedgerHead(head(Self.million))
            try await owner.script("COMMIT; SELECT FROM entries; SELECT FROM briefs; DELETE FROM briefs")
            #expect(try await owner.partitions().count == 2)
            try await service.script("COMMIT")
            #expect(try await owner.partitions().count == 3)
        }
    }

    @Test func `what runs as the owner takes no temporary table for its own`() async throws {
        try await self.withRoles { service, owner in
            try await service.transaction { try $0.writeLedgerHead(head(1)) }
            try await service.script(
                """
                CREATE TEMPORARY TABLE ledger_partitions (first bigint, beyond bigint);
                CREATE TEMPORARY TABLE ledger_days (day date PRIMARY KEY, size_before bigint);
                CREATE TEMPORARY TABLE briefs (entry_index bigint)
                """)
            let later = LedgerHead(
                origin: "a.example/evidence", size: Self.million, root: [UInt8](repeating: 0, count: 32), note: "n",
                observedAt: Instant(seconds: 200_000))
            try await service.transaction { try $0.writeLedgerHead(later) }
            #expect(try await owner.partitions().count == 3)
            #expect(try await owner.run("SELECT count(*) FROM ledger_days")[0].int(0) == 2)
            #expect(try await service.run("SELECT count(*) FROM ledger_partitions")[0].int(0) == 0)
        }
    }

    @Test(arguments: ["make_room", "note_growth", "note_ledger_day", "delete_briefs", "delete_turns"])
    func `what runs as the owner cannot be put on a table of the service's`(function: String) async throws {
        try await self.withRoles { service, _ in
            try await service.script("CREATE TEMPORARY TABLE mine (size bigint)")
            let refused = await #expect(throws: PostgresError.self) {
                try await service.script(
                    "CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION \(function)()")
            }
            #expect(refused?.message == "permission denied for function \(function)")
        }
    }

    @Test func `an erasure in a temporary table accounts for no deletion`() async throws {
        try await self.withRoles { service, _ in
            try await service.script("CREATE TEMPORARY TABLE erasures (entry_index bigint)")
            let refused = await #expect(throws: PostgresError.self) {
                try await service.script("BEGIN; INSERT INTO erasures VALUES (1); DELETE FROM evidence; COMMIT")
            }
            #expect(refused?.constraint == "deletion_is_accounted_for")
            try await service.script("ROLLBACK")
        }
    }

    @Test func `a ledger that is there becomes the first partition`() async throws {
        try await withDatabase { connection in
            _ = try await connection.migrate(Migration.all.filter { $0.number < 22 })
            let leaves = leaves(301)
            try await connection.append(Array(leaves.prefix(300)), at: 0)
            try await connection.append([
                StoredBrief(entryIndex: 7, account: 5, bytes: [UInt8](repeating: 1, count: 72))
            ])
            try await connection.run("INSERT INTO erasures VALUES (9, sha256('s'), '{}')")
            let before = try await connection.run("SELECT array_agg(e ORDER BY index)::text FROM entries e")[0].text(0)

            _ = try await connection.migrate()
            #expect(
                try await connection.partitions() == [0..<300, 300..<Self.million, Self.million..<2 * Self.million])
            let after = try await connection.run("SELECT array_agg(e ORDER BY index)::text FROM entries e")[0].text(0)
            #expect(after == before)
            let briefs = try await connection.run(.briefs(ofAccount: 5, after: -1, in: 300, limit: 2))
            #expect(try StoredBrief.read(briefs).map(\.entryIndex) == [7])

            try await connection.append([leaves[300]], at: 300)
            let rows = try await connection.run(
                .entries(withLeafHashes: [leaves[0].hash, leaves[300].hash], below: 301))
            #expect(try rows.map { try $0.int(0) } == [0, 300])
            try await connection.run("INSERT INTO erasures VALUES (300, sha256('s'), '{}')")
            for statement in [
                "INSERT INTO erasures VALUES (301, sha256('s'), '{}')", "DELETE FROM entries", "DELETE FROM entries_0",
                "UPDATE entries_300 SET kind = 'status'", "TRUNCATE entries_0 CASCADE",
            ] as [SQL] {
                await #expect(throws: PostgresError.self, "\(statement)") { try await connection.run(statement) }
            }
        }
    }

    @Test(
        arguments: [
            "SELECT FROM entries_0", "INSERT INTO briefs_0 VALUES (1, 1, sha256('b') || sha256('r'))",
            "SELECT make_partitions(1 << 30)", "DROP TABLE entries_0", "DELETE FROM ledger_partitions",
        ] as [SQL])
    func `the service goes through the whole tables, and makes room by the head alone`(statement: SQL) async throws {
        try await self.withRoles { service, _ in
            await #expect(throws: PostgresError.self) { try await service.run(statement) }
        }
    }
}

private func head(_ size: Int64) -> LedgerHead {
    LedgerHead(
        origin: "a.example/evidence", size: size, root: [UInt8](repeating: 0, count: 32), note: "n",
        observedAt: Instant(seconds: 0))
}

private func leaf(_ number: Int64) -> LedgerLeaf {
    LedgerLeaf(LedgerEntry(.evidence, Commitment(disclosure: "d\(number)")))
}

private func leaves(_ count: Int64) -> [LedgerLeaf] { (0..<count).map(leaf) }

extension Connection {
    /// Appends `count` facts at `start`, one transaction, as far as tables ask.
    fileprivate func grow(from start: Int64, by count: Int64) throws {
        let end = start + count
        try self.script("BEGIN")
        try self.append((start..<end).map(leaf), at: start)
        try self.writeLedgerHead(head(end))
        try self.run(
            """
            INSERT INTO evidence (entry_index, account, project, occurred_at, identity_hash, type, salt, document)
            SELECT i, i % 7, 0, 'epoch', md5(i::text)::uuid, 'review', sha256('s'), '{"project":{}}'
            FROM generate_series(\(start), \(end - 1)) AS i
            """)
        try self.append(
            (start..<end).map { StoredBrief(entryIndex: $0, account: $0 % 7, bytes: [UInt8](repeating: 1, count: 72)) })
        try self.script("COMMIT")
    }

    /// Looks a fact up by everything it is found by.
    fileprivate func lookUp(_ entry: Int64, below size: Int64) throws {
        let leaf = leaf(entry)
        #expect(try self.run(.entries(withLeafHashes: [leaf.hash], below: size)).count == 1)
        #expect(try self.run(.entries(from: entry, count: 10)).count == 10)
        #expect(try self.knownIdentities(of: [UInt128(entry)]).isEmpty)
        #expect(try self.run(.names(of: [entry])).count == 1)
        #expect(try self.run(.signatures(of: [entry], claimedBy: 1)).isEmpty)
        #expect(try self.run(.briefs(ofAccount: entry % 7, after: size - 70, in: size, limit: 100)).count == 10)
    }

    /// How many rows this session has read by reading one of the ledger's tables from its start; before and after what it is to
    /// tell of in one transaction, at whose end the session may hand them on and begin anew.
    fileprivate func rowsReadInARow() throws -> [String: Int64] {
        let rows = try self.run(
            """
            SELECT relname::text, seq_tup_read FROM pg_stat_xact_user_tables
            WHERE relname ~ '^(entries|briefs|evidence)' AND seq_tup_read > 0
            """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.text(0), try $0.int(1)) })
    }

    fileprivate func partitions() throws -> [Range<Int64>] {
        try self.run("SELECT first, beyond FROM ledger_partitions ORDER BY first").map { try $0.int(0)..<$0.int(1) }
    }
}
