import Reputation

/// The payload of `PullRequestEvent`.
struct PullRequestPayload: Decodable {
    let action: String
    let change: PullRequest

    private enum CodingKeys: String, CodingKey {
        case action, change = "pull_request"
    }
}

/// The payload of `PullRequestReviewEvent`.
struct ReviewPayload: Decodable {
    let action: String
    let review: Review
    let change: PullRequest

    private enum CodingKeys: String, CodingKey {
        case action, review, change = "pull_request"
    }
}

/// The payload of `PullRequestReviewCommentEvent`; before 2015 it does not say which change.
struct ReviewCommentPayload: Decodable {
    let action: String?
    let comment: ReviewComment
    let change: PullRequest?

    private enum CodingKeys: String, CodingKey {
        case action, comment, change = "pull_request"
    }
}

/// The payload of `IssuesEvent`; before 2015 the issue is its id alone.
struct IssuesPayload: Decodable {
    let action: String
    let issue: Issue?

    private enum CodingKeys: String, CodingKey {
        case action, issue
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.action = try members.decode(String.self, forKey: .action)
        // Before 2015 an issue is its number alone; anything else has to be an object, and says so below if it is not.
        let isBareID = (try? members.decode(PlatformID.self, forKey: .issue)) != nil
        self.issue = isBareID ? nil : try members.decode(Issue.self, forKey: .issue)
    }
}

/// The payload of `ReleaseEvent`.
struct ReleasePayload: Decodable {
    let action: String
    let release: Release
}

struct PullRequest: Decodable {
    let id: PlatformID
    let user: Actor?
    let merged: Bool?
    let mergedBy: Actor?
    let createdAt: Moment?
    let closedAt: Moment?
    let mergedAt: Moment?
    let association: String?
    let base: Branch?
    let page: PageURL?
    let links: Links?
    let body: TextLength?
    let additions: Count?
    let deletions: Count?
    let changedFiles: Count?
    let commits: Count?
    let comments: Count?
    let reviewComments: Count?

    struct Branch: Decodable {
        let repo: Repository?
    }

    private enum CodingKeys: String, CodingKey {
        case id, user, merged, base, body, additions, deletions, commits, comments
        case mergedBy = "merged_by", mergedAt = "merged_at", createdAt = "created_at", closedAt = "closed_at"
        case association = "author_association", page = "html_url", links = "_links"
        case changedFiles = "changed_files", reviewComments = "review_comments"
    }

    var url: String? { self.page?.value ?? self.links?.html?.href?.value }
    var isMerged: Bool { self.merged ?? (self.mergedAt != nil) }
}

/// Where the Events API keeps the address of a page when it has no `html_url`.
struct Links: Decodable {
    let html: Link?

    struct Link: Decodable {
        let href: PageURL?
    }
}

struct Review: Decodable {
    let id: PlatformID
    let user: Actor?
    let state: String
    let submittedAt: Moment?
    let association: String?
    let page: PageURL?
    let body: TextLength?

    private enum CodingKeys: String, CodingKey {
        case id, user, state, submittedAt = "submitted_at", association = "author_association", page = "html_url", body
    }
}

struct ReviewComment: Decodable {
    let id: PlatformID
    let user: Actor?
    let createdAt: Moment?
    let association: String?
    let page: PageURL?
    let links: Links?
    let body: TextLength?

    private enum CodingKeys: String, CodingKey {
        case id, user, createdAt = "created_at", association = "author_association", page = "html_url"
        case links = "_links", body
    }

    var url: String? { self.page?.value ?? self.links?.html?.href?.value }
}

struct Issue: Decodable {
    let id: PlatformID
    let user: Actor?
    let closedAt: Moment?
    let createdAt: Moment?
    let stateReason: String?
    let association: String?
    let page: PageURL?
    let comments: Count?
    let change: Change?

    /// What an issue has that is a change; all its members are null in 2012 on one that is not.
    struct Change: Decodable {
        let page: String?

        private enum CodingKeys: String, CodingKey {
            case page = "html_url"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id, user, comments, closedAt = "closed_at", createdAt = "created_at", stateReason = "state_reason"
        case association = "author_association", page = "html_url", change = "pull_request"
    }
}

struct Release: Decodable {
    let id: PlatformID
    let author: Actor?
    let isPrerelease: Bool?
    let publishedAt: Moment?
    let page: PageURL?
    let body: TextLength?

    private enum CodingKeys: String, CodingKey {
        case id, author, isPrerelease = "prerelease", publishedAt = "published_at", page = "html_url", body
    }
}
