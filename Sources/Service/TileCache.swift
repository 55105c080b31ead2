internal import Crypto
internal import Foundation
internal import Synchronization
public import Transparency

/// Tiles of hashes and full entry bundles of the published log, kept in memory because they never change.
///
/// A tile that still grows keeps what it has, so it serves every tree that needs no more of it, and gives way to itself
/// once it has grown. What does not fit any more gives way to what was used since: each tile gets a second chance before
/// it goes (CLOCK).
public final class TileCache: Sendable {
    /// How many bytes are kept unless said otherwise: a 32nd of the machine's memory, but 64 MB to 1 GB. All that proofs look
    /// at takes 64 MB for each million entries.
    public static let standardLimit = Int(min(max(ProcessInfo.processInfo.physicalMemory / 32, 64 << 20), 1 << 30))

    /// How the cache did since the start.
    public struct Counts: Equatable, Sendable {
        /// Tiles given from memory.
        public var hits: Int64 = 0
        /// Tiles that had to be read.
        public var misses: Int64 = 0
        /// Bytes kept now.
        public var bytes = 0
    }

    private struct Slot {
        let tile: Tile
        let content: TileBytes
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
            self.drop(self.hand)
        }

        /// Drops what is at `place`; the last slot takes it.
        mutating func drop(_ place: Int) {
            let dropped = self.slots[place]
            self.places[dropped.tile] = nil
            self.counts.bytes -= dropped.content.byteCount
            let last = self.slots.removeLast()
            if place < self.slots.count {
                self.slots[place] = last
                self.places[last.tile] = place
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

    /// What is kept of the tile at `tile`'s place, at least as wide as `tile`; nil when so much is not kept.
    public func content(of tile: Tile) -> TileBytes? {
        self.state.withLock { state in
            guard let place = state.places[tile.full], tile.isCovered(by: state.slots[place].content.bytes) else {
                return nil
            }
            state.counts.hits += 1
            state.slots[place].wasUsed = true
            return state.slots[place].content
        }
    }

    /// Keeps `content`, which was just read, of the tile at `tile`'s place: nothing past what is published. An entry
    /// bundle must be full.
    public func keep(_ content: TileBytes, as tile: Tile) {
        self.state.withLock { state in
            state.counts.misses += 1
            self.put(content, as: tile, in: &state)
        }
    }

    /// Keeps `content`, which came from here without the roots over its hashes, with them.
    public func keep(rootsIn content: TileBytes, as tile: Tile) {
        self.state.withLock { self.put(content, as: tile, in: &$0) }
    }

    /// Keeps `content`, which nobody asked for yet, of the tile at `tile`'s place: nothing past what is published. Nothing
    /// gives way to it; false when there is no room.
    public func add(_ content: TileBytes, as tile: Tile) -> Bool {
        self.state.withLock { state in
            guard state.places[tile.full] == nil else { return true }
            guard state.counts.bytes + content.byteCount <= self.limit else { return false }
            self.put(content, as: tile, in: &state)
            return true
        }
    }

    /// What is larger than what is there takes its place.
    private func put(_ content: TileBytes, as tile: Tile, in state: inout State) {
        guard content.byteCount <= self.limit else { return }
        if let place = state.places[tile.full] {
            let kept = state.slots[place].content
            guard (content.bytes.count, content.byteCount) > (kept.bytes.count, kept.byteCount) else { return }
            state.drop(place)
        }
        while state.counts.bytes + content.byteCount > self.limit { state.makeRoom() }
        state.places[tile.full] = state.slots.count
        state.slots.append(Slot(tile: tile.full, content: content))
        state.counts.bytes += content.byteCount
    }
}

extension Tile {
    /// The full tile at the same place.
    fileprivate var full: Tile { Tile(self.kind, number: self.number) }

    /// Whether `bytes`, which are from the start of the tile at this place, reach to its width; bundles are kept whole.
    fileprivate func isCovered(by bytes: [UInt8]) -> Bool {
        self.kind == .entries || bytes.count >= self.width * Digest.byteCount
    }
}
