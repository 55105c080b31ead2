public import Crypto

/// A log's word, signed, that an entry is in it: a COSE receipt of inclusion (RFC 9942, section 5.2; `application/cose`).
///
/// What the key signs is the root alone. The size is therefore only as good as the proof: a tree of another size in
/// which the entry has the same place and the same path cannot be told apart. Where the size matters, take the
/// checkpoint's (`TlogProof`), which signs it.
public struct Receipt: Hashable, Sendable {
    private let signed: SignedRoot

    /// How many entries the log had, as its maker says.
    public var size: Int64 { self.signed.first }
    /// Where the entry is.
    public var index: Int64 { self.signed.second }
    /// The proof of inclusion, the leaf's sibling first.
    public var hashes: [Digest] { self.signed.hashes }

    /// The receipt of entry `index` in the tree `head`, proved by `hashes` and signed by `key`.
    ///
    /// What is signed is the root of `head`, whatever the hashes say: give those of `ProofPlan.inclusion`.
    public init(index: Int64, in head: TreeHead, hashes: [Digest], signedBy key: P256PrivateKey) {
        precondition(index >= 0 && index < head.size, "an entry of the tree")
        self.signed = SignedRoot(head.size, index, hashes: hashes, root: head.root, signedBy: key)
    }

    /// Reads a receipt; `encoded` of the result is the same bytes. Nothing is verified: see `verify`.
    ///
    /// - Throws: `ReceiptError.malformed`, also for a receipt of consistency or one with other headers than ours.
    public init(parsing bytes: some Collection<UInt8>) throws(ReceiptError) {
        self.signed = try SignedRoot(parsing: bytes, .inclusion)
        guard self.index >= 0, self.index < self.size else { throw .malformed }
    }

    /// The receipt as it is served and kept.
    public var encoded: [UInt8] { self.signed.encoded(.inclusion) }

    /// Checks that the log of `key` says the leaf `leaf` is its entry `index`.
    ///
    /// - Returns: the root the log signed.
    /// - Throws: `ReceiptError.proof` or `wrongSignature`.
    @discardableResult
    public func verify(leaf: Digest, by key: ECDSAPublicKey) throws(ReceiptError) -> Digest {
        let root: Digest
        do throws(ProofError) {
            root = try MerkleTree.root(from: leaf, at: self.index, size: self.size, proof: self.hashes)
        } catch {
            throw .proof(error)
        }
        try self.signed.verify(root, by: key)
        return root
    }
}

/// A log's word, signed, that it only grew: a COSE receipt of consistency (RFC 9942, section 5.3).
public struct ConsistencyReceipt: Hashable, Sendable {
    private let signed: SignedRoot

    /// The older size, 1 or more.
    public var from: Int64 { self.signed.first }
    /// The newer size, as its maker says: like a `Receipt`'s it is not signed.
    public var to: Int64 { self.signed.second }
    /// The proof of consistency (RFC 9162, section 2.1.4.1).
    public var hashes: [Digest] { self.signed.hashes }

    /// The receipt that the tree `head` continues the one of `from` entries, 1 or more, proved by `hashes`.
    ///
    /// Every tree continues the empty one: nothing is proved by that, so there is no such receipt.
    public init(from: Int64, to head: TreeHead, hashes: [Digest], signedBy key: P256PrivateKey) {
        precondition(from > 0 && from <= head.size, "an older size of the tree")
        self.signed = SignedRoot(from, head.size, hashes: hashes, root: head.root, signedBy: key)
    }

    /// Reads a receipt; `encoded` of the result is the same bytes. Nothing is verified: see `verify`.
    ///
    /// - Throws: `ReceiptError.malformed`, also for a receipt of inclusion or one with other headers than ours.
    public init(parsing bytes: some Collection<UInt8>) throws(ReceiptError) {
        self.signed = try SignedRoot(parsing: bytes, .consistency)
        guard self.from > 0, self.from <= self.to else { throw .malformed }
    }

    /// The receipt as it is served and kept.
    public var encoded: [UInt8] { self.signed.encoded(.consistency) }

    /// Checks that the log of `key` says its tree continues the one of `from` entries with the root `older`.
    ///
    /// - Returns: the newer root, which the log signed.
    /// - Throws: `ReceiptError.proof` or `wrongSignature`.
    @discardableResult
    public func verify(older: Digest, by key: ECDSAPublicKey) throws(ReceiptError) -> Digest {
        let root: Digest
        do throws(ProofError) {
            root = try MerkleTree.root(
                continuing: TreeHead(size: self.from, root: older), size: self.to, proof: self.hashes)
        } catch {
            throw .proof(error)
        }
        try self.signed.verify(root, by: key)
        return root
    }
}
