import EventLoop
import HTTP
import Synchronization
import Testing

private let ok: HTTPServer.Handler = { request, _ in .text("ok \(request.body.count)") }

/// The defaults changed by `change`.
private func limits(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits()
    change(&limits)
    return limits
}

struct LimitTests {
    @Test func `a body at the limit is taken, one over it is refused in the caller's words and the connection lives`()
        async throws
    {
        try await withServer(
            limits: limits { $0.bodyBytes = 1000 }, refusal: { .json("{\"refused\":\($0.status)}", status: $0.status) },
            handler: ok
        ) { port, _ in
            let socket = try Socket(port: port)
            let head = "POST / HTTP/1.1\r\nHost: x\r\n"
            let (fits, over) = (String(repeating: "a", count: 1000), String(repeating: "a", count: 1001))
            #expect(try socket.ask("\(head)Content-Length: 1000\r\n\r\n\(fits)").body == "ok 1000")
            let declared = try socket.ask("\(head)Content-Length: 1001\r\n\r\n\(over)")
            #expect(declared.status == 413)
            #expect(declared.body == "{\"refused\":413}")
            let chunked = try socket.ask("\(head)Transfer-Encoding: chunked\r\n\r\n3e9\r\n\(over)\r\n0\r\n\r\n")
            #expect(chunked.status == 413)
            #expect(try socket.ask("\(head)Content-Length: 1000\r\n\r\n\(fits)").body == "ok 1000")
        }
    }

    @Test func `a body far over the limit, or one the client asked about first, is refused before it is sent`()
        async throws
    {
        try await withServer(limits: limits { $0.bodyBytes = 1000 }, handler: ok) { port, _ in
            for fields in ["Content-Length: 999999999", "Content-Length: 1001\r\nExpect: 100-continue"] {
                let socket = try Socket(port: port)
                #expect(try socket.ask("POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\n").status == 413)
                #expect(try socket.readToEnd() == "")
            }
        }
    }

    @Test func `an endless chunked body is cut off`() async throws {
        try await withServer(limits: limits { $0.bodyBytes = 1000 }, handler: ok) { port, _ in
            let socket = try Socket(port: port)
            try socket.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n" + String(repeating: "a", count: 4096) + "\r\n"
            #expect(throws: Socket.Failure.self) {
                for _ in 0..<10_000 { try socket.send(chunk) }
            }
        }
    }

    @Test func `a head over the limit is refused with 431`() async throws {
        try await withServer(limits: limits { $0.headerBytes = 2000 }, handler: ok) { port, _ in
            for length in [1990, 100_000] {
                let socket = try Socket(port: port)
                let answer = try socket.ask(
                    "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: length))\r\n\r\n")
                #expect(answer.status == 431, "\(length)")
            }
            let fits = "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 1900))\r\n\r\n"
            #expect(try Socket(port: port).ask(fits).status == 200)
        }
    }

    @Test(arguments: [
        "", "GET", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ])
    func `a client that sends no more is cut off`(start: String) async throws {
        try await withServer(
            limits: limits {
                $0.idle = .milliseconds(100)
                $0.request = .milliseconds(100)
            }, handler: ok
        ) { port, _ in
            let socket = try Socket(port: port)
            try socket.send(start)
            let answer = try socket.readToEnd()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a client that drips its head is cut off all the same`() async throws {
        try await withServer(limits: limits { $0.idle = .milliseconds(200) }, handler: ok) { port, _ in
            let socket = try Socket(port: port)
            try socket.send("GET / HTTP/1.1\r\nHost: x\r\nX: ")
            let dripper = try EventLoop.start(name: "drip")
            defer { dripper.stop() }
            await #expect(throws: Socket.Failure.self) {
                for _ in 0..<5000 {
                    try socket.send("a")
                    try await dripper.sleep(for: .milliseconds(2))
                }
            }
        }
    }

    @Test func `a client that does not take its answer is cut off`() async throws {
        let body = [UInt8](repeating: 0, count: 50_000_000)
        try await withServer(
            limits: limits { $0.request = .milliseconds(200) }, handler: { _, _ in Response(status: 200, body: body) }
        ) { port, server in
            let socket = try Socket(port: port)
            try socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            server.cancel()
            try await server.value  // Returns before its drain time because the connection is gone.
            #expect(try socket.readToEnd().utf8.count < body.count)
        }
    }

    @Test func `a handler that takes too long is cancelled and its client told`() async throws {
        let cancelled = Mutex(false)
        try await withServer(
            limits: limits { $0.request = .milliseconds(100) },
            handler: { request, loop in
                if request.path == "/fast" { return .text("fast") }
                do {
                    try await loop.sleep(for: .seconds(3600))
                } catch {
                    cancelled.withLock { $0 = true }
                }
                return .text("late")
            }
        ) { port, _ in
            let socket = try Socket(port: port)
            let answer = try socket.ask("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.status == 503)
            #expect(answer.head.contains("Retry-After: 1"))
            #expect(try socket.ask("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n").body == "fast")
            #expect(cancelled.withLock { $0 })
        }
    }

    @Test func `more requests than may be in flight are refused, and taken again later`() async throws {
        let gate = Gate()
        try await withServer(
            limits: limits { $0.requestsInFlight = 2 },
            handler: { request, _ in
                if request.path == "/wait" { await gate.pass() }
                return .text("ok")
            }
        ) { port, _ in
            let waiting = try (0..<2).map { _ in try Socket(port: port) }
            for socket in waiting { try socket.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n") }
            let other = try Socket(port: port)
            var answer = try other.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            while answer.status == 200 { answer = try other.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            #expect(answer.status == 503)
            #expect(answer.head.contains("Retry-After: 1"))
            gate.open()
            for socket in waiting { #expect(try socket.readAnswer().body == "ok") }
            #expect(try other.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == "ok")
        }
    }

    @Test(arguments: [(3, 1000), (1000, 3)])
    func `more connections than allowed are closed, and room made by leaving is used`(overall: Int, each: Int)
        async throws
    {
        try await withServer(
            limits: limits {
                $0.connections = overall
                $0.connectionsPerAddress = each
            }, handler: ok
        ) { port, _ in
            let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            var held = try (0..<3).map { _ in try Socket(port: port) }
            for socket in held { #expect(try socket.ask(request).status == 200) }
            #expect(try Socket(port: port).readToEnd() == "")
            held.removeLast()
            var served = false
            while !served {
                let socket = try Socket(port: port)
                served = (try? socket.ask(request).status) == 200
            }
        }
    }
}
