import CanonicalJSON
import Connectors
import Crypto
import EventLoop
import Foundation
import HTTP
import Postgres
import Reputation
import Server
import Service
import Store
import Synchronization
import TestSupport
import Testing
import Transparency

/// The whole service on loopback: a database of its own, real sockets, a loopback forge, a clock that the test moves.
struct RunningService: Sendable {
    let base: String
    let forge: LoopbackForge
    let authority: Authority
    let writer: Connection
    let background: Background
    let erase: Erase
    let directory: URL
    let database: String
    let client = HTTPClient()

    /// What a test chooses of a service.
    struct Choices: Sendable {
        /// What it calls itself; its address on loopback unless a test needs to know it before there is one.
        var publicURL: String?
        /// Its clock, in seconds since 1970.
        var now: Int64 = 1_767_225_600
        /// Hears of each look at the clock, on the thread that takes it.
        var looked: @Sendable () -> Void = {}
        /// Where its keys are.
        var directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        var policy = LedgerPolicy.unwitnessed
        var witnessed: [LedgerPolicy.Log] = []
        /// What webhooks prove themselves by.
        var secrets = WebhookSecrets.none
        /// Hears what fails in the background.
        var report: @Sendable (String, any Error) -> Void = { Testing.Issue.record($1, "the \($0) failed") }
    }

    /// Runs `body` against a service that lives as long as it, on a new database and a new state directory.
    static func with(
        _ choices: Choices = Choices(), _ body: @Sendable (RunningService) async throws -> Void
    ) async throws {
        try await withDatabaseURL { url in
            try await self.with(choices, database: url, body)
            try FileManager.default.removeItem(at: choices.directory)
        }
    }

    /// Runs `body` against a service that starts as `standingd serve` does, on what is there, and lives as long as it.
    static func with(
        _ choices: Choices = Choices(), database url: String,
        _ body: @Sendable (RunningService) async throws -> Void
    ) async throws {
        let directory = choices.directory
        let state = try StateDirectory(directory.path)
        let keys = try state.keys()
        let loops = [try EventLoop.start(name: "test")]
        defer { for loop in loops { loop.stop() } }
        let forge = LoopbackForge()
        let forgeServer = try HTTPServer.bind(host: "127.0.0.1", port: 0, loops: loops) { request, _ in
            forge.answer(request)
        }
        let writer = try await Connection.open(url)
        _ = try await writer.migrate()
        let reads = try await ReadPipeline.open(url, on: loops[0])
        let door = Door()
        let server = try HTTPServer.bind(
            host: "127.0.0.1", port: 0, loops: loops, refusal: { Application.refusal($0) }
        ) { await door.answer($0, on: $1) }
        let base = "http://127.0.0.1:\(server.port)"
        let settings = Settings(
            publicURL: choices.publicURL ?? base,
            forges: ["github": Forge(base: "http://127.0.0.1:\(forgeServer.port)")], policy: choices.policy,
            witnessed: choices.witnessed)
        let authority = Authority(
            settings: settings, keys: keys,
            now: {
                choices.looked()
                return Instant(seconds: choices.now)
            })
        let erase = Erase(
            authority: authority, journal: state.erasureJournal(keys), statuses: state.statusJournal(keys),
            highWater: state.highWater, on: try await Connection.open(url, role: Cluster.service))
        _ = try await erase.catchUp()
        _ = try await erase.catchUpStatuses()
        let background = try await Background.open(authority: authority, highWater: state.highWater) { _ in
            try await Connection.open(url, role: Cluster.service)
        }
        door.open(
            Application(
                authority: authority, reads: [(loops[0], reads)], writer: writer, background: background, erase: erase,
                client: HTTPClient(), secrets: choices.secrets, log: Log()))
        let service = RunningService(
            base: base, forge: forge, authority: authority, writer: writer, background: background,
            erase: erase, directory: directory, database: url)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await background.run(report: choices.report)
                } catch is CancellationError {}
            }
            group.addTask { try await server.run() }
            group.addTask { try await forgeServer.run() }
            try await body(service)
            group.cancelAll()
        }
        await writer.close()
    }

    /// Imports the made-up archive, refreshes who it touches, and returns what the import says of itself.
    func importArchive(_ archive: MadeUpArchive = .sixYears()) async throws -> ImportSummary {
        let file = self.directory.appendingPathComponent("2024-12-01-0.json")
        try archive.write(to: file.path)
        let (summary, _) = try await Import(authority: self.authority).run(
            { try GHArchive(path: file.path, observedAt: $0, resumingAfter: $1) }, on: self.writer
        ) { _, _ in }
        let touched = try await StoredDeveloper.read(self.writer.run(.developers))
        try await Aggregate(authority: self.authority).refresh(touched, on: self.writer)
        try await self.background.publication.publish()
        return summary
    }

    /// Imports what `open` opens.
    func bring(_ open: Import.Opening) async throws -> (summary: ImportSummary, source: SourceState) {
        try await Import(authority: self.authority).run(open, on: self.writer) { _, _ in }
    }

    /// Sends a request and reads the answer as JSON.
    func call(
        _ method: String, _ path: String, _ body: JSON? = nil, token: String? = nil
    ) async throws -> (status: Int, json: JSON) {
        let response = try await self.raw(method, path, body, token: token)
        return (response.status, (try? JSON(parsing: response.body)) ?? .null)
    }

    func raw(_ method: String, _ path: String, _ body: JSON? = nil, token: String? = nil) async throws -> ClientResponse
    {
        var headers: Headers = ["Content-Type": "application/json"]
        if let token { headers.append("Authorization", "Bearer \(token)") }
        return try await self.client.send(
            method, self.base + path, headers: headers, body: body.map { Array($0.canonical.utf8) } ?? [])
    }

    /// Claims the account of `login` with a fresh key that the forge lists; returns the session.
    func claim(_ person: MadeUpArchive.Person, token: String? = nil) async throws -> String {
        let key = try SSHKey(in: self.directory, named: person.login + UUID().uuidString)
        self.forge.set(person.login, id: person.id, keys: ["# a comment\n", key.publicLine])
        let challenge = try await self.call(
            "POST", "/v1/challenges", ["platform": "github", "login": .string(person.login)], token: token)
        let text = challenge.json["text"]?.string ?? ""
        let signature = try key.sign(text, namespace: challenge.json["namespace"]?.string ?? "")
        let proof = try await self.call(
            "POST", "/v1/challenges/\(challenge.json["id"]?.string ?? "")/proof", ["signature": .string(signature)],
            token: token)
        return proof.json["session"]?.string ?? ""
    }

    /// Claims and publishes; returns the session.
    func publish(_ person: MadeUpArchive.Person, as handle: String, discoverable: Bool = true) async throws -> String {
        let session = try await self.claim(person)
        let answer = try await self.call(
            "POST", "/v1/me/publish", ["handle": .string(handle), "discoverable": .bool(discoverable)], token: session)
        guard answer.status == 200 else { throw FlowFailure(answer: answer.json.canonical) }
        return session
    }

    func key(scope: String) async throws -> String {
        try await APIKeys(authority: self.authority).create(scope: scope, name: "a made-up reader", on: self.writer).key
    }
}

/// Lets requests in once there is a service to answer them: the service must know its port, and the port comes first.
private final class Door: Sendable {
    private let application = Mutex<Application?>(nil)

    func open(_ application: Application) { self.application.withLock { $0 = application } }

    func answer(_ request: Request, on loop: EventLoop) async -> Response {
        guard let application = self.application.withLock({ $0 }) else { return Application.refusal(.busy) }
        return await application.handle(request, on: loop)
    }
}

/// An answer that a flow cannot go on from.
struct FlowFailure: Error {
    let answer: String
}
