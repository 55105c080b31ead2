import EventLoop
import HTTP
import Synchronization
import Testing

/// Says what it was asked.
private let echo: HTTPServer.Handler = { request, _ in
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    return .text("\(request.method) \(request.path) [\(query)] \(String(decoding: request.body, as: UTF8.self))")
}

/// Continuations that only a hook resumes, as the database's are.
private final class Parked: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    func wait(_ continuation: CheckedContinuation<Void, Never>) { self.waiting.withLock { $0.append(continuation) } }

    func hook(to loop: EventLoop) {
        loop.beforeWaiting {
            let woken = self.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for continuation in woken { continuation.resume() }
            return nil
        }
    }
}

struct HTTPServerTests {
    @Test func `two requests share a connection, and two sent at once are answered in order`() async throws {
        try await withServer(handler: echo) { port, _ in
            let socket = try Socket(port: port)
            #expect(try socket.ask("GET /one HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET /one [] ")
            #expect(
                try socket.ask("POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").body
                    == "POST /two [] abc")
            try socket.send("GET /three HTTP/1.1\r\nHost: x\r\n\r\nGET /four HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try socket.readAnswer().body == "GET /three [] ")
            #expect(try socket.readAnswer().body == "GET /four [] ")
        }
    }

    @Test func `a handler that waits is answered when it is done, on its loop`() async throws {
        try await withServer(
            handler: { request, loop in
                let before = loop.isCurrent
                try? await loop.sleep(for: .milliseconds(1))
                await MainActor.run {}
                return .text("\(before) \(loop.isCurrent)")
            }
        ) { port, _ in
            let socket = try Socket(port: port)
            for _ in 0..<3 { #expect(try socket.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == "true true") }
        }
    }

    @Test func `handlers that wait for a hook set before the server's are not forgotten`() async throws {
        let parked = Parked()
        try await withServer(
            handler: { _, loop in
                await withCheckedContinuation { parked.wait($0) }
                return .text("woken")
            },
            prepare: { loop in parked.hook(to: loop) }
        ) { port, _ in
            let socket = try Socket(port: port)
            let start = ContinuousClock.now
            for _ in 0..<20 {
                let answer = try socket.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(answer.body == "woken")
            }
            let took = ContinuousClock.now - start
            #expect(took < .seconds(5))  // A wake-up lost is found by the sweep, a second later.
        }
    }

    @Test func `the query keeps its order and is decoded, the path is not`() async throws {
        try await withServer(handler: echo) { port, _ in
            let answer = try Socket(port: port).ask(
                "GET /a%2Fb?z=1&a=%C3%A9+x&z=&flag&a=b%3Dc HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.body == "GET /a%2Fb [z=1,a=é x,z=,flag=,a=b=c] ")
        }
    }

    @Test func `a chunked body arrives whole`() async throws {
        try await withServer(handler: echo) { port, _ in
            let socket = try Socket(port: port)
            let answer = try socket.ask(
                "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            #expect(answer.body == "PUT / [] abcde")
        }
    }

    @Test func `headers are found whatever their case, and a response may repeat one`() async throws {
        try await withServer(
            handler: { request, _ in
                Response(
                    status: 201, headers: [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
                    body: Array((request.headers["x-THING"] ?? "none").utf8))
            }
        ) { port, _ in
            let answer = try Socket(port: port).ask("GET / HTTP/1.1\r\nHost: x\r\nX-Thing: yes\r\n\r\n")
            #expect(answer.status == 201)
            #expect(answer.body == "yes")
            #expect(answer.head.contains("Set-Cookie: a=1\r\nSet-Cookie: b=2"))
        }
    }

    @Test func `HEAD has the header of GET and no body`() async throws {
        try await withServer(handler: { _, _ in .text("twelve bytes") }) { port, _ in
            let socket = try Socket(port: port)
            try socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let head = try socket.readAnswer(bodyless: true)
            #expect(head.status == 200)
            #expect(head.head.contains("Content-Length: 12"))
            #expect(try socket.readAnswer().body == "twelve bytes")
        }
    }

    @Test func `a good request id is kept and a bad one replaced by one that is made once`() async throws {
        try await withServer(handler: { request, _ in .text(request.id) }) { port, _ in
            let socket = try Socket(port: port)
            #expect(try socket.ask("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: a.B-9_z\r\n\r\n").body == "a.B-9_z")
            let bad = ["", "a b", String(repeating: "a", count: 65), "\"quoted\""]
            let made = try bad.map { try socket.ask("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: \($0)\r\n\r\n").body }
            #expect(Set(made).count == 4)
            #expect(Set(made).isDisjoint(with: bad))
        }
    }

    @Test func `many connections at once, on two loops, each get their own answers`() async throws {
        try await withServer(
            loops: 2,
            handler: { request, loop in
                try? await loop.sleep(for: .milliseconds(2))
                return .text(request.path)
            }
        ) { port, _ in
            let sockets = try (0..<200).map { _ in try Socket(port: port) }
            for round in 0..<3 {
                for (number, socket) in sockets.enumerated() {
                    try socket.send("GET /\(round)/\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                for (number, socket) in sockets.enumerated() {
                    #expect(try socket.readAnswer().body == "/\(round)/\(number)")
                }
            }
        }
    }

    @Test func `an answer larger than any buffer arrives whole`() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000)
        try await withServer(handler: { _, _ in Response(status: 200, body: body) }) { port, _ in
            let answer = try Socket(port: port).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.body.utf8.count == body.count)
        }
    }

    @Test func `a header that would split the answer becomes a bare 500`() async throws {
        try await withServer(handler: { _, _ in Response(status: 200, headers: [("X", "a\r\nY: b")]) }) { port, _ in
            let answer = try Socket(port: port).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.status == 500)
            #expect(!answer.head.contains("Y: b"))
        }
    }

    @Test func `a port in use is refused, also by a server that shares its own among loops`() async throws {
        try await withServer(loops: 2, handler: echo) { port, _ in
            let loops = try (0..<2).map { try EventLoop.start(name: "other-\($0)") }
            defer { for loop in loops { loop.stop() } }
            #expect(throws: HTTPServerError.addressInUse(host: "127.0.0.1", port: port)) {
                try HTTPServer.bind(host: "127.0.0.1", port: port, loops: loops, handler: echo)
            }
        }
    }

    @Test func `an address that is not ours is refused with a reason`() throws {
        let loop = try EventLoop.start(name: "test")
        defer { loop.stop() }
        for host in ["192.0.2.1", "no.such.host.invalid"] {
            #expect {
                try HTTPServer.bind(host: host, port: 0, loops: [loop], handler: echo)
            } throws: { error in
                guard case .addressUnusable(host, 0, let reason) = error as? HTTPServerError else { return false }
                return !reason.isEmpty
            }
        }
    }

    @Test func `IPv6 is served, and its address shown`() async throws {
        let loop = try EventLoop.start(name: "test")
        defer { loop.stop() }
        let server = try HTTPServer.bind(
            host: "::1", port: 0, loops: [loop], handler: { request, _ in .text(request.remoteAddress) })
        let running = Task { try await server.run() }
        #expect(try Socket("::1", port: server.port).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == "::1")
        running.cancel()
        try await running.value
    }
}
