import CanonicalJSON
import Profiles
import Reputation
import Scoring
import Testing

struct CredentialPayloadTests {
    let world: World

    init() throws { self.world = try World() }

    @Test func `the claims are a VCDM 2.0 credential with its JWT counterparts`() throws {
        let payload = try self.world.payload()
        #expect(payload["@context"]?.array?.first == "https://www.w3.org/ns/credentials/v2")
        #expect(payload["type"]?.array?.first == "VerifiableCredential")
        #expect(payload["issuer"]?["id"] == payload["iss"])
        #expect(payload["sub"] == payload["credentialSubject"]?["id"])
        #expect(payload["id"] == payload["jti"])
        #expect(payload["validFrom"] == .string(issuedAt.rfc3339) && payload["iat"] == .int(issuedAt.seconds))
        #expect(payload["validUntil"] == "2026-09-28T01:00:00Z")
        #expect(payload["vc"] == nil && payload["vp"] == nil)
    }

    @Test func `it states the facets, their evidence, the ledger, the model and what was looked at`() throws {
        let subject = try #require(try self.world.payload()["credentialSubject"])
        #expect(subject["facets"]?.array?.count == Facet.Name.allCases.count)
        #expect(subject["facets"]?.array?.first?["n"] == 12)
        #expect(subject["evidence"]?.array?.count == 12)
        #expect(subject["ledger"]?["size"] == 312 && subject["ledger"]?["origin"] == "standing.example/evidence")
        #expect(subject["model"]?["digest"] == .string(Model.standing1.digest))
        #expect(subject["coverage"]?.array?.first?["complete"] == true)
        #expect(subject["accounts"] == [["platform": "github", "login": "ada"]])
        #expect(subject["statement"]?.string?.contains("observed") == true)
    }

    @Test func `what is hidden leaves no trace`() throws {
        let payload = try self.world.payload(facets: [.triage], sections: [])
        let subject = try #require(payload["credentialSubject"])
        #expect(subject["facets"]?.array?.map { $0["name"] } == ["triage"])
        #expect(subject["evidence"] == [])
        #expect(subject["domains"] == nil && subject["timeline"] == nil && subject["longevity"] == nil)
        #expect(!payload.canonical.contains("reviewing") && !payload.canonical.contains("made/up"))
    }

    @Test(arguments: [0, -1, CredentialPayload.longestLifetime + 1])
    func `a lifetime beyond ninety days is refused`(lifetime: Int64) {
        #expect(throws: PayloadError.lifetimeOutOfRange) {
            try self.payload(self.world.assessment.document, lifetime: lifetime)
        }
    }

    @Test(arguments: ["facets", "as_of", "domains"])
    func `an assessment without its members is refused`(member: String) {
        #expect(throws: PayloadError.malformedAssessment(member: member)) {
            try self.payload(self.world.assessment.document.replacing(member, with: nil), lifetime: 60)
        }
    }

    private func payload(_ assessment: JSON, lifetime: Int64) throws -> CredentialPayload {
        try CredentialPayload(
            id: "urn:x", issuer: "https://standing.example", profile: "https://standing.example/p/ada", handle: "ada",
            accounts: [], assessment: assessment, ledger: self.world.ledger(312), coverage: [], issuedAt: issuedAt,
            lifetime: lifetime)
    }
}
