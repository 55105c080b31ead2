internal import CanonicalJSON
public import EventLoop
public import HTTP
public import Postgres
internal import Reputation
public import Service
internal import Store
internal import Synchronization

/// One request on its way through a handler.
struct Exchange: Sendable {
    let request: Request
    /// What the route's pattern names, percent-decoded.
    let parameters: Parameters
    /// The pipelined reads of this request's loop.
    let reads: ReadPipeline
    let application: Application

    var authority: Authority { self.application.authority }
    /// The connection that writes, opened anew where the server had gone away; nothing is repeated by itself. What is done
    /// in a transaction is done even where it is the first to notice.
    var writer: Connection {
        get async throws {
            let writer = self.application.writer
            if await writer.isLost { try await writer.reconnect() }
            return writer
        }
    }

    /// Shows what was just appended. It is appended whatever comes of this: the next turn tries again.
    func publish() async {
        do {
            try await self.application.background.publication.settle()
        } catch {
            self.application.log.write("error", "publication failed", ["error": .string("\(error)")])
        }
    }

    /// A parameter that the route's pattern guarantees.
    subscript(parameter: String) -> String { self.parameters[parameter] }
}

/// Answers one route.
typealias Handler = @Sendable (Exchange) async throws -> Response

/// The whole service behind a socket: routes, the database, who signs, what is counted and logged.
public final class Application: Sendable {
    let authority: Authority
    let writer: Connection
    let background: Background
    let claim: Claim
    let erase: Erase
    let webhooks: Webhooks
    /// The tiles that never change, shared by all loops.
    var tiles: TileCache { self.background.tiles }
    /// The pages of profiles, shared by all loops.
    let pages = PageCache()
    /// Their pictures for link previews.
    let cards = PageCache(limit: 16 << 20)
    /// Reads, seals and answers what is sent by the thousand.
    let bulk: ThreadPool
    let metrics = Metrics()
    let log: Log
    private let reads: [ObjectIdentifier: ReadPipeline]
    private let router = Routes.router()

    /// A service that reads through `reads` (one for each loop), writes through `writer`, records and publishes through
    /// `background`, which somebody has to run, erases by `erase`, and takes webhooks that prove themselves by `secrets`.
    public init(
        authority: Authority, reads: [(loop: EventLoop, reads: ReadPipeline)], writer: Connection,
        background: Background, erase: Erase, client: HTTPClient,
        secrets: WebhookSecrets = .none, log: Log
    ) {
        self.authority = authority
        self.writer = writer
        self.background = background
        self.erase = erase
        self.claim = Claim(authority: authority, client: client)
        self.webhooks = Webhooks(authority: authority, secrets: secrets, sequencer: background.sequencer)
        self.log = log
        // There is a loop for each processor.
        self.bulk = ThreadPool(name: "bulk", count: max(1, reads.count), niceness: .bulk)
        self.reads = Dictionary(uniqueKeysWithValues: reads.map { (ObjectIdentifier($0.loop), $0.reads) })
    }

    /// The reads of every loop.
    var everyRead: [ReadPipeline] { Array(self.reads.values) }

    /// Answers `request` on `loop`.
    public func handle(_ request: Request, on loop: EventLoop) async -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        var (route, response) = await self.answer(request, on: loop)
        response.headers.append(("X-Request-Id", request.id))
        let microseconds = (clock.now - start) / .microseconds(1)
        self.metrics.record(route: route, status: response.status, microseconds: Int64(microseconds))
        if self.logs(response.status, of: route) {
            self.log.write(
                "info", "request",
                [
                    "id": .string(request.id), "method": .string(request.method), "route": .string(route),
                    "status": .int(Int64(response.status)), "microseconds": .int(Int64(microseconds)),
                ])
        }
        return response
    }

    /// Every answer that is not a success is logged, and every change a person makes; what only read is in the metrics,
    /// and what programs record is in the ledger.
    private func logs(_ status: Int, of route: String) -> Bool {
        status >= 400 || (status == 201 && route != "/v1/evidence" && !route.hasPrefix("/webhooks/"))
    }

    private func answer(_ request: Request, on loop: EventLoop) async -> (route: String, Response) {
        switch self.router.match(request.method, request.path) {
        case .notFound: return ("unmatched", Problem.notFound.response(instance: request.id))
        case .methodNotAllowed(let allowed):
            var response = Problem.methodNotAllowed(allowed).response(instance: request.id)
            response.headers.append(("Allow", allowed.joined(separator: ", ")))
            return ("unmatched", response)
        case .found(let route, let parameters):
            guard let reads = self.reads[ObjectIdentifier(loop)] else {
                preconditionFailure("every loop has its reads")
            }
            let exchange = Exchange(request: request, parameters: parameters, reads: reads, application: self)
            do {
                return (route.pattern, try await route.handler(exchange))
            } catch {
                return (route.pattern, self.problem(error, request))
            }
        }
    }

    private func problem(_ error: any Error, _ request: Request) -> Response {
        let (problem, isOurs) = Problem.of(error)
        if isOurs {
            self.log.write("error", "request failed", ["id": .string(request.id), "error": .string("\(error)")])
        }
        return problem.response(instance: request.id)
    }

    /// The answer to a request that never became one, in the same form as every other error.
    public static func refusal(_ refusal: Refusal) -> Response { Problem(refusal).response(instance: "") }
}
