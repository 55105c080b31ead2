import Reputation

/// An issue with what was done to it and said below it.
struct GitLabIssue {
    /// The answers that tell of one issue.
    struct Documents {
        let item: Place
        let states: [Place]
        let labels: [Place]
        let milestones: [Place]
        let notes: [Place]
        /// The answer that speaks for it.
        let bytes: [UInt8]
    }

    private let documents: Documents
    private let shapes: GitLabShapes
    private let scene: ForgeScene
    private var issue: ForgeIssue
    private var mapped = Mapped()

    private init(_ documents: Documents, _ scene: ForgeScene, _ shapes: GitLabShapes) throws(Refusal) {
        let item = documents.item
        (self.documents, self.shapes, self.scene) = (documents, shapes, scene)
        let opened = try item["created_at"].moment()
        self.issue = ForgeIssue(
            id: try item["id"].id(), url: try item["web_url"].present.page(under: shapes.web),
            author: try shapes.participant(item["author"], at: opened),
            comments: try item["user_notes_count"].present.count(), openedAt: opened)
    }

    /// What the documents of one issue say.
    static func mapped(
        _ documents: Documents, _ scene: ForgeScene, _ shapes: GitLabShapes
    ) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        let moment = try documents.item["created_at"].moment()
        if try documents.item["confidential"].present.flag() == true { return (.ignored("issue_confidential"), moment) }
        var reading = try GitLabIssue(documents, scene, shapes)
        try reading.events()
        let notes = try GitLabNote.read(documents.notes, shapes)
        for note in notes { try reading.take(note) }
        var remarks: [ForgeRemark] = []
        for note in notes where note.deed == nil {
            guard let who = note.author else { continue }
            remarks.append(ForgeRemark(who: who, at: note.at, url: reading.issue.url.map { "\($0)#note_\(note.id)" }))
        }
        reading.mapped.evidence += scene.discussion(of: reading.issue, remarks)
        if reading.mapped.evidence.isEmpty, reading.mapped.ignored.isEmpty {
            reading.mapped.ignored.append("issue_without_triage")
        }
        return (reading.mapped, moment)
    }

    private mutating func add(
        _ action: String, _ outcome: Evidence.Outcome, by who: Participant?, at moment: Instant
    ) {
        var issue = self.issue
        (issue.action, issue.outcome) = (action, outcome)
        self.mapped.add(self.scene.triaged(issue, by: who, at: moment))
    }

    private mutating func events() throws(Refusal) {
        for event in self.documents.states {
            let at = try event["created_at"].moment()
            let who = try self.shapes.participant(event["user"], at: at)
            switch try event["state"].name() {
            case "closed":
                // GitLab has no reason for a closing; that a change closed it is one.
                let byChange = event["source_merge_request"].present ?? event["source_commit"].present
                self.add("closed", byChange == nil ? .closed : .completed, by: who, at: at)
            case "reopened": self.add("reopened", .reopened, by: who, at: at)
            case let state: self.mapped.ignored.append("event_\(state)")
            }
        }
        for (events, action, outcome) in [
            (self.documents.labels, "labeled", Evidence.Outcome.labeled),
            (self.documents.milestones, "milestoned", .milestoned),
        ] {
            for event in events {
                guard try event["action"].name() == "add" else { continue }
                let at = try event["created_at"].moment()
                self.add(action, outcome, by: try self.shapes.participant(event["user"], at: at), at: at)
            }
        }
    }

    /// What only notes tell: assignments, duplicates, moves, and closings from before there were events of them (13.2).
    private mutating func take(_ note: GitLabNote) throws(Refusal) {
        guard let deed = note.deed else { return }
        if deed.hasPrefix("assigned to @") {
            let names = deed.prefix(while: { $0 != "\u{0}" }).split(separator: " ").filter { $0.hasPrefix("@") }
            let isOneself = names.allSatisfy { $0.dropFirst() == note.author?.account.login ?? "" }
            if isOneself { return self.mapped.ignored.append("issue_taken_oneself") }
            self.add("assigned", .assigned, by: note.author, at: note.at)
        } else if deed.hasPrefix("marked this issue as a duplicate of") {
            self.add("marked_as_duplicate", .duplicate, by: note.author, at: note.at)
        } else if deed.hasPrefix("moved to ") {
            self.add("transferred", .transferred, by: note.author, at: note.at)
        } else if deed == "closed" || deed.hasPrefix("closed via "), try !self.hasEvent("closed", at: note.at) {
            self.add("closed", deed == "closed" ? .closed : .completed, by: note.author, at: note.at)
        } else if deed == "reopened", try !self.hasEvent("reopened", at: note.at) {
            self.add("reopened", .reopened, by: note.author, at: note.at)
        }
    }

    /// Whether an event tells the same as a note: the two are written one after the other.
    private func hasEvent(_ state: String, at moment: Instant) throws(Refusal) -> Bool {
        for event in self.documents.states where try event["state"].name() == state {
            if abs(try event["created_at"].moment().seconds - moment.seconds) <= 2 { return true }
        }
        return false
    }
}
