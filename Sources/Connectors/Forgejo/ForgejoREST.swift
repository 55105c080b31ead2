import CanonicalJSON
import Reputation

/// What Forgejo's REST answers say. Its people, changes, reviews and releases have GitHub's shapes; its timeline is its own.
enum ForgejoREST {
    /// An issue or a change with all that belongs to it.
    static func item(
        _ item: ForgeItem, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        let moment = try item.item["created_at"].moment()
        // What was brought from another forge stands under the name of whoever brought it.
        if try item.item["original_author"].present.text() ?? "" != "" { return (.ignored("item_migrated"), moment) }
        guard let reviews = item.reviews else { return (try self.issue(item, scene, shapes), moment) }
        return (try self.change(item, reviews, scene, shapes), moment)
    }

    private static func change(
        _ item: ForgeItem, _ places: [Place], _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> Mapped {
        let change = try shapes.change(item.item)
        let isMerged = try item.item["merged"].present.flag() ?? false
        var lastPush: Instant?
        var closer: Participant?
        for event in item.timeline {
            switch try event["type"].name() {
            case "pull_push": lastPush = try event["created_at"].moment()
            case "close": closer = try shapes.participant(event["user"])
            default: break
            }
        }
        var ignored: [String] = []
        var reviews: [ForgeReview] = []
        for place in places {
            guard var review = try shapes.review(place) else {
                ignored.append("review_pending")
                continue
            }
            if try place["dismissed"].present.flag() == true { review.outcome = .dismissed }
            review.measures[.inlineComments] = try place["comments_count"].present.count() ?? 0
            review.measures[.authorPushedAfter] = lastPush.map { $0 > review.submittedAt } == true ? 1 : 0
            reviews.append(review)
        }
        let merger = isMerged ? try shapes.participant(item.item["merged_by"]) : closer
        var mapped = scene.history(of: change, reviews, isMerged: isMerged, by: merger)
        mapped.ignored += ignored
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("change_open_without_review") }
        return mapped
    }

    private static func issue(_ item: ForgeItem, _ scene: ForgeScene, _ shapes: GitHubShapes) throws(Refusal) -> Mapped
    {
        var mapped = Mapped()
        var issue = try shapes.issue(item.item)
        var remarks: [ForgeRemark] = []
        issue.openedAt = try item.item["created_at"].moment()
        for event in item.timeline {
            let at = try event["created_at"].moment()
            let who = try shapes.participant(event["user"])
            if try event["type"].name() == "comment", let who {
                let url = try event["html_url"].present.page(under: shapes.web)
                remarks.append(ForgeRemark(who: who, at: at, url: url))
            }
            if try event["type"].name() == "assignees", try self.isTakenOneself(event) {
                mapped.ignored.append("issue_taken_oneself")
            } else if let (action, outcome) = try self.triage(event, at: at, item.timeline) {
                (issue.action, issue.outcome) = (action, outcome)
                mapped.add(scene.triaged(issue, by: who, at: at))
            }
        }
        mapped.evidence += scene.discussion(of: issue, remarks)
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("issue_without_triage") }
        return mapped
    }

    private static func isTakenOneself(_ event: Place) throws(Refusal) -> Bool {
        let isRemoved = try event["removed_assignee"].present.flag() == true
        return !isRemoved && event["assignee"]["id"].value == event["user"]["id"].value
    }

    /// What `event` did to its issue, in the words that other forges have for it too; nil when it is no triage.
    private static func triage(
        _ event: Place, at moment: Instant, _ timeline: [Place]
    ) throws(Refusal) -> (action: String, outcome: Evidence.Outcome)? {
        switch try event["type"].name() {
        case "close": return ("closed", try self.isClosedByChange(at: moment, timeline) ? .completed : .closed)
        case "reopen": return ("reopened", .reopened)
        // A label that was taken off has no body.
        case "label": return try event["body"].present.text() == "1" ? ("labeled", .labeled) : nil
        case "assignees": return try event["removed_assignee"].present.flag() == true ? nil : ("assigned", .assigned)
        case "milestone": return event["milestone"].present == nil ? nil : ("milestoned", .milestoned)
        default: return nil
        }
    }

    /// Whether a change that says it closes the issue was merged when that was closed: Forgejo has no reason for a closing.
    private static func isClosedByChange(at moment: Instant, _ timeline: [Place]) throws(Refusal) -> Bool {
        for event in timeline where event["ref_action"].value.string == "closes" {
            let merged = try event["ref_issue"]["pull_request"]["merged_at"].present.moment()
            if let merged, abs(merged.seconds - moment.seconds) <= 10 { return true }
        }
        return false
    }
}
