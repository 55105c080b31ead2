internal import Foundation

/// Why a request got no answer.
public enum HTTPClientError: Error, Equatable, CustomStringConvertible {
    /// The address is not an `http` or `https` one.
    case badURL(String)
    /// A header field of this name would hold a control character, such as the end of a line.
    case badHeader(String)
    /// Nobody there: no such name, no route, refused, TLS failed, or the connection broke.
    case unreachable(String)
    /// The answer was not there in time.
    case timedOut
    /// The answer is larger than it may be, in bytes.
    case bodyTooLarge(limit: Int)
    /// The task that asked was cancelled.
    case cancelled

    /// What happened, in words for a log.
    public var description: String {
        switch self {
        case .badURL(let url): "not an address of the web: \(url)"
        case .badHeader(let name): "the header field \(name) holds a control character"
        case .unreachable(let reason): "unreachable: \(reason)"
        case .timedOut: "timed out"
        case .bodyTooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .cancelled: "cancelled"
        }
    }
}

/// An answer to a request sent out. Its status may be any, 500 or a redirect to another host included.
public struct ClientResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields, in their order.
    public var headers: Headers
    /// The body, content coding removed.
    public var body: [UInt8]
}

/// Sends requests to other services: no cookies, no cache, bounded in time and size.
///
/// A redirect is followed within its scheme, host and port, ten times at most; another comes back as it is.
public struct HTTPClient: Sendable {
    private let timeout: Duration
    private let bodyBytes: Int
    private let session: ClientSession

    /// A client whose requests take at most `timeout`, and whose answers have at most `bodyBytes`.
    public init(timeout: Duration = .seconds(30), bodyBytes: Int = 16 * 1024 * 1024) {
        self.timeout = timeout
        self.bodyBytes = bodyBytes
        self.session = ClientSession()
    }

    /// Gets `url`.
    public func get(_ url: String, headers: Headers = [:]) async throws(HTTPClientError) -> ClientResponse {
        try await self.send("GET", url, headers: headers)
    }

    /// Sends a request and waits for the whole answer.
    public func send(
        _ method: String, _ url: String, headers: Headers = [:], body: [UInt8] = []
    ) async throws(HTTPClientError) -> ClientResponse {
        guard let address = URL(string: url), ["http", "https"].contains(address.scheme?.lowercased()),
            address.host?.isEmpty == false
        else { throw .badURL(url) }
        for (name, value) in headers where "\(name)\(value)".utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
            throw .badHeader(name)
        }
        let hasBody = !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method)
        let request = OutgoingRequest(
            method: method, url: address.absoluteString, headers: headers, body: hasBody ? body : nil,
            timeout: self.timeout, bodyBytes: self.bodyBytes)
        return try await self.session.run(request).get()
    }
}
