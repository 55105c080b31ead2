import Client
import Postgres
import Service
import Store
import Testing
import Transparency

/// The service's own log, followed over the socket by somebody who knows only its address.
@Suite struct FollowTests {
    /// Follows the log to what it publishes now, and gives the entries read.
    private static func follow(
        _ service: RunningService, after position: LogPosition? = nil
    ) async throws -> (position: LogPosition, entries: [LedgerEntry.Reading]) {
        try await service.background.publication.publish()
        let log = try LogReader(service.base)
        let key = try #require(try await log.verifierKey().flatMap { VerifierKey(parsing: $0) })
        let claim = try LogClaim(try await log.note(), of: key, after: position?.head)
        var entries: [LedgerEntry.Reading] = []
        let next = try await log.follow(claim, from: position?.frontier ?? Frontier()) { part in
            entries += part.entries.map { LedgerEntry.read($0) }
        }
        return (next, entries)
    }

    @Test func `a stranger follows the log as it grows, and finds each entry of a kind known`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let first = try await Self.follow(service)
            #expect(first.position.head.size > 200)
            #expect(first.entries.count == Int(first.position.head.size))
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let second = try await Self.follow(service, after: first.position)
            #expect(second.position.head.size == first.position.head.size + 2)
            let kinds = second.entries.suffix(2).map {
                if case .entry(let entry) = $0 { entry.kind.rawValue } else { "" }
            }
            #expect(kinds.sorted() == ["credential", "identity"])
        }
    }

    @Test func `an entry rewritten in the database is found by who follows the log`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            // Nobody has read it yet: a full bundle that was, is given from the service's memory as it was.
            let shown = try await service.background.publication.publish()
            try await service.writer.script("ALTER TABLE entries DISABLE TRIGGER USER")
            try await service.writer.run("UPDATE entries SET kind = 'status' WHERE index = 7")
            let bundle = try #require(Tile.at(.entries, number: 0, size: shown.size))
            await #expect(throws: LogAlarm.wrongEntries(bundle)) { _ = try await Self.follow(service) }
        }
    }
}
