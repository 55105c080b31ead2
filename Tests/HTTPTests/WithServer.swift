import EventLoop
import HTTP
import Synchronization

/// Runs `body` against a server on a free port, then stops the server.
///
/// `prepare` runs on each loop before the server does. `body` has a thread of its own, so that its blocking sockets hold nobody up.
func withServer<Value: Sendable>(
    limits: Limits = Limits(), loops count: Int = 1,
    refusal: @escaping @Sendable (Refusal) -> Response = { Response(refusing: $0) },
    handler: @escaping HTTPServer.Handler, prepare: @Sendable @escaping (EventLoop) -> Void = { _ in },
    _ body: @Sendable @escaping (_ port: Int, _ server: Task<Void, any Error>) async throws -> Value
) async throws -> Value {
    let loops = try (0..<count).map { try EventLoop.start(name: "server-\($0)") }
    let client = try EventLoop.start(name: "client")
    defer { for loop in loops + [client] { loop.stop() } }
    for loop in loops { loop.perform { prepare(loop) } }
    let server = try HTTPServer.bind(
        host: "127.0.0.1", port: 0, loops: loops, limits: limits, refusal: refusal, handler: handler)
    let running = Task { try await server.run() }
    let result = await Task(executorPreference: client) { try await body(server.port, running) }.result
    running.cancel()
    try await running.value
    return try result.get()
}

/// A door that handlers wait at until a test opens it.
final class Gate: Sendable {
    private let state = Mutex<(open: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.open { state.waiting.append(continuation) }
                return state.open
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = self.state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
