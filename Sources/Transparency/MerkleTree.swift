public import Crypto

/// The hashes of an RFC 9162 tree (section 2.1.1): a leaf cannot be passed off as a node, nor a node as a leaf.
public enum MerkleTree {
    /// The root of the tree without leaves: the hash of nothing.
    public static let emptyRoot = SHA256.hash([])

    /// The hash of an entry as a leaf.
    @inlinable
    public static func leafHash(_ entry: some Sequence<UInt8>) -> Digest { SHA256.hash(prefix: 0, entry) }

    /// The hash of the node above `left` and `right`.
    public static func nodeHash(_ left: Digest, _ right: Digest) -> Digest { SHA256.hash(prefix: 1, left, right) }

    /// The root over `leaves`, by the definition itself; for whole trees held in memory.
    public static func root(of leaves: some RandomAccessCollection<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? self.emptyRoot }
        let left = Int(self.split(Int64(leaves.count)))
        return self.nodeHash(self.root(of: leaves.prefix(left)), self.root(of: leaves.dropFirst(left)))
    }

    /// The root over as many leaves as a power of two, level by level in place.
    static func perfectRoot(of leaves: [Digest]) -> Digest {
        var nodes = leaves
        var width = nodes.count
        while width > 1 {
            width /= 2
            for index in 0..<width { nodes[index] = self.nodeHash(nodes[2 * index], nodes[2 * index + 1]) }
        }
        return nodes[0]
    }

    /// How many of `size` leaves, two or more, lie left of the root: the largest power of two below `size`.
    static func split(_ size: Int64) -> Int64 { 1 << Int64(63 - (size - 1).leadingZeroBitCount) }

    /// The root over subtrees side by side, the largest first.
    static func fold(_ subtrees: some BidirectionalCollection<Digest>) -> Digest {
        guard var root = subtrees.last else { return self.emptyRoot }
        for subtree in subtrees.dropLast().reversed() { root = self.nodeHash(subtree, root) }
        return root
    }
}

/// A tree at one size: what a checkpoint signs, and all a verifier needs to know of a log.
public struct TreeHead: Hashable, Sendable {
    /// The head of a log without entries.
    public static let empty = TreeHead(size: 0, root: MerkleTree.emptyRoot)

    /// How many entries the log has.
    public let size: Int64
    /// The root over them.
    public let root: Digest

    /// The head of a log with `size` entries, 0 or more, and this root.
    public init(size: Int64, root: Digest) {
        precondition(size >= 0, "a log has no negative size")
        self.size = size
        self.root = root
    }
}
