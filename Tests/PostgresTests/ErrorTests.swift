import Postgres
import TestSupport
import Testing

private let people: SQL = """
    CREATE TABLE people (
        id bigint CONSTRAINT person_is_known_once PRIMARY KEY,
        name text NOT NULL CONSTRAINT name_is_short CHECK (length(name) < 20),
        friend bigint CONSTRAINT friend_is_known REFERENCES people
    )
    """

@Test func `an error names its kind and the constraint`() async throws {
    try await withDatabase { connection in
        try await connection.run(people)
        try await connection.run("INSERT INTO people (id, name) VALUES (1, 'a')")
        let cases: [(SQL, SQLState, String?)] = [
            ("INSERT INTO people (id, name) VALUES (1, 'b')", .uniqueViolation, "person_is_known_once"),
            ("INSERT INTO people (id, name) VALUES (2, repeat('b', 30))", .checkViolation, "name_is_short"),
            ("INSERT INTO people (id, name, friend) VALUES (2, 'b', 3)", .foreignKeyViolation, "friend_is_known"),
            ("INSERT INTO people (id) VALUES (2)", .notNullViolation, nil),
            ("SELECT id FROM nobody", .undefinedTable, nil),
            ("SELECT age FROM people", .undefinedColumn, nil),
            ("SELECT FROM WHERE", .syntaxError, nil),
            ("SELECT \("x")::bigint", .invalidText, nil),
        ]
        for (statement, state, constraint) in cases {
            let error = await #expect(throws: PostgresError.self) { try await connection.run(statement) }
            #expect(error?.state == state)
            #expect(error?.constraint == constraint)
        }
        let count = try await connection.run("SELECT count(*) FROM people")[0].int(0)
        #expect(count == 1)
    }
}

@Test func `an error holds no values of rows`() async throws {
    try await withDatabase { connection in
        try await connection.run(people)
        let secret = "s3cr3t-value"
        try await connection.run("INSERT INTO people (id, name) VALUES (77003, \(secret))")
        let statements: [SQL] = [
            "INSERT INTO people (id, name) VALUES (77003, \(secret))",
            "INSERT INTO people (id, name) VALUES (2, \(secret + secret))",
            "INSERT INTO people (id, name, friend) VALUES (77003 + 1, \(secret), 77003 + 2)",
            "SELECT \(secret)::bigint", "SELECT \(secret)::timestamptz", "SELECT \(secret)::jsonb",
            "SELECT \(secret)::uuid", "SELECT 77003::int2", "SELECT \("77003")::int2", "SELECT \(secret + "\0")",
            "SELECT name::bigint FROM people", "SELECT \("\(secret)(") ~ \("\(secret)(")",
        ]
        for statement in statements {
            let error = await #expect(throws: PostgresError.self) { try await connection.run(statement) }
            for words in [error?.description, error?.message, error.map { String(reflecting: $0) }] {
                #expect(words?.contains("s3cr3t") == false)
                #expect(words?.contains("77003") == false)
            }
        }
    }
}

@Test func `a statement stops at its time limit and a lock at its own`() async throws {
    try await withDatabaseURL { url in
        let patient = try await Connection.open(url)
        let hasty = try await Connection.open(
            url,
            settings: SessionSettings(statementTimeout: .milliseconds(300), lockTimeout: .milliseconds(20)))
        let slow = await #expect(throws: PostgresError.self) { try await hasty.run("SELECT pg_sleep(60)") }
        #expect(slow?.state == .queryCanceled)
        try await patient.run("CREATE TABLE t (a bigint)")
        try await patient.run("BEGIN")
        try await patient.run("LOCK TABLE t")
        let locked = await #expect(throws: PostgresError.self) { try await hasty.run("SELECT a FROM t") }
        #expect(locked?.state == .lockNotAvailable)
    }
}

@Test func `a role without the privilege is refused`() async throws {
    try await withDatabaseURL { url in
        let owner = try await Connection.open(url)
        try await owner.run("CREATE TABLE t (a bigint)")
        let service = try await Connection.open(url, role: Cluster.service)
        let name = try await service.run("SELECT current_user")[0].text(0)
        #expect(name == Cluster.service)
        let error = await #expect(throws: PostgresError.self) { try await service.run("SELECT a FROM t") }
        #expect(error?.state == .insufficientPrivilege)
        let unknown = await #expect(throws: PostgresError.self) { try await Connection.open(url, role: "nobody_here") }
        #expect(unknown != nil && unknown?.state != .noConnection)
    }
}

@Test func `no server is an error of its own`() async throws {
    let error = await #expect(throws: PostgresError.self) {
        try await Connection.open("postgresql:///x?host=/nowhere&port=5432")
    }
    #expect(error?.state == .noConnection)
}
