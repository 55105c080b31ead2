import EventLoop
import Postgres
import TestSupport
import Testing

/// Runs `body` with a pipeline on a loop of its own, in a task of that loop.
private func withPipeline(
    statementTimeout: Duration = .seconds(30), limit: Int = 4_096,
    _ body: @Sendable @escaping (ReadPipeline, Connection) async throws -> Void
) async throws {
    try await withDatabaseURL { url in
        let loop = try EventLoop.start(name: "test")
        let connection = try await Connection.open(url)
        try await connection.run("CREATE TABLE t (a bigint PRIMARY KEY, b text)")
        try await connection.run("INSERT INTO t (a, b) SELECT g, 'text ' || g FROM generate_series(0, 999) AS g")
        let reads = try await ReadPipeline.open(url, on: loop, statementTimeout: statementTimeout, limit: limit)
        let result = await Task(executorPreference: loop) { try await body(reads, connection) }.result
        reads.close()
        loop.stop()
        try result.get()
    }
}

@Test func `a thousand reads at once each get their own answer`() async throws {
    try await withPipeline { reads, _ in
        try await withThrowingTaskGroup(of: (Int64, String).self) { group in
            for number in Int64(0)..<1_000 {
                group.addTask { (number, try await reads.run("SELECT b FROM t WHERE a = \(number)")[0].text(0)) }
            }
            var answers = 0
            for try await (number, text) in group {
                #expect(text == "text \(number)")
                answers += 1
            }
            #expect(answers == 1_000)
        }
    }
}

/// The first number `sql` gives, or its error.
private func outcome(of sql: SQL, on reads: ReadPipeline) async -> Result<Int64, PostgresError> {
    do {
        return .success(try await reads.run(sql)[0].int(0))
    } catch {
        return .failure(error)
    }
}

/// What read number `number` of the test below is, and the state it must fail with.
private func mixedRead(_ number: Int64) -> (sql: SQL, fails: SQLState?) {
    switch number % 10 {
    case 3: ("SELECT 1 / (\(number) - \(number))", SQLState(rawValue: "22012"))
    case 6: ("SELECT nothing FROM nowhere WHERE a = \(number)", .undefinedTable)
    default: ("SELECT a FROM t WHERE a = \(number)", nil)
    }
}

@Test func `reads that fail harm no other`() async throws {
    try await withPipeline { reads, _ in
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in Int64(0)..<300 {
                group.addTask {
                    let (sql, state) = mixedRead(number)
                    switch await outcome(of: sql, on: reads) {
                    case .success(let answer): #expect(state == nil && answer == number)
                    case .failure(let error): #expect(error.state == state)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

@Test func `reads write nothing and stop at their time limit`() async throws {
    try await withPipeline(statementTimeout: .milliseconds(200)) { reads, _ in
        let write = await #expect(throws: PostgresError.self) { try await reads.run("DELETE FROM t") }
        #expect(write?.state == .readOnlyTransaction)
        async let slow = outcome(of: "SELECT pg_sleep(60)", on: reads)
        let quick = try await reads.run("SELECT 1")[0].int(0)
        #expect(quick == 1)
        let outcome = await slow
        let error = #expect(throws: PostgresError.self) { try outcome.get() }
        #expect(error?.state == .queryCanceled)
    }
}

@Test func `a queue that is full refuses at once`() async throws {
    try await withPipeline(limit: 20) { reads, _ in
        let done = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let outcome = await outcome(of: "SELECT 1", on: reads)
                    if case .failure(let error) = outcome { #expect(error.state == .overloaded) }
                    return outcome == .success(1)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect((1..<100).contains(done))
        let after = try await reads.run("SELECT 2")[0].int(0)
        #expect(after == 2)
    }
}

/// Runs `sql` until there is a connection again, and counts the times there was none.
private func runWhenBack(_ reads: ReadPipeline, _ sql: SQL) async throws -> (value: Int64, refusals: Int) {
    var refusals = 0
    while true {
        do {
            return (try await reads.run(sql)[0].int(0), refusals)
        } catch {
            guard error.state == .noConnection else { throw error }
            refusals += 1
            await Task.yield()
        }
    }
}

@Test func `a server gone is an error at once and a connection again soon`() async throws {
    try await withPipeline { reads, connection in
        let pid = try await reads.run("SELECT pg_backend_pid()")[0].int(0)
        async let underWay = outcome(of: "SELECT pg_sleep(60)", on: reads)
        // Not before the server has the statement.
        while try await connection.run(
            "SELECT 1 FROM pg_stat_activity WHERE pid = \(pid) AND query LIKE 'SELECT pg_sleep%'"
        ).isEmpty {}
        try await connection.run("SELECT pg_terminate_backend(\(Int32(pid)))")
        let outcome = await underWay
        let error = #expect(throws: PostgresError.self) { try outcome.get() }
        #expect(error?.state == .noConnection)
        let (count, refusals) = try await runWhenBack(reads, "SELECT count(*) FROM t")
        #expect(count == 1_000)
        #expect(refusals > 0)
    }
}

@Test func `an idle connection that ends is replaced`() async throws {
    try await withPipeline { reads, connection in
        let before = try await reads.run("SELECT pg_backend_pid()")[0].int(0)
        try await connection.run("SELECT pg_terminate_backend(\(Int32(before)))")
        var after = before
        while after == before { after = try await runWhenBack(reads, "SELECT pg_backend_pid()").value }
        let count = try await reads.run("SELECT count(*) FROM t")[0].int(0)
        #expect(count == 1_000)
    }
}

@Test func `a read is prepared again when its table has changed`() async throws {
    try await withPipeline { reads, connection in
        let before = try await reads.run("SELECT * FROM t WHERE a = \(Int64(1))")[0].count
        #expect(before == 2)
        try await connection.run("ALTER TABLE t ADD c text")
        let after = try await reads.run("SELECT * FROM t WHERE a = \(Int64(1))")[0].count
        #expect(after == 3)
    }
}

@Test func `opening says why it failed`() async throws {
    try await withDatabaseURL { url in
        let loop = try EventLoop.start(name: "test")
        defer { loop.stop() }
        let nowhere = await #expect(throws: PostgresError.self) {
            try await ReadPipeline.open("postgresql:///x?host=/nowhere&port=5432", on: loop)
        }
        #expect(nowhere?.state == .noConnection)
        let role = await #expect(throws: PostgresError.self) {
            try await ReadPipeline.open(url, role: "nobody_here", on: loop)
        }
        #expect(role != nil && role?.state != .noConnection)
    }
}

@Test func `reads come from other threads too`() async throws {
    try await withDatabaseURL { url in
        let loop = try EventLoop.start(name: "test")
        defer { loop.stop() }
        let reads = try await ReadPipeline.open(url, on: loop)
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in Int64(0)..<100 { group.addTask { try await reads.run("SELECT \(number)")[0].int(0) } }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(numbers == Set(0..<100))
        reads.close()
        let closed = await #expect(throws: PostgresError.self) { try await reads.run("SELECT 1") }
        #expect(closed?.state == .noConnection)
    }
}
