public import Crypto

/// What an entry says of a value without telling it: the hash of the value's salted disclosure.
///
/// The 43 characters are the digest of RFC 9901, section 4.2.3, so they stand in a ledger entry and in a credential
/// alike: whoever has the disclosure can show both, whoever has not learns nothing, and once it is deleted nobody can.
public struct Commitment: Hashable, Sendable {
    /// The hash.
    public let digest: Digest

    /// The commitment to `disclosure`, the base64url of JSON `[salt, value]`.
    public init(disclosure: some StringProtocol) { self.digest = SHA256.hash(disclosure.utf8) }

    /// The commitment whose `text` is `text`, nil unless that is strict base64url of 32 bytes.
    public init?(text: some StringProtocol) {
        guard let digest = Digest(base64URL: text) else { return nil }
        self.digest = digest
    }

    /// Unpadded base64url: 43 characters.
    public var text: String { self.digest.base64URL }
}

extension Commitment: Comparable {
    /// Orders by the bytes of the hash, which tells nothing of what was committed to.
    public static func < (left: Commitment, right: Commitment) -> Bool { left.digest < right.digest }
}

/// One leaf of the ledger: what kind of fact, and the commitment to it. Nothing else, and no time.
public struct LedgerEntry: Hashable, Sendable {
    /// What the commitment is to.
    public enum Kind: String, Sendable, CaseIterable {
        /// An observed fact.
        case evidence
        /// An account bound to a developer, or unbound.
        case identity
        /// A credential issued.
        case credential
        /// A status list published.
        case status
        /// Disclosures deleted.
        case erasure
        /// A key the issuer signs with, from now on or no longer.
        case issuerKey = "issuer-key"
    }

    /// The version of the entry's form.
    public static let version = 1

    /// What the commitment is to.
    public let kind: Kind
    /// To the fact.
    public let commitment: Commitment

    /// An entry.
    public init(_ kind: Kind, _ commitment: Commitment) {
        self.kind = kind
        self.commitment = commitment
    }

    /// Reads an entry, nil unless `text` is exactly what `text` gives for one.
    public init?(parsing text: some StringProtocol) {
        guard case .entry(let entry) = LedgerEntry.read(text.utf8) else { return nil }
        self = entry
    }

    /// The canonical JSON (RFC 8785) that is hashed, stored and served.
    public var text: String {
        "{\"c\":\"\(self.commitment.text)\",\"k\":\"\(self.kind.rawValue)\",\"v\":\(LedgerEntry.version)}"
    }

    /// The entry's hash as a leaf of the tree.
    public var leafHash: Digest { MerkleTree.leafHash(self.text.utf8) }
}

/// An entry on its way into the tree, with its hash as a leaf, worked out once.
public struct LedgerLeaf: Sendable, Hashable {
    /// The entry.
    public let entry: LedgerEntry
    /// Its hash.
    public let hash: Digest

    /// The leaf of `entry`.
    public init(_ entry: LedgerEntry) {
        self.entry = entry
        self.hash = entry.leafHash
    }
}

extension LedgerEntry {
    /// What the bytes of a leaf turn out to be.
    public enum Reading: Hashable, Sendable {
        /// An entry of a kind known here.
        case entry(LedgerEntry)
        /// An entry in the same form, of a kind that is not.
        case unknownKind(String, Commitment)
        /// Anything else.
        case malformed
    }

    /// The longest name of a kind, in bytes.
    private static let longestKind = 64

    /// What `bytes`, a leaf of the ledger, are. Only the one canonical text of an entry is one.
    public static func read(_ bytes: some Collection<UInt8>) -> Reading {
        let (start, middle) = (Array("{\"c\":\"".utf8), Array("\",\"k\":\"".utf8))
        let end = Array("\",\"v\":\(LedgerEntry.version)}".utf8)
        let kindStart = start.count + 43 + middle.count
        guard (kindStart + end.count...kindStart + self.longestKind + end.count).contains(bytes.count) else {
            return .malformed
        }
        let bytes = Array(bytes)
        let name = bytes[kindStart..<(bytes.count - end.count)]
        guard bytes.starts(with: start), bytes[(start.count + 43)...].starts(with: middle),
            bytes.suffix(end.count) == end[...], !name.isEmpty, name.allSatisfy(self.mayName),
            let text = String(validating: bytes[start.count..<(start.count + 43)], as: UTF8.self),
            let commitment = Commitment(text: text)
        else { return .malformed }
        let kind = String(decoding: name, as: UTF8.self)
        return Kind(rawValue: kind).map { .entry(LedgerEntry($0, commitment)) } ?? .unknownKind(kind, commitment)
    }

    /// Whether the name of a kind may hold `byte`: lower-case letters and hyphens, which JSON writes in one way only.
    private static func mayName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
    }
}
