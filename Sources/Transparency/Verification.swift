public import Crypto

/// Why a proof does not prove what it should.
public enum ProofError: Error, Equatable {
    /// The index is not in a tree of that size, or the older tree is larger than the newer.
    case outOfRange
    /// The proof has too many hashes or too few.
    case wrongLength
    /// The hashes lead to another root.
    case wrongRoot
}

extension MerkleTree {
    /// The root that `proof` leads to from `leaf`, entry `index` of a tree of `size` (RFC 9162, section 2.1.3.2).
    ///
    /// - Throws: `ProofError.outOfRange` or `wrongLength`.
    static func root(
        from leaf: Digest, at index: Int64, size: Int64, proof: [Digest]
    ) throws(ProofError) -> Digest {
        guard index >= 0, index < size else { throw .outOfRange }
        var (node, last) = (index, size - 1)
        var root = leaf
        for hash in proof {
            guard last > 0 else { throw .wrongLength }
            if node & 1 == 1 || node == last {
                root = MerkleTree.nodeHash(hash, root)
                let skipped = Int64(node & 1 == 1 ? 0 : node.trailingZeroBitCount)
                (node, last) = (node >> skipped, last >> skipped)
            } else {
                root = MerkleTree.nodeHash(root, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        guard last == 0 else { throw .wrongLength }
        return root
    }

    /// The root that `proof` gives a tree of `size` that continues `older`, which has an entry or more (RFC 9162,
    /// section 2.1.4.2).
    ///
    /// - Throws: `ProofError`; `wrongRoot` when the proof is not one from `older`.
    static func root(
        continuing older: TreeHead, size: Int64, proof: [Digest]
    ) throws(ProofError) -> Digest {
        guard older.size > 0, older.size <= size else { throw .outOfRange }
        guard older.size < size else {
            guard proof.isEmpty else { throw .wrongLength }
            return older.root
        }
        var path = proof[...]
        let isPerfect = older.size & (older.size - 1) == 0
        guard let start = isPerfect ? older.root : path.popFirst() else { throw .wrongLength }
        var (node, last) = (older.size - 1, size - 1)
        let skipped = Int64((~node).trailingZeroBitCount)
        (node, last) = (node >> skipped, last >> skipped)
        var (olderRoot, newerRoot) = (start, start)
        for hash in path {
            guard last > 0 else { throw .wrongLength }
            if node & 1 == 1 || node == last {
                olderRoot = MerkleTree.nodeHash(hash, olderRoot)
                newerRoot = MerkleTree.nodeHash(hash, newerRoot)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newerRoot = MerkleTree.nodeHash(newerRoot, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        guard last == 0 else { throw .wrongLength }
        guard olderRoot == older.root else { throw .wrongRoot }
        return newerRoot
    }
}

extension TreeHead {
    /// Checks that the leaf `leaf` is entry `index` of this tree (RFC 9162, section 2.1.3.2).
    ///
    /// - Throws: `ProofError` when `proof` does not show it.
    public func verifyInclusion(of leaf: Digest, at index: Int64, proof: [Digest]) throws(ProofError) {
        guard try MerkleTree.root(from: leaf, at: index, size: self.size, proof: proof) == self.root else {
            throw .wrongRoot
        }
    }

    /// Checks that this tree is `older` with entries appended and nothing changed (RFC 9162, section 2.1.4.2).
    ///
    /// Every tree extends the empty one; that, and a tree with itself, takes an empty proof.
    /// - Throws: `ProofError` when `proof` does not show it.
    public func verifyConsistency(with older: TreeHead, proof: [Digest]) throws(ProofError) {
        guard older.size > 0 else {
            guard proof.isEmpty else { throw .wrongLength }
            guard older.root == MerkleTree.emptyRoot, self.size > 0 || self.root == older.root else {
                throw .wrongRoot
            }
            return
        }
        guard try MerkleTree.root(continuing: older, size: self.size, proof: proof) == self.root else {
            throw .wrongRoot
        }
    }
}
