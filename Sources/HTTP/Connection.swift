internal import CMicrohttpd
internal import EventLoop
internal import Glibc
internal import Synchronization

/// A client's connection while libmicrohttpd has it, and the request it is at.
///
/// Belongs to the listener's thread, which is the proof behind `@unchecked`. `handle` is valid from the notice that
/// the connection started until the one that it closed; after that the phase is `.closed`, and nothing uses it.
@safe final class Connection: @unchecked Sendable {
    /// Where the request stands.
    private enum Phase {
        /// No head yet.
        case idle
        /// The body is coming in.
        case receiving(Request)
        /// The body is read only to be thrown away, so that the client hears why.
        case discarding(Refusal, left: Int)
        /// The handler has it; the connection is suspended, or about to be.
        case handling(Task<Void, Never>?)
        /// There is an answer for libmicrohttpd to take.
        case answered(Response)
        /// libmicrohttpd has the answer, or closes without one.
        case leaving
    }

    /// The peer's numeric address.
    let address: String
    /// The target of the request line, as sent.
    var target = ""
    /// The last sweep it may live to see in this phase.
    private(set) var deadline: Int

    private let handle: OpaquePointer
    private unowned let listener: Listener
    private var phase = Phase.idle
    private var suspended = false
    /// Counts requests, so that a handler that comes late cannot answer the next one.
    private var serial = 0

    @unsafe init(_ handle: OpaquePointer, of listener: Listener) {
        unsafe self.handle = handle
        self.listener = listener
        self.address = unsafe Address(http_connection_address(handle)).host
        self.deadline = listener.tick + listener.idleTicks
    }

    /// Takes the next step of the request; false closes the connection.
    func proceed(method: String, piece: RawSpan) -> Bool {
        switch self.phase {
        case .idle:
            self.listener.requests += 1
            self.allowTime()
            return self.begin(method)
        case .receiving(var request):
            guard !piece.isEmpty else { return self.handle(request) }
            self.phase = .leaving
            guard request.body.count + piece.byteCount <= self.limits.bodyBytes else {
                return self.discard(piece.byteCount, .bodyTooLarge(limit: self.limits.bodyBytes), of: self.patience)
            }
            unsafe piece.withUnsafeBytes { bytes in unsafe request.body.append(contentsOf: bytes) }
            self.phase = .receiving(request)
            return true
        case .discarding(let refusal, let left):
            guard !piece.isEmpty else { return self.queue(self.listener.settings.refusal(refusal)) }
            return self.discard(piece.byteCount, refusal, of: left)
        case .answered(let response): return self.queue(response)
        case .handling, .leaving: return true
        }
    }

    private var limits: Limits { self.listener.settings.limits }

    /// How much of a body over the limit is read all the same: a client rarely reads an answer before it has sent all.
    private var patience: Int { 4 * self.limits.bodyBytes + 64 * 1024 }

    private func allowTime() { self.deadline = self.listener.tick + self.listener.requestTicks }

    private func discard(_ count: Int, _ refusal: Refusal, of left: Int) -> Bool {
        self.phase = .discarding(refusal, left: left - count)
        return left >= count
    }
}

// MARK: Reading

extension Connection {
    /// Looks at the head: a request that is refused for it hears so at once, but one with a body too large only when
    /// it has been sent, unless it is far too large or the client asked first (RFC 9110, section 10.1.1).
    private func begin(_ method: String) -> Bool {
        var headers = Headers()
        unsafe withUnsafeMutablePointer(to: &headers) { fields in
            _ = unsafe MHD_get_connection_values_n(self.handle, .HEADER_KIND, collectField, fields)
        }
        guard unsafe http_head_size(self.handle) <= self.limits.headerBytes else {
            return self.refuse(.headTooLarge(limit: self.limits.headerBytes))
        }
        if let flaw = flaw(in: headers) { return self.refuse(.malformed(flaw)) }
        guard let target = Target(self.target) else {
            return self.refuse(.malformed("the request target is not a path and query as RFC 3986 has them"))
        }
        let length = headers["Content-Length"].flatMap { Int($0) } ?? 0
        if length > self.limits.bodyBytes {
            let refusal = Refusal.bodyTooLarge(limit: self.limits.bodyBytes)
            guard length <= self.patience, headers["Expect"] == nil else { return self.refuse(refusal) }
            self.phase = .discarding(refusal, left: self.patience)
            return true
        }
        let id = headers["X-Request-Id"].flatMap { isWellFormedID($0) ? $0 : nil } ?? self.listener.makeID()
        self.phase = .receiving(
            Request(
                method, target.path, query: target.query, headers: headers, remoteAddress: self.address, id: id))
        return true
    }

    /// Answers before the body is read, which makes libmicrohttpd close the connection afterwards.
    private func refuse(_ refusal: Refusal) -> Bool {
        self.queue(self.listener.settings.refusal(refusal), closing: true)
    }
}

/// What makes a head ambiguous, so that a proxy before us might see another request in it (RFC 9112, section 6.3).
private func flaw(in headers: Headers) -> String? {
    let lengths = headers.all("Content-Length")
    let isCoded = headers["Transfer-Encoding"] != nil
    if lengths.count > 1 { return "there is more than one Content-Length" }
    if let length = lengths.first {
        if isCoded { return "Content-Length and Transfer-Encoding exclude each other" }
        if length.isEmpty || !length.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) { return "Content-Length is not a number" }
    }
    if isCoded, headers.all("Transfer-Encoding").map({ $0.lowercased() }) != ["chunked"] {
        return "the only known transfer coding is chunked"
    }
    if headers.all("Host").count > 1 { return "there is more than one Host" }
    return nil
}

// MARK: Handling

extension Connection {
    /// Gives the whole request to the handler. One that returns without waiting is answered in place; for another the
    /// connection is suspended until it does.
    private func handle(_ request: Request) -> Bool {
        let (listener, settings) = (self.listener, self.listener.settings)
        guard settings.handling.load(ordering: .relaxed) < self.limits.requestsInFlight else {
            return self.queue(settings.refusal(.busy))
        }
        self.serial += 1
        self.allowTime()
        self.phase = .handling(nil)
        settings.handling.add(1, ordering: .relaxed)
        listener.handlers += 1
        let task = Task.immediate(executorPreference: listener.loop) { [serial] in
            let response = await settings.handler(request, listener.loop)
            settings.handling.subtract(1, ordering: .relaxed)
            self.answer(response, to: serial)
            listener.handlers -= 1
        }
        if case .answered(let response) = self.phase { return self.queue(response) }
        self.phase = .handling(task)
        self.suspended = true
        listener.handlersWait = true
        unsafe MHD_suspend_connection(self.handle)
        return true
    }

    /// Has libmicrohttpd take `response`, if the request of that number still waits for one.
    private func answer(_ response: Response, to serial: Int) {
        guard serial == self.serial, case .handling = self.phase else { return }
        self.phase = .answered(response)
        guard self.suspended else { return }
        self.suspended = false
        unsafe MHD_resume_connection(self.handle)
        self.listener.due = true
    }

    /// Whether the client has ended what it sends before its body was whole. libmicrohttpd misses that when the end came
    /// together with the head.
    var isDeserted: Bool {
        switch self.phase {
        case .receiving, .discarding:
            var byte: UInt8 = 0
            return unsafe recv(http_connection_socket(self.handle), &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
        case .idle, .handling, .answered, .leaving: return false
        }
    }

    /// Ends a phase that took too long. A handler is cancelled and its client told; a client is cut off.
    func expire() {
        switch self.phase {
        case .handling(let task):
            task?.cancel()
            self.answer(self.listener.settings.refusal(.tooSlow), to: self.serial)
        case .idle, .receiving, .discarding, .leaving:
            shutdown(unsafe http_connection_socket(self.handle), Int32(SHUT_RDWR))
        case .answered: return
        }
    }

    /// Answers a request whose handler is not waited for any more, because the server ends.
    func abandon() {
        guard case .handling(let task) = self.phase else { return }
        task?.cancel()
        self.answer(self.listener.settings.refusal(.busy), to: self.serial)
    }

    /// The request is over; the connection may bring another.
    func completed() {
        self.serial += 1
        self.deadline = self.listener.tick + self.listener.idleTicks
        if case .idle = self.phase { return }
        self.phase = .idle
        self.listener.requests -= 1
    }
}

// MARK: Answering

extension Connection {
    /// Hands `response` to libmicrohttpd; false if it will not have it.
    private func queue(_ response: Response, closing: Bool = false) -> Bool {
        self.phase = .leaving
        self.allowTime()
        var headers = response.headers
        if closing || self.listener.draining { headers.append(("Connection", "close")) }
        guard (200...599).contains(response.status), let made = unsafe make(headers, response.body) else {
            guard let bare = unsafe make([], []) else { return false }
            defer { unsafe MHD_destroy_response(bare) }
            return unsafe MHD_queue_response(self.handle, 500, bare) == .YES
        }
        defer { unsafe MHD_destroy_response(made) }
        return unsafe MHD_queue_response(self.handle, UInt32(response.status), made) == .YES
    }
}

/// A response of libmicrohttpd's, which the caller destroys; nil if it does not take a header field. Copies the body
/// once, into what goes to the socket.
private func make(_ headers: [(String, String)], _ body: [UInt8]) -> OpaquePointer? {
    let response = unsafe body.withUnsafeBytes { bytes in
        unsafe MHD_create_response_from_buffer(
            bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response = unsafe response else { return nil }
    for (name, value) in headers {
        guard unsafe MHD_add_response_header(response, name, value) == .YES else {
            unsafe MHD_destroy_response(response)
            return nil
        }
    }
    return unsafe response
}
