import Foundation
import HTTP
import Reputation

/// One answer of a REST API.
struct RestAnswer: Sendable {
    let body: [UInt8]
    let tag: String?
    /// Where the list goes on (RFC 8288, `rel="next"`).
    let next: String?
    /// How many elements the list has on all its pages, where the forge says so (`X-Total-Count`).
    let total: Int64?
}

/// Asks a forge's REST API as it wants to be asked: no faster than it allows, again when it stumbles, never for ever.
///
/// GitHub: docs.github.com, "Rate limits for the REST API" and "Best practices for using the REST API".
final class RestClient {
    /// How often one request is tried, and how long it waits for a limit to end, in seconds.
    private static let (tries, longestWait): (Int, Int64) = (6, 3_700)

    /// The base of the API, without a slash at the end.
    let base: String
    private let headers: Headers
    private let client: HTTPClient
    private let clock: RemoteClock
    /// What stands before the JSON of every answer, where the forge puts something there.
    private let guardPrefix: [UInt8]
    /// Until when the forge asked to be left alone.
    private var pausedUntil: Instant?
    /// How many requests were sent.
    private(set) var requests: Int64 = 0

    /// A client of the API at `base`; `headers` go with every request, a token among them. `guardPrefix` is taken off answers.
    init(base: String, headers: Headers, client: HTTPClient, clock: RemoteClock, guardPrefix: String = "") {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.headers = headers
        self.client = client
        self.clock = clock
        self.guardPrefix = Array(guardPrefix.utf8)
    }

    /// Gets `address`, a path below the base or a whole address that an answer gave; `tag` is that of an earlier answer.
    func get(_ address: String, tag: String? = nil) async throws -> Fetched<RestAnswer> {
        let url = address.hasPrefix("/") ? self.base + address : address
        // A list that goes on elsewhere would take the token there.
        guard url.hasPrefix(self.base + "/") else {
            return .unavailable(reason: "an answer goes on at another address than the API's")
        }
        var headers = self.headers
        if let tag { headers.append("If-None-Match", tag) }
        var reason = ""
        for attempt in 0..<RestClient.tries {
            try await self.pause()
            self.requests += 1
            do {
                let response = try await self.client.get(url, headers: headers)
                switch self.verdict(response, attempt: attempt) {
                case .answer(let fetched): return fetched
                case .again(let why): reason = why
                }
            } catch HTTPClientError.cancelled {
                throw CancellationError()
            } catch HTTPClientError.bodyTooLarge(let limit) {
                return .unavailable(reason: "the answer is larger than \(limit) bytes")
            } catch {
                reason = "\(error)"
                self.backOff(attempt)
            }
            if let until = self.pausedUntil, until.seconds - self.clock.now().seconds > RestClient.longestWait {
                return .unavailable(reason: "\(reason); it asks to come back after \(until.rfc3339)")
            }
        }
        return .unavailable(reason: "\(reason), \(RestClient.tries) times")
    }

    private enum Verdict {
        case answer(Fetched<RestAnswer>)
        case again(String)
    }

    private func verdict(_ response: ClientResponse, attempt: Int) -> Verdict {
        switch response.status {
        case 200: return self.reading(response, attempt: attempt)
        case 304:
            self.heed(response.headers)
            return .answer(.unchanged)
        case 404, 410, 451: return .answer(.nothing)
        case 401: return .answer(.unavailable(reason: "the token is not accepted"))
        case 403, 429:
            guard self.isLimit(response) else {
                return .answer(.forbidden)
            }
            self.waitForLimit(response, attempt: attempt)
            return .again("the rate limit is used up")
        case 500...599:
            self.backOff(attempt, atLeast: Int64(response.headers["Retry-After"] ?? "") ?? 0)
            return .again("the forge failed (\(response.status))")
        default: return .answer(.unavailable(reason: "the forge answered with \(response.status)"))
        }
    }

    /// An answer that is JSON; one that was cut off is asked for again, and a page for people is none.
    private func reading(_ response: ClientResponse, attempt: Int) -> Verdict {
        self.heed(response.headers)
        let isPage =
            response.headers["Content-Type"]?.lowercased().hasPrefix("text/html") == true
            || response.body.first { $0 > 0x20 } == UInt8(ascii: "<")
        if isPage { return .answer(.unavailable(reason: "the forge answered HTML, not JSON")) }
        let body = Array(
            response.body.starts(with: self.guardPrefix)
                ? response.body.dropFirst(self.guardPrefix.count) : response.body[...])
        do {
            _ = try Place(parsing: body)
        } catch {
            self.backOff(attempt)
            return .again(error.reason)
        }
        return .answer(
            .found(
                RestAnswer(
                    body: body, tag: response.headers["ETag"], next: nextLink(response.headers.all("Link")),
                    total: Int64(response.headers["X-Total-Count"] ?? ""))))
    }

    /// Notes that nothing is left of the limit, before the forge has to say so.
    private func heed(_ headers: Headers) {
        guard let reset = self.reset(headers) else { return }
        self.pausedUntil = reset
    }

    /// When the limit that is used up begins anew; nil while something is left of it. GitHub's fields begin with `X-`,
    /// GitLab's do not; both give seconds since 1970, others the seconds that are left.
    private func reset(_ headers: Headers) -> Instant? {
        for prefix in ["X-RateLimit", "RateLimit"] where headers["\(prefix)-Remaining"] == "0" {
            guard let reset = Int64(headers["\(prefix)-Reset"] ?? ""), (0..<(1 << 40)).contains(reset) else { continue }
            return Instant(seconds: reset < 1_000_000_000 ? self.clock.now().seconds + reset : reset)
        }
        return nil
    }

    private func isLimit(_ response: ClientResponse) -> Bool {
        if response.status == 429 || response.headers["Retry-After"] != nil { return true }
        if ["X-RateLimit-Remaining", "RateLimit-Remaining"].contains(where: { response.headers[$0] == "0" }) {
            return true
        }
        let text = String(decoding: response.body.prefix(2_000), as: UTF8.self).lowercased()
        return text.contains("secondary rate limit") || text.contains("abuse detection")
    }

    private func waitForLimit(_ response: ClientResponse, attempt: Int) {
        if let seconds = Int64(response.headers["Retry-After"] ?? ""), seconds >= 0 {
            self.pausedUntil = Instant(seconds: self.clock.now().seconds + min(seconds, 1 << 32))
        } else if let reset = self.reset(response.headers) {
            self.pausedUntil = reset
        } else {
            self.pausedUntil = Instant(seconds: self.clock.now().seconds + 60 << Int64(attempt))
        }
    }

    private func backOff(_ attempt: Int, atLeast seconds: Int64 = 0) {
        self.pausedUntil = Instant(seconds: self.clock.now().seconds + max(1 << Int64(attempt), seconds))
    }

    private func pause() async throws {
        guard let until = self.pausedUntil else { return }
        let seconds = until.seconds - self.clock.now().seconds
        if seconds > RestClient.longestWait { return }
        if seconds > 0 { try await self.clock.sleep(seconds) }
        self.pausedUntil = nil
    }
}

/// The address of `rel="next"` in header fields `Link` (RFC 8288).
func nextLink(_ fields: [String]) -> String? {
    for link in fields.flatMap({ $0.split(separator: ",") }) {
        let parts = link.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">") else { continue }
        let relations = parts.dropFirst().filter { $0.lowercased().hasPrefix("rel=") }
            .flatMap { $0.dropFirst(4).trimmingCharacters(in: ["\""]).split(separator: " ") }
        if relations.contains("next") { return String(target.dropFirst().dropLast()) }
    }
    return nil
}
