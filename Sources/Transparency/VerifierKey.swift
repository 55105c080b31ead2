public import Crypto

/// The public half of a note's signer, with the name it signs under (C2SP signed-note; `vkey` in its tools).
public struct VerifierKey: Hashable, Sendable {
    /// What a signer's line means.
    public enum Kind: UInt8, Sendable {
        /// An Ed25519 signature of the text: the log's own.
        case log = 1
        /// An Ed25519 signature of the text and a time: a witness's cosignature (C2SP tlog-cosignature).
        case witness = 4
    }

    /// The signer's name: for a log its origin.
    public let name: String
    /// What its lines mean.
    public let kind: Kind
    /// What they are verified with.
    public let publicKey: Ed25519PublicKey
    /// The four bytes that stand for name, kind and key in a line, as a big-endian number.
    public let id: UInt32

    /// The key of the signer `name`, nil when the name is empty or holds white space, a control character or `+`.
    public init?(name: String, kind: Kind, publicKey: Ed25519PublicKey) {
        guard VerifierKey.isName(name) else { return nil }
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
        let hash = SHA256.hash(Array(name.utf8) + [0x0A, kind.rawValue] + publicKey.bytes)
        self.id = UInt32(bigEndian: hash.bytes.prefix(4))
    }

    /// The key that `text` (`name+id+base64`) writes, nil unless it is exactly what `text` gives for a key of a kind
    /// known here.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        // A key that is no point of the curve is one more way of not being what the text of a key is.
        guard parts.count == 3, let bytes = Base64.decode(parts[2]), let kind = bytes.first.flatMap(Kind.init),
            let publicKey = try? Ed25519PublicKey(bytes.dropFirst())
        else { return nil }
        self.init(name: String(parts[0]), kind: kind, publicKey: publicKey)
        guard parts[1] == Hex.encode(self.id.bigEndianBytes) else { return nil }
    }

    /// The key in one line, for people and configuration: `name+id+base64`.
    public var text: String {
        self.name + "+" + Hex.encode(self.id.bigEndianBytes) + "+"
            + Base64.encode([self.kind.rawValue] + self.publicKey.bytes)
    }

    /// Whether `line` says that this key made it.
    public func isSigner(of line: NoteSignature) -> Bool {
        self.id == line.keyID && self.name.utf8.elementsEqual(line.name.utf8)
    }

    /// Whether a signer can be called `name` (C2SP signed-note).
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// The number whose big-endian bytes are `bytes`.
    init(bigEndian bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | Self($1) }
    }

    /// The number's bytes, the most significant first.
    var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> Self($0)) }
    }
}
