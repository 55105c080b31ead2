import Crypto
import Testing
import Transparency

/// Seven made-up witnesses and a log, from fixed seeds.
enum MadeUp {
    static func signer(_ name: String, _ kind: VerifierKey.Kind, seed: UInt8) throws -> NoteSigner {
        let key = try Ed25519PrivateKey(seed: [UInt8](repeating: seed, count: 32))
        return try #require(NoteSigner(name: name, kind: kind, key: key))
    }

    static func log() throws -> NoteSigner { try self.signer("log.example/evidence", .log, seed: 100) }

    static func witness(_ number: UInt8) throws -> NoteSigner {
        try self.signer("w\(number).example/witness", .witness, seed: number)
    }

    /// The example of the format's specification, two levels of groups, with keys filled in.
    static func example() throws -> String {
        let keys = try (1...6).map { try self.witness($0).verifier.text }
        return """
            log \(try self.log().verifier.text)

            witness X1 \(keys[0])
            witness X2 \(keys[1])
            witness X3 \(keys[2])
            group X-witnesses 2 X1 X2 X3

            witness Y1 \(keys[3])
            witness Y2 \(keys[4])
            witness Y3 \(keys[5])
            group Y-witnesses any Y1 Y2 Y3

            group X-and-Y all X-witnesses Y-witnesses
            quorum X-and-Y

            """
    }

    /// A checkpoint of the made-up log at `head`, cosigned by the witnesses of these numbers.
    static func note(_ head: TreeHead, seenBy witnesses: [UInt8] = []) throws -> SignedNote {
        let checkpoint = Checkpoint(origin: "log.example/evidence", head: head)
        var note = checkpoint.signed(by: try self.log())
        for number in witnesses {
            note.add(try self.witness(number).cosignature(of: checkpoint.text, at: 1_700_000_000))
        }
        return note
    }
}

extension LedgerPolicy {
    init(_ text: String) throws { try self.init(parsing: text.utf8) }
}

@Suite struct LedgerPolicyTests {
    @Test(
        arguments: [
            ([], false), ([1, 2], false), ([4, 5, 6], false), ([1, 4], false), ([1, 2, 4], true), ([2, 3, 6], true),
            ([1, 2, 3, 4, 5, 6], true), ([1, 2, 7], false), ([7], false),
        ] as [([UInt8], Bool)])
    func `the specification's example takes two of the first group and one of the second`(
        seen: [UInt8], isQuorum: Bool
    ) throws {
        let policy = try LedgerPolicy(MadeUp.example())
        let head = Log(size: 5).head
        let note = try MadeUp.note(head, seenBy: seen)
        #expect(policy.isMet(by: try seen.map { try MadeUp.witness($0).verifier }) == isQuorum)
        guard isQuorum else {
            let names = seen.compactMap { (1...6).contains($0) ? ($0 < 4 ? "X\($0)" : "Y\($0 - 3)") : nil }
            #expect(throws: LedgerPolicyFailure.noQuorum(seenBy: names)) { try policy.verify(note) }
            return
        }
        let witnessed = try policy.verify(note)
        #expect(witnessed.checkpoint.head == head)
        #expect(witnessed.log == (try MadeUp.log().verifier))
        #expect(witnessed.witnesses.map(\.key) == (try seen.map { try MadeUp.witness($0).verifier }))
    }

    @Test func `a policy is written as it is read, whatever its spacing, comments and order`() throws {
        let (log, witness) = (try MadeUp.log().verifier.text, try MadeUp.witness(1).verifier.text)
        let plain = "log \(log) https://log.example/\nwitness w \(witness) https://w.example\nquorum w\n"
        let policy = try LedgerPolicy(plain)
        #expect(policy.bytes == Array(plain.utf8))
        #expect(policy.witnesses.map(\.name.description) == ["w"])
        #expect(policy.logs[0].url?.description == "https://log.example/")
        let other =
            "\n # a comment\n\twitness \t w   \(witness) https://w.example \nquorum w\t\n"
            + "#quorum none\nlog \(log)\thttps://log.example/\n \t \n"
        #expect(try LedgerPolicy(other) == policy)
        let example = try LedgerPolicy(MadeUp.example())
        #expect(try LedgerPolicy(parsing: example.bytes) == example)
    }

    @Test func `names are octets: what looks the same is not, and no UTF-8 is asked for`() throws {
        let keys = try (1...2).map { try MadeUp.witness($0).verifier.text }
        let kelvin = "witness K \(keys[0])\nwitness \u{212A} \(keys[1])\nquorum \u{212A}\n"
        let policy = try LedgerPolicy(kelvin)
        #expect(policy.isMet(by: [try MadeUp.witness(2).verifier]))
        #expect(!policy.isMet(by: [try MadeUp.witness(1).verifier]))
        let accents = "witness \u{E9} \(keys[0])\nwitness e\u{301} \(keys[1])\nquorum e\u{301}\n"
        #expect(try LedgerPolicy(accents).isMet(by: [try MadeUp.witness(2).verifier]))
        let raw =
            Array("witness ".utf8) + [0xFF, 0x80] + Array(" \(keys[0])\n# ".utf8) + [0xFE, 0x0A]
            + Array("quorum ".utf8) + [0xFF, 0x80, 0x0A]
        let read = try LedgerPolicy(parsing: raw)
        #expect(try LedgerPolicy(parsing: read.bytes) == read)
        #expect(read.isMet(by: [try MadeUp.witness(1).verifier]))
    }

    @Test func `every error names its line and why`() throws {
        let keys = try (1...2).map { try MadeUp.witness($0).verifier.text }
        let log = try MadeUp.log().verifier.text
        let two = "witness a \(keys[0])\nwitness b \(keys[1])\n"
        let sameKey = try MadeUp.signer("other.example", .witness, seed: 1).verifier.text
        let cases: [(String, Int, LedgerPolicyError.Reason)] = [
            ("", 1, .noQuorum), ("quorum none", 1, .noLineEnd), (two, 3, .noQuorum),
            ("quorum none\nquorum none\n", 2, .secondQuorum), ("quorum a\n", 1, .undefinedName("a")),
            ("quorum\n", 1, .wrongForm("quorum <name>|none")), ("quorum none \u{1}\n", 1, .forbiddenOctet(1)),
            ("# fine\nquorum none\r\n", 2, .forbiddenOctet(13)), ("quorum none\u{7F}\n", 1, .forbiddenOctet(127)),
            ("witnes a \(keys[0])\n", 1, .unknownKeyword("witnes")), ("log\n", 1, .wrongForm("log <vkey> [<url>]")),
            ("log \(log) a b\n", 1, .wrongForm("log <vkey> [<url>]")), ("log \(keys[0])\n", 1, .noKey(keys[0])),
            ("witness a \(log)\n", 1, .noKey(log)), ("log \(log)\nlog \(log)\n", 2, .keyTwice(line: 1)),
            ("witness a \(keys[0])\n\nwitness b \(sameKey)\n", 3, .keyTwice(line: 1)),
            ("witness a \(keys[0])\nwitness a \(keys[1])\n", 2, .nameTaken("a")),
            ("witness none \(keys[0])\n", 1, .nameTaken("none")),
            (two + "group a all b\n", 3, .nameTaken("a")),
            (
                two + "group g all\n", 3,
                .wrongForm("group <name> all|any|<k> <name>...")
            ),
            (two + "group g 3 a b\n", 3, .threshold("3", members: 2)),
            (two + "group g 0 a b\n", 3, .threshold("0", members: 2)),
            (two + "group g 01 a b\n", 3, .threshold("01", members: 2)),
            (two + "group g ALL a b\n", 3, .threshold("ALL", members: 2)),
            (two + "group g any a a\n", 3, .memberTwice("a")), (two + "group g any c\n", 3, .undefinedName("c")),
            (two + "group g any g\n", 3, .undefinedName("g")), (two + "group g any none\n", 3, .undefinedName("none")),
            (two + "group g any a\ngroup h any a b\n", 4, .memberTwice("a")),
            ("group g any a\n" + two, 1, .undefinedName("a")), ("quorum a\n" + two, 1, .undefinedName("a")),
        ]
        for (text, line, reason) in cases {
            let error = #expect(throws: LedgerPolicyError.self, "\(text)") { try LedgerPolicy(text) }
            #expect(error?.line == line && error?.reason == reason, "\(text)")
            #expect(error?.description.hasPrefix("line \(line): ") == true)
        }
    }

    @Test func `many of each are read, and too many are refused`() throws {
        func text(_ count: Int) throws -> String {
            var lines: [String] = []
            for number in 0..<count {
                let log = try MadeUp.signer("l\(number)", .log, seed: UInt8(number))
                lines.append("log \(log.verifier.text)")
                lines.append("witness w\(number) \(try MadeUp.witness(UInt8(number)).verifier.text)")
                lines.append("group g\(number) all w\(number)")
            }
            lines.append("group all all " + (0..<(count - 1)).map { "g\($0)" }.joined(separator: " "))
            return lines.joined(separator: "\n") + "\nquorum all\n"
        }
        let policy = try LedgerPolicy(text(100))
        #expect(policy.logs.count == 100 && policy.witnesses.count == 100 && policy.groups.count == 101)
        let witnesses = try (0..<99).map { try MadeUp.witness(UInt8($0)).verifier }
        #expect(policy.isMet(by: witnesses))
        #expect(!policy.isMet(by: witnesses.dropLast()))
        let error = #expect(throws: LedgerPolicyError.self) { try LedgerPolicy(text(LedgerPolicy.most + 1)) }
        #expect(error?.reason == .tooMany("log"))
        let long = "#" + String(repeating: " ", count: LedgerPolicy.limit) + "\nquorum none\n"
        #expect(throws: LedgerPolicyError.self) { try LedgerPolicy(long) }
    }

    @Test func `a policy cut short anywhere is refused, and one with a bit changed trusts no other key`() throws {
        let text = try MadeUp.example()
        let policy = try LedgerPolicy(text)
        func keys(_ policy: LedgerPolicy) -> Set<VerifierKey> {
            Set(policy.logs.map(\.key) + policy.witnesses.map(\.key))
        }
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            #expect(throws: LedgerPolicyError.self) { try LedgerPolicy(parsing: bytes[..<position]) }
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                guard let other = try? LedgerPolicy(parsing: changed) else { continue }
                // A threshold is all that can be changed into another: `2` to `3`, or a line into a comment of itself.
                #expect(keys(other) == keys(policy), "octet \(position), bit \(bit)")
                #expect(try LedgerPolicy(parsing: other.bytes) == other)
                if other.groups.map(\.threshold) == policy.groups.map(\.threshold) { #expect(other == policy) }
            }
        }
    }

    @Test func `a checkpoint of another log, or with a wrong line of a known witness, is refused`() throws {
        let policy = try LedgerPolicy(MadeUp.example())
        let head = Log(size: 5).head
        let stranger = try MadeUp.signer("log.example/other", .log, seed: 101)
        let foreign = Checkpoint(origin: "log.example/other", head: head).signed(by: stranger)
        #expect(throws: LedgerPolicyFailure.checkpoint(.wrongOrigin)) { try policy.verify(foreign) }
        let impostor = try MadeUp.signer("log.example/evidence", .log, seed: 101)
        let forged = Checkpoint(origin: "log.example/evidence", head: head).signed(by: impostor)
        #expect(throws: LedgerPolicyFailure.checkpoint(.note(.unsigned))) { try policy.verify(forged) }
        var note = try MadeUp.note(head, seenBy: [1, 2, 4])
        #expect(try policy.verify(note).witnesses.count == 3)
        note.add(try MadeUp.witness(3).cosignature(of: "something else\n", at: 5))
        #expect(throws: LedgerPolicyFailure.wrongCosignature("w3.example/witness")) { try policy.verify(note) }
    }

    @Test func `one witness's line counts once, however often it stands there`() throws {
        let keys = try (1...2).map { try MadeUp.witness($0).verifier.text }
        let policy = try LedgerPolicy(
            "log \(MadeUp.log().verifier.text)\nwitness a \(keys[0])\nwitness b \(keys[1])\ngroup g 2 a b\nquorum g\n")
        var note = try MadeUp.note(Log(size: 5).head, seenBy: [1])
        note.add(try MadeUp.witness(1).cosignature(of: note.text, at: 1_700_000_001))
        #expect(throws: LedgerPolicyFailure.noQuorum(seenBy: ["a"])) { try policy.verify(note) }
    }

    @Test func `a policy without a log takes the one it is given`() throws {
        let policy = try LedgerPolicy("witness a \(MadeUp.witness(1).verifier.text)\nquorum a\n")
        let note = try MadeUp.note(Log(size: 5).head, seenBy: [1])
        #expect(throws: LedgerPolicyFailure.checkpoint(.wrongOrigin)) { try policy.verify(note) }
        let log = try MadeUp.log().verifier
        #expect(try policy.accepting(log, url: "https://log.example").verify(note).log == log)
        #expect(throws: Never.self) { try LedgerPolicy.unwitnessed.accepting(log).verify(note) }
    }

    @Test func `a portable proof is held to the policy`() throws {
        let log = Log(size: 300)
        let (hashes, leaf) = (try log.inclusion(of: 200, in: 300), log.leaves[200])
        let policy = try LedgerPolicy(MadeUp.example())
        let good = TlogProof(index: 200, hashes: hashes, note: try MadeUp.note(log.head, seenBy: [1, 3, 5]))
        #expect(try good.verify(leaf: leaf, under: policy).witnesses.count == 3)
        #expect(throws: TlogProofError.inclusion(.wrongRoot)) {
            try good.verify(leaf: log.leaves[199], under: policy)
        }
        let seenByFew = TlogProof(index: 200, hashes: hashes, note: try MadeUp.note(log.head, seenBy: [1, 2]))
        #expect(throws: TlogProofError.policy(.noQuorum(seenBy: ["X1", "X2"]))) {
            try seenByFew.verify(leaf: leaf, under: policy)
        }
    }
}
