import Reputation

/// What GitHub's REST answers say: documents → evidence, without asking anybody.
enum GitHubREST {
    /// One of a repository's issue events.
    static func event(
        _ event: Place, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        let moment = try event["created_at"].moment()
        guard let issue = event["issue"].present else { return (.ignored("event_without_issue"), moment) }
        if issue["pull_request"].present != nil { return (.ignored("issue_is_a_change"), moment) }
        return (try self.triage(event, of: issue, scene, shapes), moment)
    }

    /// One of a repository's releases.
    static func release(
        _ release: Place, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        (try shapes.release(release, in: scene), try release["published_at"].present.moment())
    }

    /// An issue or a change with all that belongs to it.
    static func item(
        _ item: ForgeItem, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        let moment = try item.item["created_at"].moment()
        guard let reviews = item.reviews else { return (try self.issue(item, scene, shapes), moment) }
        return (try GitHubChange(item, reviews: reviews, shapes).mapped(scene, shapes), moment)
    }

    private static let triage: [String: Evidence.Outcome] = [
        "closed": .closed, "reopened": .reopened, "labeled": .labeled, "assigned": .assigned,
        "milestoned": .milestoned, "transferred": .transferred, "marked_as_duplicate": .duplicate,
    ]

    /// What one event of `issue` says, whichever list has it.
    private static func triage(
        _ event: Place, of issue: Place, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> Mapped {
        let name = try event["event"].name()
        guard let outcome = self.triage[name] else { return .ignored("event_\(name)") }
        var triaged = try shapes.issue(issue)
        triaged.action = name
        var moment = try event["created_at"].moment()
        let actor = try shapes.participant(event["actor"])
        if name == "assigned" {
            let assignee = try shapes.account(event["assignee"])
            let assigner = try shapes.participant(event["assigner"]) ?? actor
            if let assignee, assignee.key == assigner?.account.key { return .ignored("issue_taken_oneself") }
            triaged.outcome = outcome
            return scene.triaged(triaged, by: assigner, at: moment)
        }
        triaged.outcome = outcome
        if name == "closed" {
            // The event says why only where it is not the usual reason; the issue says why it was closed last, and its time
            // of that is the one that other sources have. The event's own is up to a second later.
            let told = try shapes.closing(event)
            triaged.outcome = told
            if let closed = try issue["closed_at"].present.moment(), abs(closed.seconds - moment.seconds) <= 2 {
                moment = closed
                if told == .closed { triaged.outcome = try shapes.closing(issue) }
            }
        }
        return scene.triaged(triaged, by: actor, at: moment)
    }

    private static func issue(_ item: ForgeItem, _ scene: ForgeScene, _ shapes: GitHubShapes) throws(Refusal) -> Mapped
    {
        var mapped = Mapped()
        for event in item.timeline {
            let name = try event["event"].name()
            if name == "commented" || self.triage[name] == nil { continue }
            let part = try self.triage(event, of: item.item, scene, shapes)
            mapped.evidence += part.evidence
            mapped.ignored += part.ignored
        }
        mapped.evidence += try self.discussion(item, scene, shapes)
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("issue_without_triage") }
        return mapped
    }

    /// What was said below an issue.
    private static func discussion(
        _ item: ForgeItem, _ scene: ForgeScene, _ shapes: GitHubShapes
    ) throws(Refusal) -> [Evidence] {
        var issue = try shapes.issue(item.item)
        issue.openedAt = try item.item["created_at"].moment()
        var remarks: [ForgeRemark] = []
        for event in item.timeline where try event["event"].name() == "commented" {
            let user = event["user"].present ?? event["actor"]
            guard let who = try shapes.participant(user, standing: event) else { continue }
            remarks.append(
                ForgeRemark(
                    who: who, at: try event["created_at"].moment(),
                    url: try event["html_url"].present.page(under: shapes.web)))
        }
        return scene.discussion(of: issue, remarks)
    }
}
