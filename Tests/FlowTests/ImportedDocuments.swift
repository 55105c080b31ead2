import CanonicalJSON
import Postgres
import Service
import Store
import Synchronization
import Testing

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

extension RunningService {
    /// An import of what `forge` has, cut off at every `step`-th of its requests and then brought to its end, leaves the
    /// facts of one that was never disturbed.
    static func expectToGoOn(
        every step: Int, forge: @Sendable @escaping () throws -> LoopbackREST,
        bring: @Sendable @escaping (LoopbackREST, RunningService) async throws -> ImportSummary
    ) async throws {
        let whole = Found()
        let requests = Mutex(0)
        try await self.with { service in
            let forge = try forge()
            let summary = try await bring(forge, service)
            #expect(summary.isWhole, "\(summary.coverage)")
            let facts = try await service.documents(of: forge)
            whole.facts.withLock { $0 = facts }
            requests.withLock { $0 = forge.state.withLock { $0.requests.count } }
        }
        let (facts, count) = (whole.facts.withLock { $0 }, requests.withLock { $0 })
        #expect(!facts.isEmpty && count > 2 * step)
        for cut in stride(from: 0, to: count, by: step) {
            try await self.with { service in
                let forge = try forge()
                forge.state.withLock { $0.failsFrom = cut }
                let broken = try await bring(forge, service)
                #expect(!broken.isWhole)
                #expect(broken.coverage.reason?.contains("the forge failed (500)") == true, "cut at \(cut)")
                forge.state.withLock { $0.failsFrom = .max }
                let rest = try await bring(forge, service)
                #expect(rest.isWhole)
                let stored = try await service.writer.run("SELECT complete FROM imports")
                #expect(try stored[0].bool(0))
                let left = try await service.documents(of: forge)
                #expect(left == facts, "cut at \(cut)")
            }
        }
    }
}
