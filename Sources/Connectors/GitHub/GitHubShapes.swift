import CanonicalJSON
import Reputation

/// GitHub's objects as its webhooks and its REST API both have them, and Forgejo's, whose API follows the same shapes.
struct GitHubShapes {
    let platform: Platform
    /// Under which addresses pages lie, with the slash at the end; links to others are left out.
    let web: String

    static let github = GitHubShapes(platform: .github, web: "https://github.com/")

    /// GitHub's account that stands for all deleted ones.
    private static let ghost = "10137"

    /// The account in `place`; nil where the forge says that there is none any more.
    func account(_ place: Place) throws(Refusal) -> Account? {
        guard place.present != nil else { return nil }
        let id = try place["id"].id()
        let login = try place["login"].name()
        if self.platform == .github, id == GitHubShapes.ghost { return nil }
        let type = try place["type"].present.text()
        let isProgram =
            self.platform == .github
            ? Bots.reason(githubID: Int64(id), login: login, type: type) != nil : type == "Bot"
        return Account(
            key: Account.Key(platform: self.platform, id: id), login: login,
            kind: isProgram ? .bot : type == "Organization" ? .organization : .user)
    }

    /// The account in `place` with the standing that `object` states of its author.
    func participant(_ place: Place, standing object: Place? = nil) throws(Refusal) -> Participant? {
        guard let account = try self.account(place) else { return nil }
        let association = try object?["author_association"].present.text()
        return Participant(account: account, association: association.flatMap(Evidence.Association.init))
    }

    /// The scene of a document about the repository in `place`.
    func scene(_ place: Place, source: Evidence.Source, observedAt: Instant) throws(Refusal) -> ForgeScene {
        ForgeScene(
            project: Project(
                platform: self.platform, id: try place["id"].id(), name: try place["full_name"].name(),
                owner: try self.account(place["owner"])?.key),
            isFork: try place["fork"].present.flag() ?? false,
            isArchived: try place["archived"].present.flag() ?? false,
            source: source, observedAt: observedAt)
    }

    /// The change in `place`.
    func change(_ place: Place) throws(Refusal) -> ForgeChange {
        let (merged, closed) = (try place["merged_at"].present.moment(), try place["closed_at"].present.moment())
        var change = ForgeChange(
            id: try place["id"].id(), url: try place["html_url"].present.page(under: self.web),
            author: try self.participant(place["user"], standing: place),
            openedAt: try place["created_at"].present.moment(),
            endedAt: merged ?? closed)
        let names: [(Evidence.Measure, String)] = [
            (.additions, "additions"), (.deletions, "deletions"), (.changedFiles, "changed_files"),
            (.commits, "commits"), (.comments, "comments"), (.reviewComments, "review_comments"),
        ]
        for (measure, name) in names { change.measures[measure] = try self.size(place[name]) }
        change.measures[.bodyLength] = try place["body"].present.length()
        change.measures[.labels] = try place["labels"].present.map { place throws(Refusal) in
            Int64(try place.elements().count)
        }
        let body = try place["body"].present.text() ?? ""
        change.disclosesAssistance = disclosesAssistance(body)
        change.number = try place["number"].present.count()
        change.revision = try self.commit(place["head"]["sha"])
        if Revert.isTitle(try place["title"].present.text() ?? "") { change.revert = body }
        return change
    }

    /// The id of a commit, nil where there is none.
    private func commit(_ place: Place) throws(Refusal) -> String? {
        try place.present.text().flatMap { Commit.isObjectID($0) ? $0 : nil }
    }

    /// A count, or nil; some answers have the list itself, or its address, by the same name.
    private func size(_ place: Place) throws(Refusal) -> Int64? {
        place.value.int == nil ? nil : try place.count()
    }

    /// The review in `place`; nil for one that is not submitted yet.
    func review(_ place: Place) throws(Refusal) -> ForgeReview? {
        let state = try place["state"].text().lowercased()
        let outcome: Evidence.Outcome
        switch state {
        case "approved": outcome = .approved
        case "commented", "comment": outcome = .commented
        case "changes_requested", "request_changes": outcome = .changesRequested
        case "dismissed": outcome = .dismissed
        case "pending", "request_review": return nil
        default: throw Refusal(reason: "\(place["state"].path): unknown state \(quoted(state))")
        }
        return ForgeReview(
            id: try place["id"].id(), url: try place["html_url"].present.page(under: self.web),
            reviewer: try self.participant(place["user"], standing: place), outcome: outcome,
            submittedAt: try place["submitted_at"].moment(),
            measures: [.bodyLength: try place["body"].present.length() ?? 0],
            revision: try self.commit(place["commit_id"]))
    }

    /// The issue in `place`.
    func issue(_ place: Place) throws(Refusal) -> ForgeIssue {
        ForgeIssue(
            id: try place["id"].id(), url: try place["html_url"].present.page(under: self.web),
            author: try self.participant(place["user"], standing: place), comments: try self.size(place["comments"]))
    }

    /// How a closed issue was closed (`state_reason`).
    func closing(_ issue: Place) throws(Refusal) -> Evidence.Outcome {
        switch try issue["state_reason"].present.text() {
        case "completed": .completed
        case "not_planned": .notPlanned
        case "duplicate": .duplicate
        default: .closed
        }
    }

    /// The release in `place`, once it is published.
    func release(_ place: Place, in scene: ForgeScene) throws(Refusal) -> Mapped {
        if try place["draft"].present.flag() == true { return .ignored("release_draft") }
        guard let published = try place["published_at"].present.moment() else { return .ignored("release_draft") }
        return scene.released(
            id: try place["id"].id(), url: try place["html_url"].present.page(under: self.web),
            by: try self.participant(place["author"]), at: published,
            isPrerelease: try place["prerelease"].present.flag() ?? false,
            bodyLength: try place["body"].present.length())
    }
}

/// Whether the text of a change says by a trailer that a tool helped to write it.
func disclosesAssistance(_ body: String) -> Bool {
    body.split(whereSeparator: \.isNewline).contains { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return false }
        let key = parts[0].trimmingPrefix { $0 == " " }.lowercased()
        if AssistanceTools.trailers.contains(key) { return !parts[1].allSatisfy(\.isWhitespace) }
        let address = Commit.Trailer(key: key, value: String(parts[1])).address
        return key == "co-authored-by" && address.map(AssistanceTools.contains) == true
    }
}
