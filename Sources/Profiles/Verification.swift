public import CanonicalJSON
public import Transparency

/// What checking a bundle found, step by step.
public struct Verification: Hashable, Sendable {
    /// A check, in the order they are made.
    public enum Name: String, Sendable, CaseIterable {
        /// The file is a bundle, in its one text.
        case format
        /// The credential is signed by the key in the bundle.
        case signature
        /// What is signed has the members of a profile.
        case claims
        /// That key is the issuer's, by somebody else's word than the bundle's.
        case issuerKey = "issuer key"
        /// The credential is valid at this time.
        case validity
        /// It was not taken back, as far as the status list at hand says; with the list's age.
        case status
        /// The credential speaks of one subject and comes from one issuer.
        case subject
        /// The model is the one published under its name and version.
        case model
        /// The log's key is the one the credential names.
        case logKey = "log key"
        /// Each disclosure is what its commitment commits to, and the credential lists the commitment.
        case disclosures
        /// Each disclosure holds a fact, and the commitment makes a ledger entry.
        case entries
        /// Each proof's checkpoint is signed by the log and by every witness it names, and those are the quorum of the
        /// reader's policy, where there is one.
        case checkpoint
        /// No checkpoint contradicts the credential's or another.
        case consistency
        /// Each entry is in the tree of its checkpoint.
        case inclusion
        /// Whoever shows the credential has the holder's key, and shows it to whoever asked.
        case holder

        /// The checks of a bundle, in order.
        static let bundle = Name.allCases.filter { $0 != .holder }
    }

    /// What came of a check, with a sentence for a person.
    public enum Outcome: Hashable, Sendable {
        case passed(String)
        case failed(String)
        /// It could not be made, or there was nothing to check; what to do about it.
        case skipped(String)
    }

    /// A check and what came of it.
    public struct Step: Hashable, Sendable {
        /// Which.
        public let name: Name
        /// What came of it.
        public let outcome: Outcome
    }

    /// Every check, in order.
    public let steps: [Step]
    /// The credential's claims, once its signature holds.
    public let claims: JSON?

    /// Whether no check failed. With the issuer key not pinned it says that the bundle is whole, not who made it.
    public var isValid: Bool { self.firstFailure == nil }

    /// The first check that failed.
    public var firstFailure: Step? {
        self.steps.first { if case .failed = $0.outcome { true } else { false } }
    }

    /// What came of the check `name`.
    public subscript(name: Name) -> Outcome {
        guard let step = self.steps.first(where: { $0.name == name }) else {
            preconditionFailure("every check has an outcome")
        }
        return step.outcome
    }
}

extension Verification {
    /// The findings as JSON: `valid`, the claims, and each step with its name, outcome and sentence.
    public var document: JSON {
        [
            "valid": .bool(self.isValid), "claims": self.claims ?? .null,
            "steps": .array(
                self.steps.map { step in
                    let (outcome, detail): (JSON, String) =
                        switch step.outcome {
                        case .passed(let detail): ("passed", detail)
                        case .failed(let detail): ("failed", detail)
                        case .skipped(let detail): ("skipped", detail)
                        }
                    return ["name": .string(step.name.rawValue), "outcome": outcome, "detail": .string(detail)]
                }),
        ]
    }
}

extension Verification.Step: CustomStringConvertible {
    /// One line, such as `ok      signature: …`.
    public var description: String {
        switch self.outcome {
        case .passed(let detail): "ok      \(self.name.rawValue): \(detail)"
        case .failed(let detail): "FAILED  \(self.name.rawValue): \(detail)"
        case .skipped(let detail): "skipped \(self.name.rawValue): \(detail)"
        }
    }
}

/// Whom a reader of bundles trusts, from elsewhere than the bundle. Empty sets pin nothing.
public struct Trust: Hashable, Sendable {
    /// Thumbprints (RFC 7638) of issuers' keys.
    public var issuerKeys: Set<String>
    /// Logs' verifier keys.
    public var logKeys: Set<String>
    /// The logs and witnesses that are known, and the quorum that must have seen every checkpoint; nil demands none.
    public var policy: LedgerPolicy?

    /// Trust in these keys.
    public init(issuerKeys: Set<String> = [], logKeys: Set<String> = [], policy: LedgerPolicy? = nil) {
        self.issuerKeys = issuerKeys
        self.logKeys = logKeys
        self.policy = policy
    }
}
