extension Cluster {
    /// Pages read in one statement: 32 MB, and whoever cancels waits for no more.
    private static let pagesAtOnce: Int64 = 4_096

    /// Reads the indexes whose keys come at random places into the server's pool of pages, as far as three quarters of it
    /// hold them, and returns how many bytes that were; nil where PostgreSQL's `pg_prewarm` is not installed.
    ///
    /// What was in the pool when it stopped the server reads in by itself. A pool that was sized before the ledger grew did not
    /// hold these indexes, and tables out of a dump bring none: in the first ten seconds of facts into ten million, not in
    /// partitions then, the writer waited 1.6 to 2.0 s for pages, and 0.4 s with the indexes read.
    ///
    /// - Throws: `PostgresError`, or `CancellationError` within the time of one statement.
    public func readIndexes() async throws -> Int64? {
        guard self.server.hasPrewarming else { return nil }
        let connection = try await Connection.open(
            self.url(role: Cluster.owner),
            settings: SessionSettings(applicationName: "standing indexes", statementTimeout: .seconds(60)))
        // The library's function for this session alone: as an extension it would be in every dump, and who restores one into
        // a database of their own may not create it.
        try await connection.run(
            """
            CREATE FUNCTION pg_temp.read_in(regclass, text, text, bigint, bigint) RETURNS bigint LANGUAGE c
                AS '$libdir/pg_prewarm', 'pg_prewarm'
            """)
        var read: Int64 = 0
        for part in try await connection.run(.indexesAtRandom(atOnce: Self.pagesAtOnce)) {
            try Task.checkCancellation()
            let (id, first, last, isFirstTime) = (try part.int(0), try part.int(1), try part.int(2), try part.bool(3))
            let bytes = try await connection.run(
                """
                SELECT current_setting('block_size')::bigint
                    * pg_temp.read_in(\(id)::oid::regclass, 'buffer', 'main', \(first), \(last))
                """)[0].int(0)
            if isFirstTime { read += bytes }
        }
        return read
    }
}

extension SQL {
    /// What to read in its order: an index, its first and its last page, and whether they are read for the first time.
    ///
    /// Indexes of whole tables come first, the smallest of them first, then those of partitions, those of the greatest keys
    /// first, for into them alone comes what is new. Without the primary keys: of the tables that grow with the ledger they are
    /// numbers that grow, and only their ends are touched.
    ///
    /// What half of the pool holds is read three times, for PostgreSQL keeps longer what was looked at more often. Read once, a
    /// third of `evidence_is_kept_once` over ten million facts had left for tiles, which the service reads through the same
    /// pool meanwhile, and in five seconds of facts the writer waited for 13,000 of its pages; read three times, for 700.
    fileprivate static func indexesAtRandom(atOnce most: Int64) -> SQL {
        """
        WITH pool AS (SELECT setting::bigint AS pages FROM pg_settings WHERE name = 'shared_buffers'),
        indexes AS (
            SELECT indexrelid::bigint AS id, pages, sum(pages) OVER priority - pages AS before
            FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid,
                LATERAL (SELECT pg_relation_size(i.oid) / current_setting('block_size')::bigint) AS size (pages)
            WHERE i.relnamespace = 'public'::regnamespace AND i.relkind = 'i' AND NOT indisprimary
            WINDOW priority AS (
                ORDER BY substring(pg_get_expr(t.relpartbound, t.oid) FROM '[0-9]+')::bigint DESC NULLS FIRST, pages, i.oid)
        )
        SELECT id, first, least(first + \(most), beyond) - 1, turn = 1
        FROM indexes, pool, (VALUES (1, 3), (2, 2), (3, 2)) AS turns (turn, quarters),
            LATERAL (SELECT least(indexes.pages, pool.pages / 4 * quarters - before)::bigint) AS room (beyond),
            generate_series(0, beyond - 1, \(most)) AS first
        ORDER BY turn, before, first
        """
    }
}
