import Credentials
import Crypto
import Foundation
import Testing

private let namespace = "identity@example.com"
private let message = Array("standing identity proof\nnonce: 1\n".utf8)

/// A signature as `ssh-keygen` makes it, with its key.
private func makeSignature(_ keyType: [String], options: [String] = []) throws -> (text: String, key: SSHPublicKey) {
    try withDirectory { directory in
        _ = try run(["ssh-keygen", "-q", "-N", "", "-C", "a test", "-f", "key", "-t"] + keyType, in: directory)
        let text = try run(
            ["ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", namespace] + options, in: directory, input: message)
        let line = try String(contentsOf: directory.appending(path: "key.pub"), encoding: .utf8)
        let key = try SSHPublicKey(line: line)
        #expect(line == key.line + " a test\n")
        #expect(key.comment == "a test")
        let listed = try run(["ssh-keygen", "-l", "-f", "key.pub"], in: directory)
        #expect(listed.split(separator: " ")[1] == key.fingerprint)
        return (text, key)
    }
}

private func blob(_ armored: String) throws -> [UInt8] {
    try #require(Base64.decode(armored.split(separator: "\n").dropFirst().dropLast().joined()))
}

private let kinds: [[String]] = [
    ["ed25519"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"], ["rsa", "-b", "2048"],
]

@Test(arguments: kinds, [[], ["-O", "hashalg=sha256"]])
func `what ssh-keygen signs verifies, for its purpose, key and message only`(kind: [String], options: [String]) throws {
    let (text, key) = try makeSignature(kind, options: options)
    let signature = try SSHSignature(armored: text)
    #expect(signature.key == key)
    #expect(signature.namespace == namespace)
    #expect(signature.hash == (options.isEmpty ? .sha512 : .sha256))
    try signature.verify(message, namespace: namespace, key: key)
    #expect(throws: SSHSignatureError.wrongNamespace) { try signature.verify(message, namespace: "git", key: key) }
    #expect(throws: SSHSignatureError.wrongSignature) {
        try signature.verify(message + [0], namespace: namespace, key: key)
    }
    let other = try makeSignature(kind).key
    #expect(throws: SSHSignatureError.wrongKey) { try signature.verify(message, namespace: namespace, key: other) }
}

@Test(arguments: kinds)
func `a signature changed in any byte, cut short or continued is refused`(kind: [String]) throws {
    let (text, key) = try makeSignature(kind)
    let bytes = try blob(text)
    func verify(_ bytes: [UInt8]) throws(SSHSignatureError) {
        try SSHSignature(blob: bytes).verify(message, namespace: namespace, key: key)
    }
    try verify(bytes)
    for position in bytes.indices {
        #expect(throws: SSHSignatureError.self) { try verify(Array(bytes[..<position])) }
        for mask in [0x01, 0x80, 0xFF] as [UInt8] {
            var changed = bytes
            changed[position] ^= mask
            #expect(throws: SSHSignatureError.self) { try verify(changed) }
        }
    }
    #expect(throws: SSHSignatureError.malformed) { try verify(bytes + [0]) }
}

@Test func `armour cut short or changed is refused, line ends of any system are not`() throws {
    let (text, key) = try makeSignature(["ed25519"])
    let trimmed = text.trimmingCharacters(in: .newlines)
    for count in 0..<trimmed.utf8.count {
        #expect(throws: SSHSignatureError.self) { try SSHSignature(armored: String(trimmed.prefix(count))) }
    }
    for armored in [trimmed, text + "\n", text.replacing("\n", with: "\r\n")] {
        try SSHSignature(armored: armored).verify(message, namespace: namespace, key: key)
    }
    for armored in [
        "x" + text, text + "x", " " + text, text.replacing("SSH SIGNATURE", with: "SIGNATURE"), text + text,
        text.replacing("\n", with: "\n "), "",
    ] {
        #expect(throws: SSHSignatureError.malformedArmor) { try SSHSignature(armored: armored) }
    }
    let long = text + String(repeating: "\n", count: SSHSignature.limit)
    #expect(throws: SSHSignatureError.tooLarge) { try SSHSignature(armored: long) }
}

/// A signature put together by hand, so that each field can be wrong on its own.
private func assemble(
    key: Ed25519PrivateKey, version: UInt8 = 1, namespace: String = namespace, reserved: String = "",
    hash: String = "sha512", algorithm: String = "ssh-ed25519"
) -> [UInt8] {
    func string(_ bytes: some Collection<UInt8>) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + Array(bytes) }
    func string(_ text: String) -> [UInt8] { string(text.utf8) }
    let magic = Array("SSHSIG".utf8)
    let digest = hash == "sha256" ? SHA256.hash(message).bytes : SHA512.hash(message)
    let signed = magic + string(namespace) + string(reserved) + string(hash) + string(digest)
    let publicKey = string("ssh-ed25519") + string(key.publicKey.bytes)
    let signature = string(algorithm) + string(key.signature(of: signed))
    return magic + [0, 0, 0, version] + string(publicKey) + string(namespace) + string(reserved) + string(hash)
        + string(signature)
}

@Test func `each field is checked, though the signature holds`() throws {
    let key = Ed25519PrivateKey.generate()
    let good = try SSHSignature(blob: assemble(key: key))
    try good.verify(message, namespace: namespace, key: good.key)
    #expect(throws: SSHSignatureError.unsupportedVersion) { try SSHSignature(blob: assemble(key: key, version: 2)) }
    #expect(throws: SSHSignatureError.malformed) { try SSHSignature(blob: assemble(key: key, namespace: "")) }
    #expect(throws: SSHSignatureError.malformed) { try SSHSignature(blob: assemble(key: key, reserved: "x")) }
    #expect(throws: SSHSignatureError.unsupportedHash) { try SSHSignature(blob: assemble(key: key, hash: "sha1")) }
    let confused = try SSHSignature(blob: assemble(key: key, algorithm: "ssh-rsa"))
    #expect(throws: SSHSignatureError.wrongAlgorithm) {
        try confused.verify(message, namespace: namespace, key: confused.key)
    }
}

@Test(
    .enabled(if: OpenSSHData.archive != nil, "no shared/data/ssh beside the checkout: OpenSSH's test data not read"),
    arguments: ["ed25519", "ecdsa", "rsa", "ed25519_sk", "ecdsa_sk"])
func `OpenSSH's own test signatures verify`(name: String) throws {
    try withDirectory { directory in
        _ = try run(["tar", "-xzf", try #require(OpenSSHData.archive).path], in: directory)
        let data = directory.appending(path: "regress/unittests/sshsig/testdata")
        func read(_ file: String) throws -> String {
            try String(contentsOf: data.appending(path: file), encoding: .utf8)
        }
        let key = try SSHPublicKey(line: try read("\(name).pub"))
        let signature = try SSHSignature(armored: try read("\(name).sig"))
        let (purpose, signed) = (try read("namespace"), Array(try read("signed-data").utf8))
        try signature.verify(signed, namespace: purpose, key: key)
        #expect(throws: SSHSignatureError.wrongSignature) {
            try signature.verify(signed + [0x0A], namespace: purpose, key: key)
        }
        let bytes = try blob(try read("\(name).sig"))
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1
            #expect(throws: SSHSignatureError.self) {
                try SSHSignature(blob: changed).verify(signed, namespace: purpose, key: key)
            }
        }
    }
}

@Test(
    .enabled(if: OpenSSHData.archive != nil, "no shared/data/ssh beside the checkout: OpenSSH's test data not read"),
    arguments: ["ecdsa_sk_webauthn", "mldsa44-ed25519"])
func `OpenSSH signatures of kinds not taken are refused by name`(name: String) throws {
    try withDirectory { directory in
        _ = try run(["tar", "-xzf", try #require(OpenSSHData.archive).path], in: directory)
        let data = directory.appending(path: "regress/unittests/sshsig/testdata")
        let text = try String(contentsOf: data.appending(path: "\(name).sig"), encoding: .utf8)
        let error = #expect(throws: SSHSignatureError.self) {
            let signature = try SSHSignature(armored: text)
            try signature.verify([], namespace: signature.namespace, key: signature.key)
        }
        switch error {
        case .wrongAlgorithm, .key(.unsupported): break
        default: Issue.record("refused for \(String(describing: error))")
        }
    }
}
