import CanonicalJSON
import Credentials
import Crypto
import Profiles
import Reputation
import Scoring
import Testing
import Transparency

let issuedAt = Instant(seconds: Day(year: 2026, month: 6, day: 30).start.seconds + 3_600)
let now = Instant(seconds: issuedAt.seconds + 86_400)
let ada = Account(key: Account.Key(platform: .github, id: "1"), login: "ada")

/// A ledger with real keys, in which the facts about Ada stand among others.
struct World {
    let issuer = TokenKey.es256(P256PrivateKey.generate())
    let log: NoteSigner
    let witness: NoteSigner
    let stranger: NoteSigner
    let disclosures: [Disclosure]
    let entries: [LedgerEntry]

    init(facts: Int = 12, others: Int = 300) throws {
        let host = "standing.example/evidence"
        self.log = try #require(NoteSigner(name: host, kind: .log, key: .generate()))
        self.witness = try #require(NoteSigner(name: "witness.example/w1", kind: .witness, key: .generate()))
        self.stranger = try #require(NoteSigner(name: "stranger.example", kind: .witness, key: .generate()))
        self.disclosures = (0..<facts).map { Disclosure(World.fact($0).document, salt: World.salt($0)) }
        let mine = self.disclosures.map { LedgerEntry(.evidence, Commitment(disclosure: $0.text)) }
        let theirs = (0..<others).map { LedgerEntry(.evidence, Commitment(disclosure: "somebody else's \($0)")) }
        self.entries = Array(theirs.prefix(others / 2)) + mine + Array(theirs.suffix(others - others / 2))
    }

    private static func salt(_ id: Int) -> [UInt8] { Array(SHA256.hash("salt \(id)".utf8).bytes.prefix(16)) }

    static func fact(_ id: Int) -> Evidence {
        Evidence(
            kind: .reviewGiven, account: ada,
            project: Project(platform: .github, id: "p\(id % 5)", name: "made/up\(id % 5)"),
            object: Evidence.Object(id: "review-\(id)", unit: "change-\(id)"),
            occurredAt: Instant(seconds: issuedAt.seconds - Int64(id + 1) * 40 * 86_400), observedAt: issuedAt,
            counterparties: [
                Evidence.Counterparty(
                    account: Account(
                        key: Account.Key(platform: .github, id: "\(100 + id)"), login: "author\(id)"),
                    role: .author)
            ],
            association: .member, outcome: .commented, measures: [.inlineComments: 3],
            source: Evidence.Source(adapter: "test", class: .archive, locator: "made-up", digest: "00"))
    }

    func head(_ size: Int) -> TreeHead {
        TreeHead(size: Int64(size), root: MerkleTree.root(of: self.entries.prefix(size).map(\.leafHash)))
    }

    func note(_ size: Int, by log: NoteSigner? = nil, cosigners: [NoteSigner]? = nil) -> SignedNote {
        let log = log ?? self.log
        let checkpoint = Checkpoint(origin: log.verifier.name, head: self.head(size))
        var note = checkpoint.signed(by: log)
        for cosigner in cosigners ?? [self.witness] {
            note.add(cosigner.cosignature(of: checkpoint.text, at: issuedAt.seconds))
        }
        return note
    }

    func proof(_ disclosure: Disclosure, size: Int, note: SignedNote) throws -> TlogProof {
        let entry = LedgerEntry(.evidence, Commitment(disclosure: disclosure.text))
        let index = Int64(try #require(self.entries.firstIndex(of: entry)))
        var frontier = Frontier()
        var tiles: [Tile: [UInt8]] = [:]
        for content in frontier.append(self.entries.prefix(size).map(\.leafHash)) {
            tiles[content.tile] = content.bytes
        }
        let hashes = try ProofPlan.inclusion(of: index, in: Int64(size)).hashes(from: tiles)
        return TlogProof(index: index, hashes: hashes, note: note)
    }

    var assessment: Assessment {
        let rows = self.disclosures.enumerated().map { id, disclosure in
            (commitment: Commitment(disclosure: disclosure.text).text, evidence: World.fact(id))
        }
        return assess(rows, of: [ada.key], asOf: issuedAt.day)
    }

    func ledger(_ size: Int) -> CredentialPayload.Ledger {
        CredentialPayload.Ledger(
            head: self.head(size), key: self.log.verifier, witnesses: [self.witness.verifier])
    }

    func payload(
        size: Int = 312, facets: Set<Facet.Name> = Set(Facet.Name.allCases),
        sections: Set<CredentialPayload.Section> = Set(CredentialPayload.Section.allCases)
    ) throws -> JSON {
        try CredentialPayload(
            id: "urn:uuid:00000000-0000-4000-8000-000000000001", issuer: "https://standing.example",
            profile: "https://standing.example/p/ada", handle: "ada", accounts: [ada],
            assessment: self.assessment.document, facets: facets, sections: sections, ledger: self.ledger(size),
            coverage: [
                CredentialPayload.Coverage(
                    adapter: "test", days: Day(year: 2024, month: 1, day: 1)...issuedAt.day, n: 12, complete: true)
            ],
            issuedAt: issuedAt, status: self.place
        ).document
    }

    /// Where the status of every credential here stands.
    let place = CredentialPayload.StatusPlace(issuer: "https://standing.example", list: 1, index: 412)

    /// The status list, in which that credential is `status`.
    func statusList(
        _ status: CredentialStatus = .valid, issuedAt: Instant = issuedAt, by key: TokenKey? = nil, uri: String? = nil
    ) -> Bundle.StatusList {
        let key = key ?? self.issuer
        // Index 412 is in the lowest bits of its byte; the next one is revoked.
        var bytes = [UInt8](repeating: 0, count: 128)
        bytes[103] = status.rawValue | CredentialStatus.revoked.rawValue << 2
        let payload: JSON = [
            "sub": .string(uri ?? self.place.tokenList), "iat": .int(issuedAt.seconds),
            "exp": .int(issuedAt.seconds + 2 * 86_400),
            "status_list": ["bits": 2, "lst": .string(Base64URL.encode(Deflate.zlib(bytes)))],
        ]
        return Bundle.StatusList(
            token: JWS(signing: payload, with: key, type: "statuslist+jwt").text, key: key.publicKey)
    }

    /// The bitstring list for `purpose`, in which that credential is listed if it is that.
    func bitstring(
        _ purpose: CredentialStatus, _ status: CredentialStatus = .valid, stated: String? = nil, id: String? = nil
    ) -> String {
        // Index 412 is the fifth bit of its byte from the top; those beside it are set.
        var bytes = [UInt8](repeating: 0, count: 16_384)
        bytes[51] = 0b0001_0100 | (status == purpose ? 0b0000_1000 : 0)
        let name = purpose.purpose ?? ""
        let id = id ?? "https://standing.example/status/\(name)/1"
        let payload: JSON = [
            "id": .string(id), "iat": .int(issuedAt.seconds), "exp": .int(issuedAt.seconds + 2 * 86_400),
            "credentialSubject": [
                "type": "BitstringStatusList", "statusPurpose": .string(stated ?? name),
                "encodedList": .string("u" + Base64URL.encode(Deflate.gzip(bytes))),
            ],
        ]
        return JWS(signing: payload, with: self.issuer, type: "vc+jwt", contentType: "vc").text
    }

    func token(_ payload: JSON) -> JWS {
        JWS(signing: payload, with: self.issuer, type: "vc+jwt", contentType: "vc")
    }

    /// A good bundle that shows the facts `shown`, with what a case wants changed.
    func bundle(
        showing shown: Range<Int> = 0..<2, payload: JSON? = nil, size: Int = 312, note: SignedNote? = nil,
        status: Bundle.StatusList? = nil
    ) throws -> Bundle {
        let note = note ?? self.note(size)
        return Bundle(
            credential: self.token(try payload ?? self.payload()), key: self.issuer.publicKey,
            ledger: self.ledger(312),
            facts: try self.disclosures[shown].map { ($0, try self.proof($0, size: size, note: note)) },
            status: status ?? self.statusList())
    }

    var trust: Trust {
        Trust(issuerKeys: [self.issuer.publicKey.thumbprint], logKeys: [self.log.verifier.text])
    }
}

extension JSON {
    /// The value with what stands at `path` replaced, or removed.
    func replacing(_ path: String..., with value: JSON?) -> JSON { self.replacing(path[...], with: value) }

    private func replacing(_ path: ArraySlice<String>, with value: JSON?) -> JSON {
        guard var members = self.object, let name = path.first else { return value ?? .null }
        if path.count == 1 {
            members[name] = value
        } else {
            members[name] = (members[name] ?? [:]).replacing(path.dropFirst(), with: value)
        }
        return .object(members)
    }
}
