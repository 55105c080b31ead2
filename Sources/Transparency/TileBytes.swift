internal import Crypto

/// What a tile holds: its bytes and, over hashes, the roots of the perfect subtrees that are whole within it.
///
/// A proof takes one root of each height out of every tile it passes. Without them it hashes a whole tile a level: over ten
/// million entries some 600 hashes, which were two thirds of what an answer cost. With them it looks them up.
public struct TileBytes: Sendable {
    /// The bytes, as they are served.
    public let bytes: [UInt8]
    /// The roots of heights 1, 2 and so on one after the other, each height's from the start of the tile.
    private let roots: [Digest]?

    /// The content as it is stored.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.roots = nil
    }

    /// The content with the roots over its hashes worked out: as many hashes again, less one.
    public init(rootsOver bytes: [UInt8]) {
        self.bytes = bytes
        var level = [Digest](bytes, from: 0, count: bytes.count / Digest.byteCount)
        var roots: [Digest] = []
        roots.reserveCapacity(level.count)
        while level.count > 1 {
            level = (0..<level.count / 2).map { MerkleTree.nodeHash(level[2 * $0], level[2 * $0 + 1]) }
            roots += level
        }
        self.roots = roots
    }

    /// Whether the roots are worked out.
    public var hasRoots: Bool { self.roots != nil }

    /// How many bytes of memory it takes.
    public var byteCount: Int { self.bytes.count + (self.roots?.count ?? 0) * Digest.byteCount }

    /// How many hashes there are, where it holds hashes.
    private var width: Int { self.bytes.count / Digest.byteCount }

    /// The root over the `1 << height` hashes from `first`, a multiple of as many; they must be there.
    func root(from first: Int, height: Int) -> Digest {
        guard height > 0, let roots = self.roots else {
            return MerkleTree.perfectRoot(of: [Digest](self.bytes, from: first, count: 1 << height))
        }
        let below = (1..<height).reduce(0) { $0 + self.width >> $1 }
        return roots[below + first >> height]
    }
}
