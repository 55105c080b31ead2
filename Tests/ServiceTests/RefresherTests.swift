import Postgres
import Service
import TestSupport
import Testing

@Suite struct RefresherTests {
    @Test func `the standings take in a ledger of any size, and then what it grows by`() async throws {
        try await LedgerBench.with(size: 12_000) { bench in
            let refresher = Refresher(authority: bench.authority, on: bench.connection)
            #expect(refresher.reckonedSize == 0)
            try await refresher.turn()
            #expect(refresher.reckonedSize == 12_000)
            try await bench.append(1)
            try await refresher.turn()
            #expect(refresher.reckonedSize == 12_001)
        }
    }
}
