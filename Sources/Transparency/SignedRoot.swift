import Crypto

/// Why bytes are not a receipt to rely on.
public enum ReceiptError: Error, Equatable {
    /// Not a receipt of this kind in deterministic CBOR.
    case malformed
    /// The hashes do not lead from what was given to any root.
    case proof(ProofError)
    /// The key did not sign the root they lead to: another leaf or root, another log, or a changed receipt.
    case wrongSignature
}

/// The envelope both kinds of receipt travel in: a COSE_Sign1 over a root that is not inside (RFC 9942, section 5).
///
/// The root is left out so that nobody can verify the signature and forget the proof: it has to be computed first.
struct SignedRoot: Hashable, Sendable {
    /// The labels of what the unprotected header proves (RFC 9942, section 4.2).
    enum Proof: Int64 {
        case inclusion = -1
        case consistency = -2
    }

    /// `{1: -7, 395: 1}`: ES256, and the tree of RFC 9162 with SHA-256.
    static let protected: [UInt8] = [0xA2, 0x01, 0x26, 0x19, 0x01, 0x8B, 0x01]
    /// The label of the proofs in the unprotected header.
    static let proofsLabel: Int64 = 396
    /// COSE_Sign1 (RFC 9052, section 4.2).
    static let tag: UInt64 = 18
    /// The most hashes a proof in a tree of fewer than 2^63 leaves has.
    static let hashLimit = 64

    /// The size, or the older of two.
    let first: Int64
    /// The index, or the newer size.
    let second: Int64
    let hashes: [Digest]
    /// `r ‖ s`, 64 bytes.
    let signature: [UInt8]

    init(_ first: Int64, _ second: Int64, hashes: [Digest], root: Digest, signedBy key: P256PrivateKey) {
        precondition(hashes.count <= SignedRoot.hashLimit, "no proof has so many hashes")
        self.first = first
        self.second = second
        self.hashes = hashes
        self.signature = key.signature(of: SignedRoot.message(root))
    }

    /// What is signed: the Sig_structure of RFC 9052, section 4.4, with `root` as the payload.
    private static func message(_ root: Digest) -> [UInt8] {
        var message = CBORWriter()
        message.array(4)
        message.text("Signature1")
        message.bytes(self.protected)
        message.bytes([])
        message.bytes(root.bytes)
        return message.bytes
    }

    /// Checks that `key` signed `root`.
    func verify(_ root: Digest, by key: ECDSAPublicKey) throws(ReceiptError) {
        guard key.verifies(self.signature, of: SignedRoot.message(root)) else { throw .wrongSignature }
    }

    func encoded(_ kind: Proof) -> [UInt8] {
        var proof = CBORWriter()
        proof.array(3)
        proof.integer(self.first)
        proof.integer(self.second)
        proof.array(self.hashes.count)
        for hash in self.hashes { proof.bytes(hash.bytes) }
        var envelope = CBORWriter()
        envelope.tag(SignedRoot.tag)
        envelope.array(4)
        envelope.bytes(SignedRoot.protected)
        envelope.map(1)
        envelope.integer(SignedRoot.proofsLabel)
        envelope.map(1)
        envelope.integer(kind.rawValue)
        envelope.array(1)
        envelope.bytes(proof.bytes)
        envelope.null()
        envelope.bytes(self.signature)
        return envelope.bytes
    }

    init(parsing bytes: some Collection<UInt8>, _ kind: Proof) throws(ReceiptError) {
        do throws(CBORError) {
            var envelope = CBORReader(bytes)
            guard try envelope.tag() == SignedRoot.tag, try envelope.array() == 4,
                try envelope.bytes() == SignedRoot.protected, try envelope.map() == 1,
                try envelope.integer() == SignedRoot.proofsLabel, try envelope.map() == 1,
                try envelope.integer() == kind.rawValue, try envelope.array() == 1
            else { throw CBORError() }
            var proof = CBORReader(try envelope.bytes())
            try envelope.null()
            self.signature = try envelope.bytes()
            try envelope.end()
            guard self.signature.count == 64, try proof.array() == 3 else { throw CBORError() }
            (self.first, self.second) = (try proof.integer(), try proof.integer())
            self.hashes = try SignedRoot.hashes(&proof)
            try proof.end()
        } catch {
            throw .malformed
        }
    }

    private static func hashes(_ proof: inout CBORReader) throws(CBORError) -> [Digest] {
        let count = try proof.array()
        guard count <= self.hashLimit else { throw CBORError() }
        var hashes: [Digest] = []
        for _ in 0..<count {
            guard let hash = Digest(try proof.bytes()) else { throw CBORError() }
            hashes.append(hash)
        }
        return hashes
    }
}
