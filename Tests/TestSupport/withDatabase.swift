import Foundation
public import Postgres

/// What a test's database is made from: prepared once for the whole run, then copied for each test.
public struct DatabaseTemplate: Sendable {
    let name: String
    let prepare: @Sendable (_ url: String) async throws -> Void

    /// A template called `name`, lower-case letters and `_`, into which `prepare` puts tables by the owner's `url`.
    public init(_ name: String, prepare: @Sendable @escaping (_ url: String) async throws -> Void) {
        self.name = name
        self.prepare = prepare
    }

    /// An empty database.
    public static let empty = DatabaseTemplate("empty") { _ in }
}

/// Runs `body` with the URL, for its owner, of a database that nobody else uses and that is gone afterwards.
///
/// It is on the server `STANDING_TEST_DATABASE` names, whose user must be a superuser, else on an embedded one that
/// lives as long as the process.
public func withDatabaseURL<Value>(
    _ template: DatabaseTemplate = .empty, _ body: (_ url: String) async throws -> Value
) async throws -> Value {
    let database = try await TestServer.shared.create(from: template)
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(database.url))
    } catch {
        result = .failure(error)
    }
    try await TestServer.shared.drop(database)
    return try result.get()
}

/// Runs `body` with a connection, as its owner, to a database that nobody else uses and that is gone afterwards.
public func withDatabase<Value>(
    _ template: DatabaseTemplate = .empty, _ body: (Connection) async throws -> Value
) async throws -> Value {
    try await withDatabaseURL(template) { url in
        try await body(Connection.open(url, settings: SessionSettings(lockTimeout: .seconds(20))))
    }
}
