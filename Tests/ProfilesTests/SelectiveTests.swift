import CanonicalJSON
import Credentials
import Crypto
import Reputation
import Scoring
import Testing
import Transparency

@testable import Profiles

/// A profile that is shown piece by piece, as its holder and its readers have it.
struct SelectiveTests {
    let world: World
    let holder = TokenKey.es256(.generate())

    init() throws { self.world = try World() }

    private func profile(holder: JWK? = nil, facets: Set<Facet.Name> = Set(Facet.Name.allCases)) throws
        -> SelectiveProfile
    {
        try SelectiveProfile(
            handle: "ada", accounts: [ada], assessment: self.world.assessment.document, facets: facets,
            ledger: self.world.ledger(312), coverage: [], terms: self.terms(holder: holder))
    }

    private func terms(holder: JWK? = nil) -> SelectiveProfile.Terms {
        SelectiveProfile.Terms(
            issuer: "https://standing.example", profile: "https://standing.example/p/ada", issuedAt: issuedAt,
            lifetime: CredentialPayload.longestLifetime, status: self.world.place, holder: holder)
    }

    private func token(_ profile: SelectiveProfile, facts: Range<Int> = 0..<0) -> SDJWT {
        SDJWT(
            JWS(signing: profile.document, with: self.world.issuer, type: "dc+sd-jwt"),
            disclosures: profile.disclosures + self.world.disclosures[facts])
    }

    private func verifier(_ question: KeyBindingQuestion? = nil) -> Verifier {
        Verifier(
            now: now, trust: self.world.trust, keys: JWKS([self.world.issuer.publicKey]), question: question,
            statusLists: [self.world.statusList().token])
    }

    private func verify(_ text: String, _ question: KeyBindingQuestion? = nil) -> Verification {
        self.verifier(question).verify(Array(text.utf8))
    }

    @Test func `all of it verifies, and every number is where it was`() throws {
        let verification = self.verify(self.token(try self.profile(), facts: 0..<12).text)
        #expect(verification.isValid, "\(verification.steps)")
        #expect(verification.claims?["facets"] == nil || verification.claims?["facets"]?.array?.isEmpty == false)
        #expect(verification.claims?["accounts"] == [["platform": "github", "login": "ada"]])
        #expect(verification.claims?["evidence"]?.array?.count == 12)
        #expect(verification.claims?["timeline"] == self.world.assessment.document["timeline"])
        guard case .passed = verification[.status] else {
            Testing.Issue.record("the status was not looked at: \(verification.steps)")
            return
        }
    }

    @Test func `what the holder leaves out is gone, and nothing else is`() throws {
        let profile = try self.profile()
        let token = self.token(profile, facts: 0..<12)
        let shown = token.showing { $0.value["platform"] == nil && $0.name == nil && $0.value["account"] == nil }
        let verification = self.verify(shown.text)
        #expect(verification.isValid)
        #expect(verification.claims?["accounts"] == [])
        #expect(verification.claims?["timeline"] == nil)
        #expect(!verification.document.canonical.contains("ada\",\"platform"))
        #expect(verification.claims?["statement"]?.string == CredentialPayload.statement)
    }

    @Test func `a facet that was not ordered leaves no trace`() throws {
        let few = try self.profile(facets: [.reviewing])
        #expect(few.document["facets"]?.array?.count == 1)
        let none = try self.profile(facets: [])
        #expect(none.document["facets"] == [] && none.document["evidence"] == [])
    }

    @Test func `a disclosure that is missing, changed, doubled or a stranger's is told from one withheld`() throws {
        let profile = try self.profile()
        let token = self.token(profile)
        let stranger = Disclosure(["platform": "github", "login": "eve"], salt: Array(repeating: 9, count: 16))
        #expect(self.verify(token.text + stranger.text + "~").firstFailure?.name == .disclosures)
        #expect(self.verify(token.text + token.disclosures[0].text + "~").firstFailure?.name == .disclosures)
        let edited = token.text.replacing(token.disclosures[0].text, with: stranger.text)
        #expect(self.verify(edited).firstFailure?.name == .disclosures)
        #expect(self.verify(token.showing { _ in false }.text).isValid)
    }

    @Test func `bound to a key it is good for its holder, for the reader who asked`() throws {
        let token = self.token(try self.profile(holder: self.holder.publicKey))
        let question = KeyBindingQuestion(audience: "https://reader.example", nonce: "17")
        let shown = token.bound(to: question, by: self.holder, at: now.seconds)
        let good = self.verify(shown, question)
        #expect(good.isValid && good[.holder] == .passed("shown by its holder to https://reader.example"))
        for other in [
            KeyBindingQuestion(audience: "https://else.example", nonce: "17"),
            KeyBindingQuestion(audience: "https://reader.example", nonce: "18"),
        ] {
            #expect(self.verify(shown, other).firstFailure?.name == .holder)
        }
        #expect(self.verify(token.text, question).firstFailure?.name == .holder)
        let thief = token.bound(to: question, by: .es256(.generate()), at: now.seconds)
        #expect(self.verify(thief, question).firstFailure?.name == .holder)
        let old = token.bound(to: question, by: self.holder, at: now.seconds - 3_600)
        #expect(self.verify(old, question).firstFailure?.name == .holder)
        let unbound = self.token(try self.profile()).bound(to: question, by: self.holder, at: now.seconds)
        #expect(self.verify(unbound, question).firstFailure?.name == .holder)
    }

    @Test func `in a bundle its facts have their proofs`() throws {
        let token = self.token(try self.profile())
        let bundle = Bundle(
            credential: token, key: self.world.issuer.publicKey, ledger: self.world.ledger(312),
            facts: try self.world.disclosures[0..<3].map {
                ($0, try self.world.proof($0, size: 312, note: self.world.note(312)))
            }, status: self.world.statusList())
        let verification = bundle.verify(now: now, trust: self.world.trust)
        #expect(verification.isValid, "\(verification.steps)")
        #expect(verification[.disclosures] == .passed("3 of 12 facts shown"))
        #expect(verification[.inclusion] == .passed("each entry is in the ledger"))
        let again = try Bundle(parsing: Array(bundle.text.utf8))
        #expect(again == bundle)
        let withHolder = Bundle(
            credential: token.bound(
                to: KeyBindingQuestion(audience: "a", nonce: "n"), by: self.holder, at: now.seconds),
            jwks: bundle.jwks, vkey: bundle.vkey, facts: bundle.facts)
        #expect(withHolder.verify(now: now).firstFailure?.name == .signature)
    }

    @Test func `a bound says that it is met and whose it is only if shown`() throws {
        let threshold = Threshold.years(.reviewing, atLeast: 1)
        let assessment = self.world.assessment
        #expect(threshold.isMet(by: assessment, from: []))
        #expect(!Threshold.years(.reviewing, atLeast: 2).isMet(by: assessment, from: []))
        #expect(!Threshold.years(.maintaining, atLeast: 1).isMet(by: assessment, from: []))
        let profile = try SelectiveProfile(
            threshold, ledger: self.world.ledger(312), asOf: issuedAt.day, terms: self.terms())
        let token = self.token(profile)
        let hidden = self.verify(token.showing { _ in false }.text)
        #expect(hidden.isValid, "\(hidden.steps)")
        #expect(hidden.claims?["profile"] == nil)
        #expect(hidden.claims?["claim"]?["at_least"] == 1)
        let text = JSON.object(hidden.claims?.object ?? [:]).canonical
        #expect(!text.contains("ada"))
        #expect(self.verify(token.text).claims?["profile"] == "https://standing.example/p/ada")
        #expect(token.text.utf8.count < 4_096)
    }

    @Test func `packages count by what depends on them now`() {
        func package(_ name: String, _ dependents: Int64, day: Int64) -> Evidence {
            Evidence(
                kind: .packageMaintained, account: ada, project: Project(platform: .debian, id: name, name: name),
                object: Evidence.Object(id: "\(name)-\(day)", unit: name), occurredAt: Instant(seconds: day * 86_400),
                observedAt: issuedAt, counterparties: [], outcome: .maintainer,
                measures: [.externalDependents: dependents],
                source: Evidence.Source(adapter: "test", class: .registry, locator: "made-up", digest: "00"))
        }
        let facts = [
            package("a", 10, day: 1), package("b", 40, day: 1), package("c", 12, day: 1), package("c", 9, day: 2),
        ]
        let assessment = assess([], of: [ada.key], asOf: issuedAt.day)
        #expect(Threshold.packages(atLeast: 2, dependents: 10).isMet(by: assessment, from: facts))
        #expect(!Threshold.packages(atLeast: 3, dependents: 10).isMet(by: assessment, from: facts))
        #expect(Threshold.packages(atLeast: 3, dependents: 9).isMet(by: assessment, from: facts.reversed()))
    }

    @Test(arguments: [
        #"{"claim":"years","facet":"reviewing","at_least":0}"#, #"{"claim":"years","facet":"nothing","at_least":1}"#,
        #"{"claim":"years","at_least":1}"#, #"{"claim":"packages","at_least":3}"#, #"{"claim":"other","at_least":3}"#,
        #"{"claim":"packages","at_least":3,"dependents":10,"more":1}"#, "[]",
    ])
    func `a bound that is none is refused`(text: String) throws {
        #expect(Threshold(json: try JSON(parsing: text.utf8)) == nil)
    }
}
