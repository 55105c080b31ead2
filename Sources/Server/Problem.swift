internal import CanonicalJSON
internal import HTTP
internal import Postgres
internal import Reputation
internal import Service
internal import Transparency

/// An error as the world sees it (RFC 9457): what was wrong, where, and what to do.
struct Problem: Error, Equatable {
    let status: Int
    /// The stable last part of the problem's type.
    let name: String
    let title: String
    let detail: String
    /// The JSON pointer or parameter at fault.
    var pointer: String?
    var retryAfter: Int?

    /// The stored shape; `instance` is the request's id.
    func response(instance: String) -> Response {
        var members: [String: JSON] = [
            "type": .string("/problems/\(self.name)"), "title": .string(self.title), "status": .int(Int64(self.status)),
            "detail": .string(self.detail), "instance": .string(instance),
        ]
        members["pointer"] = self.pointer.map(JSON.string)
        var headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
        if let seconds = self.retryAfter { headers.append(("Retry-After", String(seconds))) }
        if self.status == 401 { headers.append(("WWW-Authenticate", "Bearer")) }
        return Response(status: self.status, headers: headers, body: Array(JSON.object(members).canonical.utf8))
    }
}

extension Problem {
    static let notFound = Problem(
        status: 404, name: "not-found", title: "Not found",
        detail: "There is nothing public here. What is hidden and what never was look the same.")
    static let unauthorized = Problem(
        status: 401, name: "unauthorized", title: "Not authorized",
        detail: "This needs a session of a developer or an API key in 'Authorization: Bearer …'.")
    static func forbidden(_ scope: String) -> Problem {
        Problem(
            status: 403, name: "forbidden", title: "The key may not do this",
            detail: "This needs an API key with the scope '\(scope)'; ask the operator for one.")
    }
    static func invalid(_ pointer: String, _ detail: String) -> Problem {
        Problem(status: 422, name: "invalid-input", title: "Invalid input", detail: detail, pointer: pointer)
    }
    static func malformed(_ detail: String) -> Problem {
        Problem(status: 400, name: "malformed-body", title: "The body is not the JSON asked for", detail: detail)
    }
    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        Problem(
            status: 405, name: "method-not-allowed", title: "Method not allowed",
            detail: "Here go only: \(allowed.joined(separator: ", ")).")
    }
    static let erasedSubject = Problem(
        status: 422, name: "erased-subject", title: "Facts about this account are not kept",
        detail: "The person asked for that. Nothing was stored; do not send facts about this account again.",
        pointer: "/account")
    static let overloaded = Problem(
        status: 503, name: "overloaded", title: "Overloaded", detail: "Too much is waiting; try again shortly.",
        retryAfter: 1)
    static let notYetPublished = Problem(
        status: 503, name: "not-yet-published", title: "Not published yet",
        detail: "The ledger's checkpoint that covers this waits for its witnesses; try again shortly.", retryAfter: 1)
    static let databaseDown = Problem(
        status: 503, name: "database-unreachable", title: "The database cannot be reached",
        detail: "Nothing was changed unless the answer before said so; try again shortly.", retryAfter: 2)
    static let databaseFull = Problem(
        status: 503, name: "database-full", title: "The database has no room",
        detail: "Nothing was changed; the operator has to make room.", retryAfter: 60)
    static let keysChanged = Problem(
        status: 503, name: "keys-changed", title: "The keys have changed",
        detail: "Nothing was recorded: this service signs with older keys and has to be started again; try again then.",
        retryAfter: 60)
    static let internalError = Problem(
        status: 500, name: "internal-error", title: "Internal error",
        detail: "The service failed; the request id finds what happened in its log.")

    /// What the world is told about `error`, and whether the log should have the whole of it.
    static func of(_ error: any Error) -> (problem: Problem, isOurs: Bool) {
        switch error {
        case let problem as Problem: (problem, false)
        case let error as ClaimError: (Problem(error), false)
        case let error as IssueError: (Problem(error), false)
        case let error as RevokeError: (Problem(error), false)
        case let error as AddCheckpointError: (Problem(error), false)
        case let error as WitnessRefusal: (Problem(error), false)
        case let error as WebhookRefusal: (Problem(error), false)
        case let error as SequencerError: (Problem(error), error == .unknown)
        case is KeysChanged: (.keysChanged, true)
        case let error as PostgresError where error.constraint == "erased_developer_stays_erased":
            (.unauthorized, false)
        case let error as PostgresError:
            switch error.state {
            case .overloaded: (.overloaded, false)
            case .noConnection, .unknownCommit, .queryCanceled: (.databaseDown, true)
            case .diskFull, .outOfMemory: (.databaseFull, true)
            default: (.internalError, true)
            }
        default: (.internalError, true)
        }
    }

    /// What the server answers by itself, in the same form.
    init(_ refusal: Refusal) {
        let name =
            switch refusal {
            case .malformed: "malformed-request"
            case .bodyTooLarge: "body-too-large"
            case .headTooLarge: "head-too-large"
            case .busy: "overloaded"
            case .tooSlow: "too-slow"
            }
        self.init(
            status: refusal.status, name: name, title: "The request was not taken", detail: refusal.detail,
            retryAfter: refusal.status == 503 ? 1 : nil)
    }

    init(_ error: IssueError) {
        switch error {
        case .notYetPublished: self = .notYetPublished
        case .noSuchAccount(let name):
            self = .invalid("/accounts", "None of your accounts is called \(name); see /v1/me for those that are.")
        case .thresholdNotMet:
            self.init(
                status: 409, name: "threshold-not-met", title: "Nothing was issued",
                detail: "The bound is not met, as far as the evidence in the ledger goes.", pointer: "/threshold")
        }
    }

    init(_ error: RevokeError) {
        switch error {
        case .unknown: self = .notFound
        case .revoked:
            self.init(
                status: 409, name: "credential-revoked", title: "Nothing was changed",
                detail: "The credential was revoked, and that is for good: issue a new one.")
        case .withoutStatus:
            self.init(
                status: 409, name: "credential-without-status", title: "Nothing was changed",
                detail: "The credential was issued before credentials could be taken back; it ends by itself.")
        }
    }

    init(_ error: SequencerError) {
        let name =
            switch error {
            case .overloaded, .stopping: "overloaded"
            case .unknown: "outcome-unknown"
            }
        self.init(
            status: 503, name: name, title: "The facts were not recorded", detail: "\(error)",
            retryAfter: 1)
    }

    init(_ error: ClaimError) {
        let (status, name, pointer): (Int, String, String?) =
            switch error {
            case .unknownPlatform: (422, "unknown-platform", "/platform")
            case .malformedLogin: (422, "invalid-input", "/login")
            case .noOpenChallenge: (404, "no-open-challenge", nil)
            case .malformedSignature: (422, "malformed-signature", "/signature")
            case .wrongSignature: (422, "wrong-signature", "/signature")
            case .keyNotListed: (422, "key-not-listed", "/signature")
            case .noSuchAccount: (422, "no-such-account", "/login")
            case .forgeUnavailable: (502, "forge-unavailable", nil)
            case .boundElsewhere: (409, "bound-elsewhere", nil)
            case .handleTaken: (409, "handle-taken", "/handle")
            case .malformedHandle: (422, "invalid-input", "/handle")
            }
        self.init(
            status: status, name: name, title: "The claim was not taken", detail: "\(error)", pointer: pointer)
    }

    init(_ refusal: WebhookRefusal) {
        let (status, name, detail): (Int, String, String) =
            switch refusal {
            case .notConfigured:
                (404, "webhooks-not-configured", "This service takes no webhooks of that forge; its operator can.")
            case .unauthentic:
                (403, "wrong-signature", "The signature, or the token, is missing or is not that of the secret.")
            case .malformedHeader(let header): (400, "malformed-request", "\(header) is missing or no name.")
            case .repeated: (409, "repeated-delivery", "This delivery was taken before; each counts once.")
            case .stale: (422, "stale-delivery", "What this tells happened too long ago; import it instead.")
            case .future: (422, "stale-delivery", "What this tells lies in the future.")
            case .unreadable(let reason):
                (422, "unreadable-payload", "The payload makes no sense and was put aside: \(reason).")
            }
        self.init(status: status, name: name, title: "The delivery was not taken", detail: detail)
    }
}
