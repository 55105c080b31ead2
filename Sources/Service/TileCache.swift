internal import Synchronization
public import Transparency

/// Full tiles and full entry bundles of the published log, kept in memory because they never change.
///
/// What does not fit any more gives way to what was used since: each tile gets a second chance before it goes (CLOCK).
/// Nothing else is kept: a tile that still grows is read anew each time.
public final class TileCache: Sendable {
    /// How many bytes are kept unless said otherwise: a log of 800,000 entries whole, or the tiles of hashes alone of
    /// one of two million.
    public static let standardLimit = 64 << 20

    /// How the cache did since the start.
    public struct Counts: Equatable, Sendable {
        /// Full tiles given from memory.
        public var hits: Int64 = 0
        /// Full tiles that had to be read.
        public var misses: Int64 = 0
        /// Bytes kept now.
        public var bytes = 0
    }

    private struct Slot {
        let tile: Tile
        let bytes: [UInt8]
        var wasUsed = false
    }

    private struct State {
        var counts = Counts()
        var places: [Tile: Int] = [:]
        var slots: [Slot] = []
        var hand = 0

        /// Drops the next tile that was not used since the hand last passed it. There must be one.
        mutating func makeRoom() {
            while true {
                if self.hand >= self.slots.count { self.hand = 0 }
                guard self.slots[self.hand].wasUsed else { break }
                self.slots[self.hand].wasUsed = false
                self.hand += 1
            }
            let dropped = self.slots[self.hand]
            self.places[dropped.tile] = nil
            self.counts.bytes -= dropped.bytes.count
            let last = self.slots.removeLast()
            if self.hand < self.slots.count {
                self.slots[self.hand] = last
                self.places[last.tile] = self.hand
            }
        }
    }

    private let limit: Int
    // One lock for all loops. A look-up takes 100 ns; two loops at once wait 220 ns each, and would with a cache each and
    // no common lock take 200, but then every tile would be in memory twice.
    private let state = Mutex(State())

    /// An empty cache that keeps up to `limit` bytes of tiles.
    public init(limit: Int = TileCache.standardLimit) { self.limit = limit }

    /// How it did so far.
    public var counts: Counts { self.state.withLock { $0.counts } }

    /// The whole bytes of the full tile at `tile`'s place, whatever its own width; nil when they are not kept.
    public func full(_ tile: Tile) -> [UInt8]? {
        self.state.withLock { state in
            guard let place = state.places[tile.full] else { return nil }
            state.counts.hits += 1
            state.slots[place].wasUsed = true
            return state.slots[place].bytes
        }
    }

    /// Keeps `bytes`, which were just read, as the full tile at `tile`'s place. It must be full in the published log.
    public func keep(_ bytes: [UInt8], as tile: Tile) {
        self.state.withLock { state in
            state.counts.misses += 1
            guard state.places[tile.full] == nil, bytes.count <= self.limit else { return }
            while state.counts.bytes + bytes.count > self.limit { state.makeRoom() }
            state.places[tile.full] = state.slots.count
            state.slots.append(Slot(tile: tile.full, bytes: bytes))
            state.counts.bytes += bytes.count
        }
    }
}

extension Tile {
    /// The full tile at the same place.
    fileprivate var full: Tile { Tile(self.kind, number: self.number) }
}
