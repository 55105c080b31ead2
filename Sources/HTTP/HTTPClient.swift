internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// Why a request got no answer.
public enum HTTPClientError: Error, Equatable, CustomStringConvertible {
    /// The address is not an `http` or `https` one.
    case badURL(String)
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
    /// The header fields; those of one name come as one field.
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
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpShouldHandleCookies = false
        for (name, value) in headers { request.addValue(value, forHTTPHeaderField: name) }
        if !body.isEmpty { request.httpBody = Data(body) }
        return try await self.session.run(request, within: self.timeout, bodyBytes: self.bodyBytes).get()
    }
}
