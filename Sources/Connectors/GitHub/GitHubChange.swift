import Reputation

/// A change with its reviews and its timeline.
struct GitHubChange {
    private let place: Place
    private let reviews: [Place]
    private var change: ForgeChange
    /// Remarks on lines, by the review they belong to.
    private var remarks: [String: Int64] = [:]
    /// Where in the timeline each review stands, and the last push.
    private var reviewed: [String: Int] = [:]
    private var lastPush = -1
    private var closer: Participant?

    init(_ item: GitHubREST.Item, reviews: [Place], _ shapes: GitHubShapes) throws(Refusal) {
        self.place = item.item
        self.reviews = reviews
        self.change = try shapes.change(item.item)
        for (index, event) in item.timeline.enumerated() {
            switch try event["event"].name() {
            case "committed", "head_ref_force_pushed": self.lastPush = index
            case "reviewed": self.reviewed[try event["id"].id()] = index
            case "closed", "merged": self.closer = try shapes.participant(event["actor"])
            case "line-commented":
                for comment in try event["comments"].present.elements() {
                    guard let review = try comment["pull_request_review_id"].present.id() else { continue }
                    self.remarks[review, default: 0] += 1
                }
            default: break
            }
        }
    }

    func mapped(_ scene: ForgeScene, _ shapes: GitHubShapes) throws(Refusal) -> Mapped {
        let isClosed = self.change.endedAt != nil
        let merged = try self.place["merged"].present.flag()
        let isMerged = merged ?? (self.place["merged_at"].present != nil)
        var mapped = Mapped()
        var reviewers: [Account.Key] = []
        var rounds: Int64 = 1
        for place in self.reviews {
            guard var review = try shapes.review(place) else {
                mapped.ignored.append("review_pending")
                continue
            }
            let key = review.reviewer?.account.key
            let isAuthors = key != nil && key == self.change.author?.account.key
            if !isAuthors, let key {
                review.measures[.firstReviewer] = reviewers.isEmpty || reviewers.first == key ? 1 : 0
                if !reviewers.contains(key) { reviewers.append(key) }
                if review.outcome == .changesRequested { rounds += 1 }
            }
            review.measures[.inlineComments] = self.remarks[review.id] ?? 0
            if let index = self.reviewed[review.id] {
                review.measures[.authorPushedAfter] = self.lastPush > index ? 1 : 0
            }
            if isClosed { review.measures[.mergedAfter] = isMerged ? 1 : 0 }
            let part = scene.reviewed(self.change, review)
            mapped.evidence += part.evidence
            mapped.ignored += part.ignored
        }
        var change = self.change
        change.measures[.reviewers] = Int64(reviewers.count)
        change.measures[.rounds] = rounds
        if let opened = change.openedAt, let disclosure = scene.disclosure(change, at: opened) {
            mapped.evidence.append(disclosure)
        }
        if let ended = change.endedAt {
            let merger = try shapes.participant(self.place["merged_by"])
            let part = scene.ended(
                change, isMerged: isMerged, by: isMerged ? merger ?? self.closer : self.closer, at: ended)
            mapped.evidence += part.evidence
            mapped.ignored += part.ignored
        }
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("change_open_without_review") }
        return mapped
    }
}
