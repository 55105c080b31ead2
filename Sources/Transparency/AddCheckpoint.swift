public import Crypto

/// Why bytes are not a request to a witness.
public enum AddCheckpointError: Error, Equatable {
    /// Over `AddCheckpoint.limit` bytes.
    case tooLarge
    /// The first line is not `old` and a size.
    case malformedOldSize
    /// A line before the empty one is not a hash, or there are more than `AddCheckpoint.hashLimit`.
    case malformedProof
    /// What follows the empty line is no note.
    case note(NoteError)
}

/// What a log asks a witness: to cosign a checkpoint, given the proof that it continues the one the witness has seen
/// (C2SP tlog-witness v1, `add-checkpoint`).
public struct AddCheckpoint: Hashable, Sendable {
    /// The most hashes of a proof.
    public static let hashLimit = 63
    /// The size, in bytes, over which a request is refused unread.
    public static let limit = SignedNote.limit + 4_096

    /// The size of the checkpoint the witness has cosigned last, as the log knows it; 0 when it knows of none.
    public let oldSize: Int64
    /// The proof of consistency from that size (RFC 6962, section 2.1.2).
    public let proof: [Digest]
    /// The checkpoint with its signatures.
    public let note: SignedNote

    /// A request; nothing is verified.
    public init(oldSize: Int64, proof: [Digest], note: SignedNote) {
        precondition(oldSize >= 0 && proof.count <= AddCheckpoint.hashLimit, "no tree has such a proof")
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// Reads a request; `encoded` of the result is the same bytes. Nothing is verified: see `decide`.
    ///
    /// - Throws: `AddCheckpointError`.
    public init(parsing bytes: some Collection<UInt8>) throws(AddCheckpointError) {
        guard bytes.count <= AddCheckpoint.limit else { throw .tooLarge }
        var rest = Array(bytes)[...]
        func line() -> String? {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(validating: rest[..<end], as: UTF8.self)
        }
        guard let first = line(), first.utf8.starts(with: "old ".utf8), let size = Int64(decimal: first.dropFirst(4))
        else { throw .malformedOldSize }
        var proof: [Digest] = []
        while true {
            guard let text = line() else { throw .malformedProof }
            if text.isEmpty { break }
            guard proof.count < AddCheckpoint.hashLimit, let hash = Digest(base64: text) else {
                throw .malformedProof
            }
            proof.append(hash)
        }
        self.oldSize = size
        self.proof = proof
        do throws(NoteError) { self.note = try SignedNote(parsing: rest) } catch { throw .note(error) }
    }

    /// The request's body.
    public var encoded: String {
        "old \(self.oldSize)\n" + self.proof.map { $0.base64 + "\n" }.joined() + "\n" + self.note.encoded
    }
}

/// What a witness answers.
extension AddCheckpoint {
    /// The media type of the size in a 409.
    public static let sizeType = "text/x.tlog.size"

    /// The body that says of which size the checkpoint is that the witness cosigned last.
    public static func body(size: Int64) -> String { "\(size)\n" }

    /// The size that `body` says, nil unless it is exactly what `body(size:)` gives for one.
    public static func size(in body: some Collection<UInt8>) -> Int64? {
        guard body.count <= 20, let text = String(validating: body, as: UTF8.self), text.utf8.last == 0x0A else {
            return nil
        }
        return Int64(decimal: text.dropLast())
    }

    /// The line of `witness` among the lines of a 200, verified as a cosignature of the request's checkpoint, and its
    /// time in seconds since 1970. Lines of others are passed over.
    ///
    /// - Throws: `NoteError`: `unsigned` when the witness's line is not there, `wrongSignature` when one does not verify.
    public func cosignature(
        by witness: VerifierKey, in body: some Collection<UInt8>
    ) throws(NoteError) -> (line: NoteSignature, time: Int64) {
        var answer = try SignedNote(text: self.note.text)
        try answer.addLines(body)
        guard let time = try answer.verified(by: [witness]).first?.time,
            let line = answer.signatures.first(where: witness.isSigner)
        else { throw .unsigned }
        return (line, time)
    }
}
