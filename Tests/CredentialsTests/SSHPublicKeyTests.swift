import Credentials
import Crypto
import Foundation
import Testing

private func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
    [0, 0, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + Array(bytes)
}

private func line(_ type: String, _ parts: [[UInt8]]) -> String {
    type + " " + Base64.encode(string(type.utf8) + parts.flatMap(string))
}

@Test func `a line may have a comment of several words, or none`() throws {
    let text = line("ssh-ed25519", [[UInt8](repeating: 9, count: 32)])
    for (line, comment) in [
        (text, ""), (text + "\n", ""), (text + " me@host", "me@host"), (text + "  my old  key\r\n", "my old  key"),
        (text + "\tx", "x"),
    ] {
        let key = try SSHPublicKey(line: line)
        #expect(key.comment == comment)
        #expect(key.line == text)
        #expect(key.type == "ssh-ed25519")
    }
    #expect(try SSHPublicKey(line: text + " a") == SSHPublicKey(line: text + " b"))
}

@Test func `a key cut short, continued or under another name is refused`() throws {
    let bytes = string("ssh-ed25519".utf8) + string([UInt8](repeating: 9, count: 32))
    #expect(try SSHPublicKey(blob: bytes).type == "ssh-ed25519")
    for count in bytes.indices {
        #expect(throws: SSHKeyError.self) { try SSHPublicKey(blob: Array(bytes[..<count])) }
    }
    #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(blob: bytes + [0]) }
    #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: "ssh-rsa " + Base64.encode(bytes)) }
    #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: "ssh-ed25519") }
    #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: "") }
    #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: "ssh-ed25519 AAAA!") }
    #expect(throws: SSHKeyError.malformed) {
        try SSHPublicKey(line: #"command="x" ssh-ed25519 "# + Base64.encode(bytes))
    }
}

@Test func `key types not taken are refused by name`() {
    #expect(throws: SSHKeyError.unsupported("ssh-dss")) { try SSHPublicKey(line: line("ssh-dss", [[1]])) }
    #expect(throws: SSHKeyError.unsupported("ssh-ed25519-cert-v01@openssh.com")) {
        try SSHPublicKey(line: line("ssh-ed25519-cert-v01@openssh.com", [[1]]))
    }
}

@Test func `weak, negative or padded RSA numbers are refused`() throws {
    let n = [0] + [UInt8](repeating: 0xC1, count: 256)
    #expect(try SSHPublicKey(line: line("ssh-rsa", [[1, 0, 1], n])).type == "ssh-rsa")
    #expect(throws: SSHKeyError.wrongSize) { try SSHPublicKey(line: line("ssh-rsa", [[1, 0, 1], [0] + n[129...]])) }
    for (e, modulus) in [([1, 0, 1], n.dropFirst()), ([0, 1, 0, 1], n[...]), ([1, 0, 1], [0] + n), ([], n[...])]
        as [([UInt8], ArraySlice<UInt8>)]
    {
        #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: line("ssh-rsa", [e, Array(modulus)])) }
    }
}

@Test func `an elliptic curve key must be on the curve its type names`() throws {
    let key = P256PrivateKey.generate().publicKey
    let type = "ecdsa-sha2-nistp256"
    #expect(try SSHPublicKey(line: line(type, [Array("nistp256".utf8), key.point])).type == type)
    var off = key.point
    off[64] ^= 1
    for (type, curve, point) in [
        (type, "nistp256", off), (type, "nistp384", key.point), ("ecdsa-sha2-nistp384", "nistp256", key.point),
        (type, "nistp256", [2] + key.x), (type, "nistp256", [0]), (type, "nistp256", []),
    ] {
        #expect(throws: SSHKeyError.malformed) { try SSHPublicKey(line: line(type, [Array(curve.utf8), point])) }
    }
}
