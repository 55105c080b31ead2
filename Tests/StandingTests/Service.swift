import CanonicalJSON
import EventLoop
import HTTP
import Synchronization

/// A service on loopback that gives the answers a test lays down, and remembers what it was asked.
final class Service: Sendable {
    typealias Answers = @Sendable (Request, Service) throws -> Response

    private let asked = Mutex<[Request]>([])
    private let port = Mutex(0)

    var base: String { "http://127.0.0.1:\(self.port.withLock { $0 })" }
    var requests: [Request] { self.asked.withLock { $0 } }

    static func with<Value: Sendable>(
        _ answers: @escaping Answers, _ body: @Sendable (Service) async throws -> Value
    ) async throws -> Value {
        let loop = try EventLoop.start(name: "service")
        defer { loop.stop() }
        let service = Service()
        let server = try HTTPServer.bind(host: "127.0.0.1", port: 0, loops: [loop]) { request, _ in
            service.asked.withLock { $0.append(request) }
            do { return try answers(request, service) } catch { return .text("\(error)", status: 500) }
        }
        service.port.withLock { $0 = server.port }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let value = try await body(service)
            group.cancelAll()
            return value
        }
    }
}

extension Response {
    static func problem(_ status: Int, _ name: String, _ detail: String, pointer: String? = nil) -> Response {
        var members: [String: JSON] = [
            "type": .string("/problems/\(name)"), "title": "Refused", "status": .int(Int64(status)),
            "detail": .string(detail), "instance": "r1",
        ]
        members["pointer"] = pointer.map(JSON.string)
        return Response(
            status: status, headers: [("Content-Type", "application/problem+json")],
            body: Array(JSON.object(members).canonical.utf8))
    }
}
