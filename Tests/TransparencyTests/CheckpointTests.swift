import Crypto
import Testing
import Transparency

@Test func `a checkpoint signs as published and opens again`() throws {
    let leaves = ["a", "b", "c"].map { MerkleTree.leafHash($0.utf8) }
    let head = TreeHead(size: 3, root: MerkleTree.root(of: leaves))
    let checkpoint = Checkpoint(origin: "example.com/log", head: head)
    #expect(checkpoint.text == Known.text)
    #expect(try checkpoint.signed(by: Known.signer()).encoded == Known.note)
    #expect(try Checkpoint(SignedNote(parsing: Known.note.utf8), of: Known.log()) == checkpoint)
}

@Test(arguments: [
    "", "example.com/log\n3\n", "example.com/log\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=",
    "\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n", "o\n03\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n",
    "o\n-3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n", "o\n+3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n",
    "o\n\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n",
    "o\n9223372036854775808\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n",
    "o\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE\n", "o\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsF=\n",
    "o\n3\nNmQuc8JUCrEh46a/\n", "o\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\nmore\n",
    "o p\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n", "o\n3 \nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n",
])
func `what is not a checkpoint is refused`(text: String) {
    #expect(throws: CheckpointError.malformed) { try Checkpoint(parsing: text) }
}

@Test func `a checkpoint of another log, signed by our key, is refused`() throws {
    let text = Known.text.replacing("example.com/log", with: "example.com/other")
    var note = try SignedNote(text: text)
    note.add(try Known.signer().signature(of: text))
    #expect(throws: CheckpointError.wrongOrigin) { try Checkpoint(note, of: Known.log()) }
    let unsigned = try SignedNote(text: Known.text)
    #expect(throws: CheckpointError.note(.unsigned)) { try Checkpoint(unsigned, of: Known.log()) }
}

/// A proof for entry 200 of 300, its checkpoint cosigned by a witness.
func makeProof(extra: [UInt8]? = nil) throws -> (proof: TlogProof, leaf: Digest) {
    let log = Log(size: 300)
    let checkpoint = Checkpoint(origin: "example.com/log", head: log.head)
    var note = try checkpoint.signed(by: Known.signer())
    note.add(try Known.signer("example.com/w", .witness).cosignature(of: checkpoint.text, at: 1_700_000_000))
    let proof = TlogProof(index: 200, hashes: try log.inclusion(of: 200, in: 300), note: note, extra: extra)
    return (proof, log.leaves[200])
}

@Test(arguments: [nil, [], [1, 2, 3]] as [[UInt8]?])
func `a portable proof reads back and verifies`(extra: [UInt8]?) throws {
    let (proof, leaf) = try makeProof(extra: extra)
    #expect(proof.text.hasPrefix("c2sp.org/tlog-proof@v1\n"))
    let read = try TlogProof(parsing: proof.text)
    #expect(read == proof)
    let (log, witness) = (try Known.log(), try Known.witness())
    let result = try read.verify(leaf: leaf, log: log, witnesses: [witness], quorum: 1)
    #expect(result.checkpoint.head.size == 300)
    #expect(result.witnesses.map(\.time) == [1_700_000_000])
}

@Test func `a portable proof of another leaf, or seen by too few witnesses, is refused`() throws {
    let (proof, leaf) = try makeProof()
    let (log, witness) = (try Known.log(), try Known.witness())
    #expect(throws: TlogProofError.inclusion(.wrongRoot)) {
        try proof.verify(leaf: MerkleTree.leafHash("other".utf8), log: log)
    }
    #expect(throws: TlogProofError.tooFewWitnesses) { try proof.verify(leaf: leaf, log: log, quorum: 1) }
    #expect(throws: TlogProofError.tooFewWitnesses) {
        try proof.verify(leaf: leaf, log: log, witnesses: [witness, witness], quorum: 2)
    }
}

@Test(arguments: [
    "", "c2sp.org/tlog-proof@v2\nindex 0\n\n\(Known.note)", "index 0\n\n\(Known.note)",
    "c2sp.org/tlog-proof@v1\n\n\(Known.note)", "c2sp.org/tlog-proof@v1\nindex 00\n\n\(Known.note)",
    "c2sp.org/tlog-proof@v1\nindex -1\n\n\(Known.note)", "c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n\n\(Known.note)",
    "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\n\(Known.note)",
    "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n\(Known.note)",
    "c2sp.org/tlog-proof@v1\nindex 0\n\(Known.note)", "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n\(Known.note)",
])
func `what is not a portable proof is refused`(text: String) {
    #expect(throws: TlogProofError.self) { try TlogProof(parsing: text) }
}

@Test func `an entry has one text`() throws {
    let commitment = Commitment(disclosure: "WyJzYWx0IiwxXQ")
    #expect(commitment.text == SHA256.hash("WyJzYWx0IiwxXQ".utf8).base64URL)
    for kind in LedgerEntry.Kind.allCases {
        let entry = LedgerEntry(kind, commitment)
        #expect(entry.text == "{\"c\":\"\(commitment.text)\",\"k\":\"\(kind.rawValue)\",\"v\":1}")
        #expect(entry.leafHash == SHA256.hash([0] + Array(entry.text.utf8)))
        #expect(LedgerEntry(parsing: entry.text) == entry)
    }
    let text = LedgerEntry(.evidence, commitment).text
    for wrong in [text + " ", text.replacing(",", with: ", "), text.replacing("\"v\":1", with: "\"v\":2"), "{}"] {
        #expect(LedgerEntry(parsing: wrong) == nil)
    }
}

@Test func `commitments order by their hashes and read back from 43 characters only`() {
    let commitments = (0..<50).map { Commitment(disclosure: "\($0)") }
    #expect(commitments.sorted().map(\.digest) == commitments.map(\.digest).sorted())
    #expect(commitments.allSatisfy { Commitment(text: $0.text) == $0 })
    #expect(Commitment(text: commitments[0].text + "=") == nil)
    #expect(Commitment(text: commitments[0].text.dropLast()) == nil)
}
