internal import Arguments
internal import CanonicalJSON
internal import Foundation
internal import Postgres
internal import Reputation
internal import Service
internal import Store
internal import Transparency

/// A policy file that cannot be used: which, and why.
struct UnusablePolicy: Error, CustomStringConvertible {
    let reason: String

    var description: String { self.reason }
}

/// What every command needs: the state directory, its keys, and a database at the present schema.
struct Deployment: Sendable {
    private(set) var authority: Authority
    /// Keys, and what they and the database are compared with.
    let directory: StateDirectory
    var highWater: HighWater { self.directory.highWater }
    var journal: ErasureJournal { self.directory.erasureJournal(self.authority.keys) }
    var statuses: StatusJournal { self.directory.statusJournal(self.authority.keys) }
    /// How the schema's owner reaches the database, to migrate it.
    private let ownerURL: String
    /// How the service does: on the embedded cluster as the role that cannot rewrite history.
    let serviceURL: String
    private let cluster: Cluster?

    /// Opens what `arguments` and the environment name, starting the embedded database when no other is named.
    static func open(_ arguments: Arguments, publicURL: String? = nil) async throws -> Deployment {
        let environment = ProcessInfo.processInfo.environment
        let path = try arguments.value("--state") ?? environment["STANDING_STATE"] ?? "./.standing"
        let state = try StateDirectory(path)
        let keys = try state.keys()
        let url =
            try arguments.value("--public-url") ?? environment["STANDING_PUBLIC_URL"] ?? publicURL
            ?? "http://127.0.0.1:8080"
        let settings = Settings(
            publicURL: url.hasSuffix("/") ? String(url.dropLast()) : url, forges: try self.forges(arguments),
            policy: try self.policy(arguments), witnessed: try self.ledgerPolicy("--witness-of", arguments)?.logs ?? [])
        let authority = Authority(
            settings: settings, keys: keys, now: { Instant(seconds: Int64(Date().timeIntervalSince1970)) })
        if let database = try arguments.value("--database") ?? environment["STANDING_DATABASE"] {
            return Deployment(
                authority: authority, directory: state, ownerURL: database, serviceURL: database, cluster: nil
            )
        }
        let cluster = try await Cluster.start(in: state.database) { complain($0) }
        return Deployment(
            authority: authority, directory: state, ownerURL: cluster.url(role: Cluster.owner),
            serviceURL: cluster.url(), cluster: cluster)
    }

    /// The policy checkpoints are published under; one whose quorum can never be reached is refused.
    private static func policy(_ arguments: Arguments) throws -> LedgerPolicy {
        guard let policy = try self.ledgerPolicy("--policy", arguments) else { return .unwitnessed }
        guard policy.isMet(by: policy.witnesses.filter { $0.url != nil }.map(\.key)) else {
            throw UnusablePolicy(reason: "--policy: the witnesses that have an address in it are no quorum")
        }
        return policy
    }

    /// The policy file that `option`, or the variable that goes with it, names.
    private static func ledgerPolicy(_ option: String, _ arguments: Arguments) throws -> LedgerPolicy? {
        let variable = "STANDING_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
        guard let path = try arguments.value(option) ?? ProcessInfo.processInfo.environment[variable], !path.isEmpty
        else { return nil }
        do {
            return try LedgerPolicy(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as LedgerPolicyError {
            throw UnusablePolicy(reason: "\(option) \(path): \(error)")
        } catch {
            throw UnusablePolicy(reason: "\(option) \(path): \(error.localizedDescription)")
        }
    }

    private static func forges(_ arguments: Arguments) throws -> [String: Forge] {
        var forges = ["github": Forge.github]
        let environment = ProcessInfo.processInfo.environment["STANDING_FORGE"].map { [$0] } ?? []
        for setting in environment + arguments.all("--forge") {
            let parts = setting.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[1].hasPrefix("http://") || parts[1].hasPrefix("https://") else {
                throw UsageError(reason: "--forge takes PLATFORM=URL, not \(setting)")
            }
            forges[String(parts[0])] = Forge(base: String(parts[1]))
        }
        return forges
    }

    /// Brings the schema up to date as the owner, and what it keeps beside the evidence; returns the names of the
    /// migrations applied.
    func migrate() async throws -> [String] {
        try await self.asOwner { owner in
            let names = try await owner.migrate()
            if !names.isEmpty { _ = try await Briefs.complete(on: owner) }
            return names
        }
    }

    /// Runs `body` with a connection of the owner of the tables.
    func asOwner<Value: Sendable>(_ body: (Connection) async throws -> Value) async throws -> Value {
        let owner = try await Connection.open(
            self.ownerURL, settings: SessionSettings(applicationName: "standingd owner"))
        let value = try await body(owner)
        await owner.close()
        return value
    }

    /// A connection that writes, as the service's own role where the server has one.
    func writer(_ name: String) async throws -> Connection {
        try await Connection.open(self.serviceURL, settings: try await self.serviceSettings(name))
    }

    /// The same with the keys as they are in the state directory now.
    func reloadingKeys() throws -> Deployment {
        var deployment = self
        deployment.authority = Authority(
            settings: self.authority.settings, keys: try self.directory.keys(), now: self.authority.now)
        return deployment
    }

    /// Checks that the database continues what was shown of it; before this nothing is signed.
    ///
    /// - Throws: `PublicationError` when it does not.
    func guardAgainstRollback(on connection: Connection) async throws {
        try await Publication(authority: self.authority, highWater: self.highWater, on: connection).check()
    }

    /// Shows what a command appended, as `serve` does for what it appends.
    func publish(on connection: Connection) async throws {
        try await Ledger(authority: self.authority).begin(on: connection)
        do {
            try await Publication(authority: self.authority, highWater: self.highWater, on: connection).publish()
        } catch let error as PublicationError where error.isPassing {
            complain("\(error)")  // It is in the ledger; `serve` shows it once the witnesses answer.
        }
    }

    /// Erasures on `connection`; what the journal has and the database lacks, because it was restored, is carried out first.
    func erase(on connection: Connection) async throws -> Erase {
        let erase = Erase(
            authority: self.authority, journal: self.journal, statuses: self.statuses, highWater: self.highWater,
            on: connection)
        let count = try await erase.catchUp()
        if count > 0 { complain("carried out \(count) erasures that this database did not have") }
        let statuses = try await erase.catchUpStatuses()
        if statuses > 0 { complain("\(statuses) credentials are revoked or suspended again, as the journal has it") }
        return erase
    }

    /// The settings of a service session: its role, and bounds on time.
    func serviceSettings(_ name: String) async throws -> SessionSettings {
        let owner = try await Connection.open(self.serviceURL, settings: SessionSettings(applicationName: name))
        let role = try await owner.run(.serviceRole).first?.text(0)
        await owner.close()
        return SessionSettings(
            applicationName: name, role: role, statementTimeout: .seconds(600), lockTimeout: .seconds(120))
    }

    /// Runs `body`, which may sign, on a migrated database that continues what was shown of it.
    ///
    /// - Throws: `PublicationError` when it does not, before anything is signed; and what `body` throws.
    static func with<Value: Sendable>(
        _ arguments: Arguments, _ body: (Deployment, Connection) async throws -> Value
    ) async throws -> Value {
        try await self.inspecting(arguments) { deployment, connection in
            try await deployment.guardAgainstRollback(on: connection)
            return try await body(deployment, connection)
        }
    }

    /// Runs `body`, which signs nothing new, on a migrated database in whatever state, and lets go of it whatever
    /// happens.
    static func inspecting<Value: Sendable>(
        _ arguments: Arguments, _ body: (Deployment, Connection) async throws -> Value
    ) async throws -> Value {
        let deployment = try await Deployment.open(arguments)
        do {
            let names = try await deployment.migrate()
            if !names.isEmpty { complain("applied \(names.joined(separator: ", "))") }
            let writer = try await deployment.writer("standingd")
            let value = try await body(deployment, writer)
            await writer.close()
            try deployment.release()
            return value
        } catch {
            try deployment.release()
            throw error
        }
    }

    /// What tells programs of PostgreSQL's where the embedded database is.
    ///
    /// - Throws: `UsageError` when another one is named: its URL says the same.
    func embeddedEnvironment() throws -> [String: String] {
        guard let cluster else {
            throw UsageError(reason: "database is for the embedded one: give the URL of yours to the program itself")
        }
        return cluster.environment
    }

    /// Keeps the embedded database up until cancelled; `report` hears of each start that failed. Another database is
    /// its operator's.
    func supervise(report: @escaping @Sendable (ClusterError) -> Void) async throws {
        try await self.cluster?.supervise(report: report)
    }

    /// Has the embedded database read its indexes into memory, and returns how many bytes those are; nil where it cannot.
    /// Another database is its operator's.
    func readIndexes() async throws -> Int64? { try await self.cluster?.readIndexes() }

    /// Lets go of the embedded database; the last program to do so stops it.
    func release() throws { try self.cluster?.release() }
}
