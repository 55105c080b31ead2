public import Crypto

/// Why a portable proof does not show that an entry is in a log.
public enum TlogProofError: Error, Equatable {
    /// The text is not in the format.
    case malformed
    /// The checkpoint inside is not one of the log.
    case checkpoint(CheckpointError)
    /// A line of a known witness does not verify.
    case wrongCosignature(String)
    /// Fewer witnesses than asked for have seen the checkpoint.
    case tooFewWitnesses
    /// The checkpoint inside is not one to rely on under the policy.
    case policy(LedgerPolicyFailure)
    /// The hashes do not lead from the entry to the checkpoint's root.
    case inclusion(ProofError)
}

/// A proof that travels on its own: where the entry is, the hashes, and the checkpoint with all its signatures
/// (C2SP tlog-proof v1).
public struct TlogProof: Hashable, Sendable {
    private static let header = "c2sp.org/tlog-proof@v1"

    /// Bytes the maker added and nobody signed; nil where there are none.
    public var extra: [UInt8]?
    /// Where the entry is in the log.
    public let index: Int64
    /// The proof of inclusion, the leaf's sibling first.
    public let hashes: [Digest]
    /// The checkpoint it leads to.
    public let note: SignedNote

    /// A proof; nothing is verified.
    public init(index: Int64, hashes: [Digest], note: SignedNote, extra: [UInt8]? = nil) {
        precondition(index >= 0, "an entry has no negative index")
        self.index = index
        self.hashes = hashes
        self.note = note
        self.extra = extra
    }

    /// Reads a proof; `text` of the result is the same text. Nothing is verified: see `verify`.
    ///
    /// - Throws: `TlogProofError.malformed`, or `checkpoint` when the note inside is no note.
    public init(parsing text: some StringProtocol) throws(TlogProofError) {
        var rest = Array(text.utf8)[...]
        func line() throws(TlogProofError) -> String {
            guard let end = rest.firstIndex(of: 0x0A), let line = String(validating: rest[..<end], as: UTF8.self) else {
                throw .malformed
            }
            rest = rest[(end + 1)...]
            return line
        }
        guard try line() == TlogProof.header else { throw .malformed }
        var next = try line()
        if next.hasPrefix("extra ") {
            guard let bytes = Base64.decode(next.dropFirst("extra ".count)) else { throw .malformed }
            self.extra = bytes
            next = try line()
        }
        guard next.hasPrefix("index "), let index = Int64(decimal: next.dropFirst("index ".count)) else {
            throw .malformed
        }
        var hashes: [Digest] = []
        next = try line()
        while !next.isEmpty {
            guard hashes.count < 63, let hash = Digest(base64: next) else { throw .malformed }
            hashes.append(hash)
            next = try line()
        }
        self.index = index
        self.hashes = hashes
        do throws(NoteError) { self.note = try SignedNote(parsing: rest) } catch { throw .checkpoint(.note(error)) }
    }

    /// The proof as it is saved (`.tlog-proof`).
    public var text: String {
        var lines = [TlogProof.header]
        if let extra = self.extra { lines.append("extra " + Base64.encode(extra)) }
        lines.append("index \(self.index)")
        lines += self.hashes.map(\.base64)
        return lines.joined(separator: "\n") + "\n\n" + self.note.encoded
    }

    /// Checks that the leaf `leaf` is in the log `log`, under a checkpoint that at least `quorum` of `witnesses` saw.
    ///
    /// - Returns: the checkpoint, and the lines of the witnesses.
    /// - Throws: `TlogProofError`.
    public func verify(
        leaf: Digest, log: VerifierKey, witnesses: [VerifierKey] = [], quorum: Int = 0
    ) throws(TlogProofError) -> (checkpoint: Checkpoint, witnesses: [VerifiedSignature]) {
        let checkpoint: Checkpoint
        do throws(CheckpointError) { checkpoint = try Checkpoint(self.note, of: log) } catch {
            throw .checkpoint(error)
        }
        var seen: [VerifiedSignature] = []
        do throws(NoteError) { seen = try self.note.verified(by: witnesses) } catch {
            if case .wrongSignature(let name) = error { throw .wrongCosignature(name) }
        }
        guard seen.count >= quorum else { throw .tooFewWitnesses }
        do throws(ProofError) {
            try checkpoint.head.verifyInclusion(of: leaf, at: self.index, proof: self.hashes)
        } catch {
            throw .inclusion(error)
        }
        return (checkpoint, seen)
    }
    /// Checks that the leaf `leaf` is in a log of `policy`, under a checkpoint that the policy's quorum has seen.
    ///
    /// - Throws: `TlogProofError.policy` or `inclusion`.
    public func verify(leaf: Digest, under policy: LedgerPolicy) throws(TlogProofError) -> WitnessedCheckpoint {
        let witnessed: WitnessedCheckpoint
        do throws(LedgerPolicyFailure) { witnessed = try policy.verify(self.note) } catch { throw .policy(error) }
        do throws(ProofError) {
            try witnessed.checkpoint.head.verifyInclusion(of: leaf, at: self.index, proof: self.hashes)
        } catch {
            throw .inclusion(error)
        }
        return witnessed
    }
}
