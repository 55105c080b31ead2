import Crypto
import Foundation
import Testing
import Transparency

/// A key made for these tests, and what the `openssl` tool signed with another that was then thrown away.
enum ReceiptKey {
    static let `private` = P256PrivateKey.generate()
    static var `public`: ECDSAPublicKey { self.private.publicKey }

    /// The public half of the other key.
    static func known() throws -> ECDSAPublicKey {
        try ECDSAPublicKey(
            x: #require(Hex.decode("07c5dfc9334861836bde939c75834978c0e7bfdc7f9b97d128fb4d129c1d97cd")),
            y: #require(Hex.decode("08d7d824d9d78369957addcf9ecd4ffe186a41c7329bedcf153fc41780ea2e46")))
    }

    /// Its signature of the root of `Log(size: 300)`, which ends every receipt for that tree.
    static let knownSignature =
        "9c44e36b276a06208431efceac3eeb4fff04e445df3673dcf43768ca24f0b6f3"
        + "bc6046d5b3b3adf41d72cd219873aa3ed586ea2c4b9379eae9bc285f1e7305f8"
}

/// The receipt of entry 200 of 300, the same bytes in every run, and the leaf.
func makeReceipt() throws -> (bytes: [UInt8], leaf: Digest) {
    let log = Log(size: 300)
    let hashes = try log.inclusion(of: 200, in: 300)
    let receipt = Receipt(index: 200, in: log.head, hashes: hashes, signedBy: ReceiptKey.private)
    return (try receipt.encoded.dropLast(64) + #require(Hex.decode(ReceiptKey.knownSignature)), log.leaves[200])
}

/// The receipt that 300 entries continue the first 200, the same bytes in every run, and the older root.
func makeConsistencyReceipt() throws -> (bytes: [UInt8], older: Digest) {
    let log = Log(size: 300)
    let hashes = try log.consistency(from: 200, to: 300)
    let receipt = ConsistencyReceipt(from: 200, to: log.head, hashes: hashes, signedBy: ReceiptKey.private)
    let bytes: [UInt8] = try receipt.encoded.dropLast(64) + #require(Hex.decode(ReceiptKey.knownSignature))
    return (bytes, MerkleTree.root(of: log.leaves.prefix(200)))
}

@Test func `a receipt signed by another tool reads back, verifies, and tells the root that was signed`() throws {
    let (bytes, leaf) = try makeReceipt()
    let receipt = try Receipt(parsing: bytes)
    #expect(receipt.encoded == bytes)
    #expect(receipt.index == 200 && receipt.size == 300)
    #expect(try receipt.verify(leaf: leaf, by: ReceiptKey.known()) == Log(size: 300).head.root)

    let (other, older) = try makeConsistencyReceipt()
    let consistency = try ConsistencyReceipt(parsing: other)
    #expect(consistency.encoded == other)
    #expect(consistency.from == 200 && consistency.to == 300)
    #expect(try consistency.verify(older: older, by: ReceiptKey.known()) == Log(size: 300).head.root)
}

@Test(arguments: [1, 2, 3, 24, 255, 256, 257, 1000])
func `every entry of a log of any size gets a receipt, also the only one`(size: Int) throws {
    let log = Log(size: size)
    for index in Set([0, size / 2, size - 1]).map(Int64.init) {
        let hashes = try log.inclusion(of: index, in: Int64(size))
        let receipt = Receipt(index: index, in: log.head, hashes: hashes, signedBy: ReceiptKey.private)
        let read = try Receipt(parsing: receipt.encoded)
        #expect(try read.verify(leaf: log.leaves[Int(index)], by: ReceiptKey.public) == log.head.root)
    }
    let same = ConsistencyReceipt(from: Int64(size), to: log.head, hashes: [], signedBy: ReceiptKey.private)
    #expect(try same.verify(older: log.head.root, by: ReceiptKey.public) == log.head.root)
}

@Test func `a receipt has the bytes of RFC 9942`() throws {
    let log = Log(size: 2)
    let receipt = Receipt(index: 1, in: log.head, hashes: [log.leaves[0]], signedBy: ReceiptKey.private)
    let bytes = receipt.encoded
    // 18([h'{1: -7, 395: 1}', {396: {-1: [h'[2, 1, [h'…']]']}}, null, h'…'])
    let head = "d28447a2012619018b01" + "a119018ca12081" + "5826" + "83020181" + "5820"
    #expect(Hex.encode(bytes).hasPrefix(head + log.leaves[0].hex + "f6" + "5840"))
    #expect(bytes.count == head.count / 2 + 32 + 3 + 64)
    // Sig_structure: ["Signature1", protected, h'', root]
    let message = "846a5369676e617475726531" + "47a2012619018b01" + "40" + "5820" + log.head.root.hex
    let signed = try #require(Hex.decode(message))
    #expect(ReceiptKey.public.verifies(bytes.suffix(64), of: signed))
}

@Test func `a receipt of another leaf, root, key or kind is refused`() throws {
    let (bytes, leaf) = try makeReceipt()
    let (receipt, known) = (try Receipt(parsing: bytes), try ReceiptKey.known())
    #expect(throws: ReceiptError.wrongSignature) { try receipt.verify(leaf: leaf, by: ReceiptKey.public) }
    let other = MerkleTree.leafHash("other".utf8)
    #expect(throws: ReceiptError.wrongSignature) { try receipt.verify(leaf: other, by: known) }
    let head = Log(size: 300).head
    let forged = Receipt(index: 201, in: head, hashes: receipt.hashes, signedBy: ReceiptKey.private)
    #expect(throws: ReceiptError.wrongSignature) { try forged.verify(leaf: leaf, by: ReceiptKey.public) }
    let short = Receipt(index: 200, in: head, hashes: receipt.hashes.dropLast(), signedBy: ReceiptKey.private)
    #expect(throws: ReceiptError.proof(.wrongLength)) { try short.verify(leaf: leaf, by: ReceiptKey.public) }

    let (consistencyBytes, older) = try makeConsistencyReceipt()
    let consistency = try ConsistencyReceipt(parsing: consistencyBytes)
    #expect(throws: ReceiptError.wrongSignature) { try consistency.verify(older: older, by: ReceiptKey.public) }
    #expect(throws: ReceiptError.proof(.wrongRoot)) { try consistency.verify(older: leaf, by: known) }
    #expect(throws: ReceiptError.malformed) { try Receipt(parsing: consistencyBytes) }
    #expect(throws: ReceiptError.malformed) { try ConsistencyReceipt(parsing: bytes) }
}

/// A receipt of entry 1 of 2 with one of its parts written in another way; each part as it stands, and what stands there
/// instead. The lengths around it are made to fit.
@Test(arguments: [
    ("no tag", "d284", "84"), ("another tag", "d2", "d1"), ("the tag in two bytes", "d284", "d81284"),
    ("an array without length", "d284", "d29f"), ("five items", "d284", "d285"), ("three items", "d284", "d283"),
    ("another algorithm", "47a2012619", "47a2012719"), ("another tree", "19018b01a1", "19018b02a1"),
    ("headers in another order", "47a2012619018b01", "47a219018b010126"),
    ("a header twice", "47a2012619018b01", "4aa30126012619018b01"),
    ("a length in two bytes", "47a20126", "5807a20126"), ("a map without length", "a119018c", "bf19018c"),
    ("another header beside it", "a119018ca1", "a2044019018ca1"), ("another label", "19018ca1", "19018da1"),
    ("a label in four bytes", "a119018ca1", "a11a0000018ca1"), ("no proof", "2081", "2080"),
    ("a proof without length", "2081", "209f"), ("the other kind", "a12081", "a12181"),
    ("a proof in pieces", "5826830201", "5f5826830201"), ("bytes as text", "5826830201", "7826830201"),
    ("the size in two bytes", "5826830201", "582783180201"), ("a negative size", "5826830201", "5826832101"),
    ("the index at the size", "5826830201", "5826830202"), ("a negative index", "5826830201", "5826830220"),
    ("a size over 63 bits", "5826830201", "582e831b800000000000000001"),
    ("one hash said, two there", "8302018158", "8302018258"), ("hashes without length", "8302018158", "8302019f58"),
    ("a payload", "f658", "4058"), ("undefined for null", "f658", "f758"), ("false for null", "f658", "f458"),
    ("null in two bytes", "f658", "f81658"), ("a float for null", "f658", "f9000058"),
    ("a signature of 63 bytes", "f65840", "f6583f"), ("a signature too long to be there", "f65840", "f65841"),
    ("a length beyond any memory", "f65840", "f65bffffffffffffffff"), ("a reserved length", "f65840", "f65c40"),
])
func `a receipt written in any other way is refused`(name: String, part: String, instead: String) throws {
    let log = Log(size: 2)
    let receipt = Receipt(index: 1, in: log.head, hashes: [log.leaves[0]], signedBy: ReceiptKey.private)
    let bytes = receipt.encoded
    // The part is looked for in front of the signature, which is random.
    let (body, signature) = (Hex.encode(bytes.dropLast(64)), Hex.encode(bytes.suffix(64)))
    let range = try #require(body.firstRange(of: part))
    let changed = try #require(Hex.decode(body.replacingCharacters(in: range, with: instead) + signature))
    #expect(throws: ReceiptError.malformed) { try Receipt(parsing: changed) }
    #expect(try Receipt(parsing: bytes) == receipt)
    #expect(throws: ReceiptError.malformed) { try Receipt(parsing: bytes + [0]) }
}

@Test func `a receipt with more hashes than a tree is high is refused unread`() throws {
    let log = Log(size: 2)
    let receipt = Receipt(
        index: 1, in: log.head, hashes: Array(repeating: log.leaves[0], count: 64), signedBy: ReceiptKey.private)
    #expect(throws: ReceiptError.proof(.wrongLength)) {
        try Receipt(parsing: receipt.encoded).verify(leaf: log.leaves[1], by: ReceiptKey.public)
    }
    var bytes = receipt.encoded
    let count = try #require(bytes.firstRange(of: [0x83, 0x02, 0x01, 0x98, 64]))
    bytes[count.upperBound - 1] = 65
    #expect(throws: ReceiptError.malformed) { try Receipt(parsing: bytes) }
}

@Test func `the size a receipt states is no more than its path shows`() throws {
    // Entry 0 has the same path in a tree of five as it would in one of seven; only the root is signed.
    let log = Log(size: 5)
    let hashes = try log.inclusion(of: 0, in: 5)
    let receipt = Receipt(index: 0, in: log.head, hashes: hashes, signedBy: ReceiptKey.private)
    var bytes = receipt.encoded
    let numbers = try #require(bytes.firstRange(of: [0x83, 0x05, 0x00]))
    bytes[numbers.lowerBound + 1] = 0x07
    let other = try Receipt(parsing: bytes)
    #expect(other.size == 7)
    #expect(try other.verify(leaf: log.leaves[0], by: ReceiptKey.public) == log.head.root)
}
