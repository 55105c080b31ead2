internal import HTTP
internal import Postgres
internal import Service
internal import Store
internal import Transparency

/// The witness we are to other people's logs: C2SP tlog-witness under `/witness/`.
enum WitnessRoutes {
    private static let plain = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]

    /// Cosigns a checkpoint that continues the one before; the statuses are the protocol's.
    @Sendable static func addCheckpoint(_ exchange: Exchange) async throws -> Response {
        do {
            let line = try await Cosign(authority: exchange.authority).add(
                exchange.request.body, on: await exchange.writer)
            return Response(status: 200, headers: self.plain, body: Array(line.utf8))
        } catch WitnessRefusal.stale(let size) {
            return Response(
                status: 409, headers: [("Content-Type", AddCheckpoint.sizeType), ("Cache-Control", "no-store")],
                body: Array(AddCheckpoint.body(size: size).utf8))
        }
    }

    /// What our cosignatures verify with (C2SP signed-note vkey).
    @Sendable static func verifierKey(_ exchange: Exchange) async throws -> Response {
        let key = Cosign(authority: exchange.authority).verifierKey
        return Response(status: 200, headers: self.plain, body: Array((key.text + "\n").utf8))
    }

    /// The newest checkpoint we have cosigned of a log, by the SHA-256 of its origin: for its monitors.
    @Sendable static func checkpoint(_ exchange: Exchange) async throws -> Response {
        let rows = try await exchange.reads.run(.witnessedNote(originHash: exchange["origin_hash"]))
        guard let note = try rows.first?.text(0) else { throw Problem.notFound }
        return Response(status: 200, headers: self.plain, body: Array(note.utf8))
    }
}

extension Problem {
    init(_ error: AddCheckpointError) {
        let detail: String
        switch error {
        case .tooLarge:
            self = Problem(.bodyTooLarge(limit: AddCheckpoint.limit))
            return
        case .malformedOldSize: detail = "The first line must be 'old', a space and a size in decimal."
        case .malformedProof:
            detail =
                "Up to \(AddCheckpoint.hashLimit) lines, each a hash in base64, and an empty line must follow the first."
        case .note: detail = "After the empty line must come a checkpoint with the log's signature."
        }
        self.init(status: 400, name: "not-cosigned", title: "The checkpoint was not cosigned", detail: detail)
    }

    init(_ refusal: WitnessRefusal) {
        let detail =
            switch refusal {
            case .malformed: "The note is not the three lines of a checkpoint."
            case .oldSizeTooLarge: "The old size is larger than the checkpoint's."
            case .notSigned: "No line is the log's, or the one that is does not verify."
            case .unknownLog: "This witness does not follow a log of that origin."
            case .stale(let size): "The newest checkpoint cosigned has \(size) entries."
            case .otherRoot(let size):
                "Another root was cosigned at \(size) entries: the log has shown two histories."
            case .inconsistent: "The proof does not show that the checkpoint continues the newest one cosigned."
            }
        self.init(
            status: refusal.status, name: "not-cosigned", title: "The checkpoint was not cosigned", detail: detail)
    }
}
