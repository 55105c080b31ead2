import Decoding
import Reputation

/// The payload of `PullRequestEvent`.
struct PullRequestPayload: JSONReadable {
    let action: String
    let change: PullRequest

    init(_ json: JSONValue) throws(Misfit) {
        self.action = try json.read("action")
        self.change = try json.read("pull_request")
    }
}

/// The payload of `PullRequestReviewEvent`.
struct ReviewPayload: JSONReadable {
    let action: String
    let review: Review
    let change: PullRequest

    init(_ json: JSONValue) throws(Misfit) {
        self.action = try json.read("action")
        self.review = try json.read("review")
        self.change = try json.read("pull_request")
    }
}

/// The payload of `PullRequestReviewCommentEvent`; before 2015 it does not say which change.
struct ReviewCommentPayload: JSONReadable {
    let action: String?
    let comment: ReviewComment
    let change: PullRequest?

    init(_ json: JSONValue) throws(Misfit) {
        self.action = try json.readIfPresent("action")
        self.comment = try json.read("comment")
        self.change = try json.readIfPresent("pull_request")
    }
}

/// The payload of `IssuesEvent`; before 2015 the issue is its id alone.
struct IssuesPayload: JSONReadable {
    let action: String
    let issue: Issue?

    init(_ json: JSONValue) throws(Misfit) {
        self.action = try json.read("action")
        let isBareID = try json.member("issue")?.isInteger == true
        self.issue = isBareID ? nil : try json.read("issue")
    }
}

/// The payload of `ReleaseEvent`.
struct ReleasePayload: JSONReadable {
    let action: String
    let release: Release

    init(_ json: JSONValue) throws(Misfit) {
        self.action = try json.read("action")
        self.release = try json.read("release")
    }
}

struct PullRequest: JSONReadable {
    let id: PlatformID
    let number: PlatformID?
    let head: Head?
    /// The body, of a change whose title says that it reverts one.
    let revert: String?
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

    struct Head: JSONReadable {
        let commit: CommitID?

        init(_ json: JSONValue) throws(Misfit) { self.commit = try json.readIfPresent("sha") }
    }

    struct Branch: JSONReadable {
        let repo: Repository?

        init(_ json: JSONValue) throws(Misfit) { self.repo = try json.readIfPresent("repo") }
    }

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.read("id")
        self.number = try json.readIfPresent("number")
        self.head = try json.readIfPresent("head")
        let title = try json.member("title")?.text
        self.revert = title.map(Revert.isTitle) == true ? try json.member("body")?.text : nil
        self.user = try json.readIfPresent("user")
        self.merged = try json.readIfPresent("merged")
        self.mergedBy = try json.readIfPresent("merged_by")
        self.createdAt = try json.readIfPresent("created_at")
        self.closedAt = try json.readIfPresent("closed_at")
        self.mergedAt = try json.readIfPresent("merged_at")
        self.association = try json.readIfPresent("author_association")
        self.base = try json.readIfPresent("base")
        self.page = try json.readIfPresent("html_url")
        self.links = try json.readIfPresent("_links")
        self.body = try json.readIfPresent("body")
        self.additions = try json.readIfPresent("additions")
        self.deletions = try json.readIfPresent("deletions")
        self.changedFiles = try json.readIfPresent("changed_files")
        self.commits = try json.readIfPresent("commits")
        self.comments = try json.readIfPresent("comments")
        self.reviewComments = try json.readIfPresent("review_comments")
    }

    var url: String? { self.page?.value ?? self.links?.html?.href?.value }
    var isMerged: Bool { self.merged ?? (self.mergedAt != nil) }
}

/// Where the Events API keeps the address of a page when it has no `html_url`.
struct Links: JSONReadable {
    let html: Link?

    struct Link: JSONReadable {
        let href: PageURL?

        init(_ json: JSONValue) throws(Misfit) { self.href = try json.readIfPresent("href") }
    }

    init(_ json: JSONValue) throws(Misfit) { self.html = try json.readIfPresent("html") }
}

struct Review: JSONReadable {
    let id: PlatformID
    let commit: CommitID?
    let user: Actor?
    let state: String
    let submittedAt: Moment?
    let association: String?
    let page: PageURL?
    let body: TextLength?

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.read("id")
        self.commit = try json.readIfPresent("commit_id")
        self.user = try json.readIfPresent("user")
        self.state = try json.read("state")
        self.submittedAt = try json.readIfPresent("submitted_at")
        self.association = try json.readIfPresent("author_association")
        self.page = try json.readIfPresent("html_url")
        self.body = try json.readIfPresent("body")
    }
}

struct ReviewComment: JSONReadable {
    let id: PlatformID
    /// The commit it was made on; `commit_id` moves on with the change.
    let commit: CommitID?
    let user: Actor?
    let createdAt: Moment?
    let association: String?
    let page: PageURL?
    let links: Links?
    let body: TextLength?

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.read("id")
        self.commit = try json.readIfPresent("original_commit_id")
        self.user = try json.readIfPresent("user")
        self.createdAt = try json.readIfPresent("created_at")
        self.association = try json.readIfPresent("author_association")
        self.page = try json.readIfPresent("html_url")
        self.links = try json.readIfPresent("_links")
        self.body = try json.readIfPresent("body")
    }

    var url: String? { self.page?.value ?? self.links?.html?.href?.value }
}

struct Issue: JSONReadable {
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
    struct Change: JSONReadable {
        let page: String?

        init(_ json: JSONValue) throws(Misfit) { self.page = try json.readIfPresent("html_url") }
    }

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.read("id")
        self.user = try json.readIfPresent("user")
        self.closedAt = try json.readIfPresent("closed_at")
        self.createdAt = try json.readIfPresent("created_at")
        self.stateReason = try json.readIfPresent("state_reason")
        self.association = try json.readIfPresent("author_association")
        self.page = try json.readIfPresent("html_url")
        self.comments = try json.readIfPresent("comments")
        self.change = try json.readIfPresent("pull_request")
    }
}

struct Release: JSONReadable {
    let id: PlatformID
    let author: Actor?
    let isPrerelease: Bool?
    let publishedAt: Moment?
    let page: PageURL?
    let body: TextLength?

    init(_ json: JSONValue) throws(Misfit) {
        self.id = try json.read("id")
        self.author = try json.readIfPresent("author")
        self.isPrerelease = try json.readIfPresent("prerelease")
        self.publishedAt = try json.readIfPresent("published_at")
        self.page = try json.readIfPresent("html_url")
        self.body = try json.readIfPresent("body")
    }
}
