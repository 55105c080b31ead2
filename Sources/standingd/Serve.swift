internal import Arguments
internal import CanonicalJSON
internal import EventLoop
internal import Foundation
internal import Glibc
internal import HTTP
internal import Postgres
internal import Server
internal import Service
internal import Store
internal import Synchronization

/// Runs the service until it is told to stop.
enum Serve {
    static func run(_ arguments: Arguments) async throws -> Bool {
        Signals.hold([SIGINT, SIGTERM])
        try arguments.allow(["--listen", "--github-secret"])
        let secrets = WebhookSecrets(github: try SecretFile.lines("--github-secret", arguments))
        guard let address = ListenAddress(try arguments.value("--listen") ?? "127.0.0.1:8080") else {
            throw UsageError(reason: "--listen takes HOST:PORT")
        }
        let loops = try (0..<max(1, ProcessInfo.processInfo.activeProcessorCount)).map {
            try EventLoop.start(name: "loop-\($0)")
        }
        defer { for loop in loops { loop.stop() } }
        // The address is taken first: a port in use is said at once, before a database is started.
        let entrance = Entrance()
        let server = try HTTPServer.bind(
            host: address.host, port: address.port, loops: loops, refusal: { Application.refusal($0) },
            handler: { await entrance.handle($0, on: $1) })
        let url = "http://\(address.text):\(server.port)"
        let deployment = try await Deployment.open(arguments, publicURL: url)
        do {
            let names = try await deployment.migrate()
            let settings = try await deployment.serviceSettings("standingd serve")
            let writer = try await deployment.writer("standingd erasure")
            try await deployment.guardAgainstRollback(on: writer)
            let erase = try await deployment.erase(on: writer)
            let background = try await Background.open(
                authority: deployment.authority, highWater: deployment.highWater
            ) { try await deployment.writer($0) }
            entrance.open(
                try await self.application(
                    deployment, role: settings.role, background: background, erase: erase, secrets: secrets,
                    loops: loops))
            self.announce(deployment, url: url, migrations: names)
            try await self.untilSignal(server, background, deployment)
            try deployment.release()
        } catch {
            try deployment.release()
            throw error
        }
        return true
    }

    private static func application(
        _ deployment: Deployment, role: String?, background: Background, erase: Erase, secrets: WebhookSecrets,
        loops: [EventLoop]
    ) async throws -> Application {
        var reads: [(loop: EventLoop, reads: ReadPipeline)] = []
        for loop in loops {
            reads.append((loop, try await ReadPipeline.open(deployment.serviceURL, role: role, on: loop)))
        }
        return Application(
            authority: deployment.authority, reads: reads, writer: try await deployment.writer("standingd writer"),
            background: background, erase: erase, client: HTTPClient(), secrets: secrets, log: Log())
    }

    private static func announce(_ deployment: Deployment, url: String, migrations: [String]) {
        let authority = deployment.authority
        Log().write(
            "info", "serving",
            [
                "url": .string(url + "/"), "public_url": .string(authority.settings.publicURL),
                "migrations": .array(migrations.map(JSON.string)),
                "ledger_key": .string(authority.ledgerKeyFingerprint),
                "credential_key": .string(authority.credentialKeyFingerprint),
            ])
    }

    /// Serves until SIGINT or SIGTERM, then lets what is in flight finish; what works in the background stops last.
    private static func untilSignal(
        _ server: HTTPServer, _ background: Background, _ deployment: Deployment
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await deployment.supervise { error in
                        Log().write("error", "the embedded database does not start", ["error": .string("\(error)")])
                    }
                } catch is CancellationError {}
            }
            group.addTask { await self.readIndexes(deployment) }
            group.addTask {
                do {
                    try await background.run { part, error in
                        Log().write("error", "\(part) failed", ["error": .string("\(error)")])
                    }
                } catch is CancellationError {}
            }
            try await self.serve(server)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Has the database read its indexes while requests are answered already, and logs how much that was.
    private static func readIndexes(_ deployment: Deployment) async {
        do {
            guard let bytes = try await deployment.readIndexes() else { return }
            Log().write("info", "read the indexes in", ["bytes": .int(bytes)])
        } catch is CancellationError {
            // Told to stop before all was read.
        } catch {
            // Nothing is missing but speed: pages come in as they are asked for.
            Log().write("error", "the indexes are not read in", ["error": .string("\(error)")])
        }
    }

    private static func serve(_ server: HTTPServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await server.run()
                } catch {
                    raise(SIGTERM)  // The other task waits for nothing else, and this group waits for it.
                    throw error
                }
            }
            group.addTask {
                let signal = await Signals.next()
                Log().write("info", "stopping", ["signal": .int(Int64(signal))])
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// Where requests come in: nobody is served before the service is whole.
private final class Entrance: Sendable {
    private let application = Mutex<Application?>(nil)

    func open(_ application: Application) { self.application.withLock { $0 = application } }

    func handle(_ request: Request, on loop: EventLoop) async -> Response {
        guard let application = self.application.withLock({ $0 }) else { return Application.refusal(.busy) }
        return await application.handle(request, on: loop)
    }
}

/// HOST:PORT; the host in brackets where it is an IPv6 address.
struct ListenAddress {
    let host: String
    let port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        guard !host.isEmpty else { return nil }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        self.port = port
    }

    /// The host as a URL has it.
    var text: String { self.host.contains(":") ? "[\(self.host)]" : self.host }
}
