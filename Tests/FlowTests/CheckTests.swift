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
}
