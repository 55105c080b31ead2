public import EventLoop
internal import Synchronization

/// An HTTP/1.1 server on a fixed address, spread over event loops.
///
/// Every connection belongs to one loop for its life. A request is read whole, then handled by a task that prefers
/// that loop, so a handler that only awaits things of the loop never leaves its thread. TLS and HTTP/2 belong to a
/// reverse proxy. What libmicrohttpd cannot parse at all it answers itself with a bare 400, 414, 431 or 505.
public struct HTTPServer: Sendable {
    /// Answers a request on a loop.
    public typealias Handler = @Sendable (Request, EventLoop) async -> Response

    /// The port it listens on.
    public var port: Int { self.sockets.port }

    private let sockets: ListeningSockets
    private let loops: [EventLoop]
    private let settings: ServerSettings

    /// Takes the address, so that clients can connect; nobody answers them until ``run()``.
    ///
    /// `host` is a numeric address or a name of this machine, `0.0.0.0` and `::` are all of its addresses, port 0 is
    /// any free one. `refusal` words what the server refuses without asking the handler.
    public static func bind(
        host: String, port: Int, loops: [EventLoop], limits: Limits = Limits(),
        refusal: @escaping @Sendable (Refusal) -> Response = { Response(refusing: $0) },
        handler: @escaping Handler
    ) throws(HTTPServerError) -> HTTPServer {
        precondition(!loops.isEmpty, "a server needs a loop")
        let sockets = try ListeningSockets.open(host: host, port: port, count: loops.count)
        return HTTPServer(
            sockets: sockets, loops: loops,
            settings: ServerSettings(limits: limits, refusal: refusal, handler: handler))
    }

    /// Serves until the task is cancelled; then accepts no more, lets requests in flight finish within
    /// ``Limits/drain``, and returns. To be called once.
    public func run() async throws(HTTPServerError) {
        var listeners: [Listener] = []
        let sockets = self.sockets.take()
        precondition(!sockets.isEmpty, "a server runs once")
        for (index, (loop, socket)) in zip(self.loops, sockets).enumerated() {
            let listener = Listener(loop: loop, number: index, settings: self.settings)
            if await listener.start(on: socket) { listeners.append(listener) }
        }
        let isWhole = listeners.count == sockets.count
        if isWhole {
            let (forever, continuation) = AsyncStream<Never>.makeStream()
            for await _ in forever {}
            continuation.finish()
        }
        await withDiscardingTaskGroup { group in
            for listener in listeners { group.addTask { await listener.stop() } }
        }
        if !isWhole { throw .noResources("libmicrohttpd did not start") }
    }
}

/// What the loops of a server have in common.
final class ServerSettings: Sendable {
    let limits: Limits
    let refusal: @Sendable (Refusal) -> Response
    let handler: HTTPServer.Handler
    /// Handlers running now.
    let handling = Atomic(0)
    /// Begins the ids made here; another with every start.
    let idPrefix = String(UInt64.random(in: .min ... .max), radix: 36)
    private let census = Mutex(Census())

    private struct Census: Sendable {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    init(
        limits: Limits, refusal: @escaping @Sendable (Refusal) -> Response, handler: @escaping HTTPServer.Handler
    ) {
        self.limits = limits
        self.refusal = refusal
        self.handler = handler
    }

    /// Whether one more connection from `address` may be open. Loops that ask in the same instant may both be told yes.
    func admits(_ address: String) -> Bool {
        self.census.withLock { census in
            census.total < self.limits.connections
                && census.byAddress[address, default: 0] < self.limits.connectionsPerAddress
        }
    }

    /// Counts a connection from `address` that opened (1) or closed (-1).
    func count(_ address: String, by step: Int) {
        self.census.withLock { census in
            census.total += step
            let count = census.byAddress[address, default: 0] + step
            census.byAddress[address] = count == 0 ? nil : count
        }
    }
}
