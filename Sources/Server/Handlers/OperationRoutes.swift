internal import CanonicalJSON
internal import HTTP
internal import Migrations
internal import Postgres
internal import Reputation
internal import Service
internal import Store

/// What operators and their machines ask.
enum OperationRoutes {
    /// The process answers.
    @Sendable static func alive(_ exchange: Exchange) async throws -> Response { .json(["status": "alive"]) }

    /// The database answers every loop, its schema is the one this program knows, the ledger's head verifies under our
    /// key, and our keys are the ones the ledger says sign.
    @Sendable static func ready(_ exchange: Exchange) async throws -> Response {
        for reads in exchange.application.everyRead { _ = try await reads.run(.newestMigration) }
        let migration = try await exchange.reads.run(.newestMigration)[0].int(0)
        guard migration == Migration.newest else {
            throw Problem(
                status: 503, name: "not-migrated", title: "The schema is not the one this program knows",
                detail:
                    "The database is at migration \(migration), the program at \(Migration.newest): run standingd migrate."
            )
        }
        let head = try LedgerHead.read(await exchange.reads.run(.ledgerHead))
        guard head.map({ Ledger(authority: exchange.authority).verifies($0) }) ?? true else {
            throw Problem(
                status: 503, name: "head-does-not-verify", title: "The ledger's head does not verify",
                detail:
                    "Its signature is not by this service's key, or it does not say what the head says: run standingd check."
            )
        }
        let book = KeyBook(try await KeyRecord.read(exchange.reads.run(.issuerKeys)))
        try book.check(exchange.authority, origin: head?.origin)
        return .json(["status": "ready", "migration": .int(migration), "ledger_size": .int(head?.size ?? 0)])
    }

    private static func batches(_ counts: BatchCounts) -> [Metrics.Counter] {
        [
            Metrics.Counter(
                name: "standing_batches_total", help: "Batches of facts committed.", values: [([], counts.batches)]),
            Metrics.Counter(
                name: "standing_batch_facts_total", help: "Facts in them, known ones included.",
                values: [([], counts.facts)]),
            Metrics.Counter(
                name: "standing_batch_microseconds_total", help: "Time from BEGIN to COMMIT; two may run at once.",
                values: [([], counts.microseconds)]),
        ]
    }

    private static func refreshes(_ counts: RefreshCounts) -> [Metrics.Counter] {
        [
            Metrics.Counter(
                name: "standing_profiles_refreshed_total", help: "Profiles computed anew after facts came in.",
                values: [([], counts.profiles)]),
            Metrics.Counter(
                name: "standing_refresh_microseconds_total",
                help: "Time of that, from the first look at the ledger to the profile stored.",
                values: [([], counts.microseconds)]),
        ]
    }

    private static func witnesses(_ tally: WitnessTally) -> [Metrics.Counter] {
        let answers = tally.answers.sorted { ($0.key.witness, $0.key.label) < ($1.key.witness, $1.key.label) }
        return [
            Metrics.Counter(
                name: "standing_publication_without_quorum_total",
                help: "Turns in which no quorum of witnesses cosigned, so the old checkpoint stayed.",
                values: [([], tally.failures)]),
            Metrics.Counter(
                name: "standing_witness_answers_total", help: "What came of asking each witness to cosign.",
                values: answers.map { ([("witness", $0.key.witness), ("outcome", $0.key.label)], $0.value) }),
        ]
    }

    /// Counters and histograms for Prometheus.
    @Sendable static func metrics(_ exchange: Exchange) async throws -> Response {
        let head = try LedgerHead.read(await exchange.reads.run(.ledgerHead))
        let age = head.map { exchange.authority.now().seconds - $0.observedAt.seconds } ?? 0
        let shown = try await exchange.shownHead
        let shownAt = try await exchange.reads.run(.publicationTime).first?.seconds(0)
        let tiles = exchange.application.tiles.counts
        let sequencer = exchange.application.background.sequencer
        let text = exchange.application.metrics.text(
            gauges: [
                ("standing_ledger_size", "Entries in the ledger.", head?.size ?? 0),
                ("standing_ledger_observation_age_seconds", "Seconds since the newest evidence was observed.", age),
                ("standing_ledger_published_size", "Entries the published checkpoint covers.", shown?.size ?? 0),
                (
                    "standing_checkpoint_age_seconds", "Seconds since the published checkpoint was published.",
                    shownAt.map { exchange.authority.now().seconds - $0 } ?? 0
                ),
                (
                    "standing_tile_cache_bytes", "Bytes of full tiles and entry bundles kept in memory.",
                    Int64(tiles.bytes)
                ),
                ("standing_facts_waiting", "Facts that wait to be recorded.", Int64(sequencer.depth)),
                (
                    "standing_reckoned_size", "Entries that the standings of everybody are reckoned from.",
                    exchange.application.background.refresher.reckonedSize
                ),
            ],
            counters: self.witnesses(exchange.application.background.publication.witnessTally)
                + self.batches(sequencer.counts) + self.refreshes(exchange.application.background.refresher.counts) + [
                    Metrics.Counter(
                        name: "standing_tile_cache_hits_total", help: "Full tiles given from memory.",
                        values: [([], tiles.hits)]),
                    Metrics.Counter(
                        name: "standing_tile_cache_misses_total", help: "Full tiles read from the database.",
                        values: [([], tiles.misses)]),
                ])
        return Response(
            status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")], body: Array(text.utf8)
        )
    }
}
