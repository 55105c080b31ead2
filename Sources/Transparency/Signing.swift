public import Crypto

/// The private half of a note's signer: the log itself, or a witness.
public struct NoteSigner: Sendable {
    /// The half others verify with.
    public let verifier: VerifierKey
    private let key: Ed25519PrivateKey

    /// The signer `name`, nil when no signer can be called so.
    public init?(name: String, kind: VerifierKey.Kind, key: Ed25519PrivateKey) {
        guard let verifier = VerifierKey(name: name, kind: kind, publicKey: key.publicKey) else { return nil }
        self.verifier = verifier
        self.key = key
    }

    /// The log's line below `text`; the signer must be a log.
    public func signature(of text: String) -> NoteSignature {
        precondition(self.verifier.kind == .log, "a witness signs with a time")
        return self.line(self.key.signature(of: text.utf8))
    }

    /// The witness's line below `text`, signed at `time` in seconds since 1970; the signer must be a witness.
    public func cosignature(of text: String, at time: Int64) -> NoteSignature {
        precondition(self.verifier.kind == .witness && time >= 0, "a log signs without a time")
        let signature = self.key.signature(of: VerifierKey.cosigned(text, at: time))
        return self.line(UInt64(time).bigEndianBytes + signature)
    }

    private func line(_ bytes: [UInt8]) -> NoteSignature {
        NoteSignature(name: self.verifier.name, keyID: self.verifier.id, bytes: bytes)
    }
}

extension VerifierKey {
    /// What a witness signs for `text` (C2SP tlog-cosignature).
    fileprivate static func cosigned(_ text: String, at time: Int64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }

    /// What `signature`, this key's by its name and id, says of `text`; nil when it does not verify.
    func verify(_ signature: NoteSignature, of text: String) -> VerifiedSignature? {
        switch self.kind {
        case .log:
            guard self.publicKey.verifies(signature.bytes, of: text.utf8) else { return nil }
            return VerifiedSignature(key: self, time: nil)
        case .witness:
            guard signature.bytes.count == 72,
                let time = Int64(exactly: UInt64(bigEndian: signature.bytes.prefix(8))),
                self.publicKey.verifies(signature.bytes.dropFirst(8), of: VerifierKey.cosigned(text, at: time))
            else { return nil }
            return VerifiedSignature(key: self, time: time)
        }
    }
}
