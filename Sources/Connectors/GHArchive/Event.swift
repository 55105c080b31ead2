import Foundation
import Reputation

/// One line of the archive, in any of the shapes it has had; only what is needed is read.
///
/// - 2011 to 2014, the timeline: `actor` is a login, `repository` an object of its own, times have an offset.
/// - the same normalised later: `payload` is a text that holds JSON, times are UTC without saying so.
/// - since 2015, and for a while in 2012, the Events API: `actor`, `repo`, `org` are objects with ids.
/// - since October 2025 the Events API, trimmed: a pull request has ids and no author.
struct Event: Decodable {
    let type: String
    let createdAt: Instant
    let actor: Actor?
    let organization: Actor?
    let repository: Repository?
    let payload: Payload

    fileprivate enum CodingKeys: String, CodingKey {
        case type, createdAt = "created_at", actor, org, repo, repository, payload
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.type = try members.decode(ShortText.self, forKey: .type).value
        self.createdAt = try members.decode(Moment.self, forKey: .createdAt).value
        let actor = try members.decodeIfPresent(Actor.self, forKey: .actor)
        self.actor = actor?.login.isEmpty == true ? nil : actor
        let isRead = Payload.Kind(rawValue: self.type)
        guard let isRead else {
            (self.organization, self.repository, self.payload) = (nil, nil, .other)
            return
        }
        self.organization = try members.decodeIfPresent(Actor.self, forKey: .org)
        self.repository =
            try members.decodeIfPresent(Repository.self, forKey: .repo)
            ?? members.decodeIfPresent(Repository.self, forKey: .repository)
        self.payload = try Payload(isRead, Member(container: members, key: .payload))
    }

    /// The payload's place in the line.
    struct Member {
        fileprivate let container: KeyedDecodingContainer<CodingKeys>
        fileprivate let key: CodingKeys

        /// The payload as `type`, whether it is an object or a text that holds one.
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            // No text here: then it is an object, and decoding that says what is wrong with it.
            guard let text = try? self.container.decode(String.self, forKey: self.key) else {
                return try self.container.decode(type, forKey: self.key)
            }
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        }
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

    init(_ kind: Kind, _ member: Event.Member) throws {
        switch kind {
        case .pullRequest: self = .pullRequest(try member.decode(PullRequestPayload.self))
        case .review: self = .review(try member.decode(ReviewPayload.self))
        case .reviewComment: self = .reviewComment(try member.decode(ReviewCommentPayload.self))
        case .issues: self = .issues(try member.decode(IssuesPayload.self))
        case .release: self = .release(try member.decode(ReleasePayload.self))
        }
    }
}

/// An account as the archive names it: an object, or before 2015 a bare login.
struct Actor: Decodable {
    let id: Int64?
    let login: String
    let type: String?

    private enum CodingKeys: String, CodingKey {
        case id, login, type
    }

    init(from decoder: any Decoder) throws {
        // Before 2015 an actor is its login alone; anything else has to be an object, and says so below if it is not.
        if let login = try? decoder.singleValueContainer().decode(ShortText.self) {
            (self.id, self.login, self.type) = (nil, login.value, nil)
            return
        }
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try members.decodeIfPresent(PlatformID.self, forKey: .id)?.value
        self.login = try members.decodeIfPresent(ShortText.self, forKey: .login)?.value ?? ""
        self.type = try members.decodeIfPresent(String.self, forKey: .type)
    }
}

/// A repository, at the top of an event or inside a payload.
struct Repository: Decodable {
    let id: PlatformID?
    let name: String
    let owner: Actor?
    let isFork: Bool

    private enum CodingKeys: String, CodingKey {
        case id, name, fullName = "full_name", owner, fork, url
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try members.decodeIfPresent(PlatformID.self, forKey: .id)
        self.owner = try members.decodeIfPresent(Actor.self, forKey: .owner)
        self.isFork = try members.decodeIfPresent(Bool.self, forKey: .fork) ?? false
        let name = try members.decodeIfPresent(ShortText.self, forKey: .name)?.value ?? ""
        let full = try members.decodeIfPresent(ShortText.self, forKey: .fullName)?.value
        let url = try members.decodeIfPresent(ShortText.self, forKey: .url)?.value
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
