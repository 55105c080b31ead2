extension Cluster {
    /// Pages read in one statement: 32 MB, and whoever cancels waits for no more.
    private static let pagesAtOnce: Int64 = 4_096

    /// Reads the indexes whose keys come at random places into the server's pool of pages, as far as three quarters of it
    /// hold them, and returns how many bytes that were; nil where PostgreSQL's `pg_prewarm` is not installed.
    ///
    /// What was in the pool when it stopped the server reads in by itself. A pool that was sized before the ledger grew did not
    /// hold these indexes, and tables out of a dump bring none: in the first ten seconds of facts into ten million the writer
    /// waited 1.6 to 2.0 s for pages, and 0.4 s with the indexes read.
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
        let pool = try await connection.run(
            "SELECT setting::bigint, current_setting('block_size')::bigint FROM pg_settings WHERE name = 'shared_buffers'"
        )[0]
        let room = try pool.int(0) / 4 * 3
        var read: Int64 = 0
        for index in try await connection.run(.indexesAtRandom) {
            let (id, pages) = (try index.int(0), min(try index.int(1), room - read))
            for first in stride(from: 0, to: pages, by: Int(Self.pagesAtOnce)) {
                try Task.checkCancellation()
                let last = min(first + Self.pagesAtOnce, pages) - 1
                try await connection.run(
                    "SELECT pg_temp.read_in(\(id)::oid::regclass, 'buffer', 'main', \(first), \(last))")
            }
            read += pages
        }
        return read * (try pool.int(1))
    }
}

extension SQL {
    /// The indexes and how many pages each has: those of whole tables first, the smallest of them first, then those of
    /// partitions, the newest first, for into them alone comes what is new. Without the primary keys: of the tables that grow
    /// with the ledger they are numbers that grow, and only their ends are touched.
    fileprivate static let indexesAtRandom: SQL = """
        SELECT indexrelid::bigint, pg_relation_size(indexrelid) / current_setting('block_size')::bigint AS pages
        FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
        WHERE i.relnamespace = 'public'::regnamespace AND i.relkind = 'i' AND NOT indisprimary
        ORDER BY t.relispartition, CASE WHEN t.relispartition THEN -t.oid::bigint END, pages
        """
}
