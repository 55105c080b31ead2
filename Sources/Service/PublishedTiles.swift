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
        try plan.hashes(from: await self.stored(plan.tiles))
    }

    /// The bytes of each of `tiles`, which hold hashes, for `ProofPlan.hashes(from:)`; those past the tile's width are
    /// there, too.
    public func stored(_ tiles: [Tile]) async throws -> [Tile: [UInt8]] {
        var found: [Tile: [UInt8]] = [:]
        for tile in tiles { found[tile] = self.cache.bytes(of: tile) }
        let missing = tiles.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let read = try TileSet.read(await self.reads.run(.tiles(missing)), missing)
        for (tile, bytes) in read {
            guard let published = Tile.at(tile.kind, number: tile.number, size: self.size) else { continue }
            self.cache.keep(published.prefix(of: bytes), as: tile)
        }
        return found.merging(read) { $1 }
    }

    /// The bytes `tile` is served as (C2SP tlog-tiles), nil when the published log has not come so far.
    public func served(_ tile: Tile) async throws -> [UInt8]? {
        guard let present = Tile.at(tile.kind, number: tile.number, size: self.size), tile.width <= present.width
        else { return nil }
        switch tile.kind {
        case .hashes:
            guard let bytes = try await self.stored([tile])[tile], bytes.count >= tile.width * Digest.byteCount else {
                throw DamagedRow(table: "tiles")
            }
            return tile.prefix(of: bytes)
        case .entries:
            let count = present.isFull ? Tile.fullWidth : tile.width
            let rows = try await self.reads.run(.entries(from: tile.number * 256, count: Int64(count)))
            let bytes = EntryBundle.encode(try LedgerEntry.read(rows).map { Array($0.text.utf8) })
            guard rows.count == count else { throw DamagedRow(table: "entries") }
            if present.isFull { self.cache.keep(bytes, as: tile) }
            return tile.prefix(of: bytes)
        }
    }
}

extension TileCache {
    /// The bytes `tile` is served as, where so much of it is kept.
    public func served(_ tile: Tile) -> [UInt8]? { self.bytes(of: tile).map { tile.prefix(of: $0) } }
}
