/// What one server lets its clients use. A server of several loops keeps these limits over all of them together.
public struct Limits: Sendable {
    /// Bytes of request line and header fields. Beyond it, 431.
    public var headerBytes = 16 * 1024
    /// Bytes of body. Beyond it, 413.
    public var bodyBytes = 2 * 1024 * 1024
    /// Connections open at once. One more is closed as soon as it is accepted.
    public var connections = 4096
    /// Connections open at once from one address. Behind a reverse proxy every client has the proxy's address.
    public var connectionsPerAddress = 1024
    /// How long a connection may be open, or idle after an answer, before the head of a request is there.
    public var idle: Duration = .seconds(60)
    /// How long a request may take from its head to the last byte of its body, and again from there to its answer, and
    /// again for the client to take the answer.
    public var request: Duration = .seconds(30)
    /// Requests whose handlers run at once. Beyond it, 503 with `Retry-After`.
    public var requestsInFlight = 2048
    /// How long a stopping server waits for requests in flight.
    public var drain: Duration = .seconds(15)

    /// The defaults, meant for a service behind a reverse proxy.
    public init() {}
}

/// Why the server answers a request itself.
public enum Refusal: Sendable, Equatable {
    /// The request cannot be understood, and why. 400.
    case malformed(String)
    /// The body is over the limit, in bytes. 413.
    case bodyTooLarge(limit: Int)
    /// The head is over the limit, in bytes. 431.
    case headTooLarge(limit: Int)
    /// As many requests as allowed are being handled, or the server is stopping. 503.
    case busy
    /// The handler took longer than a request may. 503.
    case tooSlow

    /// The status code that goes with it.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .bodyTooLarge: 413
        case .headTooLarge: 431
        case .busy, .tooSlow: 503
        }
    }

    /// What happened, in a sentence for the client.
    public var detail: String {
        switch self {
        case .malformed(let reason): "The request is malformed: \(reason)."
        case .bodyTooLarge(let limit): "The body is larger than \(limit) bytes."
        case .headTooLarge(let limit): "The request line and header fields are larger than \(limit) bytes."
        case .busy: "The server is busy; try again shortly."
        case .tooSlow: "The answer took too long to make."
        }
    }
}

extension Response {
    /// `refusal` as plain text, with `Retry-After: 1` where trying again may help.
    public init(refusing refusal: Refusal) {
        self = .text(refusal.detail + "\n", status: refusal.status)
        if refusal.status == 503 { self.headers.append(("Retry-After", "1")) }
    }
}
