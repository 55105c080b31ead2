internal import Foundation
internal import Glibc

/// A PostgreSQL of our own in a directory, reached over a Unix socket alone.
///
/// Several processes may use the same one: the first starts it, the last to release it stops it. A process that dies
/// leaves it running or, if the server died too, leaves what PostgreSQL recovers from at the next start.
///
/// In the directory stand two lock files and `cluster`: the data, the server's log and its socket, or, where the user
/// PostgreSQL runs as cannot reach the directory, a symbolic link to them under `/var/lib/standing`.
public struct Cluster: Sendable {
    /// The role that owns the database and migrates it; a superuser.
    public static let owner = "standing_owner"
    /// The role the service works as; migrations grant it what it needs.
    public static let service = "standing_service"

    private let home: ClusterHome
    let server: ClusterServer
    private let socket: String
    private let use: FileLock
    private let log: @Sendable (String) -> Void

    /// Starts the cluster in `directory`, which is made if need be, or joins those who use it already.
    ///
    /// The first start makes the cluster, its database `standing` and the role `standing_service`. `log` is told, in
    /// sentences, what was made, started and stopped.
    public static func start(
        in directory: String, log: @escaping @Sendable (String) -> Void
    ) async throws(ClusterError) -> Cluster {
        try await Starter().start(in: directory, log: log)
    }

    /// The URL of the database `standing` for `role`.
    public func url(role: String = Cluster.service) -> String { self.url(role: role, database: "standing") }

    /// The URL of `database` for `role`.
    public func url(role: String, database: String) -> String {
        "postgresql://\(role)@/\(database)?host=\(percentEncoded(self.socket))&port=5432"
    }

    /// What tells programs of PostgreSQL's, `psql` and the like, to reach the database `standing` as its owner.
    public var environment: [String: String] {
        ["PGHOST": self.socket, "PGPORT": "5432", "PGUSER": Cluster.owner, "PGDATABASE": "standing"]
    }

    /// Ends this use of the cluster, and stops the server when it was the last. Blocks until it has stopped; call it
    /// once.
    public func release() throws(ClusterError) {
        let guarding = try FileLock.exclusive(self.home.guardPath)
        defer { guarding.unlock() }
        defer { self.use.unlock() }
        guard self.use.becomeExclusive() else { return }
        try self.server.stop()
        self.log("the embedded PostgreSQL has stopped")
    }

    /// Looks after the server until cancelled: one that has ended, killed or for want of room on its disk, is started
    /// again. `report` hears of each start that failed; the next look tries again.
    public func supervise(
        every interval: Duration = .seconds(2), report: @Sendable (ClusterError) -> Void
    ) async throws(CancellationError) {
        let starter = Starter()
        while true {
            do { try await Task.sleep(for: interval) } catch { throw CancellationError() }
            do {
                try await starter.startAgain(self)
            } catch {
                report(error)
            }
        }
    }

    /// Starting waits for other programs, so it has a thread of its own.
    private actor Starter {
        private let executor = BlockingExecutor(name: "cluster")
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe self.executor.asUnownedSerialExecutor() }

        func start(in directory: String, log: @escaping @Sendable (String) -> Void) throws(ClusterError) -> Cluster {
            let user = try ServerUser.current()
            let home = try ClusterHome.make(in: directory)
            let guarding = try FileLock.exclusive(home.guardPath)
            defer { guarding.unlock() }
            let cluster = try home.clusterDirectory(for: user, log: log)
            let server = try ClusterServer(directory: cluster, user: user)
            try server.initializeOnce(log: log)
            let socket = try server.run(log: log)
            let use = try FileLock.shared(home.usePath)
            let result = Cluster(home: home, server: server, socket: socket, use: use, log: log)
            do {
                try result.prepareDatabase()
            } catch {
                use.unlock()
                throw .refused(error)
            }
            return result
        }

        /// Starts the server of `cluster`, which this program uses, unless it runs.
        func startAgain(_ cluster: Cluster) throws(ClusterError) {
            let guarding = try FileLock.exclusive(cluster.home.guardPath)
            defer { guarding.unlock() }
            _ = try cluster.server.run(known: cluster.socket, log: cluster.log)
        }
    }

    /// Makes the role and the database if they are not there; a start that was cut short is made good by the next.
    private func prepareDatabase() throws(PostgresError) {
        var session = try Session.open(
            self.url(role: Cluster.owner, database: "postgres"),
            settings: SessionSettings(applicationName: "standing start"))
        if try session.runOnce("SELECT 1 FROM pg_roles WHERE rolname = \(Cluster.service)").isEmpty {
            try session.script("CREATE ROLE standing_service LOGIN")
        }
        if try session.runOnce("SELECT 1 FROM pg_database WHERE datname = 'standing'").isEmpty {
            try session.script("CREATE DATABASE standing OWNER standing_owner")
        }
    }
}

/// `text` with everything but letters, digits and `-._~` in percent-encoding (RFC 3986, section 2.1).
private func percentEncoded(_ text: String) -> String {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
        guard !unreserved.contains(byte) else { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }.joined()
}
