internal import CanonicalJSON
internal import Profiles

/// What checking a bundle found, step by step, for a terminal.
struct VerificationScreen {
    let verification: Verification
    let style: Style

    var text: String {
        (self.verification.steps.map(self.line) + ["", self.conclusion]).joined(separator: "\n") + "\n"
    }

    private func line(_ step: Verification.Step) -> String {
        let (mark, word, meaning, detail): (String, String, Style.Meaning, String) =
            switch step.outcome {
            case .passed(let detail): ("✓", "ok     ", .good, detail)
            case .failed(let detail): ("✗", "FAILED ", .bad, detail)
            case .skipped(let detail): ("–", "skipped", .aside, detail)
            }
        let words = wrapped(
            harmless("\(step.name.rawValue): \(detail)"), first: " \(word) ", rest: String(repeating: " ", count: 10))
        return self.style.show(mark, as: meaning) + words
    }

    private var conclusion: String {
        if let failure = self.verification.firstFailure {
            return self.style.show("Not verified: the step '\(failure.name.rawValue)' failed.", as: .bad)
        }
        let subject = harmless(self.verification.claims?.handle ?? "somebody")
        guard case .passed = self.verification[.issuerKey] else {
            return self.style.show("The bundle about \(subject) is whole.", as: .good) + "\n"
                + wrapped("Who signed it nobody but the bundle says: give the issuer's key set with --key-file.")
        }
        return self.style.show("Verified: the issuer states these facts about \(subject).", as: .good)
    }
}

extension JSON {
    /// Whom a credential is about, where it says so.
    fileprivate var handle: String? { (self["credentialSubject"]?["handle"] ?? self["handle"])?.string }
}
