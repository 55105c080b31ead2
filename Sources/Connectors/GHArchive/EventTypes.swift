/// The words of GitHub that are known to be no evidence; any other is put in quarantine, so that a new one is seen.
enum EventTypes {
    /// Event types that say nothing about work on somebody else's project, from 2011 to now.
    static let ignored: Set<String> = [
        "CommitCommentEvent", "CreateEvent", "DeleteEvent", "DeploymentEvent", "DeploymentStatusEvent",
        "DiscussionCommentEvent", "DiscussionEvent", "DownloadEvent", "FollowEvent", "ForkApplyEvent", "ForkEvent",
        "GistEvent", "GistHistoryEvent", "GollumEvent", "IssueCommentEvent", "MemberEvent", "MembershipEvent",
        "OrganizationEvent", "PageBuildEvent", "PublicEvent", "PullRequestReviewThreadEvent", "PushEvent",
        "RepositoryEvent", "SponsorshipEvent", "StatusEvent", "TeamAddEvent", "TeamEvent", "WatchEvent",
    ]

    /// What happens to a change without ending it.
    static let changeActions: Set<String> = [
        "assigned", "auto_merge_disabled", "auto_merge_enabled", "converted_to_draft", "demilestoned", "dequeued",
        "edited", "enqueued", "labeled", "locked", "milestoned", "opened", "ready_for_review", "reopened",
        "review_request_removed", "review_requested", "synchronize", "unassigned", "unlabeled", "unlocked",
    ]

    /// What happens to an issue without closing or reopening it.
    static let issueActions: Set<String> = [
        "assigned", "deleted", "demilestoned", "edited", "labeled", "locked", "milestoned", "opened", "pinned",
        "transferred", "typed", "unassigned", "unlabeled", "unlocked", "unpinned", "untyped",
    ]

    /// What happens to a release other than being published.
    static let releaseActions: Set<String> = [
        "created", "deleted", "edited", "prereleased", "released", "unpublished",
    ]

    /// What happens to a review or to a comment of one after it is made.
    static let reviewActions: Set<String> = ["deleted", "edited", "updated"]
}
