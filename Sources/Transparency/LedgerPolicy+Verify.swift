/// Why a note is not a checkpoint to rely on under a policy.
public enum LedgerPolicyFailure: Error, Equatable {
    /// It is no checkpoint of a log the policy accepts.
    case checkpoint(CheckpointError)
    /// The line of this known witness does not verify.
    case wrongCosignature(String)
    /// Those who have seen it, by the policy's names, are no quorum.
    case noQuorum(seenBy: [String])
}

/// A checkpoint that enough witnesses have seen.
public struct WitnessedCheckpoint: Hashable, Sendable {
    /// The key of the log that signed it.
    public let log: VerifierKey
    /// What it says.
    public let checkpoint: Checkpoint
    /// The lines of the witnesses, each once.
    public let witnesses: [VerifiedSignature]
}

extension LedgerPolicy {
    /// Whether the witnesses with `keys`, together, are a quorum.
    public func isMet(by keys: some Sequence<VerifierKey>) -> Bool {
        guard case .named(let name) = self.quorum else { return true }
        let keys = Set(keys)
        var seen = Set(self.witnesses.filter { keys.contains($0.key) }.map(\.name))
        for group in self.groups where group.members.count(where: seen.contains) >= group.threshold {
            seen.insert(group.name)
        }
        return seen.contains(name)
    }

    /// Verifies `note` as a checkpoint of one of the logs that a quorum of the witnesses has cosigned.
    ///
    /// Lines of strangers are passed over; a line of a known log or witness that does not verify spoils the note.
    /// - Throws: `LedgerPolicyFailure`.
    public func verify(_ note: SignedNote) throws(LedgerPolicyFailure) -> WitnessedCheckpoint {
        let log: VerifierKey
        let checkpoint: Checkpoint
        do throws(CheckpointError) {
            (log, checkpoint) = try Checkpoint.read(note, of: self.logs.map(\.key))
        } catch {
            throw .checkpoint(error)
        }
        let witnesses: [VerifiedSignature]
        do throws(NoteError) {
            witnesses = try note.verified(by: self.witnesses.map(\.key))
        } catch {
            if case .wrongSignature(let name) = error { throw .wrongCosignature(name) }
            witnesses = []
        }
        let seen = Set(witnesses.map(\.key))
        guard self.isMet(by: seen) else {
            throw .noQuorum(seenBy: self.witnesses.filter { seen.contains($0.key) }.map(\.name.description))
        }
        return WitnessedCheckpoint(log: log, checkpoint: checkpoint, witnesses: witnesses)
    }
}

extension Checkpoint {
    /// Reads a note as a checkpoint signed by one of `logs`, all of which may have the same name.
    ///
    /// - Throws: `CheckpointError.wrongOrigin` when none of them is called as the checkpoint says.
    static func read(
        _ note: SignedNote, of logs: [VerifierKey]
    ) throws(CheckpointError) -> (log: VerifierKey, checkpoint: Checkpoint) {
        let checkpoint = try Checkpoint(parsing: note.text)
        let candidates = logs.filter { $0.kind == .log && $0.name.utf8.elementsEqual(checkpoint.origin.utf8) }
        guard !candidates.isEmpty else { throw .wrongOrigin }
        do throws(NoteError) {
            return (try note.verified(by: candidates)[0].key, checkpoint)
        } catch {
            throw .note(error)
        }
    }
}
