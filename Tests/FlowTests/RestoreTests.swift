import CanonicalJSON
import Foundation
import HTTP
import Postgres
import Reputation
import Service
import Store
import Synchronization
import TestSupport
import Testing
import Transparency

/// A database that was restored from a backup older than an erasure, or than what was revoked.
@Suite struct RestoreTests {
    /// A copy of the database at `url`, as a backup has it; nobody may be connected to it.
    private static func backup(of url: String, as name: String) async throws -> String {
        let (admin, original) = try self.admin(url)
        let connection = try await Connection.open(admin)
        try await connection.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(original)")
        try await connection.script("CREATE DATABASE \(name) TEMPLATE \(original)")
        await connection.close()
        var components = try #require(URLComponents(string: url))
        components.path = "/\(name)"
        return try #require(components.string)
    }

    /// Takes what the database of `connection` shows for the largest checkpoint that was ever shown.
    private static func accept(_ connection: Connection, state: URL) async throws {
        let directory = try StateDirectory(state.path)
        let authority = Authority(
            settings: Settings(publicURL: "https://standing.example"), keys: try directory.keys(),
            now: { Instant(seconds: 1_767_225_600) })
        let shown = try await LedgerHead.read(connection.run(.publishedCheckpoint))
        try await Recover(authority: authority, directory: directory).accept(size: shown?.size ?? 0, on: connection)
    }

    private static func admin(_ url: String) throws -> (url: String, original: String) {
        var components = try #require(URLComponents(string: url))
        let original = String(components.path.dropFirst())
        components.path = "/postgres"
        return (try #require(components.string), original)
    }

    /// Runs `body` with a database and state directory where Maya was erased, and the database as it was before.
    private static func withBackup(
        _ body: @Sendable (_ backup: String, _ present: String, _ state: URL, _ remains: Remains) async throws -> Void
    ) async throws {
        try await withDatabaseURL { url in
            let state = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let name = "standing_backup_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "_")
            try await RunningService.with(.init(directory: state), database: url) { service in
                _ = try await service.importArchive(.withMayaEverywhere())
                _ = try await service.publish(MadeUpArchive.maya, as: "maya")
                _ = try await service.publish(MadeUpArchive.omar, as: "omar")
            }
            let backup = try await Self.backup(of: url, as: name)
            let connection = try await Connection.open(backup)
            let remains = try await Remains.of(MadeUpArchive.maya, also: ["maya-before"], on: connection)
            await connection.close()
            try await RunningService.with(.init(directory: state), database: url) { service in
                let session = try await service.claim(MadeUpArchive.maya)
                let answer = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: session)
                #expect(answer.status == 200)
            }
            try await body(backup, url, state, remains)
            try FileManager.default.removeItem(at: state)
            let admin = try await Connection.open(Self.admin(url).url)
            try await admin.script("DROP DATABASE \(name) WITH (FORCE)")
        }
    }

    @Test func `a restored backup does not bring an erased person back`() async throws {
        try await Self.withBackup { backup, _, state, remains in
            // What an operator does who knows that nobody saw more: see 'The state directory was lost' in deploy/README.md.
            try FileManager.default.removeItem(atPath: state.path + "/high-water")
            let connection = try await Connection.open(backup)
            try await Self.accept(connection, state: state)
            let before = try await remains.found(on: connection)
            #expect(before.count > 100, "the backup has everything")
            try await RunningService.with(.init(directory: state), database: backup) { service in
                let gone = try await service.call("GET", "/v1/profiles/maya").status
                #expect(gone == 404)
                let left = try await remains.found(on: connection)
                #expect(left == [])
                let report = try await Check(authority: service.authority).run(on: service.writer)
                #expect(report.problems == [])
                let omar = try await service.call("GET", "/v1/profiles/omar")
                #expect(omar.status == 200 && !omar.json.canonical.contains(MadeUpArchive.maya.login))
                let summary = try await service.importArchive(.withMayaEverywhere())
                #expect(summary.ignored["erased_subject"] == 216)
                let head = try await service.writer.ledgerHead()
                let again = try await service.erase.catchUp()
                #expect(again == 0)
                let same = try await service.writer.ledgerHead()
                #expect(same == head)
            }
            await connection.close()
        }
    }

    @Test func `a database behind what was shown is not touched before it is whole again`() async throws {
        try await Self.withBackup { backup, _, state, _ in
            let connection = try await Connection.open(backup)
            let head = try await connection.ledgerHead()
            await #expect(throws: PublicationError.self) {
                try await RunningService.with(.init(directory: state), database: backup) { _ in }
            }
            let after = try await connection.ledgerHead()
            #expect(after == head)
            await connection.close()
        }
    }

    @Test func `an erasure whose entry was brought back is carried out without a second entry`() async throws {
        try await Self.withBackup { backup, present, state, remains in
            let (old, new) = (try await Connection.open(backup), try await Connection.open(present))
            try await Self.bringLedger(from: new, to: old)
            try await RunningService.with(.init(directory: state), database: backup) { service in
                let left = try await remains.found(on: service.writer)
                #expect(left == [])
                let erasures = try await service.writer.run(
                    "SELECT count(*), count(r.entry_index) FROM entries n LEFT JOIN erasures r ON r.entry_index = n.index WHERE n.kind = 'erasure'"
                )[0]
                #expect(try erasures.int(0) == 1)
                #expect(try erasures.int(1) == 1, "what opens it came back from the journal")
                let omar = try await service.call("GET", "/v1/profiles/omar")
                #expect(omar.status == 200 && !omar.json.canonical.contains(MadeUpArchive.maya.login))
                let report = try await Check(authority: service.authority).run(on: service.writer)
                #expect(report.problems == [])
            }
            await old.close()
            await new.close()
        }
    }

    /// The id and the text of a credential about Maya.
    private static func issue(_ service: RunningService, _ session: String) async throws -> (id: String, text: String) {
        let answer = try await service.raw("POST", "/v1/profiles/maya/credentials", [:], token: session)
        let place = answer.headers["Location"]?.split(separator: "/") ?? []
        return (String(try #require(place.dropLast().last)), String(decoding: answer.body, as: UTF8.self))
    }

    /// The step at which `text` fails, as `POST /v1/verify` says.
    private static func failure(of text: String, _ service: RunningService) async throws -> JSON? {
        let answer = try await service.call("POST", "/v1/verify", ["credential": .string(text)])
        return answer.json["steps"]?.array?.first { $0["outcome"] == "failed" }?["name"]
    }

    @Test func `what was revoked since the backup is revoked in the restored database, known there or not`()
        async throws
    {
        try await withDatabaseURL { url in
            let choices = RunningService.Choices(publicURL: "https://standing.example", directory: Self.folder())
            let name = "standing_backup_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "_")
            let session = Mutex("")
            let issued = Mutex<[(id: String, text: String)]>([])
            try await RunningService.with(choices, database: url) { service in
                _ = try await service.importArchive()
                let own = try await service.publish(MadeUpArchive.maya, as: "maya")
                let made = [try await Self.issue(service, own), try await Self.issue(service, own)]
                session.withLock { $0 = own }
                issued.withLock { $0 = made }
            }
            let backup = try await Self.backup(of: url, as: name)
            try await RunningService.with(choices, database: url) { service in
                let own = session.withLock { $0 }
                let later = try await Self.issue(service, own)
                let known = issued.withLock { issued in
                    issued.append(later)
                    return issued
                }
                for (index, word) in [(0, "revoked"), (1, "suspended"), (1, "valid"), (2, "suspended")] {
                    let answer = try await service.call(
                        "POST", "/v1/credentials/\(known[index].id)/revoke", ["status": .string(word)], token: own)
                    #expect(answer.status == 200)
                }
            }
            try FileManager.default.removeItem(atPath: choices.directory.path + "/high-water")
            let connection = try await Connection.open(backup)
            try await Self.accept(connection, state: choices.directory)
            await connection.close()
            try await RunningService.with(choices, database: backup) { service in
                var found: [JSON?] = []
                for credential in issued.withLock({ $0 }) {
                    found.append(try await Self.failure(of: credential.text, service))
                }
                #expect(found == ["status", nil, "status"])
                let (again, lacking) = (
                    try await service.erase.catchUpStatuses(), try await service.erase.pendingStatuses()
                )
                #expect(again == 0 && lacking == 0)
                let report = try await Check(authority: service.authority).run(on: service.writer)
                #expect(report.problems == [])
            }
            try FileManager.default.removeItem(at: choices.directory)
            let admin = try await Connection.open(Self.admin(url).url)
            try await admin.script("DROP DATABASE \(name) WITH (FORCE)")
        }
    }

    private static func folder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    }

    /// Brings a ledger's newer entries, tiles and head into an older copy, as strangers who kept them could.
    private static func bringLedger(from new: Connection, to old: Connection) async throws {
        let stored = try await new.ledgerHead()
        let head = try #require(stored)
        let (entries, tiles) = try await new.transaction { connection in
            (
                try LedgerEntry.read(connection.run(.entries(from: 0, count: stored?.size ?? 0))),
                try StoredTile.read(connection.run("SELECT level, index, hashes FROM tiles ORDER BY level, index"))
            )
        }
        try await old.transaction { connection in
            let size = try connection.ledgerHead()?.size ?? 0
            try connection.append(entries.dropFirst(Int(size)).map { LedgerLeaf($0) }, at: size)
            try connection.writeTiles(tiles)
            try connection.writeLedgerHead(head)
            try connection.noteLoss(of: size..<head.size, reason: "refilled from a copy of the log")
        }
    }
}
