import CanonicalJSON
import Credentials
public import Reputation
import Scoring
import Transparency

extension Bundle {
    /// Checks the file `bytes` as of `now`, without any network.
    public static func verify(_ bytes: some Collection<UInt8>, now: Instant, trust: Trust = Trust()) -> Verification {
        do throws(BundleError) {
            return try Bundle(parsing: bytes).verify(now: now, trust: trust)
        } catch {
            return Verification(failing: .format, "this is no bundle: \(error)", after: [])
        }
    }

    /// Checks the bundle as of `now`, without any network.
    ///
    /// What is not signed by the issuer is not looked at further once the signature fails.
    public func verify(now: Instant, trust: Trust = Trust()) -> Verification {
        var steps = [Verification.Step(name: .format, outcome: .passed("\(Bundle.format), in its one text"))]
        let signed: Signed
        do throws(SignatureFailure) { signed = try self.signedClaims() } catch {
            return Verification(failing: .signature, error.sentence, after: steps)
        }
        steps.append(.init(name: .signature, outcome: .passed("signed by key \(signed.keys[0].thumbprint)")))
        let claims: Claims
        do throws(MalformedClaim) { claims = try signed.claims() } catch {
            return Verification(failing: .claims, "there is no valid \(error.pointer)", after: steps)
        }
        steps.append(.init(name: .claims, outcome: .passed("a developer's profile")))
        let check = CredentialCheck(claims: claims)
        let facts = BundleCheck(bundle: self, claims: claims, proofs: self.facts.map { ProofReading($0) })
        steps += [
            .init(name: .issuerKey, outcome: check.issuerKey(signed.keys[0], trust: trust)),
            .init(name: .validity, outcome: check.validity(now: now)),
            .init(
                name: .status,
                outcome: check.status([self.status].compactMap(\.self), keys: signed.keys, trust: trust, now: now)),
            .init(name: .subject, outcome: check.subject()),
            .init(name: .model, outcome: check.model()),
            .init(name: .logKey, outcome: facts.logKey(trust: trust)),
            .init(name: .disclosures, outcome: facts.disclosures()),
            .init(name: .entries, outcome: facts.entries()),
            .init(name: .checkpoint, outcome: facts.checkpoint(policy: trust.policy)),
            .init(name: .consistency, outcome: facts.consistency()),
            .init(name: .inclusion, outcome: facts.inclusion()),
        ]
        return Verification(steps: steps, claims: signed.shown)
    }

    /// What the issuer signed, and by which key.
    private struct Signed {
        /// The credential's key, and the status list's where that is another.
        let keys: [JWK]
        /// What is signed, and the same with what is shown in its place.
        let payload: JSON
        let shown: JSON
        let isSelective: Bool

        func claims() throws(MalformedClaim) -> Claims {
            guard self.isSelective else { return try Claims(token: self.payload) }
            let claims = try Claims(selective: self.payload)
            guard claims.kind == .profile else { throw MalformedClaim(["vct"]) }
            return claims
        }
    }

    private func signedClaims() throws(SignatureFailure) -> Signed {
        let set: JWKS
        do throws(JWKError) { set = try JWKS(json: self.jwks) } catch { throw .init("the key set is none: \(error)") }
        let keys = set.keys
        guard (1...2).contains(keys.count), set.json == self.jwks else {
            throw .init("the key set is not that of one key or two, as they are published")
        }
        try self.checkSecondKey(keys)
        do {
            let selective = self.credential.utf8.contains(UInt8(ascii: "~")) ? try SDJWT(parsing: self.credential) : nil
            guard selective?.keyBinding == nil else {
                throw SignatureFailure("a bundle is for everybody, and this credential was shown to one reader")
            }
            let token = try selective?.token ?? JWS(parsing: self.credential)
            guard token.keyID == keys[0].thumbprint else {
                throw SignatureFailure("the credential names another key than the bundle holds")
            }
            let payload = try token.payload(verifiedBy: keys[0], type: selective == nil ? "vc+jwt" : "dc+sd-jwt")
            return Signed(
                keys: keys, payload: payload, shown: try selective?.disclosed(payload) ?? payload,
                isSelective: selective != nil)
        } catch let error as SignatureFailure {
            throw error
        } catch {
            throw .init("the credential does not verify: \(error)")
        }
    }

    /// A second key stands in the bundle for nothing but the status list.
    private func checkSecondKey(_ keys: [JWK]) throws(SignatureFailure) {
        guard keys.count == 2 else { return }
        // A list that is no token has no key that could be the second one; what is wrong with it is said where it is verified.
        let list = self.status.flatMap { try? JWS(parsing: $0) }
        guard keys[1] != keys[0], list?.keyID == keys[1].thumbprint else {
            throw .init("the key set has a key that signed nothing here")
        }
    }
}

/// Why the credential says nothing that could be relied on.
private struct SignatureFailure: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}

extension Verification {
    /// The steps up to a failure that leaves nothing to check.
    init(failing name: Name, _ reason: String, after passed: [Step]) {
        let failure = Step(name: name, outcome: .failed(reason))
        let rest = Name.bundle.dropFirst(passed.count + 1).map {
            Step(name: $0, outcome: .skipped("\(name.rawValue) failed"))
        }
        self.init(steps: passed + [failure] + rest, claims: nil)
    }
}
