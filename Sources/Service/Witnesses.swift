internal import Crypto
internal import HTTP
public import Postgres
internal import Store
internal import Synchronization
public import Transparency

/// The witnesses of a policy, asked to cosign our checkpoints (C2SP tlog-witness v1, the log's side).
///
/// Nothing a witness answers can do harm: only a line that verifies under its key in the policy is added to a
/// checkpoint, and an answer is bounded in size and time.
public final class Witnesses: Sendable {
    /// Who is asked, and who is a quorum.
    public let policy: LedgerPolicy
    private let timeout: Duration
    private let client: HTTPClient
    /// The size each witness has cosigned last, as far as it told us since we began.
    private let sizes = Mutex<[VerifierKey: Int64]>([:])

    /// The largest answer that is read, in bytes: a witness has a line or a few.
    private static let answerLimit = 65_536
    /// How often a witness may name another size before it is given up for this time.
    private static let rounds = 3

    /// The witnesses of `policy`, which get `timeout` together to answer.
    public init(policy: LedgerPolicy, timeout: Duration = .seconds(1)) {
        self.policy = policy
        self.timeout = timeout
        self.client = HTTPClient(timeout: timeout, bodyBytes: Witnesses.answerLimit)
    }

    private enum Event: Sendable {
        case answer(Int, WitnessOutcome, NoteSignature?)
        case deadline
    }

    /// Asks every witness at once to cosign `note`, the checkpoint of `head`, whose tiles `connection` reads.
    ///
    /// Returns as soon as the quorum is met, with what has come by then, or when every witness has answered, or in time.
    /// - Throws: `PostgresError` and what the rows' damage throws; nothing that a witness does.
    public func cosign(_ note: SignedNote, of head: TreeHead, on connection: Connection) async throws -> Cosigning {
        var (note, signers) = (note, Set<VerifierKey>())
        var outcomes = self.policy.witnesses.map { $0.url == nil ? WitnessOutcome.noAddress : nil }
        let request = note
        try await withThrowingTaskGroup(of: Event.self) { group in
            for (index, witness) in self.policy.witnesses.enumerated() where witness.url != nil {
                group.addTask {
                    let (outcome, line) = try await self.ask(witness, for: request, of: head, on: connection)
                    return .answer(index, outcome, line)
                }
            }
            group.addTask {
                do { try await Task.sleep(for: self.timeout) } catch {}  // Called off: the answers are there.
                return .deadline
            }
            while outcomes.contains(nil), let event = try await group.next() {
                guard case .answer(let index, let outcome, let line) = event else {
                    group.cancelAll()
                    continue
                }
                outcomes[index] = outcome
                guard let line else { continue }
                note.add(line)
                signers.insert(self.policy.witnesses[index].key)
                if self.policy.isMet(by: signers) { group.cancelAll() }
            }
            group.cancelAll()
        }
        let isQuorum = self.policy.isMet(by: signers)
        return Cosigning(
            note: note, isQuorum: isQuorum,
            answers: zip(self.policy.witnesses, outcomes).map { witness, outcome in
                Cosigning.Answer(witness: witness, outcome: Witnesses.final(outcome ?? .timedOut, isQuorum: isQuorum))
            })
    }

    /// An exchange that was broken off was late, unless the others were a quorum by then.
    private static func final(_ outcome: WitnessOutcome, isQuorum: Bool) -> WitnessOutcome {
        outcome == .timedOut && isQuorum ? .notAwaited : outcome
    }
}

extension Witnesses {
    /// Asks one witness, again where it names the size it goes on from.
    private func ask(
        _ witness: LedgerPolicy.Witness, for note: SignedNote, of head: TreeHead, on connection: Connection
    ) async throws -> (WitnessOutcome, NoteSignature?) {
        var old = min(self.sizes.withLock { $0[witness.key] } ?? 0, head.size)
        for _ in 0..<Witnesses.rounds {
            let request = AddCheckpoint(
                oldSize: old, proof: try await self.proof(from: old, to: head.size, on: connection), note: note)
            let response: ClientResponse
            do throws(HTTPClientError) { response = try await self.post(request, to: witness) } catch {
                return (WitnessOutcome(error), nil)
            }
            switch response.status {
            case 200:
                do throws(NoteError) {
                    let (line, time) = try request.cosignature(by: witness.key, in: response.body)
                    self.sizes.withLock { $0[witness.key] = head.size }
                    return (.cosigned(time: time), line)
                } catch {
                    return (.invalid("its cosignature: \(error)"), nil)
                }
            case 409:
                let isSize = response.headers["Content-Type"] == AddCheckpoint.sizeType
                guard isSize, let size = AddCheckpoint.size(in: response.body) else {
                    return (old == head.size ? .otherRoot(size: old) : .invalid("409 without a size"), nil)
                }
                guard size <= head.size else { return (try await self.ahead(size, on: connection), nil) }
                guard size != old else {
                    return (old == head.size ? .otherRoot(size: old) : .invalid("409 with the size it was asked"), nil)
                }
                self.sizes.withLock { $0[witness.key] = size }
                old = size
            case 422 where old > 0: return (old == head.size ? .otherRoot(size: old) : .inconsistent(from: old), nil)
            case 400..<500: return (.refused(status: response.status), nil)
            case 500...: return (.unreachable("status \(response.status)"), nil)
            default: return (.invalid("status \(response.status)"), nil)
            }
        }
        return (.invalid("another size each time"), nil)
    }

    func post(
        _ request: AddCheckpoint, to witness: LedgerPolicy.Witness
    ) async throws(HTTPClientError) -> ClientResponse {
        let prefix = witness.url.map(\.description) ?? ""
        return try await self.client.send(
            "POST", prefix + (prefix.hasSuffix("/") ? "" : "/") + "add-checkpoint",
            headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(request.encoded.utf8))
    }

    /// What it means that a witness is at `size`, beyond the checkpoint it was asked to cosign.
    private func ahead(_ size: Int64, on connection: Connection) async throws -> WitnessOutcome {
        let newest = try await connection.ledgerHead()?.size ?? 0
        return size <= newest ? .overtaken(size: size) : .ahead(size: size)
    }

    /// The proof that the ledger's tree of `new` entries continues that of `old`.
    private func proof(from old: Int64, to new: Int64, on connection: Connection) async throws -> [Digest] {
        let plan = try ProofPlan.consistency(from: old, to: new)
        let tiles = plan.tiles
        guard !tiles.isEmpty else { return [] }
        return try plan.hashes(from: TileSet.read(await connection.run(.tiles(tiles)), tiles))
    }
}

extension WitnessOutcome {
    /// What an exchange that failed says of the witness; one that was called off came too late.
    fileprivate init(_ error: HTTPClientError) {
        switch error {
        case .timedOut, .cancelled: self = .timedOut
        case .bodyTooLarge(let limit): self = .invalid("over \(limit) bytes")
        case .unreachable(let reason): self = .unreachable(reason)
        case .badURL, .badHeader: self = .unreachable("\(error)")
        }
    }
}
