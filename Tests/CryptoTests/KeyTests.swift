import Crypto
import Foundation
import Testing

/// RFC 8032, section 7.1: tests 1, 2 and 3.
@Test(arguments: [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            + "d25bf5f0595bbe24655141438e7a100b"
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            + "387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            + "4a7c15e9716ed28dc027beceea1ec40a"
    ),
])
func `Ed25519 signs as published`(seed: String, publicKey: String, message: String, signature: String) throws {
    let message = try #require(Hex.decode(message))
    let key = try Ed25519PrivateKey(seed: try #require(Hex.decode(seed)))
    #expect(Hex.encode(key.publicKey.bytes) == publicKey)
    #expect(Hex.encode(key.signature(of: message)) == signature)
    #expect(key.publicKey.verifies(try #require(Hex.decode(signature)), of: message))
}

@Test func `an Ed25519 signature changed anywhere does not verify`() throws {
    let key = Ed25519PrivateKey.generate()
    let signature = key.signature(of: "message".utf8)
    #expect(key.publicKey.verifies(signature, of: "message".utf8))
    for position in signature.indices {
        var changed = signature
        changed[position] ^= 1
        #expect(!key.publicKey.verifies(changed, of: "message".utf8))
        #expect(!key.publicKey.verifies(signature[..<position], of: "message".utf8))
    }
    #expect(!key.publicKey.verifies(signature, of: "massage".utf8))
    #expect(!Ed25519PrivateKey.generate().publicKey.verifies(signature, of: "message".utf8))
    #expect(throws: KeyError.malformed) { try Ed25519PrivateKey(seed: [1, 2, 3]) }
    #expect(throws: KeyError.malformed) { try Ed25519PublicKey([UInt8](repeating: 0, count: 33)) }
}

/// RFC 6979, appendix A.2.5: the message "sample" with SHA-256.
private let sample = (
    x: "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
    y: "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
    signature: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)

@Test func `a published P-256 signature verifies, and changed anywhere does not`() throws {
    let key = try ECDSAPublicKey(x: try #require(Hex.decode(sample.x)), y: try #require(Hex.decode(sample.y)))
    let signature = try #require(Hex.decode(sample.signature))
    #expect(key.verifies(signature, of: "sample".utf8))
    #expect(Hex.encode(key.x) == sample.x && Hex.encode(key.y) == sample.y)
    for position in signature.indices {
        var changed = signature
        changed[position] ^= 0x10
        #expect(!key.verifies(changed, of: "sample".utf8))
        #expect(!key.verifies(signature[..<position], of: "sample".utf8))
    }
    #expect(!key.verifies(signature + [0], of: "sample".utf8))
    #expect(!key.verifies([UInt8](repeating: 0, count: 64), of: "sample".utf8))
}

@Test func `a point off the curve is no key`() throws {
    var y = try #require(Hex.decode(sample.y))
    y[31] ^= 1
    let x = try #require(Hex.decode(sample.x))
    #expect(throws: KeyError.malformed) { try ECDSAPublicKey(x: x, y: y) }
    #expect(throws: KeyError.malformed) { try ECDSAPublicKey(curve: .p256, point: [0]) }
    #expect(throws: KeyError.malformed) { try ECDSAPublicKey(curve: .p384, point: [4] + x + x) }
}

@Test func `every P-256 signature is 64 bytes, however small its numbers`() {
    let key = P256PrivateKey.generate()
    for count in 0..<600 {
        let message = [UInt8](repeating: 7, count: count)
        let signature = key.signature(of: message)
        #expect(signature.count == 64 && key.publicKey.verifies(signature, of: message))
    }
}

@Test func `a private key reads back from its texts, and cut short or of another kind is refused`() throws {
    let key = P256PrivateKey.generate()
    #expect(try P256PrivateKey(pem: key.pem).publicKey == key.publicKey)
    for count in key.pkcs8.indices {
        #expect(throws: KeyError.self) { try P256PrivateKey(pkcs8: Array(key.pkcs8[..<count])) }
    }
    #expect(throws: KeyError.malformed) { try P256PrivateKey(pkcs8: key.pkcs8 + [0]) }
    #expect(throws: KeyError.malformed) { try P256PrivateKey(pem: key.pem.replacing("PRIVATE", with: "PUBLIC")) }
    let rsa = RSAPrivateKey.generate()
    #expect(throws: KeyError.wrongKind) { try P256PrivateKey(pem: rsa.pem) }
    #expect(throws: KeyError.wrongKind) { try RSAPrivateKey(pem: key.pem) }
    #expect(try RSAPrivateKey(pem: rsa.pem).publicKey == rsa.publicKey)
}

@Test(arguments: ["EC", "RSA"]) func `OpenSSL's own program reads our keys and we read its`(algorithm: String) throws {
    let theirs = try openssl(
        ["genpkey", "-algorithm", algorithm] + (algorithm == "EC" ? ["-pkeyopt", "ec_paramgen_curve:P-256"] : []))
    let ours: String
    if algorithm == "EC" {
        ours = try P256PrivateKey(pem: theirs).pem
    } else {
        ours = try RSAPrivateKey(pem: theirs).pem
    }
    #expect(ours == theirs)
    #expect(try openssl(["pkey", "-pubout"], input: ours).hasPrefix("-----BEGIN PUBLIC KEY-----"))
}

@Test(arguments: [RSAHash.sha256, .sha512]) func `an RSA signature verifies, and changed does not`(hash: RSAHash) throws
{
    let key = RSAPrivateKey.generate()
    let signature = key.signature(of: "message".utf8, hash: hash)
    let publicKey = try RSAPublicKey(n: [0] + key.publicKey.n, e: [0, 1, 0, 1])
    #expect(publicKey == key.publicKey)
    #expect(publicKey.verifies(signature, of: "message".utf8, hash: hash))
    #expect(!publicKey.verifies(signature, of: "message".utf8, hash: hash == .sha256 ? .sha512 : .sha256))
    #expect(!publicKey.verifies(signature, of: "massage".utf8, hash: hash))
    for position in stride(from: 0, to: signature.count, by: 5) {
        var changed = signature
        changed[position] ^= 4
        #expect(!publicKey.verifies(changed, of: "message".utf8, hash: hash))
    }
}

@Test func `RSA keys too small, too large or with a senseless exponent are refused`() {
    let n = [UInt8](repeating: 0xFF, count: 256)
    #expect(throws: KeyError.wrongKind) { try RSAPublicKey(n: n.dropLast(), e: [1, 0, 1]) }
    #expect(throws: KeyError.wrongKind) { try RSAPublicKey(n: [1] + [UInt8](repeating: 1, count: 2048), e: [1, 0, 1]) }
    for e in [[], [0], [1], [2], [1, 0, 0], [UInt8](repeating: 1, count: 9)] as [[UInt8]] {
        #expect(throws: KeyError.wrongKind) { try RSAPublicKey(n: n, e: e) }
    }
}

@Test func `one key signs and verifies on many threads at once`() async {
    let (ed25519, p256) = (Ed25519PrivateKey.generate(), P256PrivateKey.generate())
    let verified = await withTaskGroup(of: Bool.self) { group in
        for index in 0..<64 {
            group.addTask {
                let message = [UInt8(index)]
                return ed25519.publicKey.verifies(ed25519.signature(of: message), of: message)
                    && p256.publicKey.verifies(p256.signature(of: message), of: message)
            }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(verified == 64)
}

private func openssl(_ arguments: [String], input: String = "") throws -> String {
    let (process, stdin, stdout) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, FileHandle.nullDevice)
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
}
