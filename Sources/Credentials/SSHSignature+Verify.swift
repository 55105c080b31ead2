import Crypto

extension SSHSignature {
    /// Checks that `key` signed `message` for the purpose `namespace`.
    ///
    /// - Throws: `SSHSignatureError`: the first step that failed.
    public func verify(
        _ message: some Sequence<UInt8>, namespace: String, key: SSHPublicKey
    ) throws(SSHSignatureError) {
        guard self.namespace.utf8.elementsEqual(namespace.utf8) else { throw .wrongNamespace }
        guard self.key == key else { throw .wrongKey }
        let data = self.signedData(message)
        var reader = SSHReader(self.signature)
        guard let raw = reader.string() else { throw .malformed }
        switch key.material {
        case .ed25519(let publicKey):
            try self.require(reader.isAtEnd, .malformed)
            try self.require(self.algorithm == key.type, .wrongAlgorithm)
            try self.require(publicKey.verifies(raw, of: data), .wrongSignature)
        case .ecdsa(let publicKey):
            try self.require(reader.isAtEnd, .malformed)
            try self.require(self.algorithm == key.type, .wrongAlgorithm)
            try self.verifyECDSA(raw, publicKey, data)
        case .rsa(let publicKey):
            try self.require(reader.isAtEnd, .malformed)
            let hashes: [String: RSAHash] = ["rsa-sha2-256": .sha256, "rsa-sha2-512": .sha512]
            guard let hash = hashes[self.algorithm] else { throw .wrongAlgorithm }
            try self.require(publicKey.verifies(raw, of: data, hash: hash), .wrongSignature)
        case .ed25519Token(let publicKey, let application):
            try self.require(self.algorithm == key.type, .wrongAlgorithm)
            let signed = try self.tokenData(&reader, application: application, data)
            try self.require(publicKey.verifies(raw, of: signed), .wrongSignature)
        case .ecdsaToken(let publicKey, let application):
            try self.require(self.algorithm == key.type, .wrongAlgorithm)
            let signed = try self.tokenData(&reader, application: application, data)
            try self.verifyECDSA(raw, publicKey, signed)
        }
    }

    private func require(_ condition: Bool, _ error: SSHSignatureError) throws(SSHSignatureError) {
        guard condition else { throw error }
    }

    /// Checks an ECDSA signature: the two numbers, one after the other (RFC 5656, section 3.1.2).
    private func verifyECDSA(_ raw: [UInt8], _ key: ECDSAPublicKey, _ data: [UInt8]) throws(SSHSignatureError) {
        var numbers = SSHReader(raw)
        guard let r = numbers.integer(), let s = numbers.integer(), numbers.isAtEnd else { throw .malformed }
        try self.require(key.verifies(r: r, s: s, of: data), .wrongSignature)
    }

    /// What a hardware token signs: the application, its flags and counter, and `data` (OpenSSH PROTOCOL.u2f).
    private func tokenData(
        _ reader: inout SSHReader, application: [UInt8], _ data: [UInt8]
    ) throws(SSHSignatureError) -> [UInt8] {
        guard let flags = reader.bytes(1), let counter = reader.bytes(4), reader.isAtEnd else { throw .malformed }
        try self.require(flags[0] & 1 == 1, .userNotPresent)
        return SHA256.hash(application).bytes + flags + counter + SHA256.hash(data).bytes
    }
}
