internal import Foundation
internal import Transparency

/// Which witnesses have to have seen a checkpoint before it is worth anything to this reader (C2SP tlog-policy).
struct MonitorPolicy {
    private let policy: LedgerPolicy

    /// - Throws: `Ending` for a file that cannot be read or is no policy.
    init(path: String) throws(Ending) {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            bytes = try file.read(upToCount: LedgerPolicy.limit + 1) ?? Data()
        } catch {
            throw .refused("\(path): \(error.localizedDescription)")
        }
        do throws(LedgerPolicyError) { self.policy = try LedgerPolicy(parsing: bytes) } catch {
            throw .refused("\(path), \(error)")
        }
    }

    /// What is wrong with the cosignatures of a checkpoint that the log `key` signed; nil when they are a quorum.
    func complaint(about note: SignedNote, of key: VerifierKey) -> String? {
        do throws(LedgerPolicyFailure) { _ = try self.policy.accepting(key).verify(note) } catch {
            return switch error {
            case .checkpoint: "the policy does not accept the checkpoint"
            case .wrongCosignature(let name): "the cosignature of \(name) does not verify"
            case .noQuorum(let names) where names.isEmpty: "no witness of the policy has cosigned the checkpoint"
            case .noQuorum(let names):
                "only \(names.joined(separator: ", ")) cosigned the checkpoint, no quorum of the policy's witnesses"
            }
        }
        return nil
    }
}
