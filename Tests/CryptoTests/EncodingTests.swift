import Crypto
import Foundation
import Testing

/// RFC 4648, section 10.
@Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
])
func `base64 gives the published texts`(text: String, encoded: String) {
    #expect(Base64.encode(text.utf8) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
    let unpadded = encoded.replacing("=", with: "")
    #expect(Base64URL.encode(text.utf8) == unpadded)
    #expect(Base64URL.decode(unpadded) == Array(text.utf8))
}

@Test func `encodings agree with another implementation and read back`() {
    for count in 0..<200 {
        let bytes = randomBytes(count)
        let expected = Data(bytes).base64EncodedString()
        #expect(Base64.encode(bytes) == expected)
        #expect(Base64.decode(expected) == bytes)
        let forURLs = expected.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(Base64URL.encode(bytes) == forURLs)
        #expect(Base64URL.decode(forURLs) == bytes)
        #expect(Hex.encode(bytes) == bytes.map { String(format: "%02x", $0) }.joined())
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
}

@Test(arguments: [
    "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm-_", "Zg==Zg==", "Zm9vé",
    "Z", "Zm9vZ",
])
func `base64 in any but its one form is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
}

@Test(arguments: ["Zg==", "Zh", "Zm9", "Z", "Zm9v\n", "Zm+/", "Zm 9", "Zm9vZ", "Zg="])
func `base64url in any but its one form is refused`(text: String) {
    #expect(Base64URL.decode(text) == nil)
}

@Test(arguments: ["0", "0g", "0A", "AB", " 00", "0x00", "é0"])
func `hex in any but its one form is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
}

@Test func `a digest reads back from each of its texts and from no other`() {
    let digest = SHA256.hash("x".utf8)
    #expect(Digest(base64: digest.base64) == digest)
    #expect(Digest(base64URL: digest.base64URL) == digest)
    #expect(digest.base64URL.count == 43)
    #expect(Digest(base64: digest.base64URL) == nil)
    #expect(Digest(base64URL: digest.base64) == nil)
    #expect(Digest(base64URL: Base64URL.encode(digest.bytes + [0])) == nil)
}
