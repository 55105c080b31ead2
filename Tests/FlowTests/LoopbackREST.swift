import CanonicalJSON
import Connectors
import Foundation
import Reputation
import Synchronization
import TestSupport

/// A forge's API on loopback: lists in pages, tags, and faults where a test wants them.
final class LoopbackREST: Sendable {
    struct State: Sendable {
        /// Bodies by path, without a query; lists are served in pages.
        var documents: [String: JSON] = [:]
        var perPage = 2
        /// What answers at a path in place of a document, by the query.
        var computed: [String: @Sendable ([String: String]) -> JSON] = [:]
        /// What stands before the JSON of every answer.
        var guardPrefix = ""
        /// What the n-th request gets in place of its answer.
        var faults: [Int: [UInt8]] = [:]
        /// From this request on everything fails.
        var failsFrom = Int.max
        var requests: [ScriptedServer.Head] = []
        /// The virtual clock, in seconds since 1970, and the waits on it.
        var now: Int64 = 1_767_225_600
        var waits: [Int64] = []
    }

    let state = Mutex(State())
    private let server = Mutex<ScriptedServer?>(nil)

    init(_ documents: [String: JSON]) throws {
        self.state.withLock { $0.documents = documents }
        let server = try ScriptedServer { [weak self] head in self?.answer(head) ?? [] }
        self.server.withLock { $0 = server }
    }

    var base: String { "http://127.0.0.1:\(self.server.withLock { $0?.port } ?? 0)" }

    var clock: RemoteClock {
        RemoteClock(
            now: { self.state.withLock { Instant(seconds: $0.now) } },
            sleep: { seconds in
                self.state.withLock { state in
                    state.now += seconds
                    state.waits.append(seconds)
                }
            })
    }

    private func answer(_ head: ScriptedServer.Head) -> [UInt8] {
        self.state.withLock { state in
            let number = state.requests.count
            state.requests.append(head)
            if let fault = state.faults[number] { return fault }
            if number >= state.failsFrom { return ScriptedServer.answer([], status: "500 Internal Server Error") }
            let target = URLComponents(string: head.target)
            let query = Dictionary(
                (target?.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
            let path = target?.path ?? ""
            if let computed = state.computed[path] {
                return ScriptedServer.answer(Array((state.guardPrefix + computed(query).canonical).utf8))
            }
            guard let document = state.documents[path] else {
                return ScriptedServer.answer(Array(#"{"message":"Not Found"}"#.utf8), status: "404 Not Found")
            }
            return self.page(of: document, at: path, query, head, perPage: state.perPage)
        }
    }

    private func page(
        of document: JSON, at path: String, _ query: [String: String], _ head: ScriptedServer.Head, perPage: Int
    ) -> [UInt8] {
        var body = document
        var headers = [("Content-Type", "application/json; charset=utf-8"), ("X-RateLimit-Remaining", "4999")]
        if var elements = document.array {
            if let since = query["since"] ?? query["updated_after"] {
                elements = elements.filter { ($0["updated_at"]?.string ?? "") >= since }
            }
            if query["sort"] == "updated" || query["order_by"] == "updated_at" {
                elements.sort { ($0["updated_at"]?.string ?? "") < ($1["updated_at"]?.string ?? "") }
            }
            let page = Int(query["page"] ?? "1") ?? 1
            body = .array(Array(elements.dropFirst((page - 1) * perPage).prefix(perPage)))
            if page * perPage < elements.count {
                let others = query.filter { $0.key != "page" }.map { "\($0.key)=\($0.value)" }.sorted()
                let next = "\(self.base)\(path)?\((others + ["page=\(page + 1)"]).joined(separator: "&"))"
                headers.append(("Link", "<\(self.base)\(path)?page=1>; rel=\"first\", <\(next)>; rel=\"next\""))
            }
        }
        let bytes = body.canonicalBytes
        let tag = "W/\"\(bytes.reduce(UInt64(5_381)) { ($0 &* 33) ^ UInt64($1) })\""
        if head.headers["if-none-match"] == tag {
            return ScriptedServer.answer([], status: "304 Not Modified", headers: [("ETag", tag)])
        }
        return ScriptedServer.answer(bytes, headers: headers + [("ETag", tag)])
    }
}
