import CanonicalJSON
import Credentials
import Reputation
import Scoring
import Transparency

/// The checks of a bundle whose credential is signed.
struct BundleCheck {
    typealias Outcome = Verification.Outcome

    let bundle: Bundle
    let claims: Claims
    /// In the order of the bundle's facts.
    let proofs: [ProofReading]

    func disclosures() -> Outcome {
        var seen: Set<String> = []
        for fact in self.bundle.facts {
            guard Commitment(disclosure: fact.disclosure).text == fact.commitment else {
                return .failed("\(fact.commitment) commits to something else")
            }
            guard self.claims.evidence.contains(fact.commitment) else {
                return .failed("the credential does not list \(fact.commitment)")
            }
            guard seen.insert(fact.commitment).inserted else { return .failed("\(fact.commitment) is there twice") }
        }
        return .passed("\(seen.count) of \(self.claims.evidence.count) facts shown")
    }

    func entries() -> Outcome {
        for fact in self.bundle.facts {
            do {
                let disclosure = try Disclosure(parsing: fact.disclosure)
                guard disclosure.name == nil else { return .failed("\(fact.commitment) is a named claim, not a fact") }
                _ = try Evidence(document: disclosure.value)
            } catch {
                return .failed("\(fact.commitment) is not evidence: \(error)")
            }
        }
        return self.unlessEmpty("each fact is evidence of schema \(Evidence.schemaVersion)")
    }

    func logKey(trust: Trust) -> Outcome {
        guard self.bundle.vkey == self.claims.log.text else { return .failed("the credential names another log key") }
        return CredentialCheck(claims: self.claims).logKey(trust: trust)
    }

    func checkpoint(policy: LedgerPolicy?) -> Outcome {
        var witnesses: Set<VerifierKey> = []
        var seen: Set<SignedNote> = []  // the facts of a bundle mostly lead to one checkpoint
        for (proof, _) in self.read where seen.insert(proof.note).inserted {
            do throws(CheckpointFailure) {
                witnesses.formUnion(try self.signers(of: proof.note, policy: policy))
            } catch {
                return .failed(error.sentence)
            }
        }
        if let (fact, reason) = self.unread(.checkpoint) { return .failed("\(fact.commitment): \(reason)") }
        guard let policy else {
            return self.unlessEmpty("signed by \(self.claims.origin), seen by \(witnesses.count) witnesses")
        }
        guard !self.bundle.facts.isEmpty else { return .failed("no fact is shown that your policy could be held to") }
        let names = policy.witnesses.filter { witnesses.contains($0.key) }.map(\.name.description)
        return .passed("signed by \(self.claims.origin), a quorum of your policy: \(BundleCheck.list(names))")
    }

    fileprivate static func list(_ names: [String]) -> String {
        names.isEmpty ? "nobody" : names.joined(separator: ", ")
    }

    func consistency() -> Outcome {
        var roots = [self.claims.head.size: self.claims.head.root]
        var isNewer = false
        for (proof, checkpoint) in self.read {
            guard let head = checkpoint?.head else { return .skipped("a checkpoint cannot be read") }
            guard head.size >= self.claims.head.size else {
                return .failed("the checkpoint over entry \(proof.index) is older than the credential's")
            }
            guard roots.updateValue(head.root, forKey: head.size).map({ $0 == head.root }) ?? true else {
                return .failed("two roots for \(head.size) entries: the log shows different readers different trees")
            }
            isNewer = isNewer || head.size > self.claims.head.size
        }
        guard isNewer else { return self.unlessEmpty("the credential's root, at \(self.claims.head.size) entries") }
        return .skipped("the checkpoint is newer than the credential's; ask the log for a consistency proof")
    }

    func inclusion() -> Outcome {
        if let (fact, reason) = self.unread(.proof) { return .failed("\(fact.commitment): \(reason)") }
        for (fact, reading) in zip(self.bundle.facts, self.proofs) {
            guard case .read(let proof, let checkpoint?) = reading, let commitment = Commitment(text: fact.commitment)
            else { return .failed("\(fact.commitment): no checkpoint to lead to") }
            let leaf = LedgerEntry(.evidence, commitment).leafHash
            do throws(ProofError) {
                try checkpoint.head.verifyInclusion(of: leaf, at: proof.index, proof: proof.hashes)
            } catch {
                return .failed("\(fact.commitment) is not shown to be in the ledger: \(error)")
            }
        }
        return self.unlessEmpty("each entry is in the ledger")
    }
}

/// Why a checkpoint cannot be relied on.
private struct CheckpointFailure: Error {
    let sentence: String
}

extension BundleCheck {
    /// The witnesses that signed `note`, once the log and every signer it names verify and they are the policy's quorum.
    fileprivate func signers(
        of note: SignedNote, policy: LedgerPolicy?
    ) throws(CheckpointFailure) -> Set<VerifierKey> {
        do throws(CheckpointError) { _ = try Checkpoint(note, of: self.claims.log) } catch {
            throw CheckpointFailure(sentence: "not a checkpoint of \(self.claims.origin): \(error)")
        }
        let known = [self.claims.log] + self.claims.witnesses + (policy?.witnesses.map(\.key) ?? [])
        for line in note.signatures where !known.contains(where: { $0.isSigner(of: line) }) {
            throw CheckpointFailure(sentence: "a line by \(line.name), whom the credential does not name")
        }
        let witnesses: Set<VerifierKey>
        do throws(NoteError) {
            witnesses = Set(try note.verified(by: known).map(\.key).filter { $0.kind == .witness })
        } catch {
            throw CheckpointFailure(sentence: "a signature does not verify: \(error)")
        }
        guard let policy, !policy.isMet(by: witnesses) else { return witnesses }
        let names = policy.witnesses.filter { witnesses.contains($0.key) }.map(\.name.description)
        throw CheckpointFailure(sentence: "no quorum of your policy has seen it: \(BundleCheck.list(names)) did")
    }

    /// The proofs that could be read, with their checkpoints.
    fileprivate var read: [(proof: TlogProof, checkpoint: Checkpoint?)] {
        self.proofs.compactMap { if case .read(let proof, let checkpoint) = $0 { (proof, checkpoint) } else { nil } }
    }

    /// The first fact whose proof has a part that cannot be read.
    fileprivate func unread(_ part: ProofReading.Part) -> (Bundle.Fact, reason: String)? {
        for (fact, reading) in zip(self.bundle.facts, self.proofs) {
            if case .unreadable(part, let reason) = reading { return (fact, reason) }
        }
        return nil
    }

    fileprivate func unlessEmpty(_ detail: String) -> Outcome {
        self.bundle.facts.isEmpty ? .skipped("no fact is shown") : .passed(detail)
    }
}

/// A fact's proof, as far as it could be read.
enum ProofReading {
    /// What could not be read.
    enum Part { case proof, checkpoint }

    case read(TlogProof, Checkpoint?)
    case unreadable(Part, reason: String)

    init(_ fact: Bundle.Fact) {
        do throws(TlogProofError) {
            let proof = try TlogProof(parsing: fact.proof)
            guard proof.extra == nil, proof.text == fact.proof else {
                self = .unreadable(.proof, reason: "it holds bytes that nobody vouches for")
                return
            }
            // A note that is no checkpoint is refused with its reason by the checkpoint step.
            self = .read(proof, try? Checkpoint(parsing: proof.note.text))
        } catch {
            if case .checkpoint = error {
                self = .unreadable(.checkpoint, reason: "the checkpoint is no note: \(error)")
            } else {
                self = .unreadable(.proof, reason: "no tlog-proof: \(error)")
            }
        }
    }
}
