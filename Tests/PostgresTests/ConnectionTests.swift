import Postgres
import Synchronization
import TestSupport
import Testing

private struct Refused: Error {}

@Test func `a transaction is kept when its body returns and undone when it throws`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint PRIMARY KEY)")
        let kept = try await connection.transaction { tx in
            try tx.run("INSERT INTO t (a) VALUES (1) RETURNING a")[0].int(0)
        }
        #expect(kept == 1)
        await #expect(throws: Refused.self) {
            try await connection.transaction { tx in
                try tx.run("INSERT INTO t (a) VALUES (2)")
                throw Refused()
            }
        }
        let left = try await connection.run("SELECT a FROM t").map { try $0.int(0) }
        #expect(left == [1])
    }
}

@Test func `a transaction whose error was swallowed does not pass for committed`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint PRIMARY KEY)")
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction { tx in
                try tx.run("INSERT INTO t (a) VALUES (1)")
                do { try tx.run("SELECT 1/0") } catch {}
            }
        }
        #expect(error?.state == .failedTransaction)
        let left = try await connection.run("SELECT a FROM t")
        #expect(left.isEmpty)
    }
}

@Test func `a constraint checked at COMMIT undoes the transaction`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint CONSTRAINT once UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction { tx in _ = try tx.run("INSERT INTO t (a) VALUES (1), (1)") }
        }
        #expect(error?.state == .uniqueViolation)
        #expect(error?.constraint == "once")
        let left = try await connection.run("SELECT a FROM t")
        #expect(left.isEmpty)
    }
}

@Test func `a transaction within another is undone alone`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint)")
        try await connection.transaction { tx in
            try tx.run("INSERT INTO t (a) VALUES (1)")
            do {
                try tx.transaction { tx in
                    try tx.run("INSERT INTO t (a) VALUES (2)")
                    throw Refused()
                }
            } catch is Refused {}
            try tx.transaction { tx in _ = try tx.run("INSERT INTO t (a) VALUES (3)") }
        }
        let left = try await connection.run("SELECT a FROM t ORDER BY a").map { try $0.int(0) }
        #expect(left == [1, 3])
    }
}

@Test func `a server that goes away during COMMIT leaves it unknown`() async throws {
    try await withDatabase { connection in
        // The deferred trigger ends the session in the middle of COMMIT.
        try await connection.script(
            """
            CREATE TABLE t (a bigint);
            CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER hangs_up AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION hang_up();
            """)
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction { tx in _ = try tx.run("INSERT INTO t (a) VALUES (1)") }
        }
        #expect(error?.state == .unknownCommit)
        let isLost = await connection.isLost
        #expect(isLost)
        let after = await #expect(throws: PostgresError.self) { try await connection.run("SELECT 1") }
        #expect(after?.state == .noConnection)
        try await connection.reconnect()
        let left = try await connection.run("SELECT a FROM t")
        #expect(left.isEmpty)
    }
}

@Test func `a transaction that lost its server can be run again after reconnecting`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint)")
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction { tx in
                try tx.run("INSERT INTO t (a) VALUES (1)")
                try tx.run("SELECT pg_terminate_backend(pg_backend_pid())")
            }
        }
        #expect(error?.state == .noConnection)
        try await connection.reconnect()
        try await connection.transaction { tx in _ = try tx.run("INSERT INTO t (a) VALUES (2)") }
        let left = try await connection.run("SELECT a FROM t").map { try $0.int(0) }
        #expect(left == [2])
    }
}

@Test func `a server that went away while nothing was under way costs no transaction`() async throws {
    try await withDatabaseURL { url in
        let (idle, other) = (try await Connection.open(url), try await Connection.open(url))
        let process = try await idle.run("SELECT pg_backend_pid()")[0].int(0)
        try await other.run("SELECT pg_terminate_backend(\(process)::int, 10000)")
        let isLost = await idle.isLost
        #expect(!isLost, "an idle connection does not notice")
        let now = try await idle.transaction { tx in try tx.run("SELECT pg_backend_pid()")[0].int(0) }
        #expect(now != process)
        await idle.close()
        let error = await #expect(throws: PostgresError.self) {
            try await idle.transaction { tx in _ = try tx.run("SELECT 1") }
        }
        #expect(error?.state == .noConnection, "who closed it meant to")
    }
}

@Test func `a statement is prepared once and again when its table has changed`() async throws {
    try await withDatabase { connection in
        func prepared() async throws -> Int64 {
            try await connection.run(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT * FROM t%'")[0].int(0)
        }
        func columns() async throws -> Int {
            try await connection.run("SELECT * FROM t WHERE a > \(Int64(0))")[0].count
        }
        try await connection.run("CREATE TABLE t (a bigint)")
        try await connection.run("INSERT INTO t (a) VALUES (1)")
        for _ in 0..<10 {
            let count = try await columns()
            #expect(count == 1)
        }
        let once = try await prepared()
        #expect(once == 1)
        try await connection.run("ALTER TABLE t ADD b text")
        let wider = try await columns()
        #expect(wider == 2)
        let again = try await prepared()
        #expect(again == 1)
        try await connection.run("DEALLOCATE ALL")
        let still = try await columns()
        #expect(still == 2)
    }
}

@Test func `rows stream in order, and statements may be run between them`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint)")
        let seen = try await connection.transaction { tx in
            var seen: [Int64] = []
            try tx.stream("SELECT g::bigint FROM generate_series(1, \(2_500)) AS g", chunk: 1_000) { row in
                let number = try row.int(0)
                if number % 500 == 0 { try tx.run("INSERT INTO t (a) VALUES (\(number))") }
                seen.append(number)
            }
            return seen
        }
        #expect(seen == Array(1...2_500))
        let kept = try await connection.run("SELECT count(*) FROM t")[0].int(0)
        #expect(kept == 5)
    }
}

@Test func `a stream holds no more than its chunk in memory`() async throws {
    try await withDatabase { connection in
        // 20,000 rows of 20 kB are 400 MB.
        let before = residentKilobytes()
        let peak = Mutex(0)
        try await connection.stream("SELECT repeat('x', 20000) FROM generate_series(1, 20000)", chunk: 100) { _ in
            peak.withLock { $0 = max($0, residentKilobytes()) }
        }
        let grown = peak.withLock { $0 } - before
        #expect(grown < 150_000)
    }
}

@Test func `a stream whose reader throws leaves the connection as it was`() async throws {
    try await withDatabase { connection in
        await #expect(throws: Refused.self) {
            try await connection.stream("SELECT g FROM generate_series(1, 100000) AS g") { _ in throw Refused() }
        }
        let one = try await connection.run("SELECT 1")[0].int(0)
        #expect(one == 1)
    }
}
