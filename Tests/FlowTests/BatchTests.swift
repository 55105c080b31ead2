import CanonicalJSON
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Testing
import Transparency

/// What the sequencer makes of facts that come together.
@Suite struct BatchTests {
    /// The fact, observed when it occurred, as `authority` seals it.
    private static func sealed(
        _ number: Int, at time: String = "2025-03-01T10:00:00Z", login: String = "maya", by authority: Authority
    ) throws -> SealedFact {
        var members = IngestTests.fact(number, at: time, login: login).object ?? [:]
        members["observed_at"] = .string(time)
        return SealedFact(try Evidence(document: .object(members)), by: authority)
    }

    /// Waits until somebody waits for an advisory lock, by which tests hold up a batch.
    private static func untilHeldUp(on connection: Connection, at lock: Int64 = 4_711) async throws {
        while try await connection.run(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = \(lock) AND NOT granted"
        ).isEmpty {}
    }

    @Test func `the entries of a batch are in the order of their leaf hashes, which tells nothing`() async throws {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                try await site.open { open in
                    try await open.record(200, from: 0)
                    let entries = try await LedgerEntry.read(open.connection.run(.entries(from: 0, count: 200)))
                    #expect(entries.count == 200)
                    #expect(entries.map(\.leafHash) == entries.map(\.leafHash).sorted())
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a value the database refuses costs those who came in the same batch nothing`() async throws {
        try await RunningService.with { service in
            // The database refuses fact 2, and keeps fact 0 waiting until the others are there: so they are one batch.
            try await service.writer.script(
                """
                CREATE FUNCTION refuse_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.document LIKE '%review/0"%' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
                    IF NEW.document LIKE '%review/2"%' THEN
                        RAISE EXCEPTION 'the test says no' USING ERRCODE = '22000';
                    END IF;
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER a_test_says_no BEFORE INSERT ON evidence
                    FOR EACH ROW EXECUTE FUNCTION refuse_for_the_test();
                SELECT pg_advisory_lock(4711);
                """)
            let sequencer = service.background.sequencer
            let records = try (0...3).map { number in
                let fact = try Self.sealed(number, by: service.authority)
                return { @Sendable in try await sequencer.record([fact]) }
            }
            async let first = records[0]()
            try await Self.untilHeldUp(on: service.writer)
            async let before = records[1]()
            async let refused = records[2]()
            async let after = records[3]()
            while sequencer.depth < 4 { await Task.yield() }
            try await service.writer.script("SELECT pg_advisory_unlock(4711)")

            let recorded = try await [first, before, after]
            #expect(recorded.map { $0[0].recorded?.isNew } == [true, true, true])
            do {
                _ = try await refused
                Issue.record("the refused one was answered as if it were kept")
            } catch let error as PostgresError {
                #expect(error.message.contains("the test says no"))
            }
            let kept = try await service.writer.run("SELECT count(*), max(entry_index) FROM evidence")[0]
            #expect(try [kept.int(0), kept.int(1)] == [3, 2], "and the refused one leaves no gap")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a batch put in order while another is stored is kept, whatever comes of that other one`() async throws {
        try await RunningService.with { service in
            // The database keeps facts 1000 and 2000 waiting until a batch is behind them, and refuses the brief of 1000 when that
            // comes alone: it is told again by the batch behind, which is to be kept.
            try await service.writer.script(
                """
                CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.document ~ 'review/[12]000"' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER a_test_waits BEFORE INSERT ON evidence FOR EACH ROW EXECUTE FUNCTION wait_for_the_test();
                CREATE FUNCTION refuse_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF (SELECT document ~ 'review/1000"' FROM evidence WHERE entry_index = NEW.entry_index)
                        AND (SELECT max(entry_index) = NEW.entry_index FROM evidence) THEN
                        RAISE EXCEPTION 'the test says no' USING ERRCODE = '22000';
                    END IF;
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER a_test_says_no BEFORE INSERT ON briefs FOR EACH ROW EXECUTE FUNCTION refuse_for_the_test();
                """)
            let sequencer = service.background.sequencer
            // From here on batches are taken for new ones, and put in order before the database is asked.
            for number in 0..<16 { _ = try await sequencer.record([Self.sealed(number, by: service.authority)]) }

            /// Records fact `first`, and a batch that tells it again while the database keeps it waiting.
            func record(_ first: Int, behind others: Range<Int>) async throws -> (
                Result<[FactOutcome], any Error>, [FactOutcome]
            ) {
                try await service.writer.script("SELECT pg_advisory_lock(4711)")
                let one = try Self.sealed(first, by: service.authority)
                let many = try ([first] + others).map { try Self.sealed($0, by: service.authority) }
                let kept = Task { try await sequencer.record([one]) }
                try await Self.untilHeldUp(on: service.writer)
                async let behind = sequencer.record(many)
                while sequencer.depth <= many.count { await Task.yield() }
                try await service.writer.script("SELECT pg_advisory_unlock(4711)")
                return (await kept.result, try await behind)
            }
            let (refused, behind) = try await record(1_000, behind: 5_000..<7_100)
            #expect(throws: PostgresError.self) { try refused.get() }
            #expect(behind.allSatisfy { $0.recorded?.isNew == true } && behind.count == 2_101)
            let entries = try await LedgerEntry.read(service.writer.run(.entries(from: 16, count: 3_000)))
            #expect(entries.count == 2_101)
            #expect(entries.map(\.leafHash) == entries.map(\.leafHash).sorted())

            let (recorded, after) = try await record(2_000, behind: 8_000..<10_100)
            let stored = try recorded.get()[0].recorded
            #expect(stored?.isNew == true && stored?.index == 2_117)
            #expect(after[0].recorded?.isNew == false && after[0].recorded?.leaf == stored?.leaf)
            #expect(after.dropFirst().allSatisfy { $0.recorded?.isNew == true })
            #expect(try await service.writer.ledgerHead()?.size == 4_218)
            // Who answers may be ahead of who counts.
            while sequencer.depth > 0 { await Task.yield() }
        }
    }

    /// A service whose batches are taken for new ones, after 16 facts, with its database keeping facts 1000 and 2000 waiting
    /// for the advisory lock 4711 and 4712.
    private static func withHeldUpBatches(
        _ body:
            @Sendable (RunningService, _ record: @escaping @Sendable ([Int]) async throws -> [Int64]) async throws
            -> Void
    ) async throws {
        try await RunningService.with { service in
            try await service.writer.script(
                """
                CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.document LIKE '%review/1000"%' THEN PERFORM pg_advisory_xact_lock(4711); END IF;
                    IF NEW.document LIKE '%review/2000"%' THEN PERFORM pg_advisory_xact_lock(4712); END IF;
                    RETURN NEW;
                END
                $$;
                CREATE TRIGGER a_test_waits BEFORE INSERT ON evidence FOR EACH ROW EXECUTE FUNCTION wait_for_the_test();
                """)
            for number in 0..<16 {
                _ = try await service.background.sequencer.record([Self.sealed(number, by: service.authority)])
            }
            try await body(service) { numbers in
                let facts = try numbers.map { try Self.sealed($0, by: service.authority) }
                return try await service.background.sequencer.record(facts).compactMap(\.recorded).filter(\.isNew).map(
                    \.index)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `where thousands wait, the next batch is stored behind one that is not done, and seen after it`() async throws
    {
        try await Self.withHeldUpBatches { service, record in
            try await service.writer.script("SELECT pg_advisory_lock(4711)")
            async let first = record(Array(1_000..<1_001))
            try await Self.untilHeldUp(on: service.writer)
            async let behind = record(Array(5_000..<7_100))
            // It has stored all it can, and waits for the other.
            while try await service.writer.run(
                """
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE 'COPY briefs%'
                    AND state_change < clock_timestamp() - interval '0.2 s'
                """
            ).isEmpty {}
            #expect(try await service.writer.ledgerHead()?.size == 16)
            // Who would lock the head comes after both.
            async let other = service.writer.transaction { connection in
                try connection.run("SELECT pg_advisory_unlock(4711)")
                return try connection.lockLedgerHead()?.size
            }
            #expect(try await first == [16])
            #expect(try await behind.sorted() == Array(17..<2_117))
            #expect(try await other == 2_117)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a batch that tells facts of the one being stored waits for it, and neither for the other`() async throws {
        try await Self.withHeldUpBatches { service, record in
            try await service.writer.script("SELECT pg_advisory_lock(4711)")
            async let first = record([1_000] + Array(5_000..<5_600))
            try await Self.untilHeldUp(on: service.writer)
            async let behind = record(Array(5_000..<7_100))
            // By itself it begins with the ledger's lock.
            while try await service.writer.run(
                "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid <> 4711 AND mode = 'ExclusiveLock' AND NOT granted"
            ).isEmpty {}
            try await service.writer.script("SELECT pg_advisory_unlock(4711)")
            #expect(try await first.sorted() == Array(16..<617))
            #expect(try await behind.sorted() == Array(617..<2_117))
            #expect(try await service.writer.run("SELECT count(*) FROM evidence")[0].int(0) == 2_117)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a batch behind another gives way to an entry that somebody puts between them`() async throws {
        try await Self.withHeldUpBatches { service, record in
            // A service that has no second one beside it: what all wait for, this connection does not.
            let stranger = try await Connection.open(service.database)
            try await stranger.script(
                """
                CREATE SCHEMA strange;
                CREATE FUNCTION strange.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS '';
                SET search_path = strange, pg_catalog, public;
                """)
            try await service.writer.script("SELECT pg_advisory_lock(4711); SELECT pg_advisory_lock(4712)")
            async let first = record(Array(1_000..<1_001))
            try await Self.untilHeldUp(on: service.writer)
            async let behind = record(Array(2_000..<4_100))
            try await Self.untilHeldUp(on: service.writer, at: 4712)
            try await service.writer.script("SELECT pg_advisory_unlock(4711)")
            #expect(try await first == [16])

            // It has the head, but not yet the place, where the batch has an entry.
            let ledger = Ledger(authority: service.authority)
            let between = Task {
                try await stranger.transaction { connection in
                    let entry = LedgerEntry(.status, Commitment(disclosure: "between"))
                    return try ledger.append([entry], observedAt: service.authority.now(), on: connection)
                }
            }
            while try await service.writer.run(
                "SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
            ).isEmpty {}
            try await service.writer.script("SELECT pg_advisory_unlock(4712)")
            #expect(try await between.value == 17)
            #expect(try await behind.sorted() == Array(18..<2_118))
            #expect(try await service.writer.ledgerHead()?.size == 2_118)
            await stranger.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a sequencer that is stopped writes the batch it is at, and refuses more than one that waits`() async throws {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                let owner = try await Connection.open(url)
                try await owner.script(
                    """
                    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql
                        AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
                    CREATE TRIGGER a_test_waits BEFORE INSERT ON evidence FOR EACH ROW EXECUTE FUNCTION wait_for_the_test();
                    SELECT pg_advisory_lock(4711);
                    """)
                let background = try await Background.open(authority: site.authority, highWater: site.highWater) { _ in
                    try await Connection.open(url)
                }
                let running = Task { try await background.run { Testing.Issue.record($1, "the \($0) failed") } }
                let sequencer = background.sequencer
                let first = try Self.sealed(0, by: site.authority)
                let behind = try (1...600).map { try Self.sealed($0, by: site.authority) }
                let written = Task { try await sequencer.record([first]) }
                try await Self.untilHeldUp(on: owner)
                let waiting = Task { try await sequencer.record(behind) }
                while sequencer.depth < 601 { await Task.yield() }
                running.cancel()
                try await owner.script("SELECT pg_advisory_unlock(4711)")

                #expect(try await written.value[0].recorded?.isNew == true)
                await #expect(throws: SequencerError.stopping) { try await waiting.value }
                await #expect(throws: CancellationError.self) { try await running.value }
                #expect(try await owner.ledgerHead()?.size == 1)
                await owner.close()
            }
        }
    }

    @Test func `of the logins an account had, the one seen last is kept, in whatever order a batch tells them`()
        async throws
    {
        try await RunningService.with { service in
            var number = 0
            /// Records facts of the account under each login on a day of March, in one batch; returns what it is called then.
            func told(_ mentions: (day: Int, login: String)...) async throws -> String {
                let facts = try mentions.map { mention in
                    number += 1
                    return try Self.sealed(
                        number, at: "2025-03-\(10 + mention.day)T10:00:00Z", login: mention.login, by: service.authority
                    )
                }
                _ = try await service.background.sequencer.record(facts)
                return try await service.writer.run("SELECT login FROM accounts WHERE platform_id = '7001'")[0].text(0)
            }
            let names = [
                try await told((1, "maya"), (0, "older")), try await told((2, "kestrel"), (4, "maya")),
                try await told((7, "wren"), (6, "kestrel")), try await told((5, "kestrel")),
            ]
            // In the second batch it was back by the end; the fourth tells of a day long past.
            #expect(names == ["maya", "maya", "wren", "wren"])
        }
    }

    @Test func `a fact is kept once after any number of new ones, when the ledger no longer asks what it has`()
        async throws
    {
        try await RunningService.with { service in
            /// Records facts of these numbers, about other people and another project from the thirtieth on.
            func record(_ numbers: Int...) async throws -> [RecordedFact?] {
                let facts = try numbers.map { number in
                    var members = IngestTests.fact(number).object ?? [:]
                    members["observed_at"] = members["occurred_at"]
                    if number >= 30 {
                        let id = JSON.string("\(7_000 + number & ~1)")
                        members["account"] = ["platform": "github", "id": id, "login": "lena", "kind": "user"]
                        members["project"] = ["platform": "github", "id": "9030", "name": "northwind/vane"]
                    }
                    return SealedFact(try Evidence(document: .object(members)), by: service.authority)
                }
                return try await service.background.sequencer.record(facts).map(\.recorded)
            }
            /// Accounts that were made and taken back leave gaps among the numbers of those that stayed.
            func takenBack() async throws -> Int64 {
                try await service.writer.run("SELECT max(id) - count(*) FROM accounts")[0].int(0)
            }
            var places: [Int: RecordedFact] = [:]
            for number in 0..<29 { places[number] = try await record(number)[0] }
            let twice = try await record(29, 29)
            #expect(twice.map { $0?.isNew } == [true, false] && twice[0]?.leaf == twice[1]?.leaf)
            #expect(Set(places.values.map(\.index)) == Set(0..<29) && twice[1]?.index == 29)
            let before = try await takenBack()

            let mixed = try await record(30, 7, 31, 30)
            #expect(mixed.map { $0?.isNew } == [true, false, true, false])
            #expect(mixed[1]?.index == places[7]?.index && mixed[1]?.leaf == places[7]?.leaf)
            #expect(mixed[3]?.leaf == mixed[0]?.leaf, "twice in one batch is one fact")
            #expect(Set([mixed[0]?.index, mixed[2]?.index]) == [30, 31])
            let gaps = try await takenBack()
            #expect(gaps > before, "the batch was stored unasked, taken back and stored anew")

            let next = try await record(29, 32)
            #expect(next.map { $0?.isNew } == [false, true])
            #expect(next[0]?.leaf == twice[0]?.leaf)
            #expect(try await takenBack() == gaps, "the next batch was asked for first")
            #expect(try await service.writer.run("SELECT count(*) FROM entries")[0].int(0) == 33)
            #expect(try await service.writer.ledgerHead()?.size == 33)
            let about = try await service.writer.run(
                """
                SELECT count(*) FROM evidence e JOIN accounts a ON a.id = e.account JOIN projects p ON p.id = e.project
                WHERE a.platform_id IN ('7030', '7032') AND p.platform_id = '9030'
                """)
            #expect(
                try about[0].int(0) == 3, "whoever was new in the batch that was taken back has a number that is theirs"
            )
        }
    }
}
