import Postgres
import Synchronization
import TestSupport
import Testing

@Test func `COPY brings rows as they are`() async throws {
    try await withDatabase { connection in
        try await connection.run(
            """
            CREATE TABLE t (a bigint, b text, c bytea, d boolean, e double precision, f bigint[], g timestamptz, h integer)
            """)
        typealias Line = (Int64, String?, [UInt8], Bool, Double, [Int64], Timestamp, Int32)
        let rows: [Line] = [
            (1, "tab\tnew\nline\\N", [0, 10, 255], true, 0.25, [1, -1], Timestamp(seconds: 1_700_000_000), 1),
            (2, nil, [], false, -0.5, [], Timestamp(seconds: -5), -1),
        ]
        try await connection.copy(rows, into: "t (a, b, c, d, e, f, g, h)") { $0 }
        let read = try await connection.run("SELECT a, b, c, d, e, f, g, h FROM t ORDER BY a")
        #expect(read.count == 2)
        for (row, line) in zip(read, rows) {
            #expect(try row.int(0) == line.0)
            #expect(try row.textOrNil(1) == line.1)
            #expect(try row.bytes(2) == line.2)
            #expect(try row.bool(3) == line.3)
            #expect(try row.double(4) == line.4)
            #expect(try row.ints(5) == line.5)
            #expect(try row.seconds(6) == line.6.seconds)
            #expect(try row.int(7) == Int64(line.7))
        }
    }
}

@Test func `COPY takes many rows, in pieces, and one column`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint, b text)")
        try await connection.run("CREATE TABLE u (a text)")
        let rows = (0..<50_000).map { (Int64($0), String(repeating: "x", count: $0 % 50)) }
        try await connection.copy(rows, into: "t (a, b)") { $0 }
        try await connection.copy(["p", "q"], into: "u (a)") { (text: String) -> String in text }
        try await connection.copy([String](), into: "u (a)") { (text: String) -> String in text }
        let row = try await connection.run("SELECT count(*), sum(a)::bigint, sum(length(b)) FROM t")[0]
        #expect(try row.int(0) == 50_000)
        #expect(try row.int(1) == 49_999 * 25_000)
        #expect(try row.int(2) == 50_000 / 50 * 1_225)
        let texts = try await connection.run("SELECT a FROM u ORDER BY a").map { try $0.text(0) }
        #expect(texts == ["p", "q"])
    }
}

/// Counts how often something was done.
private final class Times: Sendable {
    private let number = Mutex(0)

    func add() { self.number.withLock { $0 += 1 } }

    var count: Int { self.number.withLock { $0 } }
}

@Test func `what is done while COPY ends is done once, also when the server refuses the rows`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint PRIMARY KEY)")
        let times = Times()
        func number(_ row: Int64) -> Int64 { row }
        try await connection.copy([1, 2, 3], into: "t (a)", values: number, meanwhile: { times.add() })
        #expect(times.count == 1)
        let refused = await #expect(throws: PostgresError.self) {
            try await connection.copy([4, 4], into: "t (a)", values: number, meanwhile: { times.add() })
        }
        #expect(refused?.state == .uniqueViolation)
        #expect(times.count == 2)
        let kept = try await connection.run("SELECT count(*) FROM t")[0].int(0)
        #expect(kept == 3)
    }
}

@Test func `COPY that is refused adds nothing and leaves the connection usable`() async throws {
    try await withDatabase { connection in
        try await connection.run("CREATE TABLE t (a bigint CONSTRAINT a_is_there_once PRIMARY KEY, b text)")
        let twice = await #expect(throws: PostgresError.self) {
            try await connection.copy([Int64](0..<100_000) + [5], into: "t (a)") { (number: Int64) -> Int64 in number }
        }
        #expect(twice?.state == .uniqueViolation)
        #expect(twice?.constraint == "a_is_there_once")
        let untyped = await #expect(throws: PostgresError.self) {
            try await connection.copy([(Int32(1), "b")], into: "t (a, b)") { $0 }
        }
        #expect(untyped != nil && untyped?.state != .noConnection)
        let nowhere = await #expect(throws: PostgresError.self) {
            try await connection.copy(["x"], into: "nowhere (a)") { (text: String) -> String in text }
        }
        #expect(nowhere?.state == .undefinedTable)
        let count = try await connection.run("SELECT count(*) FROM t")[0].int(0)
        #expect(count == 0)
    }
}
