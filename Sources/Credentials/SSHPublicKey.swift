import Crypto

/// Why bytes or a line are not an SSH key to rely on.
public enum SSHKeyError: Error, Equatable {
    /// Not a key in the wire format, or a line that is not `type base64 comment`.
    case malformed
    /// A key of a type that is not taken here; its name.
    case unsupported(String)
    /// An RSA key too small to rely on, or too large to verify with.
    case wrongSize
}

/// A public key as OpenSSH writes it.
///
/// Keys are the same when their bytes are; the comment is a remark.
public struct SSHPublicKey: Sendable {
    /// The key itself, by the way it signs.
    enum Material: Sendable {
        case ed25519(Ed25519PublicKey)
        case ecdsa(ECDSAPublicKey)
        case rsa(RSAPublicKey)
        /// A key in a hardware token, which signs for one application.
        case ed25519Token(Ed25519PublicKey, application: [UInt8])
        /// A P-256 key in a hardware token.
        case ecdsaToken(ECDSAPublicKey, application: [UInt8])
    }

    /// The key's type, as the line begins: `ssh-ed25519`.
    public let type: String
    /// The key in the wire format (RFC 4253, section 6.6).
    public let blob: [UInt8]
    /// What the line says after the key; empty when it says nothing.
    public let comment: String
    let material: Material

    /// The key in the wire format.
    ///
    /// - Throws: `SSHKeyError`.
    public init(blob: [UInt8], comment: String = "") throws(SSHKeyError) {
        var reader = SSHReader(blob)
        guard let type = reader.text() else { throw .malformed }
        do {
            guard let material = try Material(type: type, &reader), reader.isAtEnd else { throw SSHKeyError.malformed }
            self.material = material
        } catch {
            throw error as? SSHKeyError ?? (error as? KeyError == .wrongKind ? .wrongSize : .malformed)
        }
        self.type = type
        self.blob = blob
        self.comment = comment
    }

    /// The key of a line: `type base64 comment`, as in `id_ed25519.pub` or a forge's list of keys.
    ///
    /// - Throws: `SSHKeyError`.
    public init(line: some StringProtocol) throws(SSHKeyError) {
        let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline })
        guard words.count >= 2, let blob = Base64.decode(words[1]) else { throw .malformed }
        let comment = words.count > 2 ? words[2].drop { $0 == " " || $0 == "\t" || $0.isNewline } : ""
        try self.init(blob: blob, comment: String(comment.prefix { !$0.isNewline }))
        guard self.type == words[0] else { throw .malformed }
    }

    /// The line without a comment: `type base64`.
    public var line: String { "\(self.type) \(Base64.encode(self.blob))" }

    /// `SHA256:` and the unpadded base64 of the hash, as `ssh-keygen -l` shows it.
    public var fingerprint: String { "SHA256:" + SHA256.hash(self.blob).base64.dropLast() }
}

extension SSHPublicKey: Hashable {
    /// Whether the two are the same key.
    public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool { left.blob == right.blob }
    /// Feeds the key's bytes to `hasher`.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.blob) }
}

extension SSHPublicKey.Material {
    /// What follows `type` in a key; nil when it is cut short.
    fileprivate init?(type: String, _ reader: inout SSHReader) throws {
        switch type {
        case "ssh-ed25519":
            guard let key = reader.string() else { return nil }
            self = .ed25519(try Ed25519PublicKey(key))
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            guard let key = try ECDSAPublicKey(type: type, &reader) else { return nil }
            self = .ecdsa(key)
        case "ssh-rsa":
            guard let e = reader.integer(), let n = reader.integer() else { return nil }
            self = .rsa(try RSAPublicKey(n: n, e: e))
        case "sk-ssh-ed25519@openssh.com":
            guard let key = reader.string(), let application = reader.string() else { return nil }
            self = .ed25519Token(try Ed25519PublicKey(key), application: application)
        case "sk-ecdsa-sha2-nistp256@openssh.com":
            guard let key = try ECDSAPublicKey(type: type, &reader), let application = reader.string() else {
                return nil
            }
            self = .ecdsaToken(key, application: application)
        default:
            throw SSHKeyError.unsupported(type)
        }
    }
}

extension ECDSAPublicKey {
    /// The curve's name and the point (RFC 5656, section 3.1); nil when cut short or the curve is not `type`'s.
    fileprivate init?(type: String, _ reader: inout SSHReader) throws {
        let curves: [String: Curve] = ["nistp256": .p256, "nistp384": .p384, "nistp521": .p521]
        guard let name = reader.text(), let curve = curves[name], let point = reader.string(),
            type == "ecdsa-sha2-\(name)" || type == "sk-ecdsa-sha2-\(name)@openssh.com"
        else { return nil }
        try self.init(curve: curve, point: point)
    }
}
