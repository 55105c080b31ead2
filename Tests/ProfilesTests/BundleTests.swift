import CanonicalJSON
import Credentials
import Crypto
import Reputation
import Testing
import Transparency

@testable import Profiles

struct BundleTests {
    let world: World

    init() throws { self.world = try World() }

    @Test func `a good bundle passes every step`() throws {
        let text = try self.world.bundle().text
        let verification = Bundle.verify(Array(text.utf8), now: now, trust: self.world.trust)
        #expect(verification.steps.map(\.name) == Verification.Name.bundle)
        for step in verification.steps {
            guard case .passed = step.outcome else {
                Issue.record("\(step)")
                continue
            }
        }
        #expect(verification.isValid)
        #expect(verification.claims?["credentialSubject"]?["handle"] == "ada")
        #expect(verification[.disclosures] == .passed("2 of 12 facts shown"))
    }

    @Test func `the text is read back as the same bundle, with or without its line end`() throws {
        let bundle = try self.world.bundle()
        #expect(try Bundle(parsing: Array(bundle.text.utf8)) == bundle)
        #expect(try Bundle(parsing: Array(bundle.text.dropLast().utf8)) == bundle)
        #expect(throws: BundleError.notCanonical) { try Bundle(parsing: Array((bundle.text + "\n").utf8)) }
        #expect(throws: BundleError.notCanonical) { try Bundle(parsing: Array((" " + bundle.text).utf8)) }
    }

    @Test func `a key that only the bundle vouches for is said to be so`() throws {
        let verification = try self.world.bundle().verify(now: now)
        #expect(verification.isValid)
        guard case .skipped(let reason) = verification[.issuerKey] else {
            Issue.record("an unpinned key was taken for the issuer's")
            return
        }
        #expect(reason.contains(self.world.issuer.publicKey.thumbprint))
    }

    @Test func `a key that was not pinned fails where one was`() throws {
        let other = try World()
        let bundle = try self.world.bundle()
        #expect(self.failure(bundle, trust: other.trust) == .issuerKey)
        var trust = self.world.trust
        trust.logKeys = other.trust.logKeys
        #expect(self.failure(bundle, trust: trust) == .logKey)
    }

    @Test func `withheld facts are no failure, and none shown is said to be so`() throws {
        let none = try self.world.bundle(showing: 0..<0).verify(now: now, trust: self.world.trust)
        #expect(none.isValid)
        #expect(none[.inclusion] == .skipped("no fact is shown"))
        let all = try self.world.bundle(showing: 0..<12).verify(now: now, trust: self.world.trust)
        #expect(all.isValid)
        #expect(all[.disclosures] == .passed("12 of 12 facts shown"))
    }

    @Test func `it is valid from its issue until its expiry`() throws {
        let bundle = try self.world.bundle()
        let expiry = issuedAt.seconds + CredentialPayload.longestLifetime
        #expect(bundle.verify(now: Instant(seconds: expiry - 1)).isValid)
        #expect(self.failure(bundle, at: Instant(seconds: expiry)) == .validity)
        #expect(bundle.verify(now: Instant(seconds: issuedAt.seconds - 300)).isValid)
        #expect(self.failure(bundle, at: Instant(seconds: issuedAt.seconds - 301)) == .validity)
    }

    @Test func `a token that is signed but contradicts itself fails at the step it concerns`() throws {
        let good = try self.world.payload()
        let cases: [(JSON, Verification.Name)] = [
            (good.replacing("validUntil", with: .string(issuedAt.rfc3339)), .validity),
            (
                good.replacing("exp", with: .int(issuedAt.seconds + 91 * 86_400))
                    .replacing(
                        "validUntil", with: .string(Instant(seconds: issuedAt.seconds + 91 * 86_400).rfc3339)),
                .validity
            ),
            (good.replacing("iss", with: "https://other.example"), .subject),
            (good.replacing("nbf", with: .int(issuedAt.seconds + 1)), .validity),
            (good.replacing("sub", with: "https://standing.example/p/eve"), .subject),
            (good.replacing("credentialSubject", "model", "digest", with: "00"), .model),
            (good.replacing("credentialSubject", "ledger", "origin", with: "other.example"), .logKey),
            (
                good.replacing("credentialSubject", "ledger", "root", with: .string(MerkleTree.emptyRoot.base64)),
                .consistency
            ),
            (good.replacing("credentialSubject", "ledger", with: nil), .claims),
            (good.replacing("credentialSubject", "evidence", with: [1]), .claims),
            (good.replacing("credentialSubject", "evidence", with: []), .disclosures),
        ]
        for (payload, step) in cases {
            #expect(self.failure(try self.world.bundle(payload: payload)) == step)
        }
    }

    @Test func `a model this program does not know is no failure`() throws {
        let payload = try self.world.payload().replacing("credentialSubject", "model", "version", with: 2)
        let verification = try self.world.bundle(payload: payload).verify(now: now)
        #expect(verification.isValid)
        guard case .skipped = verification[.model] else {
            Issue.record("an unknown model passed")
            return
        }
    }

    @Test func `a fact the credential does not list is refused`() throws {
        let stranger = Disclosure(World.fact(77).document, salt: Array(repeating: 7, count: 16))
        let (bundle, good) = (try self.world.bundle(), try self.world.bundle().facts[0])
        let fact = Bundle.Fact(
            commitment: Commitment(disclosure: stranger.text).text, disclosure: stranger.text, proof: good.proof)
        #expect(self.failure(bundle.with(bundle.facts + [fact])) == .disclosures)
        #expect(self.failure(bundle.with(bundle.facts + [good])) == .disclosures)
        let swapped = Bundle.Fact(
            commitment: good.commitment, disclosure: bundle.facts[1].disclosure, proof: good.proof)
        #expect(self.failure(bundle.with([swapped])) == .disclosures)
    }

    @Test func `a disclosed value that is no evidence is refused`() throws {
        let odd = Disclosure("not a fact", salt: Array(repeating: 7, count: 16))
        let commitment = Commitment(disclosure: odd.text).text
        let payload = try self.world.payload()
            .replacing("credentialSubject", "evidence", with: [.string(commitment)])
        let bundle = try self.world.bundle(showing: 0..<0, payload: payload)
        let fact = Bundle.Fact(
            commitment: commitment, disclosure: odd.text, proof: try self.world.bundle().facts[0].proof)
        #expect(self.failure(bundle.with([fact])) == .entries)
    }

    @Test func `the proof of another entry is refused`() throws {
        let bundle = try self.world.bundle()
        let swapped = zip(bundle.facts, bundle.facts.reversed()).map { fact, other in
            Bundle.Fact(commitment: fact.commitment, disclosure: fact.disclosure, proof: other.proof)
        }
        #expect(self.failure(bundle.with(swapped)) == .inclusion)
    }

    @Test func `the checkpoint of another log is refused, also under the same name`() throws {
        let impostor = try #require(NoteSigner(name: self.world.log.verifier.name, kind: .log, key: .generate()))
        let foreign = try #require(NoteSigner(name: "other.example/evidence", kind: .log, key: .generate()))
        for signer in [impostor, foreign] {
            let bundle = try self.world.bundle(note: self.world.note(312, by: signer))
            #expect(self.failure(bundle) == .checkpoint)
        }
    }

    @Test func `a checkpoint older than the credential is refused, a newer one cannot be compared`() throws {
        #expect(self.failure(try self.world.bundle(size: 311)) == .consistency)
        let older = try self.world.payload(size: 300)
        let verification = try self.world.bundle(payload: older).verify(now: now)
        #expect(verification.isValid)
        guard case .skipped = verification[.consistency] else {
            Issue.record("a newer checkpoint was taken for consistent without a proof")
            return
        }
    }

    @Test func `lines nobody could check are left out, and refused where they stand`() throws {
        let note = self.world.note(312, cosigners: [self.world.witness, self.world.stranger])
        let bundle = try self.world.bundle(note: note)
        #expect(bundle.verify(now: now, trust: self.world.trust).isValid)
        #expect(!bundle.text.contains("stranger.example"))

        let disclosure = self.world.disclosures[0]
        let proof = try self.world.proof(disclosure, size: 312, note: note)
        let fact = Bundle.Fact(
            commitment: Commitment(disclosure: disclosure.text).text, disclosure: disclosure.text, proof: proof.text)
        #expect(self.failure(bundle.with([fact])) == .checkpoint)

        var extra = try self.world.proof(disclosure, size: 312, note: self.world.note(312))
        extra.extra = [1, 2, 3]
        let padded = Bundle.Fact(commitment: fact.commitment, disclosure: fact.disclosure, proof: extra.text)
        #expect(self.failure(bundle.with([padded])) == .inclusion)
    }

    @Test func `a key set that is not the signer's alone is refused`() throws {
        let bundle = try self.world.bundle()
        let other = TokenKey.es256(P256PrivateKey.generate()).publicKey
        let key = self.world.issuer.publicKey
        for jwks in [
            JWKS([other]).json, JWKS([key, other]).json, JWKS([]).json, .null,
            ["keys": [key.json.replacing("note", with: "unsigned words")]],
        ] as [JSON] {
            let changed = Bundle(
                credential: bundle.credential, jwks: jwks, vkey: bundle.vkey, facts: bundle.facts, status: bundle.status
            )
            #expect(self.failure(changed) == .signature)
        }
    }

    @Test func `a token of another type is refused`() throws {
        let token = JWS(signing: try self.world.payload(), with: self.world.issuer, type: "JWT")
        let bundle = Bundle(
            credential: token, key: self.world.issuer.publicKey, ledger: self.world.ledger(312), facts: [])
        #expect(self.failure(bundle) == .signature)
    }

    private func failure(_ bundle: Bundle, at time: Instant = now, trust: Trust? = nil) -> Verification.Name? {
        Bundle.verify(Array(bundle.text.utf8), now: time, trust: trust ?? self.world.trust).firstFailure?.name
    }
}

extension Bundle {
    func with(_ facts: [Fact]) -> Bundle {
        Bundle(credential: self.credential, jwks: self.jwks, vkey: self.vkey, facts: facts, status: self.status)
    }
}
