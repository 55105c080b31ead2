import CanonicalJSON
import Foundation
import Postgres
import Service
import Store
import Testing

@Suite struct CheckTests {
    @Test func `a ledger as it was written is as it should be`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let report = try await service.check()
            #expect(report.problems == [])
            #expect(report.evidence > 200)
            #expect(report.bindings == 1)
            #expect(report.credentials == 1)
            #expect(report.entries == report.evidence + 2, "the binding and the credential are entries too")
        }
    }

    /// What somebody with the owner's rights did beside the ledger, the kind of what is found, and what the runbook says
    /// to do when there is no backup.
    static let loss = "INSERT INTO losses (first, beyond, reason) VALUES (9, 10, 'damaged, and no backup')"

    static let damages: [(damage: String, kind: Finding.Kind, place: String, remedy: String)] = [
        (
            "UPDATE evidence SET document = replace(document, 'maya', 'mara') WHERE entry_index = 9", .fact, "entry 9",
            "DELETE FROM evidence WHERE entry_index = 9; \(CheckTests.loss)"
        ),
        (
            "UPDATE evidence SET salt = sha256('x') WHERE entry_index = 9", .fact, "entry 9",
            "DELETE FROM evidence WHERE entry_index = 9; \(CheckTests.loss)"
        ),
        (
            "UPDATE evidence SET entry_index = 100000 WHERE entry_index = 9", .fact, "entry 100000",
            "DELETE FROM evidence WHERE entry_index = 100000; \(CheckTests.loss)"
        ),
        (
            "UPDATE proofs SET signature = 'x'", .binding, "the proof of an account",
            """
            DELETE FROM linked_accounts USING proofs p WHERE p.account = linked_accounts.account;
            DELETE FROM proofs
            """
        ),
        (
            "DELETE FROM proofs", .binding, "1 accounts",
            "DELETE FROM linked_accounts WHERE NOT EXISTS (SELECT FROM proofs p WHERE p.account = linked_accounts.account)"
        ),
        ("UPDATE credentials SET token = token || 'A'", .credential, "the credential", "DELETE FROM credentials"),
        ("UPDATE credentials SET salt = sha256('x')", .credential, "the credential", "DELETE FROM credentials"),
    ]

    @Test(arguments: CheckTests.damages.indices)
    func `what was changed beside the ledger is found and named, and the remedy of the runbook is one`(
        number: Int
    ) async throws {
        let (damage, kind, place, remedy) = Self.damages[number]
        try await RunningService.with { service in
            let imported = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            try await service.asOwner(damage)
            let report = try await service.check()
            let others = report.problems.dropFirst().map(\.kind)
            #expect(report.problems.first?.kind == kind && others.allSatisfy { $0 == .erasure }, "\(report.problems)")
            #expect(report.problems[0].place.contains(place), "\(report.problems)")
            #expect(report.problems[0].severity == .record)

            try await service.asOwner(remedy)
            let left = try await service.check()
            #expect(left.problems == [])
            // The source has the fact still: it comes back, as a new entry.
            let again = try await service.importArchive()
            #expect(again.evidence.values.reduce(0, +) == (kind == .fact ? 1 : 0))
            let whole = try await service.check()
            #expect(whole.evidence == imported.evidence.values.reduce(0, +))
            #expect(whole.problems == [])
        }
    }

    /// What a fact is filed under, changed.
    private static let misfilings =
        [
            "account = (SELECT max(id) FROM accounts WHERE id <> account)",
            "project = (SELECT max(id) FROM projects WHERE id <> project)", "type = 'release_published'",
            "occurred_at = now()", "identity_hash = gen_random_uuid()", "account = 9999999",
        ].map { "UPDATE evidence SET \($0) WHERE entry_index = 9" } + [
            "DELETE FROM briefs WHERE entry_index = 9", "UPDATE briefs SET account = account + 1 WHERE entry_index = 9",
        ]

    @Test func `a fact filed under what it is not about is found, and filed anew`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            for change in Self.misfilings {
                try await service.asOwner(change)
                let report = try await service.check()
                #expect(report.problems.map(\.kind) == [.filing], "\(change): \(report.problems)")
                _ = try await service.repair()
                let whole = try await service.check()
                #expect(whole.problems == [], "\(change)")
            }
            let again = try await service.importArchive()
            #expect(again.evidence.isEmpty, "it is known by its identity")
        }
    }

    @Test func `every kind of finding has its row in the runbook`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let runbook = try String(contentsOf: root.appendingPathComponent("deploy/README.md"), encoding: .utf8)
        for kind in Finding.Kind.allCases { #expect(runbook.contains("\n| `\(kind.rawValue)` |"), "\(kind)") }
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
                INSERT INTO evidence
                SELECT n.index, e.account, e.project, e.occurred_at, gen_random_uuid(), e.type, e.salt, e.document
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
            let before = try await service.check().problems
            #expect(before == [])
            for table in ["evidence", "erasures", "erasure_events"] {
                try await service.writer.script("ALTER TABLE \(table) DISABLE TRIGGER ALL")
            }
            try await service.writer.run(damage)
            let report = try await service.check()
            #expect(
                report.problems.contains { $0.kind == .erasure && $0.problem.contains(finding) }, "\(report.problems)")
        }
    }
}

extension RunningService {
    func check() async throws -> CheckReport {
        try await Check(authority: self.authority, highWater: StateDirectory(self.directory.path).highWater)
            .run(on: self.writer)
    }

    func repair() async throws -> [Finding] {
        let check = Check(authority: self.authority, highWater: try StateDirectory(self.directory.path).highWater)
        return try await Repair(check: check).run(on: self.writer)
    }

    /// Runs statements with every trigger off, as only the owner of the tables can.
    func asOwner(_ statements: String) async throws { try await self.writer.asOwner(statements) }
}

extension Connection {
    /// Runs statements with every trigger off, as only the owner of the tables can.
    func asOwner(_ statements: String) throws {
        let tables = try self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").map { try $0.text(0) }
        try self.script(
            (["BEGIN"] + tables.map { "ALTER TABLE \($0) DISABLE TRIGGER USER" } + [statements]
                + tables.map { "ALTER TABLE \($0) ENABLE TRIGGER USER" } + ["COMMIT"]).joined(separator: ";\n"))
    }

    /// Takes away the room for entries from `first` on.
    func dropPartitions(from first: Int64) throws {
        for partition in try self.run("DELETE FROM ledger_partitions WHERE first >= \(first) RETURNING first") {
            let start = try partition.int(0)
            for whole in ["entries", "briefs"] {
                try self.script("ALTER TABLE \(whole) DETACH PARTITION \(whole)_\(start); DROP TABLE \(whole)_\(start)")
            }
        }
    }
}
