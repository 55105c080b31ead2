/// Which logs a reader accepts, which witnesses it knows, and which of them must have seen a checkpoint before the
/// reader relies on it (C2SP tlog-policy).
///
/// Made by reading its text, so one that exists keeps the format's rules: every name has one meaning, no key stands
/// twice, and a quorum is made of what is defined.
public struct LedgerPolicy: Hashable, Sendable {
    /// A name or an address: octets without white space, which stand for nothing but themselves.
    public struct Word: Hashable, Sendable, CustomStringConvertible {
        let octets: [UInt8]

        /// The octets as text for people; what is no UTF-8 shows as U+FFFD.
        public var description: String { String(decoding: self.octets, as: UTF8.self) }
    }

    /// A log whose checkpoints are accepted.
    public struct Log: Hashable, Sendable {
        /// What its checkpoints are signed with; the key's name is the log's origin.
        public let key: VerifierKey
        /// Where it is read, when the policy says so.
        public let url: Word?
    }

    /// A witness that is known.
    public struct Witness: Hashable, Sendable {
        /// What the policy calls it; it means nothing elsewhere.
        public let name: Word
        /// What it cosigns with.
        public let key: VerifierKey
        /// Where it takes checkpoints (the submission prefix of C2SP tlog-witness), when the policy says so.
        public let url: Word?
    }

    /// Witnesses, or groups of them, that count as one once enough of them have seen a checkpoint.
    public struct Group: Hashable, Sendable {
        /// What the policy calls it.
        public let name: Word
        /// How many of the members are enough, 1 to all of them.
        public let threshold: Int
        /// Witnesses and groups, each a member of one group at most.
        public let members: [Word]
    }

    /// Who must have seen a checkpoint.
    public enum Quorum: Hashable, Sendable {
        /// Nobody.
        case none
        /// The witness or group of this name.
        case named(Word)
    }

    /// The most logs, witnesses and groups that are read, of each. The format asks for 32 or more.
    public static let most = 128
    /// The size, in bytes, over which a text is refused unread.
    public static let limit = 262_144

    /// The logs, in the order of the text.
    public let logs: [Log]
    /// The witnesses, in the order of the text.
    public let witnesses: [Witness]
    /// The groups; each refers only to those before it.
    public let groups: [Group]
    /// Who must have seen a checkpoint.
    public let quorum: Quorum

    /// Accepts no log by itself and asks for no witness.
    public static let unwitnessed = LedgerPolicy(logs: [], witnesses: [], groups: [], quorum: .none)

    /// The same witnesses and quorum for the log with `key`, read at `url`, and no other.
    public func accepting(_ key: VerifierKey, url: String? = nil) -> LedgerPolicy {
        precondition(key.kind == .log, "a witness's key is no log's")
        let word = url.map { Word(octets: Array($0.utf8)) }
        precondition(word?.octets.allSatisfy(LedgerPolicy.isVisible) ?? true, "an address has no white space")
        return LedgerPolicy(
            logs: [Log(key: key, url: word)], witnesses: self.witnesses, groups: self.groups, quorum: self.quorum)
    }

    /// Whether an octet can be part of a word.
    static func isVisible(_ octet: UInt8) -> Bool { octet > 0x20 && octet != 0x7F }
}
