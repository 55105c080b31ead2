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

    init(_ item: ForgeItem, reviews: [Place], _ shapes: GitHubShapes) throws(Refusal) {
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
        let merged = try self.place["merged"].present.flag()
        let isMerged = merged ?? (self.place["merged_at"].present != nil)
        var pending: [String] = []
        var reviews: [ForgeReview] = []
        for place in self.reviews {
            guard var review = try shapes.review(place) else {
                pending.append("review_pending")
                continue
            }
            review.measures[.inlineComments] = self.remarks[review.id] ?? 0
            if let index = self.reviewed[review.id] {
                review.measures[.authorPushedAfter] = self.lastPush > index ? 1 : 0
            }
            reviews.append(review)
        }
        let merger = isMerged ? try shapes.participant(self.place["merged_by"]) : nil
        var mapped = scene.history(of: self.change, reviews, isMerged: isMerged, by: merger ?? self.closer)
        mapped.ignored += pending
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("change_open_without_review") }
        return mapped
    }
}
