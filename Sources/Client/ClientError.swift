internal import Foundation
internal import HTTP

/// Why a call came to nothing.
public enum ClientError: Error, Equatable, CustomStringConvertible {
    /// What was given as the service's address is none.
    case malformedServer(String)
    /// There was no answer.
    case unreachable(server: String, reason: String)
    /// The service says what is wrong.
    case refused(Refusal)
    /// An answer that no service like ours gives.
    case unexpected(status: Int, reason: String)

    /// A problem (RFC 9457) as the service states it.
    public struct Refusal: Equatable, Sendable, Decodable {
        /// Which kind, `/problems/not-found`.
        public let type: String
        /// What is wrong, in short.
        public let title: String
        /// The status code.
        public let status: Int
        /// What was wrong and what to do.
        public let detail: String
        /// The request's id, for the operator.
        public let instance: String?
        /// The JSON pointer or parameter at fault.
        public let pointer: String?

        /// A sentence or two for a person.
        public var description: String {
            let place = self.pointer.map { " (at \($0))" } ?? ""
            let id = self.status >= 500 ? self.instance.map { " [request \($0)]" } ?? "" : ""
            return "\(self.title): \(self.detail)\(place)\(id)"
        }
    }

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .malformedServer(let text): "\(text) is not the address of a service, such as https://standing.example"
        case .unreachable(let server, let reason): "cannot reach \(server): \(reason)"
        case .refused(let refusal): refusal.description
        case .unexpected(let status, let reason): "the service answered \(status): \(reason)"
        }
    }

    init(_ response: ClientResponse) {
        do {
            self = .refused(try JSONDecoder().decode(Refusal.self, from: Data(response.body)))
        } catch {
            self = .unexpected(status: response.status, reason: "this is not an answer of a Standing service")
        }
    }
}
