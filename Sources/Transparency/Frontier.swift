public import Crypto

/// Why the tiles at hand do not make the tree they should.
public enum TileError: Error, Equatable {
    /// This tile was asked for and not given.
    case missing(Tile)
    /// This tile was given with fewer hashes than its width.
    case short(Tile)
    /// The tiles hash to another root than the head's.
    case wrongRoot
}

/// Hashes of a tile as it stands, to be stored.
public struct TileContent: Hashable, Sendable {
    /// Which tile, with its width.
    public let tile: Tile
    /// As many hashes as the tile is wide.
    public let hashes: [Digest]

    /// The bytes the tile is served as: the hashes, one after the other.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.hashes.count * Digest.byteCount)
        for hash in self.hashes { bytes.append(hash) }
        return bytes
    }
}

/// The right edge of a growing tree: enough to append and to know the root, whatever the size.
///
/// Appending costs one node hash a leaf on average. Only the growing tile of each level is kept.
public struct Frontier: Sendable {
    /// How many leaves were appended.
    public private(set) var size: Int64 = 0
    /// The roots of the perfect subtrees the leaves fall into, the largest first.
    private var peaks: [Digest] = []
    /// The hashes of the growing tile of each level, 0 to 255.
    private var growing: [[Digest]] = [[]]

    /// The edge of a tree without leaves.
    public init() {}

    /// The edge of the tree with this head, from the tiles `growingTiles(size:)` names.
    ///
    /// - Parameter tiles: bytes of each tile; what lies past its width is not looked at.
    /// - Throws: `TileError`; `wrongRoot` when tiles and head do not belong together.
    public init(head: TreeHead, tiles: [Tile: [UInt8]]) throws(TileError) {
        try self.init(size: head.size, tiles: tiles)
        guard self.root == head.root else { throw .wrongRoot }
    }

    /// The edge of the tree that the first `size` leaves made, whatever came after, from the same tiles; its root is what
    /// they say it was.
    public init(size: Int64, tiles: [Tile: [UInt8]]) throws(TileError) {
        self.size = size
        var level = 0
        while size >> Int64(8 * level) > 0 {
            let number = size >> Int64(8 * level + 8)
            if let tile = Tile.at(.hashes(level: level), number: number, size: size) {
                self.setGrowing(try tile.hashes(in: tiles), level: level)
            } else {
                self.setGrowing([], level: level)
            }
            level += 1
        }
        for hashes in self.growing.reversed() { self.peaks += Frontier.peaks(of: hashes) }
    }

    /// The tiles still growing in a tree of `size` leaves, one a level at most; full tiles are not among them.
    public static func growingTiles(size: Int64) -> [Tile] {
        (0...Tile.highestLevel).compactMap { level in
            Tile.at(.hashes(level: level), number: size >> Int64(8 * level + 8), size: size)
        }
    }

    /// The tiles still growing as they stand: what `init(head:tiles:)` takes to make this edge again.
    public var growingTiles: [TileContent] {
        Frontier.growingTiles(size: self.size).map { TileContent(tile: $0, hashes: self.growing($0)) }
    }

    /// The hashes of `tile`, one of those growing.
    func growing(_ tile: Tile) -> [Digest] {
        guard case .hashes(let level) = tile.kind else { preconditionFailure("entries are not kept") }
        return self.growing[level]
    }

    /// The root over all leaves.
    public var root: Digest { MerkleTree.fold(self.peaks) }

    /// The size and the root.
    public var head: TreeHead { TreeHead(size: self.size, root: self.root) }

    /// Appends `leaves`, and gives every tile that changed as it now stands: those that became full, then the growing
    /// ones.
    public mutating func append(_ leaves: some Sequence<Digest>) -> [TileContent] {
        var full: [TileContent] = []
        var changed: Set<Int> = []
        for leaf in leaves {
            var (hash, height, rest) = (leaf, 0, self.size)
            while true {
                if height % 8 == 0 {
                    let level = height / 8
                    changed.insert(level)
                    full += self.add(hash, level: level)
                }
                guard rest & 1 == 1 else { break }
                hash = MerkleTree.nodeHash(self.peaks.removeLast(), hash)
                (height, rest) = (height + 1, rest >> 1)
            }
            self.peaks.append(hash)
            self.size += 1
        }
        let growing = changed.sorted().compactMap { level in
            Tile.at(.hashes(level: level), number: self.size >> Int64(8 * level + 8), size: self.size)
                .map { TileContent(tile: $0, hashes: self.growing[level]) }
        }
        return full + growing
    }

    /// Adds a hash to the growing tile of `level`; gives the tile if that made it full, and starts the next.
    private mutating func add(_ hash: Digest, level: Int) -> [TileContent] {
        if level == self.growing.count { self.growing.append([]) }
        self.growing[level].append(hash)
        guard self.growing[level].count == Tile.fullWidth else { return [] }
        defer { self.growing[level] = [] }
        let number = self.size >> Int64(8 * level + 8)
        return [TileContent(tile: Tile(.hashes(level: level), number: number), hashes: self.growing[level])]
    }

    private mutating func setGrowing(_ hashes: [Digest], level: Int) {
        if level == self.growing.count { self.growing.append([]) }
        self.growing[level] = hashes
    }

    /// The roots of the perfect subtrees that up to 255 `hashes` fall into, the largest first.
    private static func peaks(of hashes: [Digest]) -> [Digest] {
        var peaks: [Digest] = []
        var rest = hashes[...]
        while !rest.isEmpty {
            let width = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
            peaks.append(MerkleTree.root(of: rest.prefix(width)))
            rest = rest.dropFirst(width)
        }
        return peaks
    }
}

extension Tile {
    /// The hashes of this tile among `tiles`.
    func hashes(in tiles: [Tile: [UInt8]]) throws(TileError) -> [Digest] {
        guard let bytes = tiles[self] else { throw .missing(self) }
        guard let hashes = self.hashes(bytes) else { throw .short(self) }
        return hashes
    }

    /// The hashes of this tile that `bytes` hold, nil when they are too few; what lies past its width is not looked at.
    func hashes(_ bytes: [UInt8]) -> [Digest]? {
        guard bytes.count >= self.width * Digest.byteCount else { return nil }
        return [Digest](bytes, from: 0, count: self.width)
    }
}
