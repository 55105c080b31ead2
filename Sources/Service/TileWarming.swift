internal import Postgres
internal import Store
internal import Transparency

/// Reads the full tiles of hashes into the cache after a start, before a proof asks for them.
///
/// A proof of an old entry needs a tile from anywhere in the log. Read when it is asked for, each comes from a place of its
/// own on disk, and the requests behind it in the same pipeline wait for it. Read in their order, those of ten million entries
/// take seconds.
struct TileWarming {
    let cache: TileCache
    /// Nobody waits for what is done through it.
    let connection: Connection

    /// Tiles read at once.
    private static let step: Int64 = 64

    /// Works until the cache is full or has all there is, or until cancelled.
    ///
    /// `report` hears why it could not; what is not in memory is read when it is asked for.
    func run(report: @Sendable (any Error) -> Void) async throws {
        do {
            try await self.readAll()
        } catch let error as CancellationError {
            throw error
        } catch {
            report(error)
        }
    }

    /// Rests after each step twice as long as it took, so that answers do not wait.
    private func readAll() async throws {
        guard let head = try LedgerHead.read(await self.connection.run(.publishedCheckpoint)) else { return }
        let clock = ContinuousClock()
        // Every proof needs the high ones; of the others the newest are asked for most.
        for level in (0...Tile.highestLevel).reversed() {
            var end = head.size >> Int64(8 * (level + 1))
            while end > 0 {
                let start = clock.now
                let first = max(0, end - Self.step)
                guard try await self.read(level: level, from: first, to: end) else { return }
                end = first
                try await clock.rest(2, sinceStepAt: start)
            }
        }
    }

    /// Reads the tiles of `level` from `start` to before `end`, which are full; false when the cache is.
    private func read(level: Int, from start: Int64, to end: Int64) async throws -> Bool {
        try await self.connection.transaction { connection in
            // The hashing is done here, on the connection's thread, which gives way to others.
            try StoredTile.read(connection.run(.tiles(level: Int64(level), from: start, to: end))).allSatisfy {
                self.cache.add(TileBytes(rootsOver: $0.hashes), as: Tile(.hashes(level: level), number: $0.index))
            }
        }
    }
}
