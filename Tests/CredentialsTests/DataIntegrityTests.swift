import CanonicalJSON
import Credentials
import Crypto
import Testing

/// W3C vc-di-eddsa, appendix B.2: the credential, and the proof by the key of its appendix.
private let credential: JSON = [
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33", "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential", "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678", "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": ["id": "did:example:abcdefgh", "alumniOf": "The School of Examples"],
]
private let multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
private let proofValue =
    "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"

private var published: JSON {
    var members = credential.object ?? [:]
    members["proof"] = [
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2023-02-24T23:36:38Z",
        "verificationMethod": .string("did:key:\(multikey)#\(multikey)"), "proofPurpose": "assertionMethod",
        "@context": credential["@context"] ?? .null, "proofValue": .string(proofValue),
    ]
    return .object(members)
}

struct DataIntegrityTests {
    @Test func `the published proof holds`() throws {
        let key = try #require(Ed25519PublicKey(multikey: multikey))
        #expect(key.multikey == multikey)
        #expect(try DataIntegrity.verify(published, by: key) == credential)
        #expect(
            SHA256.hash(credential.canonicalBytes).hex
                == "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19")
    }

    @Test func `a proof of ours holds under its key, and changed or under another it does not`() throws {
        let key = Ed25519PrivateKey.generate()
        let signed = DataIntegrity.sign(
            credential, with: key, verificationMethod: "did:web:standing.example#k", created: "2026-01-01T00:00:00Z")
        #expect(try DataIntegrity.verify(signed, by: key.publicKey) == credential)
        #expect(DataIntegrity.verificationMethod(of: signed) == "did:web:standing.example#k")
        #expect(throws: DataIntegrityError.wrongSignature) {
            try DataIntegrity.verify(signed, by: Ed25519PrivateKey.generate().publicKey)
        }
        let members = signed.object ?? [:]
        let proof = signed["proof"]?.object ?? [:]
        func refused(_ changed: [String: JSON], as error: DataIntegrityError) {
            #expect(throws: error) { try DataIntegrity.verify(.object(changed), by: key.publicKey) }
        }
        refused(members.merging(["name": "Another"]) { $1 }, as: .wrongSignature)
        refused(members.merging(["more": 1]) { $1 }, as: .wrongSignature)
        refused(members.filter { $0.key != "name" }, as: .wrongSignature)
        refused(members.filter { $0.key != "proof" }, as: .malformed("/proof"))
        refused(members.merging(["proof": [.object(proof)]]) { $1 }, as: .malformed("/proof"))
        func changed(_ changes: [String: JSON]) -> [String: JSON] {
            members.merging(["proof": .object(proof.merging(changes) { $1 })]) { $1 }
        }
        refused(changed(["created": "2027-01-01T00:00:00Z"]), as: .wrongSignature)
        refused(changed(["cryptosuite": "eddsa-rdfc-2022"]), as: .unsupported("/proof/cryptosuite"))
        refused(changed(["proofPurpose": "authentication"]), as: .unsupported("/proof/proofPurpose"))
        refused(changed(["@context": ["https://other.example"]]), as: .wrongContext)
        refused(changed(["proofValue": "z!"]), as: .malformed("/proof/proofValue"))
        refused(
            changed(["proofValue": .string("z" + String(repeating: "2", count: 100_000))]),
            as: .malformed("/proof/proofValue"))
    }

    /// draft-msporny-base58, section 5.
    @Test func `the published base58 texts are read and written`() {
        #expect(Base58.multibase(Array("Hello World!".utf8)) == "z2NEpo7TZRRrLZSi2U")
        #expect(Base58.multibase([0x00, 0x00, 0x28, 0x7F, 0xB4, 0xCD]) == "z11233QC4")
        #expect(Base58.decode(multibase: "z11233QC4") == [0x00, 0x00, 0x28, 0x7F, 0xB4, 0xCD])
        #expect(Base58.decode(multibase: "z") == [])
        for text in ["", "2NEpo7TZRRrLZSi2U", "z0", "zO", "zI", "zl", "z "] {
            #expect(Base58.decode(multibase: text) == nil)
        }
    }
}
