import Crypto
import Foundation
import HTTP
import Postgres
import Service
import Store
import TestSupport
import Testing
import Transparency

/// What witnesses remember of a ledger whose own memory is gone.
@Suite struct WitnessedSizeTests {
    /// Runs `body` with the check that a program makes before it signs, on a published ledger of 300 entries whose
    /// high-water file knows no more, beside `witnesses`.
    private func withCheck(
        _ witnesses: [LoopbackWitness], _ body: @Sendable (LedgerBench, Publication) async throws -> Void
    ) async throws {
        try await LedgerBench.with(size: 300) { bench in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let highWater = HighWater(path: folder.appendingPathComponent("high-water").path)
            try await Publication(authority: bench.authority, highWater: highWater, on: bench.connection).publish()
            try await LoopbackWitness.with(witnesses) { urls in
                let policy = try LedgerPolicy.made(of: witnesses, at: urls, "quorum none")
                let authority = Authority(
                    settings: Settings(publicURL: "https://standing.example", policy: policy),
                    keys: bench.authority.keys, now: bench.authority.now)
                try await body(
                    bench, Publication(authority: authority, highWater: highWater, on: bench.connection))
            }
            try FileManager.default.removeItem(at: folder)
        }
    }

    @Test func `a witness that has cosigned more than there is stops everything before it signs`() async throws {
        let witness = LoopbackWitness(cosigned: TreeHead(size: 1_000, root: SHA256.hash([1])))
        try await self.withCheck([LoopbackWitness("w0"), witness]) { bench, publication in
            await #expect(throws: PublicationError.witnessed(size: 300, shown: 1_000, witness: "w2")) {
                try await publication.check()
            }
            let shown = try #require(try await LedgerHead.read(bench.connection.run(.publishedCheckpoint)))
            #expect(witness.requests.map(\.oldSize) == [0])
            #expect(witness.requests.map(\.proof) == [[]])
            #expect(
                witness.requests.map(\.note.encoded) == [shown.note], "what was shown, not something signed for this")
        }
    }

    @Test func `a shown checkpoint that cannot be read stops it too, for no witness could be asked`() async throws {
        let witness = LoopbackWitness("w0")
        try await self.withCheck([witness]) { bench, publication in
            try await bench.connection.script(
                [
                    "ALTER TABLE published_checkpoint DISABLE TRIGGER USER",
                    "UPDATE published_checkpoint SET note = 'x'",
                    "ALTER TABLE published_checkpoint ENABLE TRIGGER USER",
                ].joined(separator: ";"))
            let damage = await #expect(throws: DamagedRow.self) { try await publication.check() }
            #expect(damage?.table == "published_checkpoint")
            #expect(witness.requests.isEmpty)
        }
    }

    @Test func `witnesses that are behind, level or new are no reason to stop`() async throws {
        let new = LoopbackWitness("w0")
        try await self.withCheck([new]) { bench, publication in
            try await publication.check()
            #expect(new.cosigned?.size == 300, "it cosigned what was shown already")
            try await publication.check()
            #expect(new.requests.map(\.oldSize) == [0, 0])
            try await bench.append(5)
            try await publication.check()
        }
    }

    @Test func `a witness that gives no answer, or none that is one, knows nothing against us`() async throws {
        let broken = LoopbackWitness("w0") { _, _ in .text("no", status: 500) }
        let sizeless = LoopbackWitness("w1") { _, _ in .text("many\n", status: 409) }
        try await self.withCheck([broken, sizeless]) { _, publication in
            try await publication.check()
            #expect(broken.requests.count == 1 && sizeless.requests.count == 1)
        }
    }
}
