/// Why a witness does not cosign, with the status that tells the log (C2SP tlog-witness v1).
public enum WitnessRefusal: Error, Equatable {
    /// The note is no checkpoint. 400.
    case malformed
    /// The old size is larger than the checkpoint's. 400.
    case oldSizeTooLarge
    /// No line of the log's verifies, or one does not. 403.
    case notSigned
    /// The witness does not follow a log of that name. 404.
    case unknownLog
    /// The witness has cosigned last a checkpoint of another size than the old size, this one. 409.
    case stale(size: Int64)
    /// The witness has cosigned another root at this size: the log has shown two trees. 409.
    case otherRoot(size: Int64)
    /// The proof does not show that the checkpoint continues the one cosigned last. 422.
    case inconsistent(ProofError)

    /// The status code of the answer.
    public var status: Int {
        switch self {
        case .malformed, .oldSizeTooLarge: 400
        case .notSigned: 403
        case .unknownLog: 404
        case .stale, .otherRoot: 409
        case .inconsistent: 422
        }
    }
}

extension AddCheckpoint {
    /// The checkpoint of the request, once one of `logs`, all that the witness follows, has signed it.
    ///
    /// Needs nothing but the keys, so a witness asks this before it looks up what it has cosigned.
    /// - Throws: `WitnessRefusal`: `malformed`, `unknownLog` or `notSigned`.
    public func checkpoint(signedByOneOf logs: [VerifierKey]) throws(WitnessRefusal) -> Checkpoint {
        do throws(CheckpointError) {
            return try Checkpoint.read(self.note, of: logs).checkpoint
        } catch {
            switch error {
            case .malformed: throw .malformed
            case .wrongOrigin: throw .unknownLog
            case .note: throw .notSigned
            }
        }
    }

    /// The checkpoint to cosign for a witness that follows `logs` and has cosigned `cosigned` last of this one, or
    /// nothing yet.
    ///
    /// The witness persists the checkpoint's head in place of `cosigned`, in one step with this decision, before it
    /// answers; otherwise two requests at once could make it go back.
    /// - Throws: `WitnessRefusal`, the first that holds in the order the protocol states them.
    public func decide(
        logs: [VerifierKey], cosigned: TreeHead?
    ) throws(WitnessRefusal) -> Checkpoint {
        let checkpoint = try self.checkpoint(signedByOneOf: logs)
        let last = cosigned ?? .empty
        guard self.oldSize <= checkpoint.head.size else { throw .oldSizeTooLarge }
        guard self.oldSize == last.size else { throw .stale(size: last.size) }
        if cosigned != nil, checkpoint.head.size == last.size, checkpoint.head.root != last.root {
            throw .otherRoot(size: last.size)
        }
        do throws(ProofError) {
            try checkpoint.head.verifyConsistency(with: last, proof: self.proof)
        } catch {
            throw .inconsistent(error)
        }
        return checkpoint
    }
}
