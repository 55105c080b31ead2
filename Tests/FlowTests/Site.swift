import CanonicalJSON
import Foundation
import Postgres
import Reputation
import Service
import Store
import Synchronization
import Testing
import Transparency

/// A deployment without its HTTP server: a database, a state directory beside it, and a clock that the test moves.
///
/// Two sites with one state directory are one deployment before and after its database was restored.
struct Site: Sendable {
    let database: String
    let directory: String
    let authority: Authority
    let clock: Clock

    /// The clock of a site.
    final class Clock: Sendable {
        private let seconds: Mutex<Int64>

        init(_ seconds: Int64 = 1_767_225_600) { self.seconds = Mutex(seconds) }

        /// The time it is, which is also what programs go by.
        static var present: Clock { Clock(Int64(Date().timeIntervalSince1970)) }

        var now: Instant {
            get { self.seconds.withLock { Instant(seconds: $0) } }
            set { self.seconds.withLock { $0 = newValue.seconds } }
        }
    }

    /// What runs while a site is open.
    struct Open: Sendable {
        let site: Site
        let background: Background
        let connection: Connection

        /// Records `count` facts numbered from `first` and publishes; returns what is shown then.
        @discardableResult
        func record(_ count: Int, from first: Int) async throws -> LedgerHead {
            let facts = try (first..<(first + count)).map { number in
                var fact = IngestTests.fact(number).object ?? [:]
                fact["observed_at"] = .string(self.site.clock.now.rfc3339)
                return SealedFact(try Evidence(document: .object(fact)), by: self.site.authority)
            }
            for start in stride(from: 0, to: count, by: 256) {
                _ = try await self.background.sequencer.record(Array(facts[start..<min(start + 256, count)]))
            }
            return try await self.background.publication.publish()
        }
    }

    /// A site whose database, at `database`, is at the present schema.
    init(database: String, directory: String, clock: Clock = Clock()) async throws {
        self.database = database
        self.directory = directory
        self.clock = clock
        self.authority = Authority(
            settings: Settings(publicURL: "https://standing.example"), keys: try StateDirectory(directory).keys(),
            now: { clock.now })
        let owner = try await Connection.open(database)
        _ = try await owner.migrate()
        await owner.close()
    }

    var highWater: HighWater { HighWater(path: self.directory + "/high-water") }

    /// Runs `body` on the site as `serve` opens it; throws what keeps it from opening.
    func open(_ body: @Sendable (Open) async throws -> Void) async throws {
        let background = try await Background.open(authority: self.authority, highWater: self.highWater) { _ in
            try await Connection.open(self.database)
        }
        let open = Open(
            site: self, background: background, connection: try await Connection.open(self.database))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await background.run { Testing.Issue.record($1, "the \($0) failed") }
                } catch is CancellationError {}
            }
            try await body(open)
            group.cancelAll()
            try await group.waitForAll()
        }
        await open.connection.close()
    }

    /// Runs `body` with a connection, as the owner, that nothing runs beside.
    func inspect<Value>(_ body: (Connection) async throws -> Value) async throws -> Value {
        let connection = try await Connection.open(self.database)
        let value = try await body(connection)
        await connection.close()
        return value
    }

    /// Runs a program that comes with PostgreSQL.
    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailed(arguments: arguments) }
    }

    /// Writes a dump of the database to `file`, as the runbook has it.
    func dump(to file: String) throws { try Site.run(["pg_dump", "-Fc", "-f", file, self.database]) }

    /// Fills an empty database from a dump.
    static func restore(_ file: String, into database: String) throws {
        try Site.run(["pg_restore", "--no-owner", "-d", database, file])
    }
}

/// A program that did not exit with 0.
struct ProgramFailed: Error {
    let arguments: [String]
}

/// Runs `body` with a folder that is gone afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let result: Result<Value, any Error>
    do { result = .success(try await body(folder.path)) } catch { result = .failure(error) }
    try FileManager.default.removeItem(at: folder)
    return try result.get()
}
