import Postgres
import TestSupport
import Testing

/// Contents that break statements put together from strings.
private let awkward = [
    "", "'", "''; DROP TABLE t; --", "\\", "\\x00", "$1", "$$", "\"", "NULL", "{a,b}", "(1,2)", "é\u{1F600}\r\n\t\u{1}",
]

@Test(arguments: awkward)
func `a value is a parameter and comes back as it went`(value: String) async throws {
    try await withDatabase { connection in
        let row = try await connection.run(
            "SELECT \(value), \(Array(value.utf8)), \([value, "b", value]), \([Array(value.utf8), [0, 255]])")[0]
        #expect(try row.text(0) == value)
        #expect(try row.bytes(1) == Array(value.utf8))
        #expect(try row.texts(2) == [value, "b", value])
        #expect(try row.blobs(3) == [Array(value.utf8), [0, 255]])
    }
}

@Test func `every type goes there and back`() async throws {
    try await withDatabase { connection in
        let all = Array(UInt8.min...UInt8.max)
        let row = try await connection.run(
            """
            SELECT \(Int64.min), \(Int.max), \(Int32.min), \(Int16.max), \(true), \(false), \(all), \(-0.1),
                   \([Int64.min, 0, .max]), \([Int64]()), \(Timestamp(seconds: -1)), \(CalendarDay(number: -1)),
                   \([Int32(7)]), \([String]()), \(UInt128.max - 1), \([UInt128(1), .max])::text
            """)[0]
        #expect(try row.bits(14) == .max - 1)
        #expect(throws: PostgresError.self) { try row.bits(0) }
        let written = "{00000000-0000-0000-0000-000000000001,ffffffff-ffff-ffff-ffff-ffffffffffff}"
        #expect(try row.text(15) == written)
        #expect(try row.int(0) == .min)
        #expect(try row.int(1) == .max)
        #expect(try row.int(2) == Int64(Int32.min))
        #expect(try row.int(3) == 32767)
        #expect(try row.bool(4))
        #expect(try !row.bool(5))
        #expect(try row.bytes(6) == all)
        #expect(try row.double(7) == -0.1)
        #expect(try row.ints(8) == [.min, 0, .max])
        #expect(try row.ints(9) == [])
        #expect(try row.seconds(10) == -1)
        #expect(try row.day(11) == -1)
        #expect(try row.ints(12) == [7])
        #expect(try row.texts(13) == [])
    }
}

@Test func `the server reads the same values as we do`() async throws {
    try await withDatabase { connection in
        let row = try await connection.run(
            """
            SELECT (\(Timestamp(seconds: 1_700_000_000)) AT TIME ZONE 'UTC')::text, \(CalendarDay(number: 19_675))::text,
                   \([1, nil, 3] as [Int64?])::text, \(0.5)::text, \("00112233-4455-6677-8899-aabbccddeeff")::uuid,
                   \("{\"a\": [1]}")::jsonb, pg_typeof(\(Int32(1)))::text, '2023-11-14 22:13:19.5Z'::timestamptz,
                   '1969-12-31 23:59:59.5Z'::timestamptz, 1.5::real
            """)[0]
        #expect(try row.text(0) == "2023-11-14 22:13:20")
        #expect(try row.text(1) == "2023-11-14")
        #expect(try row.text(2) == "{1,NULL,3}")
        #expect(try row.text(3) == "0.5")
        #expect(try row.text(4) == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(try row.text(5) == "{\"a\": [1]}")
        #expect(try row.text(6) == "integer")
        #expect(try row.seconds(7) == 1_699_999_999)
        #expect(try row.seconds(8) == -1)
        #expect(try row.double(9) == 1.5)
    }
}

@Test func `nulls are nil where they are expected and an error where not`() async throws {
    try await withDatabase { connection in
        let row = try await connection.run(
            """
            SELECT \(nil as Int64?), \(nil as String?), \(nil as [UInt8]?), \(nil as Bool?), \(nil as Double?),
                   \(nil as [Int64]?), \(nil as [String]?), \(nil as Timestamp?), \("" as String?), \(["a", nil])
            """)[0]
        #expect(try row.intOrNil(0) == nil)
        #expect(try row.textOrNil(1) == nil)
        #expect(try row.bytesOrNil(2) == nil)
        #expect(try row.boolOrNil(3) == nil)
        #expect(try row.doubleOrNil(4) == nil)
        #expect(try row.intsOrNil(5) == nil)
        #expect(try row.textsOrNil(6) == nil)
        #expect(try row.secondsOrNil(7) == nil)
        #expect(try row.textOrNil(8) == "")
        #expect(try row.isNull(0))
        #expect(try !row.isNull(8))
        let reads: [() throws -> Any?] = [
            { try row.int(0) }, { try row.text(1) }, { try row.bytes(2) }, { try row.bool(3) }, { try row.double(4) },
            { try row.ints(5) }, { try row.texts(6) }, { try row.seconds(7) }, { try row.texts(9) },
            { try row.int(8) }, { try row.intOrNil(8) }, { try row.text(10) }, { try row.text(-1) },
        ]
        for read in reads {
            let error = #expect(throws: PostgresError.self) { _ = try read() }
            #expect(error?.state == .unexpectedResult)
        }
    }
}

@Test func `what no column can hold is refused, not changed`() async throws {
    try await withDatabase { connection in
        let statements: [SQL] = [
            "SELECT \("a\0b")", "SELECT \(Timestamp(seconds: .max))", "SELECT \(Timestamp(seconds: .min))",
            "SELECT \(CalendarDay(number: .max))", "SELECT \(CalendarDay(number: .min))",
        ]
        for statement in statements {
            let error = await #expect(throws: PostgresError.self) { try await connection.run(statement) }
            #expect(error?.state.rawValue.hasPrefix("22") == true)
        }
    }
}
