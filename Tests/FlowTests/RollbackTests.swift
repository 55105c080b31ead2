import Foundation
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Testing
import Transparency

/// What a database that goes back in time can do: nothing.
@Suite struct RollbackTests {
    /// Runs `body` with a site that showed 5 entries, then 300, and the dump of its database between the two.
    private func withOlderDump(
        _ body: @Sendable (_ site: Site, _ dump: String) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                let dump = folder + "/standing.dump"
                try await site.open { try await $0.record(5, from: 0) }
                try site.dump(to: dump)
                try await site.open { try await $0.record(295, from: 5) }
                try await body(site, dump)
            }
        }
    }

    @Test func `an older backup opens nothing, signs nothing, and the refusal names both sizes`() async throws {
        try await self.withOlderDump { site, dump in
            try await withDatabaseURL { url in
                try Site.restore(dump, into: url)
                let restored = try await Site(database: url, directory: site.directory)
                let before = try await restored.inspect { try await $0.ledgerHead() }
                let error = await #expect(throws: PublicationError.rolledBack(size: 5, shown: 300)) {
                    try await restored.open { _ in Issue.record("it opened") }
                }
                #expect("\(error!)".contains("5 entries") && "\(error!)".contains("of 300"))
                #expect("\(error!)".contains("'A restored database' in deploy/README.md"))
                let after = try await restored.inspect { try await $0.ledgerHead() }
                #expect(after == before)
            }
        }
    }

    @Test func `an empty database beside a state directory that showed something is an older backup too`() async throws
    {
        try await self.withOlderDump { site, _ in
            try await withDatabaseURL { url in
                let empty = try await Site(database: url, directory: site.directory)
                await #expect(throws: PublicationError.rolledBack(size: 0, shown: 300)) {
                    try await empty.open { _ in Issue.record("it opened") }
                }
                let head = try await empty.inspect { try await $0.ledgerHead() }
                #expect(head == nil, "not even the empty tree was signed")
            }
        }
    }

    @Test func `an older backup that grew past the mark with other entries is another history`() async throws {
        try await self.withOlderDump { site, dump in
            try await withDatabaseURL { url in
                try Site.restore(dump, into: url)
                // Somebody took the state directory away, so that the restored database grew.
                try FileManager.default.moveItem(atPath: site.highWater.path, toPath: site.directory + "/aside")
                let grown = try await Site(database: url, directory: site.directory)
                try await grown.inspect { connection in try await connection.script(Self.forgetting) }
                try await grown.open { try await $0.record(400, from: 1_000) }
                try FileManager.default.removeItem(atPath: site.highWater.path)
                try FileManager.default.moveItem(atPath: site.directory + "/aside", toPath: site.highWater.path)
                await #expect(throws: PublicationError.forked(size: 405, shown: 300)) {
                    try await grown.open { _ in Issue.record("it opened") }
                }
            }
        }
    }

    @Test func `a database put in place of the one that is served is not published, however large`() async throws {
        try await self.withOlderDump { site, dump in
            try await withDatabaseURL { url in
                try Site.restore(dump, into: url)
                let shown = try await site.inspect { try await $0.ledgerHead() }
                try await withFolder { other in
                    // Grown by a program that knows nothing of this state directory's mark.
                    let elsewhere = other + "/state"
                    try FileManager.default.copyItem(atPath: site.directory, toPath: elsewhere)
                    try FileManager.default.removeItem(atPath: elsewhere + "/high-water")
                    let grown = try await Site(database: url, directory: elsewhere)
                    try await grown.inspect { connection in try await connection.script(Self.forgetting) }
                    try await grown.open { try await $0.record(400, from: 1_000) }
                }
                let publication = Publication(
                    authority: site.authority, highWater: site.highWater, on: try await Connection.open(url))
                await #expect(throws: PublicationError.forked(size: 405, shown: 300)) {
                    try await publication.publish()
                }
                let mark = try site.highWater.last()
                #expect(mark == shown.map { TreeHead($0) })
            }
        }
    }

    /// Nothing was published, says the database.
    static let forgetting = """
        ALTER TABLE published_checkpoint DISABLE TRIGGER USER; DELETE FROM published_checkpoint;
        ALTER TABLE published_checkpoint ENABLE TRIGGER USER
        """

    @Test func `a state directory without its mark, or with an older one, opens nothing`() async throws {
        try await self.withOlderDump { site, _ in
            let mark = try site.highWater.last()
            #expect(mark?.size == 300)
            try FileManager.default.removeItem(atPath: site.highWater.path)
            await #expect(throws: PublicationError.highWaterBehind(size: nil, shown: 300)) {
                try await site.open { _ in Issue.record("it opened") }
            }
            #expect(!FileManager.default.fileExists(atPath: site.highWater.path))
            let five = try await site.inspect { try await Self.head(at: 5, on: $0) }
            try site.highWater.replace(with: five)
            await #expect(throws: PublicationError.highWaterBehind(size: 5, shown: 300)) {
                try await site.open { _ in Issue.record("it opened") }
            }
        }
    }

    /// The tree of the first `size` entries.
    static func head(at size: Int64, on connection: Connection) async throws -> TreeHead {
        let entries = try LedgerEntry.read(await connection.run(.entries(from: 0, count: size)))
        var frontier = Frontier()
        _ = frontier.append(entries.map(\.leafHash))
        return frontier.head
    }

    @Test func `a clock that went back a little is waited out, one that went back far publishes nothing`() async throws
    {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                let start = site.clock.now
                try await site.open { try await $0.record(5, from: 0) }
                site.clock.now = Instant(seconds: start.seconds - 200)
                try await site.open { open in
                    let shown = try await open.record(5, from: 5)
                    #expect(shown.size == 10)
                    #expect(shown.observedAt == start, "moments never go back")
                    let moment = try await open.connection.newestMoment()
                    #expect(moment == start)
                }
                site.clock.now = Instant(seconds: start.seconds - 301)
                await #expect(throws: PublicationError.clockBehind(now: site.clock.now, last: start)) {
                    try await site.open { _ in Issue.record("it opened") }
                }
                site.clock.now = start
                try await site.open { open in
                    let shown = try await open.record(5, from: 10)
                    #expect(shown.size == 15)
                }
            }
        }
    }
}
