import CanonicalJSON
import Credentials
import Crypto
import Reputation
import Scoring
import Testing
import Transparency

@testable import Profiles

struct VerifierTests {
    let world: World
    let badges = TokenKey.rs256(.generate())
    let proofs = Ed25519PrivateKey.generate()
    let documents = IssuerDocuments(issuer: "https://standing.example")

    init() throws { self.world = try World() }

    private var verifier: Verifier {
        let keys = [self.world.issuer.publicKey, self.badges.publicKey, .ed25519(self.proofs.publicKey)]
        return Verifier(
            now: now, trust: Trust(issuerKeys: Set(keys.map(\.thumbprint))), keys: JWKS(keys),
            statusLists: [self.world.statusList().token])
    }

    /// The same, with the lists that a document names.
    private var documentVerifier: Verifier {
        var verifier = self.verifier
        verifier.keys = JWKS(verifier.keys.keys + [self.world.issuer.publicKey])
        verifier.statusLists = [self.world.bitstring(.revoked), self.world.bitstring(.suspended)]
        return verifier
    }

    private func failure(_ text: String) -> Verification.Name? {
        self.verifier.verify(Array(text.utf8)).firstFailure?.name
    }

    private func badge(kid: String? = nil, payload: JSON? = nil) throws -> String {
        let address = self.documents.address(of: self.badges.publicKey)
        return JWS(
            signing: try payload ?? self.world.payload(), with: self.badges, type: "JWT", keyID: kid ?? address
        ).text
    }

    /// What is said of the status of `text` by `lists`.
    private func status(of text: String, by lists: [String], at moment: Instant = now) -> Verification.Outcome {
        var verifier = self.documentVerifier
        (verifier.statusLists, verifier.now) = (lists, moment)
        return verifier.verify(Array(text.utf8))[.status]
    }

    private func document() throws -> JSON {
        let payload = try CredentialPayload(
            id: "https://standing.example/v1/credentials/x", issuer: "https://standing.example",
            profile: "https://standing.example/p/ada", handle: "ada", accounts: [ada],
            assessment: self.world.assessment.document, ledger: self.world.ledger(312), coverage: [],
            issuedAt: issuedAt, status: self.world.place, form: .document(did: self.documents.did))
        return DataIntegrity.sign(
            payload.document, with: self.proofs,
            verificationMethod: self.documents.verificationMethod(.ed25519(self.proofs.publicKey)),
            created: issuedAt.rfc3339)
    }

    @Test func `every form verifies by the keys at hand`() throws {
        for (text, verifier) in [
            (self.world.token(try self.world.payload()).text, self.verifier), (try self.badge(), self.verifier),
            (try self.document().canonical, self.documentVerifier),
            (self.world.token(try self.world.payload()).text + "\n", self.verifier),
        ] {
            let verification = verifier.verify(Array(text.utf8))
            #expect(verification.isValid, "\(verification.steps)")
            #expect(verification.claims?["credentialSubject"]?["handle"] == "ada")
        }
        #expect(self.verifier.verify(Array(try self.world.bundle().text.utf8)).isValid)
    }

    @Test func `a kid that leads elsewhere is not followed`() throws {
        let thumbprint = self.badges.publicKey.thumbprint
        #expect(self.failure(try self.badge(kid: thumbprint)) == nil)
        for kid in [
            "https://other.example/keys/\(thumbprint)", "../../etc/passwd", "file:///etc/passwd", "",
            "http://127.0.0.1:1/keys/x", "/keys/\(thumbprint)", "\(thumbprint)'; DROP TABLE credentials",
            "did:web:other.example#\(thumbprint)",
        ] {
            #expect(self.failure(try self.badge(kid: kid)) == .signature, "\(kid)")
        }
        #expect(
            self.failure(try self.document().replacing("proof", "verificationMethod", with: "did:web:x#y").canonical)
                == .signature)
    }

    @Test func `a changed token, another's key and another algorithm fail at the signature`() throws {
        let token = self.world.token(try self.world.payload()).text
        let parts = token.split(separator: ".").map(String.init)
        let other = try World()
        #expect(self.failure(other.token(try other.payload()).text) == .signature)
        func header(_ text: String) -> String { Base64URL.encode(text.utf8) }
        let kid = self.world.issuer.publicKey.thumbprint
        for forged in [
            "\(header(#"{"alg":"none","kid":"\#(kid)","typ":"vc+jwt"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"HS256","kid":"\#(kid)","typ":"vc+jwt"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"RS256","kid":"\#(kid)","typ":"vc+jwt"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"ES256","kid":"\#(self.badges.publicKey.thumbprint)","typ":"vc+jwt"}"#)).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(parts[1]).\(Base64URL.encode([UInt8](repeating: 0, count: 64)))",
        ] {
            #expect(self.failure(forged) == .signature)
        }
        #expect(self.failure("\(header(#"{"alg":"none","typ":"vc+jwt"}"#)).\(parts[1]).") == .format)
        #expect(
            self.failure("\(header(#"{"alg":"ES256","kid":"\#(kid)","typ":"at+jwt"}"#)).\(parts[1]).\(parts[2])")
                == .format)
    }

    @Test func `garbage of any kind and size is refused at the format`() {
        let clock = ContinuousClock()
        let started = clock.now
        for text in [
            "", " ", "a", "a.b.c", "..", "~", "{}", "[]", "{\"proof\":1", "null", "\u{0}",
            String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 1_000_000),
            String(repeating: "A", count: 20_000_000), String(repeating: "~", count: 20_000_000),
            String(repeating: "a.", count: 4_000_000),
        ] {
            #expect(self.failure(text) == .format, "\(text.prefix(40))")
        }
        // Bounded, whatever it is: a reader that took any of these seriously would be at it for minutes.
        #expect(clock.now - started < .seconds(60))
    }

    @Test(arguments: [CredentialStatus.revoked, .suspended])
    func `what was taken back fails at the status`(status: CredentialStatus) throws {
        let bundle = try self.world.bundle(status: self.world.statusList(status))
        let verification = bundle.verify(now: now)
        #expect(verification.firstFailure?.name == .status)
        guard case .failed(let reason) = verification[.status] else { return }
        #expect(reason.contains(status.word) && reason.contains("1 day ago"))
        var verifier = self.verifier
        verifier.statusLists = [self.world.statusList(status).token]
        let token = self.world.token(try self.world.payload()).text
        #expect(verifier.verify(Array(token.utf8)).firstFailure?.name == .status)
        // Revoked is for good; an old list that says so is as good as a new one.
        let later = Instant(seconds: issuedAt.seconds + 60 * 86_400)
        #expect(bundle.verify(now: later).firstFailure?.name == .status)
    }

    @Test(arguments: [CredentialStatus.revoked, .suspended])
    func `what is in a bitstring list was taken back, whatever form it has`(status: CredentialStatus) throws {
        let forms = [
            self.world.token(try self.world.payload()).text, try self.badge(), try self.document().canonical,
        ]
        for text in forms {
            let lists = [CredentialStatus.revoked, .suspended].map { self.world.bitstring($0, status) }
            #expect(
                self.status(of: text, by: lists) == .failed("\(status.word), as the list of 1 day ago says"))
            let good = [CredentialStatus.revoked, .suspended].map { self.world.bitstring($0) }
            #expect(self.status(of: text, by: good) == .passed("not revoked 1 day ago"))
            let later = Instant(seconds: issuedAt.seconds + 3 * 86_400)
            guard case .skipped = self.status(of: text, by: good, at: later) else {
                Testing.Issue.record("lists that have ended passed")
                return
            }
        }
        #expect(
            Verifier.statusLists(of: Array(forms[2].utf8)) == [
                "https://standing.example/status/revocation/1", "https://standing.example/status/suspension/1",
            ])
        #expect(Verifier.statusLists(of: Array(forms[0].utf8)) == ["https://standing.example/status/tsl/1"])
    }

    @Test func `half of the lists is not the whole, and another's list is none`() throws {
        let text = try self.document().canonical
        #expect(
            self.status(of: text, by: [self.world.bitstring(.revoked)])
                == .skipped("not all of it is at hand; ask https://standing.example/status/suspension/1"))
        let elsewhere = "https://other.example/status/revocation/1"
        for (list, reason) in [
            (self.world.bitstring(.revoked, id: elsewhere), "that is another list than the credential names"),
            (self.world.bitstring(.revoked, stated: "suspension"), "that is no list of what is revoked"),
            (self.world.statusList().token, "that is another list than the credential names"),
            ("a.b.c", "the status list does not verify: malformed"),
        ] {
            #expect(self.status(of: text, by: [list]) == .failed(reason))
        }
    }

    @Test func `an old list and none are told from a good one`() throws {
        guard case .passed(let said) = try self.world.bundle().verify(now: now)[.status] else {
            Testing.Issue.record("a good list did not pass")
            return
        }
        #expect(said == "not revoked 1 day ago")
        let later = Instant(seconds: issuedAt.seconds + 3 * 86_400)
        guard case .skipped(let old) = try self.world.bundle().verify(now: later)[.status] else {
            Testing.Issue.record("a list that has ended passed")
            return
        }
        #expect(old.contains("3 days ago"))
        let bundle = try self.world.bundle()
        let bare = Bundle(credential: bundle.credential, jwks: bundle.jwks, vkey: bundle.vkey, facts: bundle.facts)
        guard case .skipped = bare.verify(now: now)[.status] else {
            Testing.Issue.record("no list at all passed")
            return
        }
    }

    @Test func `a list that is another's, for another, to come or changed fails`() throws {
        let other = TokenKey.es256(.generate())
        for list in [
            self.world.statusList(uri: "https://standing.example/status/tsl/2"),
            self.world.statusList(uri: "https://other.example/status/tsl/1"),
            self.world.statusList(issuedAt: Instant(seconds: now.seconds + 3_600)),
        ] {
            #expect(try self.world.bundle(status: list).verify(now: now).firstFailure?.name == .status)
        }
        let foreign = try self.world.bundle(status: self.world.statusList(by: other))
        guard case .skipped = foreign.verify(now: now, trust: self.world.trust)[.status] else {
            Testing.Issue.record("a list by a key that nobody pinned was relied on")
            return
        }
        // Without a pin a second key is as good as the first: both came with the bundle.
        #expect(foreign.verify(now: now).isValid)
        let bundle = try self.world.bundle()
        let changed = Bundle(
            credential: bundle.credential, jwks: bundle.jwks, vkey: bundle.vkey, facts: bundle.facts,
            status: String((bundle.status ?? "").dropLast(4)) + "AAAA")
        #expect(changed.verify(now: now).firstFailure?.name == .status)
    }

    @Test func `a bundle is no answer to a question of its reader`() throws {
        var verifier = self.verifier
        verifier.question = KeyBindingQuestion(audience: "https://reader.example", nonce: "17")
        let found = verifier.verify(Array(try self.world.bundle().text.utf8))
        #expect(found.firstFailure?.name == .holder)
    }

    @Test func `a bundle with another log's checkpoint fails there`() throws {
        let other = try World()
        let note = other.note(312)
        let bundle = try self.world.bundle()
        let proof = try other.proof(other.disclosures[0], size: 312, note: note)
        let facts = bundle.facts.map { fact in
            Bundle.Fact(commitment: fact.commitment, disclosure: fact.disclosure, proof: proof.text)
        }
        #expect(bundle.with(facts).verify(now: now).firstFailure?.name == .checkpoint)
    }

    @Test func `what the issuer says of itself leads to its keys and types`() throws {
        #expect(self.documents.did == "did:web:standing.example")
        #expect(IssuerDocuments(issuer: "http://127.0.0.1:8080").did == "did:web:127.0.0.1%3A8080")
        let keys = [self.world.issuer.publicKey, self.badges.publicKey, .ed25519(self.proofs.publicKey)]
        let did = self.documents.didDocument(keys)
        #expect(did["id"] == "did:web:standing.example")
        #expect(did["verificationMethod"]?.array?.count == 3 && did["assertionMethod"]?.array?.count == 3)
        let multikey = try #require(did["verificationMethod"]?.array?.last?["publicKeyMultibase"]?.string)
        #expect(Ed25519PublicKey(multikey: multikey) == self.proofs.publicKey)
        #expect(self.documents.jwtVCIssuer(keys)["jwks"]?["keys"]?.array?.count == 1)
        for type in IssuerDocuments.CredentialType.allCases {
            let text = self.documents.metadata(type)
            #expect(try JSON(parsing: text.utf8)["vct"]?.string == self.documents.vct(type))
            #expect(self.documents.integrity(type) == "sha256-" + SHA256.hash(text.utf8).base64)
        }
    }
}
