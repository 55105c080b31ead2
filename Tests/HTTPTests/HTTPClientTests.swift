import EventLoop
import HTTP
import TestSupport
import Testing

/// A service with the ways of services.
private let service: HTTPServer.Handler = { request, loop in
    switch request.path {
    case "/echo":
        let seen = ["X-Seen", "Cookie"].compactMap { request.headers[$0] }.joined(separator: " ")
        return Response(
            status: 203, headers: [("X-Answer", "yes"), ("Set-Cookie", "a=1")],
            body: Array("\(request.method) \(seen) ".utf8) + request.body)
    case "/large": return Response(status: 200, body: [UInt8](repeating: 0, count: 100_001))
    case "/slow":
        try? await loop.sleep(for: .seconds(3600))
        return .text("late")
    case "/here": return Response(status: 302, headers: [("Location", "/echo")])
    case "/elsewhere":
        let port = request.headers["Host"]?.split(separator: ":").last ?? ""
        return Response(status: 302, headers: [("Location", "http://localhost:\(port)/echo")])
    case "/round": return Response(status: 302, headers: [("Location", "/round")])
    default: return .text("no", status: 404)
    }
}

private func text(_ response: ClientResponse) -> String { String(decoding: response.body, as: UTF8.self) }

struct HTTPClientTests {
    @Test func `what is sent arrives and so does its answer, whatever its status`() async throws {
        try await withServer(handler: service) { port, _ in
            let client = HTTPClient()
            let answer = try await client.send(
                "PUT", "http://127.0.0.1:\(port)/echo", headers: ["X-Seen": "seen"], body: Array("body".utf8))
            #expect(answer.status == 203)
            #expect(answer.headers["x-answer"] == "yes")
            #expect(text(answer) == "PUT seen body")
            let missing = try await client.get("http://127.0.0.1:\(port)/nothing")
            #expect(missing.status == 404)
            #expect(text(missing) == "no")
        }
    }

    @Test func `cookies are not kept`() async throws {
        try await withServer(handler: service) { port, _ in
            let client = HTTPClient()
            for _ in 0..<2 {
                let answer = try await client.get("http://127.0.0.1:\(port)/echo")
                #expect(text(answer) == "GET  ")
            }
        }
    }

    @Test func `an answer at the limit is taken and one over it is not`() async throws {
        try await withServer(handler: service) { port, _ in
            let url = "http://127.0.0.1:\(port)/large"
            let answer = try await HTTPClient(bodyBytes: 100_001).get(url)
            #expect(answer.body.count == 100_001)
            _ = await #expect(throws: HTTPClientError.bodyTooLarge(limit: 100_000)) {
                try await HTTPClient(bodyBytes: 100_000).get(url)
            }
        }
    }

    @Test func `an answer without end is broken off at the limit, and a head without end as well`() async throws {
        let body = try EndlessServer()
        _ = await #expect(throws: HTTPClientError.bodyTooLarge(limit: 100_000)) {
            try await HTTPClient(bodyBytes: 100_000).get("http://127.0.0.1:\(body.port)/")
        }
        let head = try EndlessServer(opening: "HTTP/1.1 200 OK\r\n", rest: "X-More: of the same\r\n")
        await #expect {
            try await HTTPClient().get("http://127.0.0.1:\(head.port)/")
        } throws: { error in
            guard case .unreachable = error as? HTTPClientError else { return false }
            return true
        }
    }

    @Test func `a header field that would begin another is not sent`() async throws {
        try await withServer(handler: service) { port, _ in
            for value in ["a\r\nX-Seen: b", "a\n", "a\0"] {
                _ = await #expect(throws: HTTPClientError.badHeader("X-Other")) {
                    try await HTTPClient().get("http://127.0.0.1:\(port)/echo", headers: ["X-Other": value])
                }
            }
        }
    }

    @Test(arguments: [("POST", "GET  "), ("PUT", "PUT  body"), ("GET", "GET  ")])
    func `a redirect of what was posted is got, of anything else repeated`(method: String, seen: String) async throws {
        try await withServer(handler: service) { port, _ in
            let body = method == "GET" ? [] : Array("body".utf8)
            let answer = try await HTTPClient().send(method, "http://127.0.0.1:\(port)/here", body: body)
            #expect(answer.status == 203)
            #expect(text(answer) == seen)
        }
    }

    @Test func `many at once are each answered`() async throws {
        try await withServer(handler: service) { port, _ in
            let client = HTTPClient()
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        text(
                            try await client.send(
                                "POST", "http://127.0.0.1:\(port)/echo", body: Array("\(number)".utf8)))
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts.count == 100)
        }
    }

    @Test func `an answer that does not come in time is given up`() async throws {
        var limits = Limits()
        limits.drain = .milliseconds(10)
        try await withServer(limits: limits, handler: service) { port, _ in
            _ = await #expect(throws: HTTPClientError.timedOut) {
                try await HTTPClient(timeout: .milliseconds(100)).get("http://127.0.0.1:\(port)/slow")
            }
        }
    }

    @Test func `a cancelled task does not wait`() async throws {
        var limits = Limits()
        limits.drain = .milliseconds(10)
        try await withServer(limits: limits, handler: service) { port, _ in
            let task = Task { try await HTTPClient().get("http://127.0.0.1:\(port)/slow") }
            task.cancel()
            _ = await #expect(throws: HTTPClientError.cancelled) { try await task.value }
        }
    }

    @Test func `a host that is not there is unreachable`() async throws {
        let port = try await withServer(handler: service) { port, _ in port }
        for url in ["http://127.0.0.1:\(port)/", "http://no.such.host.invalid/"] {
            await #expect {
                try await HTTPClient().get(url)
            } throws: { error in
                guard case .unreachable(let reason) = error as? HTTPClientError else { return false }
                return !reason.isEmpty
            }
        }
    }

    @Test(arguments: ["", "ftp://x/", "file:///etc/passwd", "http://", "/path"])
    func `what is not an address of the web is not asked`(url: String) async throws {
        await #expect(throws: HTTPClientError.badURL(url)) { try await HTTPClient().get(url) }
    }

    @Test func `a redirect is followed within the host and otherwise handed back`() async throws {
        try await withServer(handler: service) { port, _ in
            let client = HTTPClient()
            let here = try await client.get("http://127.0.0.1:\(port)/here")
            #expect(here.status == 203)
            let elsewhere = try await client.get("http://127.0.0.1:\(port)/elsewhere")
            #expect(elsewhere.status == 302)
            #expect(elsewhere.headers["Location"] == "http://localhost:\(port)/echo")
        }
    }

    @Test func `redirects without end come to an end`() async throws {
        try await withServer(handler: service) { port, _ in
            let answer = try await HTTPClient().get("http://127.0.0.1:\(port)/round")
            #expect(answer.status == 302)
        }
    }
}
