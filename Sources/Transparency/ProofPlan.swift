public import Crypto

/// A proof before its hashes are known: which tiles to read, then the arithmetic on them.
///
/// Two steps, so that the reading (a database, a cache, a web server; blocking or not) stays with the caller and the
/// rest is a pure function.
public struct ProofPlan: Hashable, Sendable {
    /// The tree the proof is for.
    public let size: Int64
    /// For each hash of the proof, in order, the perfect subtrees side by side that it is the root over.
    private(set) var steps: [[Subtree]]

    /// A perfect subtree: the leaves `index << height ..< (index + 1) << height`.
    struct Subtree: Hashable, Sendable {
        let height: Int
        let index: Int64
    }

    /// The plan of the proof that entry `index` is in the tree of `size` entries (RFC 9162, section 2.1.3.1).
    ///
    /// - Throws: `ProofError.outOfRange` unless `index` is in the tree.
    public static func inclusion(of index: Int64, in size: Int64) throws(ProofError) -> ProofPlan {
        guard index >= 0, index < size else { throw .outOfRange }
        var (first, count) = (Int64(0), size)
        var steps: [[Subtree]] = []
        while count > 1 {
            let left = MerkleTree.split(count)
            if index - first < left {
                steps.append(Subtree.covering(first + left, count: count - left))
                count = left
            } else {
                steps.append(Subtree.covering(first, count: left))
                (first, count) = (first + left, count - left)
            }
        }
        return ProofPlan(size: size, steps: steps.reversed())
    }

    /// The plan of the proof that the tree of `size` entries extends the tree of `older` (RFC 9162, section 2.1.4.1).
    ///
    /// - Throws: `ProofError.outOfRange` unless `0 <= older <= size`.
    public static func consistency(from older: Int64, to size: Int64) throws(ProofError) -> ProofPlan {
        guard older >= 0, older <= size else { throw .outOfRange }
        var plan = ProofPlan(size: size, steps: [])
        guard older > 0, older < size else { return plan }
        var (first, count, isOlderWhole) = (Int64(0), size, true)
        while older - first < count {
            let left = MerkleTree.split(count)
            if older - first <= left {
                plan.steps.append(Subtree.covering(first + left, count: count - left))
                count = left
            } else {
                plan.steps.append(Subtree.covering(first, count: left))
                (first, count, isOlderWhole) = (first + left, count - left, false)
            }
        }
        if !isOlderWhole { plan.steps.append(Subtree.covering(first, count: count)) }
        plan.steps.reverse()
        return plan
    }

    /// The tiles the hashes come from, each once, as wide as the tree makes them.
    public var tiles: [Tile] {
        var seen: Set<Tile> = []
        return self.steps.joined().map { $0.tile(size: self.size) }.filter { seen.insert($0).inserted }
    }

    /// The proof.
    ///
    /// - Parameter tiles: bytes of each tile `tiles` names; what lies past its width is not looked at.
    /// - Throws: `TileError` when one is missing or short.
    public func hashes(from tiles: [Tile: [UInt8]]) throws(TileError) -> [Digest] {
        try self.hashes(in: tiles.mapValues { TileBytes($0) })
    }

    /// The same, from tiles that may have the roots over their hashes.
    public func hashes(in tiles: [Tile: TileBytes]) throws(TileError) -> [Digest] {
        var proof: [Digest] = []
        for step in self.steps {
            var hashes: [Digest] = []
            for subtree in step { hashes.append(try subtree.hash(in: tiles, size: self.size)) }
            proof.append(MerkleTree.fold(hashes))
        }
        return proof
    }
}

extension ProofPlan.Subtree {
    /// The perfect subtrees that the `count` leaves from `first` fall into, the largest first.
    ///
    /// `first` is a multiple of the largest, which is so for every range the definition of a proof splits off.
    static func covering(_ first: Int64, count: Int64) -> [ProofPlan.Subtree] {
        var subtrees: [ProofPlan.Subtree] = []
        var (first, count) = (first, count)
        while count > 0 {
            let height = 63 - count.leadingZeroBitCount
            subtrees.append(ProofPlan.Subtree(height: height, index: first >> Int64(height)))
            (first, count) = (first + 1 << Int64(height), count - 1 << Int64(height))
        }
        return subtrees
    }

    /// The first of the hashes of level `height / 8` this subtree is the root over.
    private var firstHash: Int64 { self.index << Int64(self.height % 8) }

    /// The tile those hashes are in, in a tree of `size` entries.
    func tile(size: Int64) -> Tile {
        guard let tile = Tile.at(.hashes(level: self.height / 8), number: self.firstHash >> 8, size: size) else {
            preconditionFailure("a subtree outside the tree")
        }
        return tile
    }

    /// The root over this subtree.
    func hash(in tiles: [Tile: TileBytes], size: Int64) throws(TileError) -> Digest {
        let tile = self.tile(size: size)
        guard let content = tiles[tile] else { throw .missing(tile) }
        guard content.bytes.count >= tile.width * Digest.byteCount else { throw .short(tile) }
        return content.root(from: Int(self.firstHash & 255), height: self.height % 8)
    }
}
