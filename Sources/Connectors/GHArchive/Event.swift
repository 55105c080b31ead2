import Decoding
import Reputation

/// One line of the archive, in any of the shapes it has had; only what is needed is read.
///
/// - 2011 to 2014, the timeline: `actor` is a login, `repository` an object of its own, times have an offset.
/// - the same normalised later: `payload` is a text that holds JSON, times are UTC without saying so.
/// - since 2015, and for a while in 2012, the Events API: `actor`, `repo`, `org` are objects with ids.
/// - since October 2025 the Events API, trimmed: a pull request has ids and no author.
struct Event: JSONReadable {
    let type: String
    let createdAt: Instant
    let actor: Actor?
    let organization: Actor?
    let repository: Repository?
    let payload: Payload

    init(_ json: JSONValue) throws(Misfit) {
        self.type = try json.read("type", as: ShortText.self).value
        self.createdAt = try json.read("created_at", as: Moment.self).value
        let actor = try json.readIfPresent("actor", as: Actor.self)
        self.actor = actor?.login.isEmpty == true ? nil : actor
        // Most events of an hour are none of these, and then nothing more of them is read.
        guard let kind = Payload.Kind(rawValue: self.type) else {
            (self.organization, self.repository, self.payload) = (nil, nil, .other)
            return
        }
        self.organization = try json.readIfPresent("org")
        if let repository = try json.readIfPresent("repo", as: Repository.self) {
            self.repository = repository
        } else {
            self.repository = try json.readIfPresent("repository")
        }
        self.payload = try Payload(kind, of: json)
    }
}

/// What the event is about, for the types that can be evidence.
enum Payload {
    /// The types that are read.
    enum Kind: String {
        case pullRequest = "PullRequestEvent"
        case review = "PullRequestReviewEvent"
        case reviewComment = "PullRequestReviewCommentEvent"
        case issues = "IssuesEvent"
        case release = "ReleaseEvent"
    }

    case pullRequest(PullRequestPayload)
    case review(ReviewPayload)
    case reviewComment(ReviewCommentPayload)
    case issues(IssuesPayload)
    case release(ReleasePayload)
    case other

    init(_ kind: Kind, of event: JSONValue) throws(Misfit) {
        switch kind {
        case .pullRequest: self = .pullRequest(try event.read("payload", as: Unfolded.self).value)
        case .review: self = .review(try event.read("payload", as: Unfolded.self).value)
        case .reviewComment: self = .reviewComment(try event.read("payload", as: Unfolded.self).value)
        case .issues: self = .issues(try event.read("payload", as: Unfolded.self).value)
        case .release: self = .release(try event.read("payload", as: Unfolded.self).value)
        }
    }
}

/// A value that is an object, or a text that holds one.
struct Unfolded<Value: JSONReadable>: JSONReadable {
    let value: Value

    init(_ json: JSONValue) throws(Misfit) {
        let unfolded: JSONValue
        do {
            unfolded = try json.unfolded()
        } catch {
            throw Misfit(what: error.description)
        }
        self.value = try Value(unfolded)
    }
}

/// An account as the archive names it: an object, or before 2015 a bare login.
struct Actor: JSONReadable {
    let id: Int64?
    let login: String
    let type: String?

    init(_ json: JSONValue) throws(Misfit) {
        if json.isText {
            (self.id, self.login, self.type) = (nil, try ShortText(json).value, nil)
            return
        }
        self.id = try json.readIfPresent("id", as: PlatformID.self)?.value
        self.login = try json.readIfPresent("login", as: ShortText.self)?.value ?? ""
        self.type = try json.readIfPresent("type")
    }
}

/// A repository, at the top of an event or inside a payload.
struct Repository: JSONReadable {
    let id: PlatformID?
    let name: String
    let owner: Actor?
    let isFork: Bool

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.readIfPresent("id")
        self.owner = try json.readIfPresent("owner")
        self.isFork = try json.readIfPresent("fork") ?? false
        let name = try json.readIfPresent("name", as: ShortText.self)?.value ?? ""
        let full = try json.readIfPresent("full_name", as: ShortText.self)?.value
        let url = try json.readIfPresent("url", as: ShortText.self)?.value
        self.name = full ?? Repository.fullName(name, owner: self.owner, url: url)
    }

    /// `owner/name` out of what there is.
    private static func fullName(_ name: String, owner: Actor?, url: String?) -> String {
        if name.contains("/") { return name }
        if let owner, !owner.login.isEmpty { return "\(owner.login)/\(name)" }
        let parts = (url ?? "").split(separator: "/").suffix(2)
        return parts.last.map(String.init) == name && parts.count == 2 ? parts.joined(separator: "/") : name
    }
}
