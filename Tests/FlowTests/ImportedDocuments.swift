import CanonicalJSON
import Postgres
import Synchronization

/// What a test found inside a service that is gone.
final class Found: Sendable {
    let facts = Mutex<[String]>([])
}

extension RunningService {
    /// The documents in the ledger without when they were observed, and without the port of the loopback `forge`.
    func documents(of forge: LoopbackREST) async throws -> [String] {
        let rows = try await self.writer.run("SELECT document FROM evidence")
        let host = forge.base.replacing("http://", with: "")
        return try rows.map { row in
            var document = try JSON(parsing: try row.text(0).utf8).object ?? [:]
            document["observed_at"] = nil
            return JSON.object(document).canonical.replacing(host, with: "forge.example")
        }.sorted()
    }
}
