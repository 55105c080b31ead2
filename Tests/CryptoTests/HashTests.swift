import Crypto
import Testing

@Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
])
func `SHA-256 gives the published hashes`(text: String, hash: String) {
    #expect(SHA256.hash(text.utf8).hex == hash)
}

@Test func `a million letters hashed in uneven pieces give the published hash`() {
    var hash = SHA256()
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    var rest = letters[...]
    var piece = 1
    while !rest.isEmpty {
        hash.update(rest.prefix(piece))
        rest = rest.dropFirst(piece)
        piece = piece * 3 % 70_001 + 1
    }
    #expect(hash.finish().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}

@Test func `a copy of a hash continues on its own`() {
    var first = SHA256()
    first.update("a".utf8)
    var second = first
    first.update("b".utf8)
    second.update("c".utf8)
    #expect(first.finish() == SHA256.hash("ab".utf8))
    #expect(second.finish() == SHA256.hash("ac".utf8))
}

@Test func `a prefix and its parts hash as one run of bytes`() {
    let (left, right) = (SHA256.hash("left".utf8), SHA256.hash("right".utf8))
    #expect(SHA256.hash(prefix: 1, left, right) == SHA256.hash([1] + left.bytes + right.bytes))
    #expect(SHA256.hash(prefix: 0, "entry".utf8) == SHA256.hash([0] + Array("entry".utf8)))
    #expect(SHA256.hash(prefix: 1, left, right) != SHA256.hash(prefix: 1, right, left))
}

@Test func `bytes that do not lie in one run hash the same`() {
    #expect(SHA256.hash(stride(from: UInt8(0), to: 200, by: 1)) == SHA256.hash(Array(UInt8(0)..<200)))
}

@Test func `SHA-512 gives the published hash`() {
    let hash =
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    #expect(Hex.encode(SHA512.hash("abc".utf8)) == hash)
}

/// RFC 4231, section 4: cases 1, 2, 3, 6 and 7.
@Test(arguments: [
    (
        [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
        [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
        [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
])
func `HMAC gives the published codes`(key: [UInt8], message: [UInt8], code: String) throws {
    let hmac = HMACSHA256(key: key)
    #expect(hmac.code(for: message).hex == code)
    #expect(hmac.verifies(try #require(Hex.decode(code)), for: message))
    #expect(!hmac.verifies(try #require(Hex.decode(code)), for: message + [0]))
}

@Test func `digests order by their bytes`() throws {
    let digests = (0..<64).map { SHA256.hash([$0]) }
    let byBytes = digests.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    #expect(digests.sorted() == byBytes)
    #expect(Digest(digests[0].bytes) == digests[0])
    #expect(Digest(digests[0].bytes + [0]) == nil)
    #expect(Digest(digests[0].bytes.dropLast()) == nil)
}

@Test func `comparing in constant time finds every difference`() {
    let secret = randomBytes(32)
    #expect(constantTimeEquals(secret, secret))
    #expect(constantTimeEquals([], []))
    for position in secret.indices {
        var other = secret
        other[position] ^= 0x80
        #expect(!constantTimeEquals(secret, other))
    }
    #expect(!constantTimeEquals(secret, secret.dropLast()))
}

@Test func `random bytes are as many as asked and never the same`() {
    #expect(randomBytes(0).isEmpty)
    #expect(Set((0..<100).map { _ in randomBytes(16) }).count == 100)
    // More than is drawn at once, and in pieces that do not divide it.
    var supply = RandomSupply()
    let pieces = (0..<1_000).map { supply.next(9 + $0 % 8) }
    #expect(Set(pieces).count == 1_000)
    #expect(pieces.enumerated().allSatisfy { $1.count == 9 + $0 % 8 })
}
