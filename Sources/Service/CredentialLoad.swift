internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Profiles
public import Reputation
internal import Scoring
internal import Transparency

/// Made-up credentials to measure with: the same code that issues and verifies real ones, without a database.
public struct CredentialLoad: Sendable {
    /// How many disclosures each credential has.
    public static let disclosures = 20
    /// How many facts the bundle shows.
    public static let facts = 100

    private let key = P256PrivateKey.generate()
    private let assessment: JSON
    private let accounts: [Account]
    private let ledger: CredentialPayload.Ledger
    private let now: Instant
    /// A bundle that shows `facts` facts, each with its proof in a ledger of a thousand times as many.
    public private(set) var bundle: [UInt8]

    /// Credentials issued at `now`.
    ///
    /// - Throws: what making the bundle throws, which is our own bug.
    public init(now: Instant) throws {
        self.now = now
        let subject = Account(key: Account.Key(platform: .github, id: "1"), login: "made-up")
        // More than are shown: of so many of one kind not all count, and what does not count is not in the credential.
        let evidence = (0..<(Self.facts * 4)).map { Self.fact($0, by: subject, now: now) }
        let disclosures = evidence.map { Disclosure($0.document, salt: randomBytes(Disclosure.saltByteCount)) }
        let commitments = disclosures.map { Commitment(disclosure: $0.text) }
        self.assessment =
            assess(
                zip(commitments, evidence).map { (commitment: $0.text, evidence: $1) }, of: [subject.key], asOf: now.day
            ).document
        let parts = Facet.Name.allCases.count + CredentialPayload.Section.allCases.count
        self.accounts = (0..<(Self.disclosures - parts)).map {
            Account(key: Account.Key(platform: .github, id: "\($0)"), login: "made-up-\($0)")
        }
        guard let signer = NoteSigner(name: "standing.example/evidence", kind: .log, key: .generate()) else {
            preconditionFailure("that is a name")
        }
        let others = (0..<(Self.facts * 996)).map { Commitment(disclosure: "another \($0)") }
        let leaves = (commitments + others).map { LedgerEntry(.evidence, $0).leafHash }
        var (frontier, tiles) = (Frontier(), [Tile: [UInt8]]())
        for content in frontier.append(leaves) { tiles[content.tile] = content.bytes }
        self.ledger = CredentialPayload.Ledger(head: frontier.head, key: signer.verifier)
        let note = Checkpoint(origin: signer.verifier.name, head: frontier.head).signed(by: signer)
        self.bundle = []
        let profile = try self.profile()
        let token = SDJWT(
            JWS(signing: profile.document, with: .es256(self.key), type: "dc+sd-jwt"), disclosures: profile.disclosures)
        let listed = Set(profile.evidence)
        let shown = disclosures.enumerated().filter { listed.contains(commitments[$0.offset].text) }.prefix(Self.facts)
        precondition(shown.count == Self.facts, "enough of them count, not \(listed.count)")
        let facts = try shown.map { index, disclosure in
            let hashes = try ProofPlan.inclusion(of: Int64(index), in: frontier.size).hashes(from: tiles)
            return (disclosure: disclosure, proof: TlogProof(index: Int64(index), hashes: hashes, note: note))
        }
        let list: JSON = [
            "sub": .string(self.place.tokenList), "iat": .int(now.seconds), "exp": .int(now.seconds + 86_400),
            "status_list": StatusTable([1: .revoked]).tokenList,
        ]
        let status = Bundle.StatusList(
            token: JWS(signing: list, with: .es256(self.key), type: "statuslist+jwt").text,
            key: .p256(self.key.publicKey))
        self.bundle = Array(
            Bundle(credential: token, key: .p256(self.key.publicKey), ledger: self.ledger, facts: facts, status: status)
                .text.utf8)
    }

    /// Issues one credential with `disclosures` disclosures, and returns its size.
    ///
    /// - Throws: as `init`.
    public func issue() throws -> Int {
        let profile = try self.profile()
        let token = JWS(signing: profile.document, with: .es256(self.key), type: "dc+sd-jwt")
        let text = SDJWT(token, disclosures: profile.disclosures).text
        precondition(profile.disclosures.count == Self.disclosures, "the accounts fill up what the facets leave")
        return text.utf8.count
    }

    /// Whether the bundle verifies, every step of it.
    public func verify() -> Bool {
        Verifier(now: self.now, trust: Trust(issuerKeys: [JWK.p256(self.key.publicKey).thumbprint])).verify(self.bundle)
            .isValid
    }

    private var place: CredentialPayload.StatusPlace {
        CredentialPayload.StatusPlace(issuer: "https://standing.example", list: 1, index: 412)
    }

    private func profile() throws(PayloadError) -> SelectiveProfile {
        try SelectiveProfile(
            handle: "made-up", accounts: self.accounts, assessment: self.assessment, ledger: self.ledger, coverage: [],
            terms: SelectiveProfile.Terms(
                issuer: self.place.issuer, profile: "\(self.place.issuer)/p/made-up", issuedAt: self.now,
                lifetime: CredentialPayload.longestLifetime, status: self.place))
    }

    private static func fact(_ number: Int, by subject: Account, now: Instant) -> Evidence {
        // Two facets, because each names its weightiest fifty facts.
        let isReview = number.isMultiple(of: 2)
        let author = Account(key: Account.Key(platform: .github, id: "\(1_000 + number)"), login: "author-\(number)")
        return Evidence(
            kind: isReview ? .reviewGiven : .changeMerged, account: subject,
            project: Project(platform: .github, id: "p\(number % 97)", name: "made/up\(number % 97)"),
            object: Evidence.Object(id: "review-\(number)", unit: "change-\(number)"),
            occurredAt: Instant(seconds: now.seconds - Int64(number + 1) * 3 * 86_400), observedAt: now,
            counterparties: [Evidence.Counterparty(account: author, role: isReview ? .author : .merger)],
            association: .member,
            outcome: isReview ? .commented : .merged,
            measures: isReview ? [.inlineComments: 3] : [.additions: 40, .deletions: 9],
            source: Evidence.Source(adapter: "made-up", class: .archive, locator: "made-up", digest: "00"))
    }
}
