import Reputation

/// A merge request with its notes and versions.
///
/// What GitHub calls a review is on GitLab a verdict (`approved this merge request`, `requested changes`) with the remarks on
/// lines that its author made before, or such remarks alone. Remarks that are not on lines are conversation, no review.
struct GitLabChange {
    /// The answers that tell of one merge request.
    struct Documents {
        let detail: Place
        let notes: [Place]
        let versions: [Place]
        /// Nil where the instance does not offer it.
        let approvals: Place?
        /// The commit that brought it into its target, with its size.
        let commit: Place?
        /// The answer that speaks for it.
        let bytes: [UInt8]
    }

    private var change: ForgeChange
    private var isMerged: Bool
    private var ender: Participant?
    private var reviews: [ForgeReview] = []
    private var remarks: [(who: Participant, first: GitLabNote, count: Int64, resolved: Int64)] = []
    private var ignored: [String] = []

    init(_ documents: Documents, _ shapes: GitLabShapes) throws(Refusal) {
        let detail = documents.detail
        let state = try detail["state"].text()
        self.isMerged = state == "merged"
        let opened = try detail["created_at"].moment()
        self.change = ForgeChange(
            id: try detail["id"].id(), url: try detail["web_url"].present.page(under: shapes.web),
            author: try shapes.participant(detail["author"], at: opened), openedAt: opened)
        if self.isMerged {
            self.change.endedAt = try detail["merged_at"].present.moment()
            self.ender = try shapes.participant(
                detail["merge_user"].present ?? detail["merged_by"], at: self.change.endedAt)
        } else if state == "closed" {
            self.change.endedAt = try detail["closed_at"].present.moment()
            self.ender = try shapes.participant(detail["closed_by"], at: self.change.endedAt)
        }
        try self.measure(detail, documents.commit)
        for note in try GitLabNote.read(documents.notes, shapes) { self.take(note, state: state) }
        for left in self.remarks { self.add(left.first, by: left.who, as: .commented) }
        if let approvals = documents.approvals { try self.take(approvals: approvals, shapes) }
        self.reviews.sort { ($0.submittedAt, $0.id) < ($1.submittedAt, $1.id) }
        try self.weigh(documents.versions)
        if state == "merged" || state == "closed", self.change.endedAt == nil {
            self.ignored.append("change_end_without_a_time")
        }
    }

    func mapped(_ scene: ForgeScene) -> Mapped {
        var mapped = scene.history(of: self.change, self.reviews, isMerged: self.isMerged, by: self.ender)
        mapped.ignored += self.ignored
        if mapped.evidence.isEmpty, mapped.ignored.isEmpty { mapped.ignored.append("change_open_without_review") }
        return mapped
    }

    private mutating func measure(_ detail: Place, _ commit: Place?) throws(Refusal) {
        self.change.measures[.comments] = try detail["user_notes_count"].present.count()
        self.change.measures[.bodyLength] = try detail["description"].present.length()
        self.change.measures[.labels] = Int64(try detail["labels"].present.elements().count)
        // `1000+` is no number, and none is given for it.
        self.change.measures[.changedFiles] = try detail["changes_count"].present.text().flatMap(Int64.init)
        self.change.measures[.additions] = try commit?["stats"]["additions"].present.count()
        self.change.measures[.deletions] = try commit?["stats"]["deletions"].present.count()
        self.change.disclosesAssistance = disclosesAssistance(try detail["description"].present.text() ?? "")
    }

    /// Takes a note in, in the order of time.
    private mutating func take(_ note: GitLabNote, state: String) {
        if note.isOnLines {
            guard let who = note.author else { return self.ignored.append("reviewer_unknown") }
            if who.account.key == self.change.author?.account.key { return }
            let index = self.remarks.firstIndex { $0.who.account.key == who.account.key }
            if index == nil { self.remarks.append((who, note, 0, 0)) }
            self.remarks[index ?? self.remarks.count - 1].count += 1
            self.remarks[index ?? self.remarks.count - 1].resolved += note.isResolved ? 1 : 0
            return
        }
        switch note.deed {
        case "approved this merge request": self.add(note, by: note.author, as: .approved)
        case "requested changes": self.add(note, by: note.author, as: .changesRequested)
        case "unapproved this merge request": self.withdraw(by: note.author)
        case let deed? where deed == state || deed.hasPrefix("\(state) via"):
            // Instances told it by notes alone before their objects had it (GitLab 10 for merges).
            if self.change.endedAt == nil { (self.change.endedAt, self.ender) = (note.at, note.author) }
            if self.ender == nil { self.ender = note.author }
        default: break
        }
    }

    private mutating func add(_ note: GitLabNote, by reviewer: Participant?, as outcome: Evidence.Outcome) {
        guard let reviewer else { return self.ignored.append("reviewer_unknown") }
        var review = ForgeReview(
            id: note.id, url: self.change.url.map { "\($0)#note_\(note.id)" }, reviewer: reviewer, outcome: outcome,
            submittedAt: note.at)
        let index = self.remarks.firstIndex { $0.who.account.key == reviewer.account.key }
        review.measures[.inlineComments] = index.map { self.remarks[$0].count } ?? 0
        review.measures[.threadsResolved] = index.map { self.remarks[$0].resolved }
        if outcome != .commented, let index { self.remarks.remove(at: index) }
        self.reviews.append(review)
    }

    /// An approval that its author took back counts as GitHub's dismissed ones do.
    private mutating func withdraw(by reviewer: Participant?) {
        let last = self.reviews.lastIndex {
            $0.reviewer?.account.key == reviewer?.account.key && $0.outcome == .approved
        }
        guard let last else { return }
        self.reviews[last].outcome = .dismissed
    }

    /// Approvals of which no note tells.
    private mutating func take(approvals: Place, _ shapes: GitLabShapes) throws(Refusal) {
        for approval in try approvals["approved_by"].present.elements() {
            let at = try approval["approved_at"].present.moment()
            guard let who = try shapes.participant(approval["user"], at: at) else {
                self.ignored.append("reviewer_unknown")
                continue
            }
            let isKnown = self.reviews.contains {
                $0.reviewer?.account.key == who.account.key && $0.outcome == .approved
            }
            if isKnown { continue }
            guard let at else {
                self.ignored.append("approval_without_a_time")
                continue
            }
            self.reviews.append(
                ForgeReview(
                    id: "approval:\(self.change.id)", url: self.change.url, reviewer: who, outcome: .approved,
                    submittedAt: at))
        }
    }

    /// Says of each review whether the author pushed afterwards; the versions are what was pushed.
    private mutating func weigh(_ versions: [Place]) throws(Refusal) {
        var last: Instant?
        for version in versions {
            let pushed = try version["created_at"].moment()
            last = max(last ?? pushed, pushed)
        }
        guard let last else { return }
        for index in self.reviews.indices {
            self.reviews[index].measures[.authorPushedAfter] = last > self.reviews[index].submittedAt ? 1 : 0
        }
    }
}
