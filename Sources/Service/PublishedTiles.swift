public import Crypto
public import Postgres
internal import Store
public import Transparency

/// The tiles of the log as it is published: from memory once they were read, until they have grown.
///
/// The size is the published one, so nothing past it is ever seen, though the database may have more already.
public struct PublishedTiles: Sendable {
    private let size: Int64
    private let cache: TileCache
    private let reads: ReadPipeline

    /// The tiles of the published log of `size` entries.
    public init(size: Int64, cache: TileCache, reads: ReadPipeline) {
        self.size = size
        self.cache = cache
        self.reads = reads
    }

    /// The hashes of the proof `plan`, for a tree of the published size or smaller.
    public func hashes(_ plan: ProofPlan) async throws -> [Digest] {
        try plan.hashes(in: await self.rooted(plan.tiles))
    }

    /// What each of `tiles` holds, which are hashes, with the roots over them, for `ProofPlan.hashes(in:)`; what is
    /// past the tile's width is there, too.
    public func rooted(_ tiles: [Tile]) async throws -> [Tile: TileBytes] {
        var contents = try await self.contents(tiles) { TileBytes(rootsOver: $0) }
        // What was served before any proof looked at it is kept without.
        for (tile, content) in contents where !content.hasRoots {
            let rooted = TileBytes(rootsOver: content.bytes)
            self.cache.keep(rootsIn: rooted, as: tile)
            contents[tile] = rooted
        }
        return contents
    }

    /// What is kept of each of `tiles`, which hold hashes, or else what `content` makes of their bytes as far as they are
    /// published.
    private func contents(
        _ tiles: [Tile], readAs content: ([UInt8]) -> TileBytes
    ) async throws -> [Tile: TileBytes] {
        var found: [Tile: TileBytes] = [:]
        for tile in tiles { found[tile] = self.cache.content(of: tile) }
        let missing = tiles.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        for (tile, bytes) in try TileSet.read(await self.reads.run(.tiles(missing)), missing) {
            guard let published = Tile.at(tile.kind, number: tile.number, size: self.size) else { continue }
            let content = content(published.prefix(of: bytes))
            self.cache.keep(content, as: tile)
            found[tile] = content
        }
        return found
    }

    /// The bytes `tile` is served as (C2SP tlog-tiles), nil when the published log has not come so far.
    public func served(_ tile: Tile) async throws -> [UInt8]? {
        guard let present = Tile.at(tile.kind, number: tile.number, size: self.size), tile.width <= present.width
        else { return nil }
        switch tile.kind {
        case .hashes:
            let contents = try await self.contents([tile]) { TileBytes($0) }
            guard let bytes = contents[tile]?.bytes, bytes.count >= tile.width * Digest.byteCount else {
                throw DamagedRow(table: "tiles")
            }
            return tile.prefix(of: bytes)
        case .entries:
            let count = present.isFull ? Tile.fullWidth : tile.width
            let rows = try await self.reads.run(.entries(from: tile.number * 256, count: Int64(count)))
            let bytes = EntryBundle.encode(try LedgerEntry.read(rows).map { Array($0.text.utf8) })
            guard rows.count == count else { throw DamagedRow(table: "entries") }
            if present.isFull { self.cache.keep(TileBytes(bytes), as: tile) }
            return tile.prefix(of: bytes)
        }
    }
}

extension TileCache {
    /// The bytes `tile` is served as, where so much of it is kept.
    public func served(_ tile: Tile) -> [UInt8]? { self.content(of: tile).map { tile.prefix(of: $0.bytes) } }
}
