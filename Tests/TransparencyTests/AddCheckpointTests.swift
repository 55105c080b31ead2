import Crypto
import Testing
import Transparency

@Suite struct AddCheckpointTests {
    /// A request over `new` of a made-up log's entries, from the size `old`.
    private func request(_ log: Log, from old: Int64, to new: Int64, proof: [Digest]? = nil) throws -> AddCheckpoint {
        let head = TreeHead(size: new, root: MerkleTree.root(of: log.leaves.prefix(Int(new))))
        return AddCheckpoint(
            oldSize: old, proof: try proof ?? log.consistency(from: old, to: new), note: try MadeUp.note(head))
    }

    private func head(_ log: Log, _ size: Int) -> TreeHead {
        TreeHead(size: Int64(size), root: MerkleTree.root(of: log.leaves.prefix(size)))
    }

    private func keys() throws -> [VerifierKey] { [try MadeUp.log().verifier] }

    @Test func `the request reads back, and the published checkpoint is cosigned as published`() throws {
        let note = try SignedNote(parsing: Known.note.utf8)
        let request = AddCheckpoint(oldSize: 0, proof: [], note: note)
        #expect(request.encoded == "old 0\n\n" + Known.note)
        let read = try AddCheckpoint(parsing: request.encoded.utf8)
        #expect(read == request)
        let checkpoint = try read.decide(logs: [Known.log()], cosigned: nil)
        let line = try Known.signer("example.com/w", .witness).cosignature(of: checkpoint.text, at: 1_700_000_000)
        #expect(line.line == Known.witnessLine)
    }

    @Test(arguments: [(0, 1), (0, 300), (1, 2), (2, 3), (3, 3), (255, 256), (256, 300), (257, 300), (300, 300)])
    func `a checkpoint that continues the last one is cosigned`(old: Int64, new: Int64) throws {
        let log = Log(size: 300)
        let request = try AddCheckpoint(parsing: self.request(log, from: old, to: new).encoded.utf8)
        let cosigned = old == 0 ? nil : self.head(log, Int(old))
        #expect(try request.decide(logs: self.keys(), cosigned: cosigned).head == self.head(log, Int(new)))
    }

    @Test func `each refusal has its status, in the order the protocol states them`() throws {
        let (log, keys) = (Log(size: 300), try self.keys())
        func refusal(_ request: AddCheckpoint, _ cosigned: TreeHead?, keys: [VerifierKey]) -> WitnessRefusal? {
            #expect(throws: WitnessRefusal.self) { try request.decide(logs: keys, cosigned: cosigned) }
        }
        let request = try self.request(log, from: 100, to: 300)
        let other = try MadeUp.signer("log.example/evidence", .log, seed: 9).verifier
        #expect(refusal(request, nil, keys: []) == .unknownLog)
        #expect(refusal(request, nil, keys: [other]) == .notSigned)
        let older = AddCheckpoint(oldSize: 301, proof: [], note: request.note)
        #expect(refusal(older, self.head(log, 300), keys: keys) == .oldSizeTooLarge)
        #expect(refusal(request, nil, keys: keys) == .stale(size: 0))
        #expect(refusal(request, self.head(log, 200), keys: keys) == .stale(size: 200))
        let fork = TreeHead(size: 300, root: SHA256.hash([1]))
        let same = try self.request(log, from: 300, to: 300)
        #expect(refusal(same, fork, keys: keys) == .otherRoot(size: 300))
        #expect(refusal(request, TreeHead(size: 100, root: SHA256.hash([1])), keys: keys) == .inconsistent(.wrongRoot))
        let noProof = try self.request(log, from: 100, to: 300, proof: [])
        #expect(refusal(noProof, self.head(log, 100), keys: keys) == .inconsistent(.wrongLength))
        let needless = try self.request(log, from: 0, to: 300, proof: [SHA256.hash([])])
        #expect(refusal(needless, nil, keys: keys) == .inconsistent(.wrongLength))
        let noRoot = AddCheckpoint(
            oldSize: 0, proof: [], note: try MadeUp.note(TreeHead(size: 0, root: SHA256.hash([1]))))
        #expect(refusal(noRoot, nil, keys: keys) == .inconsistent(.wrongRoot))
        var text = try SignedNote(text: "no checkpoint\n")
        text.add(try MadeUp.log().signature(of: text.text))
        #expect(refusal(AddCheckpoint(oldSize: 0, proof: [], note: text), nil, keys: keys) == .malformed)
        let all: [WitnessRefusal] = [
            .malformed, .oldSizeTooLarge, .notSigned, .unknownLog, .stale(size: 1), .otherRoot(size: 1),
            .inconsistent(.wrongRoot),
        ]
        #expect(all.map(\.status) == [400, 400, 403, 404, 409, 409, 422])
    }

    @Test func `either key of a log that changes keys is enough, and a stranger's line is passed over`() throws {
        let log = Log(size: 3)
        let new = try MadeUp.signer("log.example/evidence", .log, seed: 9)
        var note = try MadeUp.note(log.head)
        let request = AddCheckpoint(oldSize: 0, proof: [], note: note)
        #expect(throws: Never.self) { try request.decide(logs: [new.verifier] + self.keys(), cosigned: nil) }
        note.add(try MadeUp.signer("somebody", .log, seed: 8).signature(of: "something else\n"))
        let crowded = AddCheckpoint(oldSize: 0, proof: [], note: note)
        #expect(throws: Never.self) { try crowded.decide(logs: self.keys(), cosigned: nil) }
        note.add(new.signature(of: "something else\n"))
        let wrong = AddCheckpoint(oldSize: 0, proof: [], note: note)
        #expect(throws: WitnessRefusal.notSigned) {
            try wrong.decide(logs: self.keys() + [new.verifier], cosigned: nil)
        }
    }

    @Test func `a request changed in any bit or cut short anywhere makes no witness cosign anything else`() throws {
        let log = Log(size: 300)
        let request = try self.request(log, from: 130, to: 300)
        let bytes = Array(request.encoded.utf8)
        let (keys, cosigned) = (try self.keys(), self.head(log, 130))
        #expect(try AddCheckpoint(parsing: bytes).decide(logs: keys, cosigned: cosigned).head == log.head)
        for position in bytes.indices {
            let cut = try? AddCheckpoint(parsing: bytes[..<position])
            #expect(cut == nil)
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                guard let other = try? AddCheckpoint(parsing: changed) else { continue }
                #expect(Array(other.encoded.utf8) == changed)
                let checkpoint = try? other.decide(logs: keys, cosigned: cosigned)
                #expect(checkpoint == nil, "octet \(position), bit \(bit)")
            }
        }
    }

    @Test(
        arguments: [
            ("", .malformedOldSize), ("old 0", .malformedOldSize), ("old \n\n\(Known.note)", .malformedOldSize),
            ("old 00\n\n\(Known.note)", .malformedOldSize), ("old -1\n\n\(Known.note)", .malformedOldSize),
            ("old +1\n\n\(Known.note)", .malformedOldSize), ("old  1\n\n\(Known.note)", .malformedOldSize),
            ("Old 1\n\n\(Known.note)", .malformedOldSize), ("old 1\r\n\r\n\(Known.note)", .malformedOldSize),
            ("old 9223372036854775808\n\n\(Known.note)", .malformedOldSize), ("1\n\n\(Known.note)", .malformedOldSize),
            ("old 1\n\(Known.note)", .malformedProof), ("old 1\nAAAA\n\n\(Known.note)", .malformedProof),
            ("old 1\n", .malformedProof), ("old 1\n\n", .note(.malformedText)),
            ("old 1\n\n\(Known.text)", .note(.malformedText)),
        ] as [(String, AddCheckpointError)])
    func `what is no request is refused`(text: String, error: AddCheckpointError) {
        #expect(throws: error) { try AddCheckpoint(parsing: text.utf8) }
    }

    @Test func `63 hashes are read, 64 are not, nor more bytes than a request has`() throws {
        let line = SHA256.hash([]).base64 + "\n"
        let most = "old 1\n" + String(repeating: line, count: 63) + "\n" + Known.note
        #expect(try AddCheckpoint(parsing: most.utf8).proof.count == 63)
        #expect(throws: AddCheckpointError.malformedProof) {
            try AddCheckpoint(parsing: ("old 1\n" + String(repeating: line, count: 64) + "\n" + Known.note).utf8)
        }
        let long = [UInt8](repeating: 0x61, count: AddCheckpoint.limit + 1)
        #expect(throws: AddCheckpointError.tooLarge) { try AddCheckpoint(parsing: long) }
    }
}
