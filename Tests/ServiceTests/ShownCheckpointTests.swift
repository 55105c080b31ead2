import Foundation
import Reputation
import Service
import Store
import TestSupport
import Testing

/// What is remembered of the checkpoint strangers see. A memory that never ends stands for a moment within its age, and
/// one that ends at once for a moment after it.
@Suite struct ShownCheckpointTests {
    private func head(_ size: Int64) -> LedgerHead {
        LedgerHead(
            origin: "standing.example/evidence", size: size, root: [UInt8](repeating: 7, count: 32), note: "\(size)",
            observedAt: Instant(seconds: 1_767_225_600))
    }

    @Test func `the database is asked once within the age, and each time after it`() async throws {
        for (age, sizes) in [(Duration.seconds(86_400), [1, 1, 1] as [Int64]), (.zero, [1, 2, 3])] {
            let shown = ShownCheckpoint(for: age)
            var found: [Int64?] = []
            for size in 1...3 { found.append(try await shown.head { self.head(Int64(size)) }?.size) }
            #expect(found == sizes)
        }
    }

    @Test func `a log that is not begun is not remembered as one, and neither is a failure`() async throws {
        let shown = ShownCheckpoint(for: .seconds(86_400))
        await #expect(throws: CancellationError.self) { try await shown.head { throw CancellationError() } }
        #expect(try await shown.head { nil } == nil)
        #expect(try await shown.head { self.head(5) }?.size == 5)
    }

    /// Runs `body` with a memory that never ends and with what shows a ledger of three entries and tells it so.
    private func withPublication(_ body: @Sendable (ShownCheckpoint, Publication) async throws -> Void) async throws {
        try await LedgerBench.with(size: 3) { bench in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let shown = ShownCheckpoint(for: .seconds(86_400))
            try await body(
                shown,
                Publication(
                    authority: bench.authority, highWater: HighWater(path: file.path), shown: shown,
                    on: bench.connection))
            try FileManager.default.removeItem(at: file)
        }
    }

    @Test func `an answer that was asked for before a publication does not hide it`() async throws {
        try await self.withPublication { shown, publication in
            let old = try await shown.head {
                try await publication.publish()
                return self.head(3)
            }
            #expect(old == self.head(3), "who asked before is answered with what was found")
            let remembered = try await shown.head { self.head(9) }
            #expect(remembered?.size == 3)
            #expect(remembered?.note != "3")
        }
    }

    @Test func `what was shown by another program is not hidden by less`() async throws {
        try await self.withPublication { shown, publication in
            #expect(try await shown.head { self.head(9) }?.size == 9)
            try await publication.publish()
            #expect(try await shown.head { self.head(10) }?.size == 9)
        }
    }

    @Test func `the same size is remembered with the signatures it was shown with last`() async throws {
        try await self.withPublication { shown, publication in
            #expect(try await shown.head { self.head(3) } == self.head(3))
            try await publication.publish()
            let remembered = try await shown.head { self.head(9) }
            #expect(remembered?.size == 3)
            #expect(remembered?.note != "3")
        }
    }
}
