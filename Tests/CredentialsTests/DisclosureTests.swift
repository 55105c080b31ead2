import CanonicalJSON
import Credentials
import Crypto
import Testing

/// RFC 9901: section 4.2.3, and the array element of section 4.2.2.
@Test(
    arguments: [
        (
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0", "family_name", "Möbius"
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs", nil, "FR"),
    ] as [(String, String, String?, String)])
func `published disclosures have their published digests`(
    text: String, digest: String, name: String?, value: String
) throws {
    let disclosure = try Disclosure(parsing: text)
    #expect(disclosure.digest.base64URL == digest)
    #expect(disclosure.name == name)
    #expect(disclosure.value == .string(value))
    #expect(disclosure.arrayElement == ["...": .string(digest)])
}

@Test func `a disclosure of ours is canonical and reads back`() throws {
    let salt = [UInt8](repeating: 0xAB, count: 16)
    let disclosure = Disclosure(["b": 1, "a": "é"], salt: salt)
    let json = #"["q6urq6urq6urq6urq6urqw",{"a":"é","b":1}]"#
    #expect(disclosure.text == Base64URL.encode(json.utf8))
    #expect(disclosure.digest == SHA256.hash(disclosure.text.utf8))
    #expect(try Disclosure(parsing: disclosure.text) == disclosure)
    let named = Disclosure(1, name: "years", salt: salt)
    #expect(try Disclosure(parsing: named.text) == named)
    #expect(Disclosure(1, salt: randomBytes(16)).digest != Disclosure(1, salt: randomBytes(16)).digest)
}

@Test(arguments: [
    (#"[]"#, DisclosureError.wrongShape), (#"["salt"]"#, .wrongShape), (#"["salt","name",1,2]"#, .wrongShape),
    (#"[1,2]"#, .wrongShape), (#"["salt",1,2]"#, .wrongShape), (#"{}"#, .wrongShape), (#""salt""#, .wrongShape),
    (#"["salt","_sd",1]"#, .reservedName), (#"["salt","...",1]"#, .reservedName), (#"["salt",1.5]"#, .malformed),
    (#"["salt","#, .malformed), ("", .malformed), (#"["salt",{"a":1,"a":2}]"#, .malformed),
])
func `what is not a disclosure is refused`(json: String, error: DisclosureError) {
    #expect(throws: error) { try Disclosure(parsing: Base64URL.encode(json.utf8)) }
    #expect(throws: DisclosureError.malformed) { try Disclosure(parsing: json) }
}

@Test func `a disclosure made from canonical text is the one made from the value`() throws {
    let value: JSON = ["name": "caf\u{E9} \"north\"\n", "n": 3, "list": [true, .null]]
    let salt = [UInt8](0..<16)
    #expect(Disclosure.text(ofElement: value.canonical, salt: salt) == Disclosure(value, salt: salt).text)
}
