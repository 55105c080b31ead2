import CanonicalJSON
import Credentials
import Crypto
import Foundation
import Profiles
import Reputation
import Scoring
import Testing
import Transparency

/// A good bundle about Mira, who does not exist: one fact, which is the only entry of a ledger.
struct MadeBundle {
    let bundle: Profiles.Bundle
    /// The issuer's key set.
    let jwks: JSON
    /// The log's verifier key.
    let vkey: String

    init(issuedAt: Instant = Instant(seconds: Int64(Date().timeIntervalSince1970) - 3_600)) throws {
        let issuer = TokenKey.es256(P256PrivateKey.generate())
        let log = try #require(NoteSigner(name: "standing.example/evidence", kind: .log, key: .generate()))
        let mira = Account(key: Account.Key(platform: .github, id: "9000001"), login: "mira-lindqvist")
        let fact = Self.review(by: mira, observedAt: issuedAt)
        let disclosure = Disclosure(fact.document, salt: Array(repeating: 7, count: 16))
        let commitment = Commitment(disclosure: disclosure.text)
        let head = TreeHead(size: 1, root: MerkleTree.root(of: [LedgerEntry(.evidence, commitment).leafHash]))
        let ledger = CredentialPayload.Ledger(head: head, key: log.verifier, witnesses: [])
        // One review states no level, so the fact is listed by the assessment only as what it is.
        let assessment = assess([(commitment: commitment.text, evidence: fact)], of: [mira.key], asOf: issuedAt.day)
        let payload = try CredentialPayload(
            id: "urn:uuid:00000000-0000-4000-8000-000000000002", issuer: "https://standing.example",
            profile: "https://standing.example/p/mira-lindqvist", handle: "mira-lindqvist", accounts: [mira],
            assessment: assessment.document, ledger: ledger, coverage: [], issuedAt: issuedAt)
        let note = Checkpoint(origin: log.verifier.name, head: head).signed(by: log)
        self.bundle = Profiles.Bundle(
            credential: JWS(signing: payload.document, with: issuer, type: "vc+jwt", contentType: "vc"),
            key: issuer.publicKey, ledger: ledger,
            facts: [(disclosure, TlogProof(index: 0, hashes: [], note: note))])
        self.jwks = JWKS([issuer.publicKey]).json
        self.vkey = log.verifier.text
    }

    private static func review(by subject: Account, observedAt: Instant) -> Evidence {
        let author = Account(key: Account.Key(platform: .github, id: "9000003"), login: "tomas-okafor")
        return Evidence(
            kind: .reviewGiven, account: subject,
            project: Project(platform: .github, id: "70001", name: "northwind/anemometer"),
            object: Evidence.Object(id: "5501", unit: "311"),
            occurredAt: Instant(seconds: observedAt.seconds - 864_000),
            observedAt: observedAt, counterparties: [Evidence.Counterparty(account: author, role: .author)],
            association: .member, outcome: .changesRequested, measures: [.inlineComments: 4],
            source: Evidence.Source(adapter: "gharchive", class: .archive, locator: "made-up", digest: "00"))
    }
}
