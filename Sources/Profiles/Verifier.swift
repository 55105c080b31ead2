import CanonicalJSON
public import Credentials
import Crypto
public import Reputation
import Scoring
import Transparency

/// Checks anything that was signed here, by keys that are at hand. Nothing is ever fetched.
public struct Verifier: Sendable {
    /// The largest input that is looked at, in bytes.
    public static let limit = Bundle.limit

    /// The time it is.
    public var now: Instant
    /// Whom the reader trusts.
    public var trust: Trust
    /// The issuer's keys, for what does not bring its own.
    public var keys: JWKS
    /// What the holder was asked; nil asks nothing.
    public var question: KeyBindingQuestion?
    /// Status list tokens (`statuslist+jwt`, or `vc+jwt` with a bitstring), for what does not bring its own.
    public var statusLists: [String]

    /// A verifier as of `now`.
    public init(
        now: Instant, trust: Trust = Trust(), keys: JWKS = JWKS([]), question: KeyBindingQuestion? = nil,
        statusLists: [String] = []
    ) {
        self.now = now
        self.trust = trust
        self.keys = keys
        self.question = question
        self.statusLists = statusLists
    }

    /// Checks `bytes`: a bundle, an SD-JWT with or without a key binding, a compact token, or a document with a proof.
    public func verify(_ bytes: some Collection<UInt8>) -> Verification {
        guard bytes.count <= Verifier.limit else {
            return Verification(failing: .format, "it is larger than \(Verifier.limit) bytes", then: [])
        }
        var text = Array(bytes)[...]
        while let last = text.last, [0x0A, 0x0D, 0x20].contains(last) { text = text.dropLast() }
        guard text.first == UInt8(ascii: "{") else { return self.token(String(decoding: text, as: UTF8.self)) }
        // Why it is no JSON is said by whoever reads it as a bundle.
        guard let json = try? JSON(parsing: text), json["proof"] != nil, json["format"] == nil else {
            return self.bundle(bytes)
        }
        return self.document(json)
    }

    private func bundle(_ bytes: some Collection<UInt8>) -> Verification {
        let found = Bundle.verify(bytes, now: self.now, trust: self.trust)
        guard self.question != nil else { return found }
        let reason = "a bundle is for everybody and bound to no reader; ask the holder for the credential itself"
        return Verification(steps: found.steps + [.init(name: .holder, outcome: .failed(reason))], claims: found.claims)
    }

    /// The addresses of the status lists that would say what became of the credential in `bytes`, not verified: its token list,
    /// or where it names none its bitstring lists. None for a bundle, which brings its own.
    public static func statusLists(of bytes: some Collection<UInt8>) -> [String] {
        guard bytes.count <= SDJWT.limit else { return [] }
        let token = bytes.prefix { $0 != UInt8(ascii: "~") && $0 > 0x20 }
        // What cannot be read names no list; why it cannot is said by whoever verifies it.
        let claims =
            bytes.first == UInt8(ascii: "{")
            ? try? JSON(parsing: bytes) : (try? JWS(parsing: String(decoding: token, as: UTF8.self)))?.unverified
        if let list = claims?["status"]?["status_list"]?["uri"]?.string { return [list] }
        guard let entries = claims?["credentialStatus"] else { return [] }
        return (entries.array ?? [entries]).prefix(4).compactMap { $0["statusListCredential"]?.string }
    }

    private func token(_ text: String) -> Verification {
        if text.utf8.contains(UInt8(ascii: "~")) { return self.selective(text) }
        let token: JWS
        do throws(JWSError) { token = try JWS(parsing: text) } catch {
            return Verification(failing: .format, "this is neither a bundle nor a token: \(error)", then: Self.names)
        }
        return self.signed(token, types: ["vc+jwt", "JWT"]) { payload in
            Reading(
                claims: { () throws(MalformedClaim) in try Claims(token: payload) }, shown: payload, disclosures: [])
        }
    }

    private func selective(_ text: String) -> Verification {
        let token: SDJWT
        do throws(SDJWTError) { token = try SDJWT(parsing: text) } catch {
            if case .disclosure = error { return self.failing(.disclosures, "a disclosure cannot be read: \(error)") }
            return Verification(failing: .format, "this is no SD-JWT: \(error)", then: Self.names)
        }
        return self.signed(token.token, types: ["dc+sd-jwt"], binding: token) { payload throws(SDJWTError) in
            Reading(
                claims: { () throws(MalformedClaim) in try Claims(selective: payload) },
                shown: try token.disclosed(payload), disclosures: token.disclosures)
        }
    }

    /// What can be read of a credential once its signature holds.
    private struct Reading {
        let claims: () throws(MalformedClaim) -> Claims
        let shown: JSON
        let disclosures: [Disclosure]
    }

    /// The checks of what is not a bundle, in order.
    private static let names: [Verification.Name] = [
        .format, .signature, .disclosures, .claims, .issuerKey, .validity, .status, .subject, .model, .logKey, .entries,
        .holder,
    ]

    private func failing(_ name: Verification.Name, _ reason: String) -> Verification {
        Verification(failing: name, reason, then: Self.names)
    }

    private func signed(
        _ token: JWS, types: [String], binding: SDJWT? = nil,
        read: (JSON) throws(SDJWTError) -> Reading
    ) -> Verification {
        guard let type = token.header["typ"]?.string, types.contains(type) else {
            return self.failing(.format, "its typ is none of \(types.joined(separator: ", "))")
        }
        guard let key = self.key(of: token) else {
            return self.failing(.signature, "the key it names is not among those at hand, and none is fetched for it")
        }
        let payload: JSON
        do throws(JWSError) { payload = try token.payload(verifiedBy: key, type: type) } catch {
            return self.failing(.signature, "the token does not verify: \(error)")
        }
        let address = payload["iss"]?.string.map { IssuerDocuments(issuer: $0).address(of: key) }
        guard token.keyID == key.thumbprint || token.keyID == address else {
            return self.failing(.signature, "its kid is an address elsewhere, which is not asked")
        }
        return self.checked(key, binding: binding) { () throws(SDJWTError) in try read(payload) }
    }

    private func document(_ json: JSON) -> Verification {
        let method = DataIntegrity.verificationMethod(of: json)
        guard let key = self.keys.keys.first(where: { "#\($0.thumbprint)" == method.map(Self.fragment) }),
            case .ed25519(let publicKey) = key
        else {
            return self.failing(.signature, "the key it names is not among those at hand, and none is fetched for it")
        }
        let document: JSON
        do throws(DataIntegrityError) { document = try DataIntegrity.verify(json, by: publicKey) } catch {
            return self.failing(.signature, "the proof does not hold: \(error)")
        }
        guard let method, document["issuer"]?["id"]?.string.map({ method == "\($0)#\(key.thumbprint)" }) ?? false else {
            return self.failing(.signature, "the proof is by another issuer than the document names")
        }
        return self.checked(key, binding: nil) {
            Reading(
                claims: { () throws(MalformedClaim) in try Claims(document: document) }, shown: document,
                disclosures: [])
        }
    }

    private static func fragment(_ address: String) -> String {
        address.firstIndex(of: "#").map { String(address[$0...]) } ?? ""
    }

    /// The key that a token names: by its thumbprint, or by the one address at which this issuer serves it. The address is
    /// compared, not asked.
    private func key(of token: JWS) -> JWK? {
        guard let id = token.keyID else { return nil }
        return self.keys[id] ?? self.keys.keys.first { id.hasSuffix("/keys/\($0.thumbprint)") }
    }

    private func checked(
        _ key: JWK, binding: SDJWT?, read: () throws(SDJWTError) -> Reading
    ) -> Verification {
        var steps: [Verification.Step] = [
            .init(
                name: .format, outcome: .passed(binding == nil ? "a credential" : "a selectively disclosed credential")),
            .init(name: .signature, outcome: .passed("signed by key \(key.thumbprint)")),
        ]
        let reading: Reading
        do throws(SDJWTError) { reading = try read() } catch {
            return Verification(failing: .disclosures, "\(error)", after: steps, of: Self.names)
        }
        steps.append(
            .init(
                name: .disclosures,
                outcome: binding == nil
                    ? .skipped("everything is shown")
                    : .passed("\(reading.disclosures.count) shown, each where it belongs")))
        let claims: Claims
        do throws(MalformedClaim) { claims = try reading.claims() } catch {
            return Verification(failing: .claims, "there is no valid \(error.pointer)", after: steps, of: Self.names)
        }
        let check = CredentialCheck(claims: claims)
        steps += [
            .init(
                name: .claims,
                outcome: .passed(claims.kind == .profile ? "a developer's profile" : "a claim with a bound")),
            .init(name: .issuerKey, outcome: check.issuerKey(key, trust: self.trust)),
            .init(name: .validity, outcome: check.validity(now: self.now)),
            .init(
                name: .status,
                outcome: check.status(self.statusLists, keys: self.keys.keys, trust: self.trust, now: self.now)),
            .init(name: .subject, outcome: check.subject()), .init(name: .model, outcome: check.model()),
            .init(name: .logKey, outcome: check.logKey(trust: self.trust)),
            .init(name: .entries, outcome: Self.entries(reading.disclosures, of: claims)),
            .init(name: .holder, outcome: self.holder(binding, reading.shown)),
        ]
        return Verification(steps: steps, claims: reading.shown)
    }

    private static func entries(_ disclosures: [Disclosure], of claims: Claims) -> Verification.Outcome {
        let facts = disclosures.filter { claims.evidence.contains($0.digest.base64URL) }
        for fact in facts {
            do { _ = try Evidence(document: fact.value) } catch {
                return .failed("\(fact.digest.base64URL) is not evidence: \(error)")
            }
        }
        return .skipped(
            facts.isEmpty
                ? "no fact is shown; a bundle has their proofs"
                : "\(facts.count) facts are shown; their proofs of inclusion are in a bundle")
    }

    private func holder(_ token: SDJWT?, _ claims: JSON) -> Verification.Outcome {
        guard let question = self.question else {
            return token?.keyBinding == nil
                ? .skipped("nobody was asked to prove that it is theirs")
                : .skipped("shown to somebody: give the audience and the nonce to check to whom")
        }
        guard let token else { return .failed("a token of this kind is bound to nobody") }
        do throws(KeyBindingError) {
            try token.verifyKeyBinding(to: question, claims: claims, at: self.now.seconds)
        } catch {
            return .failed("not shown by its holder to \(question.audience): \(error)")
        }
        return .passed("shown by its holder to \(question.audience)")
    }
}

extension Verification {
    /// A failure before anything else could be looked at.
    init(failing name: Name, _ reason: String, then names: [Name]) {
        let passed = names.prefix { $0 != name }.map { Step(name: $0, outcome: .skipped("\(name.rawValue) failed")) }
        let failure = Step(name: name, outcome: .failed(reason))
        let rest = names.drop { $0 != name }.dropFirst().map {
            Step(name: $0, outcome: .skipped("\(name.rawValue) failed"))
        }
        self.init(steps: passed + [failure] + rest, claims: nil)
    }

    /// The steps up to a failure that leaves nothing to check.
    init(failing name: Name, _ reason: String, after passed: [Step], of names: [Name]) {
        let failure = Step(name: name, outcome: .failed(reason))
        let rest = names.dropFirst(passed.count + 1).map {
            Step(name: $0, outcome: .skipped("\(name.rawValue) failed"))
        }
        self.init(steps: passed + [failure] + rest, claims: nil)
    }
}
