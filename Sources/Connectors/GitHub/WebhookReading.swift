import Reputation

/// A payload that is being read: what happened, and to what.
struct WebhookReading {
    let payload: Place
    let event: String
    /// The latest time that the payload tells.
    let moment: Instant?
    private let shapes = GitHubShapes.github

    /// What the payload says.
    func mapped(source: Evidence.Source, observedAt: Instant) throws(Refusal) -> Mapped {
        if WebhookRules.ignored.contains(self.event) { return .ignored(self.event) }
        // Commits name people by address alone, and a clone has them with their trailers and signatures.
        if self.event == "push" { return .ignored("push_is_read_from_clones") }
        guard WebhookRules.actions[self.event] != nil else {
            throw Refusal(reason: "unknown event \(quoted(self.event))")
        }
        // What is private is for those who may see the repository, and nobody here can tell who they are.
        if try self.payload["repository"]["private"].present.flag() == true { return .ignored("private_repository") }
        let scene = try self.shapes.scene(self.payload["repository"].object(), source: source, observedAt: observedAt)
        let action = try self.payload["action"].text()
        switch (self.event, action) {
        case ("pull_request", "closed"): return try self.closing(scene)
        case ("pull_request", "opened"): return try self.opening(scene)
        case ("pull_request_review", "submitted"), ("pull_request_review", "dismissed"): return try self.review(scene)
        case ("pull_request_review_comment", "created"): return try self.remark(scene)
        case ("pull_request_review_thread", "resolved"): return try self.thread(scene)
        case ("issues", "closed"), ("issues", "reopened"), ("issues", "labeled"), ("issues", "assigned"),
            ("issues", "milestoned"), ("issues", "transferred"):
            return try self.triage(scene, action)
        case ("issue_comment", "created"): return try self.comment(scene)
        case ("discussion", "created"), ("discussion", "answered"): return try self.discussion(scene, action)
        case ("discussion_comment", "created"): return try self.answer(scene)
        case ("release", "published"): return try self.shapes.release(self.payload["release"].object(), in: scene)
        default: return try self.ignored(action)
        }
    }

    /// The rule for an action that is known to be no evidence; any other is refused.
    private func ignored(_ action: String) throws(Refusal) -> Mapped {
        guard WebhookRules.actions[self.event]?.contains(action) == true else {
            throw Refusal(reason: "action: \(self.event) has an unknown action \(quoted(action))")
        }
        return .ignored("\(self.event)_\(action)")
    }

    private var sender: Participant? {
        get throws(Refusal) { try self.shapes.participant(self.payload["sender"]) }
    }

    /// When it happened: the time `told`, or where the action has none of its own the latest of the payload.
    private func happened(_ told: Instant?) throws(Refusal) -> Instant {
        guard let moment = told ?? self.moment else { throw Refusal(reason: "the payload tells no time") }
        return moment
    }
}

extension WebhookReading {
    private func opening(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let change = try self.shapes.change(self.payload["pull_request"].object())
        let disclosure = scene.disclosure(change, at: try self.happened(change.openedAt))
        return disclosure.map { Mapped(evidence: [$0]) } ?? .ignored("pull_request_opened")
    }

    private func closing(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let place = try self.payload["pull_request"].object()
        let change = try self.shapes.change(place)
        let merged = try place["merged"].present.flag()
        let isMerged = merged ?? (place["merged_at"].present != nil)
        let (merger, sender) = (try self.shapes.participant(place["merged_by"]), try self.sender)
        return scene.ended(
            change, isMerged: isMerged, by: isMerged ? merger ?? sender : sender,
            at: try self.happened(change.endedAt))
    }

    private func review(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        guard let review = try self.shapes.review(self.payload["review"].object()) else {
            return .ignored("review_pending")
        }
        return scene.reviewed(try self.shapes.change(self.payload["pull_request"].object()), review)
    }

    /// A remark on a line: by somebody else than the author it is part of their review of the change.
    private func remark(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let place = try self.payload["comment"].object()
        let change = try self.shapes.change(self.payload["pull_request"].object())
        let reviewer = try self.shapes.participant(place["user"], standing: place)
        if let reviewer, reviewer.account.key == change.author?.account.key {
            return .ignored("review_comment_by_the_changes_author")
        }
        return scene.reviewed(
            change,
            ForgeReview(
                id: "review_comment:\(try place["id"].id())",
                url: try place["html_url"].present.page(under: self.shapes.web), reviewer: reviewer,
                outcome: .commented, submittedAt: try place["created_at"].moment(),
                measures: [.inlineComments: 1, .bodyLength: try place["body"].present.length() ?? 0]))
    }

    /// A thread that was resolved: to the credit of whoever began it, unless that was the change's author.
    private func thread(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let change = try self.shapes.change(self.payload["pull_request"].object())
        let comments = try self.payload["thread"]["comments"].elements()
        guard let first = comments.first else { return .ignored("review_thread_without_comments") }
        let reviewer = try self.shapes.participant(first["user"], standing: first)
        if let reviewer, reviewer.account.key == change.author?.account.key {
            return .ignored("review_comment_by_the_changes_author")
        }
        var own: Int64 = 0
        for comment in comments where try self.shapes.account(comment["user"])?.key == reviewer?.account.key {
            own += 1
        }
        return scene.reviewed(
            change,
            ForgeReview(
                id: "review_thread:\(try first["id"].id())",
                url: try first["html_url"].present.page(under: self.shapes.web), reviewer: reviewer,
                outcome: .commented, submittedAt: try first["created_at"].moment(),
                measures: [.inlineComments: own, .threadsResolved: 1]))
    }
}

extension WebhookReading {
    private func triage(_ scene: ForgeScene, _ action: String) throws(Refusal) -> Mapped {
        let place = try self.payload["issue"].object()
        if place["pull_request"].present != nil { return .ignored("issue_is_a_change") }
        var issue = try self.shapes.issue(place)
        issue.action = action
        var moment = try self.happened(place["updated_at"].present.moment())
        switch action {
        case "closed":
            issue.outcome = try self.shapes.closing(place)
            moment = try self.happened(place["closed_at"].present.moment())
        case "reopened": issue.outcome = .reopened
        case "labeled": issue.outcome = .labeled
        case "assigned":
            issue.outcome = .assigned
            let assignee = try self.shapes.account(self.payload["assignee"])
            if let assignee, assignee.key == (try self.sender)?.account.key { return .ignored("issue_taken_oneself") }
        case "milestoned": issue.outcome = .milestoned
        default: issue.outcome = .transferred
        }
        return scene.triaged(issue, by: try self.sender, at: moment)
    }

    /// Talk below an issue says something of who takes part in design once others with a role answer it; below a change it
    /// is the reviews that count.
    private func comment(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let place = try self.payload["issue"].object()
        if place["pull_request"].present != nil { return .ignored("comment_on_a_change") }
        let issue = try self.shapes.issue(place)
        return try self.talk(
            scene, by: self.payload["comment"].object(), about: "issue:\(issue.id)", begunBy: issue.author)
    }

    private func answer(_ scene: ForgeScene) throws(Refusal) -> Mapped {
        let place = try self.payload["discussion"].object()
        return try self.talk(
            scene, by: self.payload["comment"].object(), about: "discussion:\(try place["id"].id())",
            begunBy: try self.shapes.participant(place["user"], standing: place))
    }

    /// That the author of `comment` took part in `unit`, and where they have a role in the project that whoever began it was
    /// answered by one.
    private func talk(
        _ scene: ForgeScene, by comment: Place, about unit: String, begunBy author: Participant?
    ) throws(Refusal) -> Mapped {
        guard let author else { return .ignored("discussion_author_unknown") }
        guard let speaker = try self.shapes.participant(comment["user"], standing: comment) else {
            return .ignored("participant_unknown")
        }
        if speaker.account.key == author.account.key { return .ignored("own_discussion") }
        let (id, moment) = (try comment["id"].id(), try comment["created_at"].moment())
        let url = try comment["html_url"].present.page(under: self.shapes.web)
        var fact = scene.fact(
            .designDiscussion, about: speaker.account,
            object: Evidence.Object(id: "\(unit):\(id)", unit: unit, url: url), at: moment,
            with: [author.counterparty(.author)])
        fact.association = speaker.association
        fact.outcome = .participated
        fact.measures[.bodyLength] = try comment["body"].present.length()
        guard speaker.hasRole else { return Mapped(evidence: [fact]) }
        var begun = scene.fact(
            .designDiscussion, about: author.account,
            object: Evidence.Object(id: "\(unit):answered:\(id)", unit: unit, url: url), at: moment,
            with: [speaker.counterparty(.maintainer)])
        begun.association = author.association
        begun.outcome = .started
        return Mapped(evidence: [fact, begun])
    }

    private func discussion(_ scene: ForgeScene, _ action: String) throws(Refusal) -> Mapped {
        guard action == "answered" else { return .ignored("discussion_created") }
        let place = try self.payload["discussion"].object()
        let answer = try self.payload["answer"].object()
        guard let author = try self.shapes.participant(place["user"], standing: place) else {
            return .ignored("discussion_author_unknown")
        }
        guard let helper = try self.shapes.participant(answer["user"], standing: answer) else {
            return .ignored("participant_unknown")
        }
        if helper.account.key == author.account.key { return .ignored("own_discussion") }
        let unit = "discussion:\(try place["id"].id())"
        let chooser = try self.shapes.participant(place["answer_chosen_by"])
        var others = [author.counterparty(.author)]
        if let chooser, chooser.account.key != author.account.key, chooser.account.key != helper.account.key {
            others.append(chooser.counterparty(.maintainer))
        }
        var fact = scene.fact(
            .designDiscussion, about: helper.account,
            object: Evidence.Object(
                id: "\(unit):answer:\(try answer["id"].id())", unit: unit,
                url: try answer["html_url"].present.page(under: self.shapes.web)),
            at: try self.happened(place["answer_chosen_at"].present.moment()), with: others)
        fact.association = helper.association
        fact.outcome = .answered
        fact.measures[.comments] = try place["comments"].present.count()
        return Mapped(evidence: [fact])
    }
}
