import Foundation
import Postgres
import Synchronization

/// The server of a test process, and the databases the tests have on it at the moment.
actor TestServer {
    static let shared = TestServer()

    struct Database: Sendable {
        let name: String
        let url: String
    }

    /// The tests all begin at once; a server has a hundred connections.
    private static let most = 12

    private var running: Task<Running, any Error>?
    private var templates: [String: Task<String, any Error>] = [:]
    private var count = 0
    private var used = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// A server and the connection that makes and drops databases on it.
    private struct Running: Sendable {
        let url: String
        let isEmbedded: Bool
        let connection: Connection
    }

    /// Makes a copy of `template`, once there is room for another database.
    func create(from template: DatabaseTemplate) async throws -> Database {
        await self.enter()
        do {
            let running = try await self.server()
            if running.isEmbedded {
                return try await self.make(on: running, from: try await self.prepared(template, on: running))
            }
            // A template would stay behind on a server that is not ours.
            let database = try await self.make(on: running, from: "template1")
            try await template.prepare(database.url)
            return database
        } catch {
            self.leave()
            throw error
        }
    }

    func drop(_ database: Database) async throws {
        defer { self.leave() }
        try await self.server().connection.script("DROP DATABASE \(database.name) WITH (FORCE)")
    }

    private func enter() async {
        if self.used < Self.most { return self.used += 1 }
        await withCheckedContinuation { self.waiting.append($0) }
    }

    private func leave() {
        if self.waiting.isEmpty { self.used -= 1 } else { self.waiting.removeFirst().resume() }
    }

    private func make(on running: Running, from template: String) async throws -> Database {
        self.count += 1
        let name = "standing_test_\(getpid())_\(self.count)"
        try await running.connection.script("CREATE DATABASE \(name) TEMPLATE \(template)")
        return Database(name: name, url: url(running.url, database: name))
    }

    /// The database `template` was prepared in. It is a task, so that many tests wait for one.
    private func prepared(_ template: DatabaseTemplate, on running: Running) async throws -> String {
        let task =
            self.templates[template.name]
            ?? Task {
                let database = try await self.make(on: running, from: "template1")
                try await template.prepare(database.url)
                return database.name
            }
        self.templates[template.name] = task
        return try await task.value
    }

    /// The server. It is a task, so that many tests wait for one.
    private func server() async throws -> Running {
        let task =
            self.running
            ?? Task {
                let given = ProcessInfo.processInfo.environment["STANDING_TEST_DATABASE"]
                let url = if let given { given } else { try await startCluster() }
                let connection = try await Connection.open(url)
                if try await connection.run("SELECT 1 FROM pg_roles WHERE rolname = \(Cluster.service)").isEmpty {
                    try await connection.script("CREATE ROLE \(Cluster.service) LOGIN")
                }
                return Running(url: url, isEmbedded: given == nil, connection: connection)
            }
        self.running = task
        return try await task.value
    }
}

/// `url` with `database` in place of the one it names.
private func url(_ url: String, database: String) -> String {
    guard var components = URLComponents(string: url) else { preconditionFailure("STANDING_TEST_DATABASE is no URL") }
    components.path = "/\(database)"
    return components.string ?? url
}

/// What is to be stopped and removed when the process ends.
private let atEnd = Mutex<(cluster: Cluster, directory: String)?>(nil)

/// Starts the process's embedded server and returns its owner's URL.
private func startCluster() async throws -> String {
    let directory = "/tmp/standing-test-\(UUID().uuidString.lowercased())"
    let cluster = try await Cluster.start(in: directory) { _ in }
    atEnd.withLock { $0 = (cluster, directory) }
    atexit {
        guard let (cluster, directory) = atEnd.withLock({ $0.take() }) else { return }
        do {
            try cluster.release()
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            print("the tests' PostgreSQL in \(directory) was left behind: \(error)")
        }
    }
    return cluster.url(role: Cluster.owner)
}
