import Crypto

/// Why a note is not a checkpoint of the log asked for.
public enum CheckpointError: Error, Equatable {
    /// The text is not three lines: origin, size, root.
    case malformed
    /// It is the checkpoint of another log.
    case wrongOrigin
    /// The note itself cannot be relied on.
    case note(NoteError)
}

/// What a log signs: who it is, how large, and the root (C2SP tlog-checkpoint v1).
public struct Checkpoint: Hashable, Sendable {
    /// The log's name: its URL prefix without scheme, and the name of its key.
    public let origin: String
    /// The size and the root.
    public let head: TreeHead

    /// The checkpoint of the log `origin`, a name a signer can have, at `head`.
    public init(origin: String, head: TreeHead) {
        precondition(VerifierKey.isName(origin), "no log can be called that")
        self.origin = origin
        self.head = head
    }

    /// Reads the text of a checkpoint's note; `text` of the result is the same text.
    ///
    /// Lines past the root are refused: nobody could audit what they say.
    /// - Throws: `CheckpointError.malformed`.
    public init(parsing text: String) throws(CheckpointError) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard lines.count == 4, lines[3].isEmpty, VerifierKey.isName(lines[0]),
            let size = Int64(decimal: lines[1]), let root = Digest(base64: lines[2])
        else { throw .malformed }
        self.init(origin: lines[0], head: TreeHead(size: size, root: root))
    }

    /// Reads and verifies a note as a checkpoint of the log with this key.
    ///
    /// - Throws: `CheckpointError`.
    public init(_ note: SignedNote, of log: VerifierKey) throws(CheckpointError) {
        do throws(NoteError) { _ = try note.verified(by: [log]) } catch { throw .note(error) }
        try self.init(parsing: note.text)
        guard self.origin.utf8.elementsEqual(log.name.utf8) else { throw .wrongOrigin }
    }

    /// The three lines, each with its end.
    public var text: String { "\(self.origin)\n\(self.head.size)\n\(self.head.root.base64)\n" }

    /// The note `signer`, the log of this origin, makes of it.
    public func signed(by signer: NoteSigner) -> SignedNote {
        precondition(signer.verifier.name == self.origin, "a log signs under its origin")
        do {
            var note = try SignedNote(text: self.text)
            note.add(signer.signature(of: self.text))
            return note
        } catch {
            preconditionFailure("a checkpoint is a valid text")
        }
    }
}
