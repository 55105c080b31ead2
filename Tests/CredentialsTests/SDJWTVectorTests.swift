import CanonicalJSON
import Credentials
import Testing

/// RFC 9901, section 5.2: what the holder of the example shows, with the key binding.
private let presentation = """
    eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVF\
    kxc1VfTS1QZ2tqUEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIsICJQb3JGYnBLdVZ1Nnh5bUphZ3Zr\
    RnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRHZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQS3\
    QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRF\
    IiwgImdiT3NJNEVkcTJ4Mkt3LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8zSmx6TWFTRnpnbGhRRz\
    BEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVyLmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgz\
    MDAwMDAwLCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5kamtaX1ZDem15VGE2VWpsWm8zZGgta284YU\
    lLUWM5RGxHemhhVllvIn0sIHsiLi4uIjogIjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJfc2RfYWxn\
    IjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNF\
    c0dmZTVm9ISVAxSUxpbERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0.\
    MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz-CXo6R04b7jYrpj9mNRAvVssXou1iw~WyJlbHVWNU9nM2dTTklJOEV\
    ZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd~WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRy\
    ZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV\
    0~WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd~WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0\
    ~eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImtiK2p3dCJ9.eyJub25jZSI6ICIxMjM0NTY3ODkwIiwgImF1ZCI6ICJodHRwczovL3ZlcmlmaWVy\
    LmV4YW1wbGUub3JnIiwgImlhdCI6IDE3NDg1MzcyNDQsICJzZF9oYXNoIjogIjBfQWYtMkItRWhMV1g1eWRoX3cyeHp3bU82aU02NkJfMlFDRW\
    FuSTRmVVkifQ.T3SIus2OidNl41nmVkTZVCKKhOAX97aOldMyHFiYjHm261eLiJ1YiuONFiMN8QlCmYzDlBLAdPvrXh52KaLgUQ
    """

/// RFC 9901, appendix A.5: the issuer's key.
private let issuer: JSON = [
    "kty": "EC", "crv": "P-256", "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
    "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
]
private let question = KeyBindingQuestion(audience: "https://verifier.example.org", nonce: "1234567890")

struct SDJWTVectorTests {
    @Test func `the RFC's presentation verifies and shows what the RFC says`() throws {
        let token = try SDJWT(parsing: presentation)
        #expect(token.text == presentation)
        #expect(token.disclosures.count == 4)
        let claims = try token.payload(verifiedBy: JWK(json: issuer), type: "example+sd-jwt")
        #expect(
            claims == [
                "iss": "https://issuer.example.com", "iat": 1_683_000_000, "exp": 1_883_000_000, "sub": "user_42",
                "nationalities": ["US"], "cnf": claims["cnf"] ?? .null, "family_name": "Doe", "given_name": "John",
                "address": [
                    "street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US",
                ],
            ])
        try token.verifyKeyBinding(to: question, claims: claims, at: 1_748_537_244)
    }

    @Test func `the RFC's key binding is refused for another reader, question, time or disclosures`() throws {
        let token = try SDJWT(parsing: presentation)
        let claims = try token.payload(verifiedBy: JWK(json: issuer), type: "example+sd-jwt")
        func verify(_ question: KeyBindingQuestion, at second: Int64) throws(KeyBindingError) {
            try token.verifyKeyBinding(to: question, claims: claims, at: second)
        }
        var other = question
        other.audience = "https://verifier.example.net"
        #expect(throws: KeyBindingError.wrongAudience) { try verify(other, at: 1_748_537_244) }
        other = question
        other.nonce = "1234567891"
        #expect(throws: KeyBindingError.wrongNonce) { try verify(other, at: 1_748_537_244) }
        #expect(throws: KeyBindingError.wrongTime) { try verify(question, at: 1_748_537_244 + 301) }
        #expect(throws: KeyBindingError.wrongTime) { try verify(question, at: 1_748_537_244 - 301) }
        let parts = presentation.split(separator: "~")
        let fewer = try SDJWT(parsing: (parts.prefix(2) + parts.suffix(1)).joined(separator: "~"))
        #expect(throws: KeyBindingError.wrongHash) {
            try fewer.verifyKeyBinding(to: question, claims: claims, at: 1_748_537_244)
        }
        #expect(throws: KeyBindingError.missing) {
            try fewer.showing { _ in true }.verifyKeyBinding(to: question, claims: claims, at: 1_748_537_244)
        }
        #expect(throws: KeyBindingError.noHolderKey) {
            try token.verifyKeyBinding(to: question, claims: [:], at: 1_748_537_244)
        }
    }
}
