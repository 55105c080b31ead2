import Crypto

extension LedgerPolicy {
    /// Reads a policy file; `text` of the result means the same.
    ///
    /// - Throws: `LedgerPolicyError` with the line at fault.
    public init(parsing bytes: some Collection<UInt8>) throws(LedgerPolicyError) {
        guard bytes.count <= LedgerPolicy.limit else { throw LedgerPolicyError(line: 1, reason: .tooLarge) }
        var lines = Array(bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.popLast()?.isEmpty == true else {
            throw LedgerPolicyError(line: lines.count + 1, reason: .noLineEnd)
        }
        var reader = PolicyReader()
        for (index, line) in lines.enumerated() {
            do throws(LedgerPolicyError.Reason) { try reader.read(line, at: index + 1) } catch {
                throw LedgerPolicyError(line: index + 1, reason: error)
            }
        }
        guard let quorum = reader.quorum else {
            throw LedgerPolicyError(line: lines.count + 1, reason: .noQuorum)
        }
        self.init(logs: reader.logs, witnesses: reader.witnesses, groups: reader.groups, quorum: quorum)
    }

    /// The policy as a file: logs, witnesses, groups, quorum, a line each and nothing else.
    public var bytes: [UInt8] {
        var lines: [[Word]] = []
        for log in self.logs { lines.append(["log", Word(log.key.text)] + (log.url.map { [$0] } ?? [])) }
        for witness in self.witnesses {
            lines.append(["witness", witness.name, Word(witness.key.text)] + (witness.url.map { [$0] } ?? []))
        }
        for group in self.groups {
            let threshold: Word =
                switch group.threshold {
                case group.members.count: "all"
                case 1: "any"
                default: Word(String(group.threshold))
                }
            lines.append(["group", group.name, threshold] + group.members)
        }
        let quorum: Word = if case .named(let name) = self.quorum { name } else { .none }
        lines.append(["quorum", quorum])
        return lines.flatMap { $0.map(\.octets).joined(separator: [0x20]) + [0x0A] }
    }
}

extension LedgerPolicy.Word: ExpressibleByStringLiteral {
    /// Stands for the empty quorum and can be no other name.
    static let none: LedgerPolicy.Word = "none"

    init(_ text: String) { self.octets = Array(text.utf8) }

    /// The octets of the literal; it must have no white space.
    public init(stringLiteral text: String) {
        self.init(text)
        precondition(!text.isEmpty && self.octets.allSatisfy(LedgerPolicy.isVisible), "no word: \(text)")
    }
}

/// What was read of a policy so far.
private struct PolicyReader {
    typealias Word = LedgerPolicy.Word
    typealias Reason = LedgerPolicyError.Reason

    private(set) var logs: [LedgerPolicy.Log] = []
    private(set) var witnesses: [LedgerPolicy.Witness] = []
    private(set) var groups: [LedgerPolicy.Group] = []
    private(set) var quorum: LedgerPolicy.Quorum?
    private var names: Set<Word> = []
    private var members: Set<Word> = []
    /// Where each key of a log stands, and of a witness.
    private var lines: [VerifierKey.Kind: [Ed25519PublicKey: Int]] = [:]

    mutating func read(_ line: ArraySlice<UInt8>, at number: Int) throws(Reason) {
        let octet = line.first { $0 != 0x09 && ($0 < 0x20 || $0 == 0x7F) }
        if let octet { throw .forbiddenOctet(octet) }
        let words = line.split { $0 == 0x20 || $0 == 0x09 }.map { Word(octets: Array($0)) }
        guard let keyword = words.first, keyword.octets[0] != UInt8(ascii: "#") else { return }
        switch keyword {
        case "log":
            guard (2...3).contains(words.count) else { throw .wrongForm("log <vkey> [<url>]") }
            let key = try self.key(words[1], .log, at: number)
            self.logs.append(LedgerPolicy.Log(key: key, url: words.count > 2 ? words[2] : nil))
        case "witness":
            guard (3...4).contains(words.count) else { throw .wrongForm("witness <name> <vkey> [<url>]") }
            let key = try self.key(words[2], .witness, at: number)
            try self.define(words[1])
            self.witnesses.append(
                LedgerPolicy.Witness(name: words[1], key: key, url: words.count > 3 ? words[3] : nil))
        case "group":
            guard words.count >= 4 else { throw .wrongForm("group <name> all|any|<k> <name>...") }
            try self.group(words[1], words[2], Array(words[3...]))
        case "quorum":
            guard words.count == 2 else { throw .wrongForm("quorum <name>|none") }
            guard self.quorum == nil else { throw .secondQuorum }
            guard words[1] == .none || self.names.contains(words[1]) else { throw .undefinedName("\(words[1])") }
            self.quorum = words[1] == .none ? LedgerPolicy.Quorum.none : .named(words[1])
        default: throw .unknownKeyword("\(keyword)")
        }
    }

    /// The key that `word` writes, which no other line of the kind has.
    private mutating func key(_ word: Word, _ kind: VerifierKey.Kind, at number: Int) throws(Reason) -> VerifierKey {
        guard let text = String(validating: word.octets, as: UTF8.self), let key = VerifierKey(parsing: text),
            key.kind == kind
        else { throw .noKey("\(word)") }
        if let line = self.lines[kind]?[key.publicKey] { throw .keyTwice(line: line) }
        guard self.lines[kind, default: [:]].count < LedgerPolicy.most else {
            throw .tooMany(kind == .log ? "log" : "witness")
        }
        self.lines[kind, default: [:]][key.publicKey] = number
        return key
    }

    private mutating func define(_ name: Word) throws(Reason) {
        guard name != .none, self.names.insert(name).inserted else { throw .nameTaken("\(name)") }
    }

    private mutating func group(_ name: Word, _ threshold: Word, _ members: [Word]) throws(Reason) {
        guard self.groups.count < LedgerPolicy.most else { throw .tooMany("group") }
        for member in members {
            guard self.names.contains(member) else { throw .undefinedName("\(member)") }
            guard self.members.insert(member).inserted else { throw .memberTwice("\(member)") }
        }
        let count: Int? =
            switch threshold {
            case "all": members.count
            case "any": 1
            default: Int64(decimal: threshold.description).flatMap { Int(exactly: $0) }
            }
        guard let count, (1...members.count).contains(count) else {
            throw .threshold("\(threshold)", members: members.count)
        }
        try self.define(name)
        self.groups.append(LedgerPolicy.Group(name: name, threshold: count, members: members))
    }
}
