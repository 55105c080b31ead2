import CanonicalJSON
import Crypto
import Foundation
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Testing
import Transparency

/// A restored database, brought back to what was shown of it.
@Suite struct RecoverTests {
    /// What a test has: the deployment, a dump of its database from when it showed 5 entries, and a stranger's copy
    /// from when it showed 600.
    struct Loss: Sendable {
        let site: Site
        let dump: String
        let copy: String
        let folder: String
        /// What was shown last.
        let shown: LedgerHead

        /// Runs `body` with the deployment as it is after its database was lost and the dump restored.
        func restored(_ body: @Sendable (Site) async throws -> Void) async throws {
            try await withDatabaseURL { url in
                try Site.restore(self.dump, into: url)
                try await body(Site(database: url, directory: self.site.directory, clock: self.site.clock))
            }
        }
    }

    private func withLoss(_ body: @Sendable (Loss) async throws -> Void) async throws {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state")
                site.clock.now = Instant(seconds: Int64(Date().timeIntervalSince1970))
                let dump = folder + "/standing.dump"
                try await site.open { try await $0.record(5, from: 0) }
                try site.dump(to: dump)
                try await site.open { try await $0.record(595, from: 5) }
                let shown = try await site.inspect { connection in
                    _ = try await LogCopy(of: connection, to: folder + "/copy")
                    return try await LedgerHead.read(connection.run(.publishedCheckpoint))
                }
                try await body(
                    Loss(
                        site: site, dump: dump, copy: folder + "/copy", folder: folder,
                        shown: #require(shown)))
            }
        }
    }

    @Test func `a restored database refuses, is refilled from a stranger's copy, and goes on as the same log`()
        async throws
    {
        try await self.withLoss { loss in
            try await loss.restored { site in
                for command in [["serve", "--listen", "127.0.0.1:0"], ["rebuild"], ["import", "git", "/nowhere"]] {
                    let refused = try await StandingdProgram.run(command, on: site)
                    #expect(refused.status == 1, "\(command)")
                    #expect(refused.messages.contains("5 entries") && refused.messages.contains("of 600"))
                    #expect(refused.messages.contains("'A restored database' in deploy/README.md"))
                }
                let recovered = try await StandingdProgram.run(["recover", "--from", loss.copy, "--json"], on: site)
                #expect(recovered.status == 0, "\(recovered.messages)")
                let report = try JSON(parsing: recovered.output.utf8)
                #expect(report["refilled"] == ["evidence": 595])
                #expect(report["checkpoint"]?.string == loss.shown.note)
                let (head, published) = try await site.inspect { connection in
                    (
                        try await connection.ledgerHead(),
                        try await LedgerHead.read(connection.run(.publishedCheckpoint))
                    )
                }
                #expect(head?.note == loss.shown.note && published?.note == loss.shown.note)
                #expect(head.map { TreeHead($0) } == TreeHead(loss.shown))
                let check = try await StandingdProgram.run(["check"], on: site)
                #expect(check.status == 0, "\(check.messages)")
                try await site.open { open in
                    try await Self.expectProofs(under: TreeHead(loss.shown), on: open.connection)
                    // What was lost is a new fact of the same log.
                    let grown = try await open.record(10, from: 0)
                    #expect(grown.size == 605, "five were in the backup, five come again")
                    let plan = try ProofPlan.consistency(from: loss.shown.size, to: grown.size)
                    let tiles = try await TileSet.read(open.connection.run(.tiles(plan.tiles)), plan.tiles)
                    try TreeHead(grown).verifyConsistency(
                        with: TreeHead(loss.shown), proof: plan.hashes(from: tiles))
                }
                let again = try await StandingdProgram.run(["recover", "--from", loss.copy], on: site)
                #expect(again.status == 1 && again.messages.contains("nothing to refill"), "\(again.messages)")
            }
        }
    }

    @Test func `the copy may be somebody's server`() async throws {
        try await self.withLoss { loss in
            try await loss.restored { site in
                // The database that was lost, as a mirror that goes on serving what it saw.
                try await withFolder { folder in
                    let state = URL(fileURLWithPath: folder).appendingPathComponent("state")
                    try FileManager.default.copyItem(atPath: loss.site.directory, toPath: state.path)
                    try await RunningService.with(
                        .init(publicURL: "https://standing.example", now: site.clock.now.seconds, directory: state),
                        database: loss.site.database
                    ) { mirror in
                        let recovered = try await StandingdProgram.run(["recover", "--from", mirror.base], on: site)
                        #expect(recovered.status == 0, "\(recovered.messages)")
                    }
                }
                let head = try await site.inspect { try await $0.ledgerHead() }
                #expect(head?.note == loss.shown.note)
                let gone = try await StandingdProgram.run(["recover", "--from", "http://127.0.0.1:9"], on: site)
                #expect(gone.status == 1)
            }
        }
    }

    /// Every entry is proved to be where it is under `head`.
    static func expectProofs(under head: TreeHead, on connection: Connection) async throws {
        let entries = try await LedgerEntry.read(connection.run(.entries(from: 0, count: head.size)))
        #expect(Int64(entries.count) == head.size)
        for (index, entry) in entries.enumerated() {
            let plan = try ProofPlan.inclusion(of: Int64(index), in: head.size)
            let tiles = try await TileSet.read(connection.run(.tiles(plan.tiles)), plan.tiles)
            try head.verifyInclusion(of: entry.leafHash, at: Int64(index), proof: plan.hashes(from: tiles))
        }
    }

    @Test func `a database that was lost whole is refilled too`() async throws {
        try await self.withLoss { loss in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: loss.site.directory)
                let recovered = try await StandingdProgram.run(["recover", "--from", loss.copy], on: site)
                #expect(recovered.status == 0, "\(recovered.messages)")
                let head = try await site.inspect { try await $0.ledgerHead() }
                #expect(head?.note == loss.shown.note)
            }
        }
    }

    @Test func `a copy may bring more than there is room for`() async throws {
        try await self.withLoss { loss in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: loss.site.directory)
                try await site.inspect { owner in
                    _ = try await owner.migrate()
                    try await owner.dropPartitions(from: 0)
                }
                let recovered = try await StandingdProgram.run(["recover", "--from", loss.copy], on: site)
                #expect(recovered.status == 0, "\(recovered.messages)")
                let check = try await StandingdProgram.run(["check"], on: site)
                #expect(check.status == 0, "\(check.messages)")
            }
        }
    }

    @Test func `a copy with anything wrong in it changes nothing`() async throws {
        try await self.withLoss { loss in
            let copy = try await LogCopy(of: Connection.open(loss.site.database), to: loss.folder + "/bad")
            try await loss.restored { site in
                let before = try await site.inspect { try await $0.ledgerHead() }
                #expect(copy.files.count > 5)
                for path in copy.files {
                    let url = URL(fileURLWithPath: "\(copy.folder)/evidence/\(path)")
                    let whole = try Data(contentsOf: url)
                    var flipped = whole
                    flipped[flipped.count / 2] ^= 1
                    for spoiled in [flipped, whole.dropLast(40), Data()] {
                        try spoiled.write(to: url)
                        let refused = try await StandingdProgram.run(["recover", "--from", copy.folder], on: site)
                        #expect(refused.status == 1, "\(path): \(refused.messages)")
                    }
                    try whole.write(to: url)
                }
                let after = try await site.inspect { try await $0.ledgerHead() }
                let mark = try site.highWater.last()
                #expect(after == before)
                #expect(mark == TreeHead(loss.shown))
            }
        }
    }

    @Test func `a copy that ends early, of another ledger, or of what was not restored, is refused by name`()
        async throws
    {
        try await self.withLoss { loss in
            try await loss.restored { site in
                let short = loss.folder + "/short"
                try await site.inspect { _ = try await LogCopy(of: $0, to: short) }
                let early = try await StandingdProgram.run(["recover", "--from", short], on: site)
                #expect(early.status == 1)
                #expect(early.messages.contains("has 5 entries") && early.messages.contains("of 600"))

                let foreign = loss.folder + "/foreign"
                try await withDatabaseURL { url in
                    let other = try await Site(database: url, directory: loss.folder + "/other")
                    try await other.open { open in
                        try await open.record(700, from: 0)
                        _ = try await LogCopy(of: open.connection, to: foreign)
                    }
                }
                let another = try await StandingdProgram.run(["recover", "--from", foreign], on: site)
                #expect(another.status == 1 && another.messages.contains("not one that this ledger's key signed"))

                // Written to after the backup was restored, by a program that knew no mark.
                let aside = site.directory + "/aside"
                try FileManager.default.moveItem(atPath: site.highWater.path, toPath: aside)
                try await site.inspect { try await $0.script(RollbackTests.forgetting) }
                try await site.open { try await $0.record(5, from: 2_000) }
                try FileManager.default.removeItem(atPath: site.highWater.path)
                try FileManager.default.moveItem(atPath: aside, toPath: site.highWater.path)
                let forked = try await StandingdProgram.run(["recover", "--from", loss.copy], on: site)
                #expect(forked.status == 1 && forked.messages.contains("does not continue the database"))
            }
        }
    }

    @Test func `a lost state directory goes on only when somebody names the size that was seen`() async throws {
        try await self.withLoss { loss in
            let site = loss.site
            let mark = try site.highWater.last()
            for lost in [nil, Data("damage".utf8)] as [Data?] {
                try FileManager.default.removeItem(atPath: site.highWater.path)
                try lost?.write(to: URL(fileURLWithPath: site.highWater.path))
                let refused = try await StandingdProgram.run(["rebuild"], on: site)
                #expect(refused.status == 1 && refused.messages.contains("'The state directory was lost'"))
                let wrong = try await StandingdProgram.run(["recover", "--accept-size", "599"], on: site)
                #expect(wrong.status == 1 && wrong.messages.contains("of 600"))
                let right = try await StandingdProgram.run(["recover", "--accept-size", "600"], on: site)
                #expect(right.status == 0, "\(right.messages)")
                let accepted = try site.highWater.last()
                #expect(accepted == mark)
            }
            let built = try await StandingdProgram.run(["rebuild"], on: site)
            #expect(built.status == 0, "\(built.messages)")
        }
    }

    @Test func `a size that is accepted never lowers a mark that can be read`() async throws {
        try await self.withLoss { loss in
            try await loss.restored { site in
                let lowered = try await StandingdProgram.run(["recover", "--accept-size", "5"], on: site)
                #expect(lowered.status == 1 && lowered.messages.contains("'A restored database'"))
                let mark = try site.highWater.last()
                #expect(mark == TreeHead(loss.shown))
            }
        }
    }

    @Test func `with database and mark both lost a copy counts only with the size it is known to have`() async throws {
        try await self.withLoss { loss in
            try await loss.restored { site in
                try FileManager.default.removeItem(atPath: site.highWater.path)
                let alone = try await StandingdProgram.run(["recover", "--from", loss.copy], on: site)
                #expect(alone.status == 1 && alone.messages.contains("--accept-size 600"), "\(alone.messages)")
                let both = try await StandingdProgram.run(
                    ["recover", "--from", loss.copy, "--accept-size", "600"], on: site)
                #expect(both.status == 0, "\(both.messages)")
                let mark = try site.highWater.last()
                #expect(mark == TreeHead(loss.shown))
                try await site.open { try await $0.record(1, from: 5_000) }
            }
        }
    }

    @Test func `who was erased after the dump is erased again, and the check knows what cannot be opened`() async throws
    {
        try await withFolder { folder in
            try await withDatabaseURL { url in
                let site = try await Site(database: url, directory: folder + "/state", clock: .present)
                try await site.open { try await $0.record(5, from: 0) }
                try site.dump(to: folder + "/standing.dump")
                try await site.open { try await $0.record(5, from: 5) }
                let erased = try await StandingdProgram.run(["erase", "--account", "github/7001"], on: site)
                #expect(erased.status == 0, "\(erased.messages)")
                try await site.inspect { _ = try await LogCopy(of: $0, to: folder + "/copy") }
                try await withDatabaseURL { url in
                    try Site.restore(folder + "/standing.dump", into: url)
                    let restored = try await Site(database: url, directory: site.directory, clock: .present)
                    let refused = try await StandingdProgram.run(["rebuild"], on: restored)
                    #expect(refused.status == 1 && refused.messages.contains("'A restored database'"))
                    let recovered = try await StandingdProgram.run(
                        ["recover", "--from", folder + "/copy"], on: restored)
                    #expect(recovered.status == 0, "\(recovered.messages)")
                    let pending = try await StandingdProgram.run(["check"], on: restored)
                    #expect(pending.status == 1 && pending.messages.contains("erasure (record): 1 erasures"))
                    let rebuilt = try await StandingdProgram.run(["rebuild"], on: restored)
                    #expect(rebuilt.status == 0, "\(rebuilt.messages)")
                    let check = try await StandingdProgram.run(["check", "--json"], on: restored)
                    #expect(check.status == 0, "\(check.messages)")
                    let report = try JSON(parsing: check.output.utf8)
                    #expect(
                        report["evidence"]?.int == 0 && report["lost"]?.int == 6,
                        "five facts and the erasure's own entry")
                }
            }
        }
    }
}
