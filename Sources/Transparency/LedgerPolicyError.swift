/// Why a text is no policy: the line at fault and what is wrong with it.
public struct LedgerPolicyError: Error, Equatable, CustomStringConvertible {
    /// What can be wrong with a line.
    public enum Reason: Error, Equatable {
        /// The text is over `LedgerPolicy.limit` bytes.
        case tooLarge
        /// Over `LedgerPolicy.most` lines of this kind.
        case tooMany(String)
        /// A control character other than tab.
        case forbiddenOctet(UInt8)
        /// The last line has no end, so it may have been cut off.
        case noLineEnd
        /// The line begins with none of `log`, `witness`, `group`, `quorum`.
        case unknownKeyword(String)
        /// The line has too few words or too many; how it is written.
        case wrongForm(String)
        /// This is no verifier key of the kind the line takes.
        case noKey(String)
        /// The same public key stands on the earlier line of that number.
        case keyTwice(line: Int)
        /// The name has a meaning already.
        case nameTaken(String)
        /// No line before this one defines the name.
        case undefinedName(String)
        /// The name is a member of a group already.
        case memberTwice(String)
        /// This is none of `all`, `any` and the numbers from 1 to that of the members.
        case threshold(String, members: Int)
        /// There is a `quorum` line already.
        case secondQuorum
        /// There is no `quorum` line.
        case noQuorum
    }

    /// The number of the line, from 1; for a missing quorum that of the line after the last.
    public let line: Int
    /// What is wrong with it.
    public let reason: Reason

    /// The line and what is wrong, in a sentence.
    public var description: String { "line \(self.line): \(self.reason.sentence)" }
}

extension LedgerPolicyError.Reason {
    fileprivate var sentence: String {
        switch self {
        case .tooLarge: "the policy is larger than \(LedgerPolicy.limit) bytes"
        case .tooMany(let keyword): "there are more than \(LedgerPolicy.most) '\(keyword)' lines"
        case .forbiddenOctet(let octet): "the octet \(octet) is a control character that no policy holds"
        case .noLineEnd: "the last line does not end, so it may have been cut off"
        case .unknownKeyword(let word): "'\(word)' is none of log, witness, group, quorum"
        case .wrongForm(let form): "this line is written: \(form)"
        case .noKey(let text): "'\(text)' is no Ed25519 verifier key for this kind of line"
        case .keyTwice(let line): "the same public key stands on line \(line)"
        case .nameTaken(let name): "the name '\(name)' has a meaning already"
        case .undefinedName(let name): "no line before this one defines '\(name)'"
        case .memberTwice(let name): "'\(name)' is a member of a group already"
        case .threshold(let text, let members):
            "'\(text)' is none of all, any and the numbers from 1 to \(members)"
        case .secondQuorum: "there is a quorum line already"
        case .noQuorum: "there is no quorum line; 'quorum none' asks for no witness"
        }
    }
}
