import Crypto

/// Why an SSH signature does not show what it should: the first step that failed.
public enum SSHSignatureError: Error, Equatable {
    /// Over `SSHSignature.limit` bytes.
    case tooLarge
    /// Not base64 between `BEGIN` and `END SSH SIGNATURE`.
    case malformedArmor
    /// The bytes are not in the format: cut short, followed by others, or with the reserved field filled.
    case malformed
    /// A version of the format other than 1.
    case unsupportedVersion
    /// The message was hashed with something other than SHA-256 or SHA-512.
    case unsupportedHash
    /// The key inside cannot be taken.
    case key(SSHKeyError)
    /// The signature is by another algorithm than its key's, or by RSA with SHA-1.
    case wrongAlgorithm
    /// It was made for another purpose.
    case wrongNamespace
    /// It was made with another key.
    case wrongKey
    /// It does not verify over this message.
    case wrongSignature
    /// The hardware token does not say that a person touched it.
    case userNotPresent
}

/// What `ssh-keygen -Y sign` makes (OpenSSH PROTOCOL.sshsig): a signature, its key, and the purpose it was made for.
public struct SSHSignature: Hashable, Sendable {
    /// The size, in bytes of text, from which a signature is refused unread.
    public static let limit = 16_384

    /// The hash the message is taken through before it is signed.
    public enum Hash: String, Sendable {
        case sha256
        case sha512
    }

    private static let magic = Array("SSHSIG".utf8)

    /// The key it says it was made with.
    public let key: SSHPublicKey
    /// The purpose it was made for.
    public let namespace: String
    /// How the message was hashed.
    public let hash: Hash
    let algorithm: String
    let signature: [UInt8]

    /// Reads a signature between its `BEGIN` and `END` lines; nothing is verified.
    ///
    /// - Throws: `SSHSignatureError`.
    public init(armored text: some StringProtocol) throws(SSHSignatureError) {
        guard text.utf8.count <= SSHSignature.limit else { throw .tooLarge }
        let lines = text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" })
        guard lines.count >= 3, lines.first == "-----BEGIN SSH SIGNATURE-----",
            lines.last == "-----END SSH SIGNATURE-----",
            let blob = Base64.decode(lines.dropFirst().dropLast().joined())
        else { throw .malformedArmor }
        try self.init(blob: blob)
    }

    /// Reads the bytes of a signature; nothing is verified.
    ///
    /// - Throws: `SSHSignatureError`.
    public init(blob: [UInt8]) throws(SSHSignatureError) {
        guard blob.count <= SSHSignature.limit else { throw .tooLarge }
        var reader = SSHReader(blob)
        guard reader.bytes(SSHSignature.magic.count) == SSHSignature.magic, let version = reader.uint32() else {
            throw .malformed
        }
        guard version == 1 else { throw .unsupportedVersion }
        guard let key = reader.string(), let namespace = reader.text(), let reserved = reader.string(),
            let hash = reader.text(), let signature = reader.string(), reader.isAtEnd, !namespace.isEmpty,
            reserved.isEmpty
        else { throw .malformed }
        guard let hash = Hash(rawValue: hash) else { throw .unsupportedHash }
        do throws(SSHKeyError) { self.key = try SSHPublicKey(blob: key) } catch { throw .key(error) }
        var inner = SSHReader(signature)
        guard let algorithm = inner.text() else { throw .malformed }
        self.namespace = namespace
        self.hash = hash
        self.algorithm = algorithm
        self.signature = Array(signature.dropFirst(4 + algorithm.utf8.count))
    }

    /// What the key signs for `message`.
    func signedData(_ message: some Sequence<UInt8>) -> [UInt8] {
        let hash =
            switch self.hash {
            case .sha256: SHA256.hash(message).bytes
            case .sha512: SHA512.hash(message)
            }
        return SSHSignature.magic + SSHReader.string(self.namespace.utf8) + SSHReader.string([])
            + SSHReader.string(self.hash.rawValue.utf8) + SSHReader.string(hash)
    }
}
