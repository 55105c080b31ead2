public import Postgres
internal import Reputation
internal import Store
public import Transparency

/// The witness we are to other people's logs (C2SP tlog-witness v1, the witness's side).
public struct Cosign: Sendable {
    let authority: Authority

    /// The witness with this authority's key, for the logs of its settings.
    public init(authority: Authority) { self.authority = authority }

    /// What our cosignatures verify with.
    public var verifierKey: VerifierKey { self.signer.verifier }

    private var signer: NoteSigner {
        let name = self.authority.settings.host + "/witness"
        guard let signer = NoteSigner(name: name, kind: .witness, key: self.authority.keys.witness) else {
            preconditionFailure("\(name) is no name for a note's key")
        }
        return signer
    }

    /// Cosigns the checkpoint that `body` asks for, if it continues what was cosigned of its log; returns our line.
    ///
    /// Deciding and keeping are one transaction under the row's lock, and the line is given out after it: of two
    /// requests at once the second is decided by what the first has left.
    /// - Throws: `AddCheckpointError`, `WitnessRefusal`, `PostgresError`.
    public func add(_ body: [UInt8], on connection: Connection) async throws -> String {
        let request = try AddCheckpoint(parsing: body)
        let logs = self.authority.settings.witnessed.map(\.key)
        // Strangers are turned away before they cost the database anything.
        let origin = try request.checkpoint(signedByOneOf: logs).origin
        do {
            return try await self.keep(request, origin: origin, logs: logs, on: connection)
        } catch let error as PostgresError where error.state == .uniqueViolation {
            // Two first requests at once: there was no row to lock, now there is.
            return try await self.keep(request, origin: origin, logs: logs, on: connection)
        }
    }

    private func keep(
        _ request: AddCheckpoint, origin: String, logs: [VerifierKey], on connection: Connection
    ) async throws -> String {
        let (signer, now) = (self.signer, self.authority.now())
        return try await connection.transaction { connection in
            let last = try connection.lockWitnessed(origin)
            let checkpoint = try request.decide(logs: logs, cosigned: last)
            let line = signer.cosignature(of: checkpoint.text, at: now.seconds)
            var note = try SignedNote(text: checkpoint.text)
            for signature in request.note.signatures where logs.contains(where: { $0.isSigner(of: signature) }) {
                note.add(signature)
            }
            note.add(line)
            let witnessed = Witnessed(checkpoint: checkpoint, note: note.encoded, cosignedAt: now)
            if last == nil {
                try connection.addWitnessed(witnessed)
            } else {
                try connection.replaceWitnessed(witnessed)
            }
            return line.line
        }
    }
}
