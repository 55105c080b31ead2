import EventLoop
import HTTP
import Synchronization
import Testing

private let ok: HTTPServer.Handler = { _, _ in .text("ok") }

struct MisbehaviourTests {
    @Test(arguments: [
        "\u{1}\u{2} garbage \u{3}\r\n\r\n", "GET / HTTQ/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET noslash HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /?q=%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ])
    func `what is not a request is answered 400, and the connection closed`(bytes: String) async throws {
        var limits = Limits()
        limits.idle = .seconds(5)
        limits.request = .seconds(5)
        try await withServer(limits: limits, handler: ok) { port, _ in
            let socket = try Socket(port: port)
            #expect(try socket.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
            try socket.send(bytes)
            let answer = try socket.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        }
    }

    @Test(arguments: ["\u{1}\u{2}garbage\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n"])
    func `what is not even a request line is cut off`(bytes: String) async throws {
        try await withServer(handler: ok) { port, _ in
            let socket = try Socket(port: port)
            #expect(try socket.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 200)
            try socket.send(bytes)
            #expect(try socket.readToEnd() == "")
        }
    }

    @Test(arguments: [
        "", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ])
    func `clients that go away at any point leave the server well`(start: String) async throws {
        let body = [UInt8](repeating: 0, count: 1_000_000)
        var limits = Limits()
        limits.request = .seconds(2)
        try await withServer(
            limits: limits,
            handler: { _, loop in
                try? await loop.sleep(for: .milliseconds(1))
                return Response(status: 200, body: body)
            }
        ) { port, _ in
            for number in 0..<20 {
                let socket = try Socket(port: port)
                if number % 2 == 0 { socket.resetWhenClosed() }
                try socket.send(start)
            }
            #expect(try Socket(port: port).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body.utf8.count == body.count)
        }
    }

    @Test func `a client that leaves while its answer is made does not disturb the handler`() async throws {
        let (gate, left) = (Gate(), Gate())
        let finished = Mutex(0)
        try await withServer(
            handler: { request, _ in
                if request.path == "/wait" {
                    left.open()
                    await gate.pass()
                    finished.withLock { $0 += 1 }
                }
                return .text("ok")
            }
        ) { port, server in
            do {
                let socket = try Socket(port: port)
                socket.resetWhenClosed()
                try socket.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
                await left.pass()
            }
            gate.open()
            #expect(try Socket(port: port).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == "ok")
            server.cancel()
            try await server.value
            #expect(finished.withLock { $0 } == 1)
        }
    }
}

struct StoppingTests {
    @Test func `stopping finishes what is in flight and takes no more`() async throws {
        let (gate, begun) = (Gate(), Gate())
        try await withServer(
            handler: { _, _ in
                begun.open()
                await gate.pass()
                return .text("finished")
            }
        ) { port, server in
            let (socket, idle) = (try Socket(port: port), try Socket(port: port))
            try socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await begun.pass()
            server.cancel()
            while (try? Socket(port: port)) != nil {}
            gate.open()
            let answer = try socket.readAnswer()
            #expect(answer.body == "finished")
            #expect(answer.head.contains("Connection: close"))
            try await server.value
            #expect(try idle.readToEnd() == "")
        }
    }

    @Test func `stopping waits no longer than it may, and tells whom it leaves`() async throws {
        var limits = Limits()
        limits.drain = .milliseconds(50)
        let begun = Gate()
        let gate = Gate()
        try await withServer(
            limits: limits,
            handler: { _, _ in
                begun.open()
                await gate.pass()
                return .text("too late")
            }
        ) { port, server in
            let socket = try Socket(port: port)
            try socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await begun.pass()
            server.cancel()
            try await server.value
            #expect(try socket.readAnswer().status == 503)
            gate.open()
        }
    }
}
