public import CanonicalJSON
internal import Foundation
public import HTTP

/// Calls a service. Each method is one endpoint of the contract.
public struct Client: Sendable {
    /// The base of every address, without a trailing slash.
    public let server: String
    private let token: String?
    private let http: HTTPClient

    /// A client of the service at `server`, `https://standing.example`.
    ///
    /// - Parameter token: a session or an API key, sent with every call.
    public init(server: String, token: String? = nil, http: HTTPClient = HTTPClient()) throws(ClientError) {
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        guard let url = URLComponents(string: base), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.query == nil, url.fragment == nil, url.user == nil
        else { throw .malformedServer(server) }
        self.server = base
        self.token = token
        self.http = http
    }

    /// The same client with `token`.
    public func with(token: String?) -> Client {
        Client(server: self.server, token: token, unchecked: self.http)
    }

    private init(server: String, token: String?, unchecked http: HTTPClient) {
        self.server = server
        self.token = token
        self.http = http
    }
}

extension Client {
    /// Sends `body` as JSON, or nothing, and gives back a successful answer.
    ///
    /// - Throws: `ClientError.refused` for what the service answers with a problem.
    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws(ClientError) -> ClientResponse {
        var headers: Headers = ["Accept": "application/json, application/problem+json;q=0.9, */*;q=0.1"]
        if let token = self.token { headers.append("Authorization", "Bearer \(token)") }
        if body != nil { headers.append("Content-Type", "application/json") }
        let response: ClientResponse
        do {
            response = try await self.http.send(
                method, self.server + path, headers: headers, body: Array((body?.canonical ?? "").utf8))
        } catch {
            throw .unreachable(server: self.server, reason: "\(error)")
        }
        guard (200...299).contains(response.status) else { throw ClientError(response) }
        return response
    }

    /// The JSON that a successful answer holds, as it is and as a `Value`.
    func call<Value: Decodable & Sendable>(
        _ method: String, _ path: String, _ body: JSON? = nil, as type: Value.Type = Value.self
    ) async throws(ClientError) -> Answer<Value> {
        let response = try await self.send(method, path, body)
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return Answer(
                value: try decoder.decode(type, from: Data(response.body)), document: try JSON(parsing: response.body))
        } catch {
            throw .unexpected(status: response.status, reason: "its answer cannot be read: \(error)")
        }
    }

    /// The JSON that a successful answer holds.
    func json(_ path: String) async throws(ClientError) -> JSON {
        let response = try await self.send("GET", path)
        do {
            return try JSON(parsing: response.body)
        } catch {
            throw .unexpected(status: response.status, reason: "its answer cannot be read: \(error)")
        }
    }

    /// The bytes of a successful answer.
    func bytes(_ path: String) async throws(ClientError) -> [UInt8] { try await self.send("GET", path).body }

    /// The text of a successful answer.
    func text(_ path: String) async throws(ClientError) -> String {
        String(decoding: try await self.bytes(path), as: UTF8.self)
    }

    /// `text` as one segment of a path, or one value of a query.
    func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// What the service answered: its members by name, and the whole document with those this program does not know.
@dynamicMemberLookup
public struct Answer<Value: Sendable>: Sendable {
    /// What this program knows of it.
    public let value: Value
    /// All of it.
    public let document: JSON

    /// A member of the value.
    public subscript<Member>(dynamicMember path: KeyPath<Value, Member>) -> Member { self.value[keyPath: path] }
}
