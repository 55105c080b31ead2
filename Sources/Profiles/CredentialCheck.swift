import CanonicalJSON
import Credentials
import Reputation
import Scoring
import Transparency

/// The checks of what a credential claims, once its signature holds.
struct CredentialCheck {
    typealias Outcome = Verification.Outcome

    /// How far a clock may be behind the issuer's, in seconds.
    static let skew: Int64 = 300

    let claims: Claims

    func issuerKey(_ key: JWK, trust: Trust) -> Outcome {
        if trust.issuerKeys.contains(key.thumbprint) { return .passed("pinned by you: \(key.thumbprint)") }
        guard trust.issuerKeys.isEmpty else { return .failed("\(key.thumbprint) is none of the keys you pinned") }
        return .skipped(
            "not pinned: the key came with what it signed; compare the fingerprint \(key.thumbprint) with the issuer's, "
                + "\(self.claims.issuers.sorted().joined(separator: " "))")
    }

    func validity(now: Instant) -> Outcome {
        let (from, until) = (self.claims.issuedAt, self.claims.expiry)
        guard self.claims.timesAgree else {
            return .failed("iat, nbf and exp differ from one another or from validFrom and validUntil")
        }
        guard from < until, until.seconds - from.seconds <= CredentialPayload.longestLifetime else {
            return .failed("no credential is valid for that long")
        }
        guard from.seconds <= now.seconds + CredentialCheck.skew else { return .failed("not before \(from.rfc3339)") }
        guard now < until else { return .failed("expired at \(until.rfc3339)") }
        return .passed("until \(until.rfc3339)")
    }

    func subject() -> Outcome {
        guard self.claims.issuers.count == 1 else { return .failed("iss and issuer differ") }
        if self.claims.kind == .threshold {
            return .skipped("the credential does not say whose it is, unless its holder does")
        }
        guard self.claims.subjects.count == 1, let subject = self.claims.subjects.first else {
            return .failed("sub and credentialSubject differ")
        }
        return .passed(subject)
    }

    func model() -> Outcome {
        let known = Model.standing1.claim
        if self.claims.model == known { return .passed("standing/1, weights \(Model.standing1.digest)") }
        guard self.claims.model["id"] == known["id"], self.claims.model["version"] == known["version"] else {
            return .skipped("this program does not know the model \(self.claims.model.canonical)")
        }
        return .failed("the weights are not those of the published model")
    }

    func logKey(trust: Trust) -> Outcome {
        guard self.claims.origin == self.claims.log.name else { return .failed("the key is not the log's by name") }
        if let logs = trust.policy?.logs, !logs.isEmpty, !logs.contains(where: { $0.key == self.claims.log }) {
            return .failed("none of the logs of your policy")
        }
        guard !trust.logKeys.isEmpty else { return .passed("the one the credential names; not pinned by you") }
        guard trust.logKeys.contains(self.claims.log.text) else { return .failed("none of the log keys you pinned") }
        return .passed("pinned by you: \(self.claims.log.text)")
    }

    /// What `lists`, status list tokens of either kind, say of the credential.
    func status(_ lists: [String], keys: [JWK], trust: Trust, now: Instant) -> Outcome {
        StatusCheck(places: self.claims.statuses, keys: keys, trust: trust, now: now).outcome(lists)
    }
}
