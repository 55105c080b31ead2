public import CanonicalJSON
public import Crypto

/// Why a proof in a document does not hold.
public enum DataIntegrityError: Error, Equatable {
    /// There is no one `proof`, or a member of it is missing or of another kind.
    case malformed(String)
    /// It is of another suite or for another purpose.
    case unsupported(String)
    /// The proof's context is not the start of the document's.
    case wrongContext
    /// The signature is not this key's.
    case wrongSignature
}

/// The proof suite `eddsa-jcs-2022` (W3C vc-di-eddsa, section 3.3): an Ed25519 signature over the RFC 8785 text of a
/// document, kept inside it.
public enum DataIntegrity {
    /// What `cryptosuite` says.
    public static let suite = "eddsa-jcs-2022"

    /// `document` with a proof by `key`, which others find as `verificationMethod`.
    ///
    /// - Parameter created: RFC 3339.
    public static func sign(
        _ document: JSON, with key: Ed25519PrivateKey, verificationMethod: String, created: String
    ) -> JSON {
        guard var members = document.object else { preconditionFailure("what is signed is an object") }
        var proof: [String: JSON] = [
            "type": "DataIntegrityProof", "cryptosuite": .string(self.suite), "created": .string(created),
            "verificationMethod": .string(verificationMethod), "proofPurpose": "assertionMethod",
        ]
        proof["@context"] = members["@context"]
        proof["proofValue"] = .string(Base58.multibase(key.signature(of: self.hash(members, proof: proof))))
        members["proof"] = .object(proof)
        return .object(members)
    }

    /// What is hashed: the proof's options first, then the document (section 3.3.4).
    static func hash(_ document: [String: JSON], proof: [String: JSON]) -> [UInt8] {
        SHA256.hash(JSON.object(proof).canonicalBytes).bytes + SHA256.hash(JSON.object(document).canonicalBytes).bytes
    }

    /// The `verificationMethod` of the document's proof: a hint until verified.
    public static func verificationMethod(of document: JSON) -> String? {
        document["proof"]?["verificationMethod"]?.string
    }

    /// The document without its proof, once that proves to be by `key`.
    ///
    /// - Throws: `DataIntegrityError`.
    public static func verify(_ document: JSON, by key: Ed25519PublicKey) throws(DataIntegrityError) -> JSON {
        guard var members = document.object, var proof = members.removeValue(forKey: "proof")?.object else {
            throw .malformed("/proof")
        }
        guard let text = proof.removeValue(forKey: "proofValue")?.string, let signature = Base58.decode(multibase: text)
        else { throw .malformed("/proof/proofValue") }
        guard proof["type"] == "DataIntegrityProof", proof["cryptosuite"]?.string == self.suite else {
            throw .unsupported("/proof/cryptosuite")
        }
        guard proof["proofPurpose"] == "assertionMethod" else { throw .unsupported("/proof/proofPurpose") }
        guard proof["verificationMethod"]?.string != nil else { throw .malformed("/proof/verificationMethod") }
        if let context = proof["@context"] {
            let (stated, own) = (context.array ?? [context], members["@context"].map { $0.array ?? [$0] } ?? [])
            guard own.starts(with: stated) else { throw .wrongContext }
        }
        guard key.verifies(signature, of: self.hash(members, proof: proof)) else { throw .wrongSignature }
        return .object(members)
    }
}

extension Ed25519PublicKey {
    /// The key as a Multikey's `publicKeyMultibase` (W3C Controlled Identifiers, section 2.2.2).
    public var multikey: String { Base58.multibase([0xED, 0x01] + self.bytes) }

    /// The key that a `publicKeyMultibase` holds, nil when it is no Ed25519 key.
    public init?(multikey: String) {
        guard let bytes = Base58.decode(multibase: multikey), bytes.starts(with: [0xED, 0x01]) else { return nil }
        // Bytes that are no point of the curve are one more thing that is no key.
        do { try self.init(bytes.dropFirst(2)) } catch { return nil }
    }
}
