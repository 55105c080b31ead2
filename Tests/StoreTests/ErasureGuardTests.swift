import Postgres
import Store
import TestSupport
import Testing

/// What the schema itself does not let happen to what is erased, and to what is not.
@Suite struct ErasureGuardTests {
    /// A migrated database with an entry, its fact and an erased developer, as the service's role sees it.
    private func asService(_ body: @Sendable (_ service: Connection, _ owner: Connection) async throws -> Void)
        async throws
    {
        try await withDatabaseURL { url in
            let owner = try await Connection.open(url)
            _ = try await owner.migrate()
            try await owner.script(
                """
                INSERT INTO entries (index, leaf_key, kind, commitment) VALUES
                    (0, 0, 'evidence', repeat('a', 43)), (1, 1, 'erasure', repeat('b', 43)),
                    (2, 2, 'erasure', repeat('c', 43));
                INSERT INTO accounts (platform, platform_id, login, login_seen, kind)
                    VALUES ('github', '1', 'a', now(), 'user');
                INSERT INTO projects (platform, platform_id, name) VALUES ('github', '1', 'a/b');
                INSERT INTO evidence (entry_index, account, project, occurred_at, identity_hash, type, salt, document)
                    VALUES (0, 1, 1, now(), gen_random_uuid(), 'review_given', sha256('s'), '{}');
                INSERT INTO briefs (entry_index, account, brief) VALUES (0, 1, sha256('b') || sha256('r'));
                INSERT INTO erasures VALUES (1, sha256('s'), '{}');
                INSERT INTO erasure_events VALUES ('e', 1);
                INSERT INTO developers (state, created_at) VALUES ('erased', now()), ('claimed', now());
                """)
            let service = try await Connection.open(url, role: Cluster.service)
            try await body(service, owner)
            await service.close()
            await owner.close()
        }
    }

    @Test(
        arguments: [
            "DELETE FROM entries", "DELETE FROM evidence", "TRUNCATE evidence", "UPDATE evidence SET document = ''",
            "DELETE FROM erasures", "UPDATE erasures SET document = ''", "DELETE FROM erasure_events",
            "DELETE FROM tiles", "DELETE FROM ledger_head", "DELETE FROM published_checkpoint",
            "DELETE FROM developers", "DELETE FROM projects", "DELETE FROM api_keys",
            "UPDATE developers SET state = 'claimed' WHERE id = 1",
            "UPDATE developers SET document = 'x' WHERE id = 1", "UPDATE developers SET handle = 'x' WHERE id = 1",
            "UPDATE developers SET state = 'erased', weightiest = '{x}' WHERE id = 2",
            "UPDATE developers SET state = 'erased', discoverable = true WHERE id = 2",
            "INSERT INTO linked_accounts (account, developer, linked_at) VALUES (1, 1, now())",
            "INSERT INTO facets VALUES (1, 'reviewing', 'measured', 1, 1, 1)",
            "INSERT INTO sessions VALUES (sha256('x'), 1, now(), now())",
            "INSERT INTO access_log (developer, at, reader, act, query) VALUES (1, now(), 'r', 'grant', 'q')",
            """
            INSERT INTO grants (id, token_hash, developer, facets, audience, expires_at, max_uses, created_at)
            VALUES ('g', sha256('x'), 1, '{}', 'a', now(), 1, now())
            """,
            """
            INSERT INTO credentials (id, developer, token, digest, salt, issued_at, expires_at, entry_index)
            VALUES ('c', 1, 't', 'd', sha256('x'), now(), now(), 0)
            """,
            """
            INSERT INTO challenges (id, platform, login, text, developer, expires_at)
            VALUES ('c', 'github', 'a', 't', 1, now())
            """,
        ] as [SQL])
    func `the service deletes no history, and nothing is added to the erased`(statement: SQL) async throws {
        try await self.asService { service, _ in
            await #expect(throws: PostgresError.self) { try await service.run(statement) }
        }
    }

    @Test func `a disclosure is deleted with an erasure in the same transaction, and only with it`() async throws {
        try await self.asService { service, owner in
            await #expect(throws: PostgresError.self) { try await owner.run("DELETE FROM evidence") }
            try await service.transaction { connection in
                try connection.add(
                    StoredErasure(entryIndex: 2, salt: [UInt8](repeating: 7, count: 16), document: "{}"), event: "f")
                let deleted = try connection.deleteEvidence(about: [1])
                #expect(deleted == 1)
            }
            let left = try await owner.run("SELECT count(*) FROM entries")[0].int(0)
            #expect(left == 3)
        }
    }

    @Test func `whoever adds to a developer waits for an erasure under way, and then cannot`() async throws {
        try await self.asService { service, owner in
            try await owner.script("BEGIN; SELECT FROM developers WHERE id = 2 FOR UPDATE")
            async let refusal = self.refusal(
                of: "INSERT INTO sessions VALUES (sha256('x'), 2, now(), now())", by: service)
            try await owner.run("UPDATE developers SET state = 'erased' WHERE id = 2")
            try await owner.script("COMMIT")
            let constraint = try await refusal
            #expect(constraint == "erased_developer_stays_erased")
            let sessions = try await owner.run("SELECT count(*) FROM sessions")[0].int(0)
            #expect(sessions == 0)
        }
    }

    /// The constraint that refuses `statement`, nil when none does.
    private func refusal(of statement: SQL, by connection: Connection) async throws -> String? {
        do {
            try await connection.run(statement)
            return nil
        } catch {
            return error.constraint
        }
    }
}
