import Crypto
import Foundation
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Testing
import Transparency

@Suite struct KeyStatementTests {
    @Test func `what was said of keys is read back, whatever byte a later write was cut off at`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let directory = try StateDirectory(folder.path)
        let authority = Authority(
            settings: Settings(publicURL: "https://standing.example"), keys: try directory.keys(),
            now: { Instant(seconds: 1_767_225_600) })
        try await withDatabase { connection in
            _ = try await connection.migrate()
            let ledger = Ledger(authority: authority)
            let rotation = KeyRotation(authority: authority, directory: directory)
            await #expect(throws: KeyRotationError.notBegun) { try await rotation.rotate(.credentials, on: connection) }
            _ = try await connection.transaction { connection in
                try ledger.append(
                    [.init(.status, .init(disclosure: "x"))], observedAt: authority.now(), on: connection)
            }
            _ = try await rotation.rotate(.credentials, on: connection)
            let file = URL(fileURLWithPath: directory.statements.path)
            let (first, whole) = (try directory.statements.all(), try Data(contentsOf: file))
            #expect(first.count == 2)
            let reloaded = Authority(settings: authority.settings, keys: try directory.keys(), now: authority.now)
            _ = try await KeyRotation(authority: reloaded, directory: directory).rotate(.ledger, on: connection)
            let stored = try await KeyRecord.read(connection.run(.issuerKeys))
            let (all, longer) = (try directory.statements.all(), try Data(contentsOf: file))
            #expect(Set(all) == Set(stored) && all.count == 4)
            for end in whole.count...longer.count {
                try longer.prefix(end).write(to: file)
                let kept = try directory.statements.all()
                #expect(Array(kept.prefix(2)) == first && kept.count <= 4)
            }
        }
        try FileManager.default.removeItem(at: folder)
    }
}
