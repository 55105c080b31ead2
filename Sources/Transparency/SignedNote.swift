import Crypto

/// Why bytes are not a note to rely on.
public enum NoteError: Error, Equatable {
    /// Over `SignedNote.limit` bytes or `SignedNote.signatureLimit` lines.
    case tooLarge
    /// The text is not UTF-8, holds a control character, or does not end its last line.
    case malformedText
    /// No line of a signature after the text, or one that is not `— name base64`.
    case malformedSignature
    /// No known key signed it.
    case unsigned
    /// The line of this known signer does not verify.
    case wrongSignature(String)
}

/// One signer's line of a note.
public struct NoteSignature: Hashable, Sendable {
    /// The name the signer goes by.
    public let name: String
    /// What `VerifierKey.id` is for the signer's key.
    public let keyID: UInt32
    /// The bytes after the id: what they hold depends on the kind of the key.
    public let bytes: [UInt8]

    /// The line as it stands in the note, with its end.
    public var line: String { "\u{2014} \(self.name) \(Base64.encode(self.keyID.bigEndianBytes + self.bytes))\n" }

    /// A line; the name must be one a signer can have.
    init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }
}

/// A known signer's line that verified.
public struct VerifiedSignature: Hashable, Sendable {
    /// Whose it is.
    public let key: VerifierKey
    /// When a witness says it signed, in seconds since 1970; nil for a log, which does not say.
    public let time: Int64?
}

/// A text and the lines of those who signed it (C2SP signed-note v1).
public struct SignedNote: Hashable, Sendable {
    /// The size, in bytes, from which a note is refused unread.
    public static let limit = 65_536
    /// The most signatures a note is read with.
    public static let signatureLimit = 100

    /// What is signed, with its last line's end.
    public let text: String
    /// The lines below it, in order.
    public private(set) var signatures: [NoteSignature] = []

    /// A note nobody has signed yet.
    ///
    /// - Throws: `NoteError.malformedText` for an empty text, a control character, or a last line without end.
    public init(text: String) throws(NoteError) {
        guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else { throw .malformedText }
        self.text = text
    }

    /// Reads a note; `encoded` of the result is the same bytes.
    ///
    /// Nothing is verified: see `verified(by:)`.
    /// - Throws: `NoteError`.
    public init(parsing bytes: some Collection<UInt8>) throws(NoteError) {
        guard bytes.count <= SignedNote.limit else { throw .tooLarge }
        let bytes = Array(bytes)
        guard let gap = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else {
            throw .malformedText
        }
        guard let text = String(validating: bytes[...gap], as: UTF8.self) else { throw .malformedText }
        try self.init(text: text)
        try self.addLines(bytes[(gap + 2)...])
    }

    /// The note as it is served and kept: the text, an empty line, the signatures.
    public var encoded: String { self.text + "\n" + self.signatures.map(\.line).joined() }

    /// Adds a line below the others; one that stands there already is not repeated.
    public mutating func add(_ signature: NoteSignature) {
        if !self.signatures.contains(signature) { self.signatures.append(signature) }
    }

    /// Adds the lines `bytes` holds, as a witness answers them; all of them or, on an error, none.
    ///
    /// - Throws: `NoteError.malformedSignature` or `tooLarge`.
    public mutating func addLines(_ bytes: some Collection<UInt8>) throws(NoteError) {
        var lines = Array(bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let rest = lines.popLast(), rest.isEmpty, !lines.isEmpty else { throw .malformedSignature }
        guard self.signatures.count + lines.count <= SignedNote.signatureLimit else { throw .tooLarge }
        var signatures: [NoteSignature] = []
        for line in lines {
            guard let signature = NoteSignature(line: line) else { throw .malformedSignature }
            signatures.append(signature)
        }
        self.signatures += signatures
    }

    /// The lines of `keys`, each verified; lines of others are passed over, as the format demands.
    ///
    /// - Throws: `NoteError.wrongSignature` when a line of one of `keys` does not verify, `unsigned` when there is none.
    public func verified(by keys: [VerifierKey]) throws(NoteError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in self.signatures {
            for key in keys where key.isSigner(of: signature) {
                guard let result = key.verify(signature, of: self.text) else { throw .wrongSignature(key.name) }
                if !verified.contains(where: { $0.key == key }) { verified.append(result) }
            }
        }
        guard !verified.isEmpty else { throw .unsigned }
        return verified
    }
}

extension NoteSignature {
    /// The signature that `line`, without its end, writes.
    fileprivate init?(line: ArraySlice<UInt8>) {
        let dash = Array("\u{2014} ".utf8)
        guard line.starts(with: dash), let text = String(validating: line.dropFirst(dash.count), as: UTF8.self),
            let space = text.utf8.firstIndex(of: 0x20)
        else { return nil }
        let name = text[..<space]
        guard VerifierKey.isName(name), let bytes = Base64.decode(text[text.utf8.index(after: space)...]),
            bytes.count > 4
        else { return nil }
        self.init(name: String(name), keyID: UInt32(bigEndian: bytes.prefix(4)), bytes: Array(bytes.dropFirst(4)))
    }
}
