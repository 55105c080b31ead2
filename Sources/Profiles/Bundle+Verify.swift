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
        let (key, payload): (JWK, JSON)
        do throws(SignatureFailure) { (key, payload) = try self.signedPayload() } catch {
            return Verification(failing: .signature, error.sentence, after: steps)
        }
        steps.append(.init(name: .signature, outcome: .passed("signed by key \(key.thumbprint)")))
        let claims: Claims
        do throws(MalformedClaim) { claims = try Claims(payload) } catch {
            return Verification(failing: .claims, "there is no valid \(error.pointer)", after: steps)
        }
        steps.append(.init(name: .claims, outcome: .passed("a developer's profile")))
        let check = BundleCheck(bundle: self, claims: claims, proofs: self.facts.map { ProofReading($0) })
        steps += [
            .init(name: .issuerKey, outcome: check.issuerKey(key, trust: trust)),
            .init(name: .validity, outcome: check.validity(now: now)),
            .init(name: .subject, outcome: check.subject()),
            .init(name: .model, outcome: check.model()),
            .init(name: .logKey, outcome: check.logKey(trust: trust)),
            .init(name: .disclosures, outcome: check.disclosures()),
            .init(name: .entries, outcome: check.entries()),
            .init(name: .checkpoint, outcome: check.checkpoint(policy: trust.policy)),
            .init(name: .consistency, outcome: check.consistency()),
            .init(name: .inclusion, outcome: check.inclusion()),
        ]
        return Verification(steps: steps, claims: payload)
    }

    /// The key in the bundle and what it signed.
    private func signedPayload() throws(SignatureFailure) -> (JWK, JSON) {
        let keys: JWKS
        do throws(JWKError) { keys = try JWKS(json: self.jwks) } catch { throw .init("the key set is none: \(error)") }
        guard let key = keys.keys.first, keys.keys.count == 1, keys.json == self.jwks else {
            throw .init("the key set is not that of one key, as it is published")
        }
        do throws(JWSError) {
            let token = try JWS(parsing: self.credential)
            if token.keyID == key.thumbprint { return (key, try token.payload(verifiedBy: key, type: "vc+jwt")) }
        } catch {
            throw .init("the credential does not verify: \(error)")
        }
        throw .init("the credential names another key than the bundle holds")
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
        let rest = Name.allCases.dropFirst(passed.count + 1).map {
            Step(name: $0, outcome: .skipped("\(name.rawValue) failed"))
        }
        self.init(steps: passed + [failure] + rest, claims: nil)
    }
}
