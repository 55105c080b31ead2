import CanonicalJSON
import Postgres
import Service
import Testing

@Suite struct CheckTests {
    @Test func `a ledger as it was written is as it should be`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems.isEmpty)
            #expect(report.evidence > 200)
            #expect(report.entries == report.evidence + 2, "the binding and the credential are entries too")
        }
    }

    @Test(
        arguments: [
            ("UPDATE entries SET kind = 'status' WHERE index = 7", "tile 0/0"),
            (
                "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00'::bytea FROM 40 FOR 1) WHERE level = 0",
                "tile 0/0"
            ),
            ("UPDATE ledger_head SET root = sha256('x')", "root"),
            ("UPDATE ledger_head SET note = replace(note, '/evidence', '/evidenzz')", "checkpoint"),
            ("UPDATE evidence SET document = replace(document, 'maya', 'mara') WHERE entry_index = 9", "entry 9"),
            ("UPDATE evidence SET salt = sha256('x') WHERE entry_index = 9", "entry 9"),
        ] as [(SQL, String)])
    func `what somebody with the owner's rights rewrote is found and named`(damage: SQL, place: String) async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            for table in ["entries", "tiles", "ledger_head"] {
                try await service.writer.script("ALTER TABLE \(table) DISABLE TRIGGER USER")
            }
            try await service.writer.run(damage)
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems.contains { $0.contains(place) }, "\(report.problems)")
        }
    }

    /// Deletions and returns nobody accounted for, after an erasure of the service's own.
    @Test(
        arguments: [
            (
                "DELETE FROM evidence WHERE entry_index = (SELECT max(entry_index) FROM evidence)",
                "have lost their fact"
            ),
            (
                """
                INSERT INTO evidence SELECT n.index, e.commitment, sha256('x'), e.type, e.account, e.project,
                    e.occurred_at, e.salt, e.document
                FROM entries n, (SELECT * FROM evidence LIMIT 1) e
                WHERE n.kind = 'evidence' AND NOT EXISTS (SELECT FROM evidence k WHERE k.entry_index = n.index) LIMIT 1
                """, "came back"
            ),
            ("DELETE FROM erasures", "cannot be opened"),
            ("UPDATE erasures SET document = replace(document, '\"facts\":', '\"facts\":1')", "something else"),
            ("UPDATE erasures SET salt = sha256('x')", "something else"),
        ] as [(SQL, String)])
    func `what is missing is held against what was erased`(damage: SQL, finding: String) async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya)
            #expect(answer.status == 200)
            let before = try await Check(authority: service.authority).run(on: service.writer).problems
            #expect(before == [])
            for table in ["evidence", "erasures", "erasure_events"] {
                try await service.writer.script("ALTER TABLE \(table) DISABLE TRIGGER ALL")
            }
            try await service.writer.run(damage)
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems.contains { $0.contains(finding) }, "\(report.problems)")
        }
    }
}
