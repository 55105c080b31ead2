import CanonicalJSON
import Foundation
import Postgres
import Service
import Store
import Testing

/// An erasure happens whole, or not at all and then later: never in part.
@Suite struct ErasureFailureTests {
    /// How many rows each table has, and what the journal holds.
    private static func state(_ service: RunningService) async throws -> [String] {
        let tables = [
            "entries", "evidence", "accounts", "developers", "linked_accounts", "proofs", "sessions", "credentials",
            "grants", "access_log", "facets", "suppressed_accounts", "withheld_handles", "erasures", "erasure_events",
        ]
        try await service.writer.script(
            """
            CREATE OR REPLACE FUNCTION pg_temp.digest(which text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE result text;
            BEGIN
                EXECUTE format('SELECT count(*) || '' '' || md5(string_agg(t::text, '','' ORDER BY t::text)) FROM %I t', which)
                    INTO result;
                RETURN which || ' ' || coalesce(result, 'none');
            END $$
            """)
        return try await service.writer.run("SELECT pg_temp.digest(which) FROM unnest(\(tables)) AS tables (which)").map
        {
            try $0.text(0)
        }
    }

    private static func journal(_ service: RunningService) throws -> String {
        let path = service.directory.path + "/erasures.jsonl"
        return FileManager.default.fileExists(atPath: path) ? try String(contentsOfFile: path, encoding: .utf8) : ""
    }

    /// Has `statement` on `table` fail, at once or at the end of the transaction.
    private static func refuse(_ statement: String, on table: String, _ service: RunningService) async throws {
        try await service.writer.script(
            """
            CREATE OR REPLACE FUNCTION fail_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'the test says no'; END $$;
            CREATE TRIGGER a_test_says_no BEFORE \(statement) ON \(table)
                FOR EACH STATEMENT EXECUTE FUNCTION fail_for_the_test();
            """)
    }

    @Test(arguments: [
        ("DELETE", "evidence"), ("INSERT", "evidence"), ("DELETE", "proofs"), ("DELETE", "credentials"),
        ("DELETE", "grants"), ("DELETE", "access_log"), ("DELETE", "sessions"), ("DELETE", "challenges"),
        ("DELETE", "facets"), ("DELETE", "linked_accounts"), ("DELETE", "accounts"), ("UPDATE", "developers"),
        ("UPDATE", "projects"), ("INSERT", "entries"), ("UPDATE", "ledger_head"), ("INSERT", "erasures"),
        ("INSERT", "erasure_events"), ("INSERT", "suppressed_accounts"), ("INSERT", "withheld_handles"),
        ("INSERT", "credentials"),
    ])
    func `a step that fails leaves everything as it was`(statement: String, table: String) async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let before = try await Self.state(service)
            try await Self.refuse(statement, on: table, service)
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 500)
            let after = try await Self.state(service)
            #expect(after == before)
            #expect(try Self.journal(service) == "", "nothing will be carried out that was not done")
            try await service.writer.script("DROP TRIGGER a_test_says_no ON \(table)")
            let again = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(again.status == 200)
        }
    }

    @Test func `what cannot be written down is not deleted`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let before = try await Self.state(service)
            let path = service.directory.path + "/erasures.jsonl"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 500)
            let after = try await Self.state(service)
            #expect(after == before)
            try FileManager.default.removeItem(atPath: path)
        }
    }

    /// Has COMMIT itself fail for a transaction that erased.
    private static func refuseCommit(_ service: RunningService) async throws {
        try await service.writer.script(
            """
            CREATE FUNCTION fail_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'the test says no'; END $$;
            CREATE CONSTRAINT TRIGGER a_test_says_no AFTER INSERT ON erasures DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION fail_for_the_test();
            """)
    }

    @Test func `what was written down and not committed is carried out at the next start`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: service.writer)
            let before = try await Self.state(service)
            try await Self.refuseCommit(service)
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 500)
            let after = try await Self.state(service)
            #expect(after == before)
            let journal = try Self.journal(service)
            #expect(journal.split(separator: "\n").count == 1)
            for name in ["maya", String(MadeUpArchive.maya.id)] { #expect(!journal.contains(name)) }
            let pending = try await service.erase.pending()
            #expect(pending == 1)

            try await service.writer.script("DROP TRIGGER a_test_says_no ON erasures")
            let carriedOut = try await service.erase.catchUp()
            #expect(carriedOut == 1)
            let left = try await remains.found(on: service.writer)
            #expect(left == [])
            let again = try await service.erase.catchUp()
            #expect(again == 0, "an erasure is carried out once")
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
            #expect(try Self.journal(service) == journal)
        }
    }

    @Test func `asking again is answered by the erasure that was begun`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            try await Self.refuseCommit(service)
            let refused = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya).status
            #expect(refused == 500)
            try await service.writer.script("DROP TRIGGER a_test_says_no ON erasures")
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 200)
            #expect(answer.json["deleted"]?["facts"]?.int == 216)
            let erasures = try await service.writer.run("SELECT count(*) FROM entries WHERE kind = 'erasure'")[0].int(0)
            #expect(erasures == 1)
        }
    }

    @Test func `a line that was cut off counts for nothing and one that was changed stops everything`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let path = service.directory.path + "/erasures.jsonl"
            try Data(#"{"code":"AAAA","event":{"acc"#.utf8).write(to: URL(fileURLWithPath: path))
            let idle = try await service.erase.catchUp()
            #expect(idle == 0)
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 200)
            let journal = try Self.journal(service)
            #expect(journal.hasPrefix(#"{"code":""#) && journal.split(separator: "\n").count == 1)
            let line = try JSON(parsing: journal.dropLast().utf8)
            for name in (line["event"]?.object ?? [:]).keys where name != "v" {
                var event = line["event"]?.object ?? [:]
                event[name] = .string("other")
                let changed: JSON = ["code": line["code"] ?? .null, "event": .object(event)]
                try (changed.canonical + "\n").write(toFile: path, atomically: true, encoding: .utf8)
                await #expect(throws: JournalError.damaged(path: path, line: 1)) { try await service.erase.catchUp() }
            }
            try "\n".write(toFile: path, atomically: true, encoding: .utf8)
            await #expect(throws: JournalError.damaged(path: path, line: 1)) { try await service.erase.catchUp() }
        }
    }
}
