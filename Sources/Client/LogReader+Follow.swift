public import Transparency

extension LogReader {
    /// How many tiles are asked for at once: about 1 MiB each at worst, and no burden to a server.
    public static let atOnce = 8

    /// The checkpoint, read as a note; nothing is verified.
    ///
    /// - Throws: `LogReadError`, `LogAlarm.badCheckpoint`.
    public func note() async throws -> SignedNote {
        let bytes: [UInt8]
        do throws(LogReadError) { bytes = try await self.checkpoint() } catch {
            if case .tooLarge = error { throw LogAlarm.badCheckpoint(.note(.tooLarge)) }
            throw error
        }
        do throws(NoteError) { return try SignedNote(parsing: bytes) } catch {
            throw LogAlarm.badCheckpoint(.note(error))
        }
    }

    /// The bytes of each of `tiles` that the log has.
    ///
    /// - Throws: `LogReadError`, `LogAlarm.wrongTile` or `wrongEntries` for more than a tile can hold.
    public func read(_ tiles: [Tile]) async throws -> [Tile: [UInt8]] {
        var read: [Tile: [UInt8]] = [:]
        try await inOrder(tiles, atOnce: LogReader.atOnce, fetch: { try await self.bounded($0) }) { read[$0] = $1 }
        return read
    }

    /// Reads what a claim has beyond `frontier`, several tiles at once, and hands on each part when it is verified.
    ///
    /// - Throws: `LogReadError`, `LogAlarm`, and what `take` throws.
    public func follow(
        _ claim: LogClaim, from frontier: Frontier, take: (LogPart) throws -> Void
    ) async throws -> LogPosition {
        var advance = try claim.advance(from: frontier, tiles: await self.read(claim.tiles))
        let fetch: @Sendable (LogAdvance.Step) async throws -> [Tile: [UInt8]] = { step in
            var read: [Tile: [UInt8]] = [:]
            for tile in step.tiles { read[tile] = try await self.bounded(tile) }
            return read
        }
        try await inOrder(advance.steps, atOnce: LogReader.atOnce, fetch: fetch) { step, tiles in
            try take(try advance.take(step, tiles))
        }
        return try advance.finish()
    }

    /// Checks that of two trees of the log the larger continues the smaller, with tiles of whoever serves the larger.
    ///
    /// - Throws: `LogReadError`, `LogAlarm`.
    public func verify(_ pair: TreePair) async throws {
        try pair.verify(await self.read(pair.tiles))
    }

    private func bounded(_ tile: Tile) async throws -> [UInt8]? {
        do throws(LogReadError) { return try await self.read(tile) } catch {
            guard case .tooLarge = error else { throw error }
            throw tile.kind == .entries ? LogAlarm.wrongEntries(tile) : LogAlarm.wrongTile(tile)
        }
    }
}

/// Fetches for each of `items`, up to `atOnce` at a time, and hands the results on in the items' order.
///
/// What is fetched and not handed on yet counts among the `atOnce`, so memory is bounded however uneven the answers.
func inOrder<Item: Sendable, Value: Sendable>(
    _ items: some Sequence<Item>, atOnce: Int,
    fetch: @escaping @Sendable (Item) async throws -> Value, take: (Item, Value) throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (place: Int, value: Value).self) { group in
        var rest = items.makeIterator()
        var (asked, taken): (Int, Int) = (0, 0)
        var waiting: [Int: Item] = [:]
        var ready: [Int: Value] = [:]
        while true {
            while asked - taken < atOnce, let item = rest.next() {
                group.addTask { [asked] in (asked, try await fetch(item)) }
                waiting[asked] = item
                asked += 1
            }
            while ready[taken] == nil, let result = try await group.next() { ready[result.place] = result.value }
            guard let item = waiting.removeValue(forKey: taken), let value = ready.removeValue(forKey: taken) else {
                return
            }
            try take(item, value)
            taken += 1
        }
    }
}
