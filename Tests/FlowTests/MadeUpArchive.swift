import Foundation
import Reputation

/// Archive hours about people who do not exist, in the shape of 2015 and after.
struct MadeUpArchive {
    private(set) var lines: [String] = []
    private var next = 1_000

    static let maya = (login: "maya-made-up", id: 9_000_001)
    static let noor = (login: "noor-made-up", id: 9_000_002)
    static let omar = (login: "omar-made-up", id: 9_000_003)
    static let pia = (login: "pia-made-up", id: 9_000_004)
    typealias Person = (login: String, id: Int)

    /// Six years in which Maya reviews, contributes to and triages in projects of others.
    static func sixYears() -> MadeUpArchive {
        var archive = MadeUpArchive()
        for year in 2019...2024 {
            for month in [2, 5, 8, 11] {
                let day = "\(year)-\(month < 10 ? "0" : "")\(month)-14"
                for (number, owner) in [self.noor, self.omar, self.pia].enumerated() {
                    let project = (id: 70_000 + number, name: "\(owner.login)/tool-\(number)", owner: owner)
                    archive.merge(by: owner, of: self.maya, in: project, at: "\(day)T10:0\(number):00Z")
                    archive.review(by: self.maya, of: owner, in: project, at: "\(day)T11:0\(number):00Z")
                    archive.close(by: self.maya, of: owner, in: project, at: "\(day)T12:0\(number):00Z")
                }
            }
        }
        return archive
    }

    /// The same, and Maya under an earlier login, in projects of her own, and known by name alone: every way to name her.
    static func withMayaEverywhere() -> MadeUpArchive {
        var archive = self.sixYears()
        let before = (login: "maya-before", id: self.maya.id)
        let own = (id: 70_100, name: "\(self.maya.login)/kite", owner: self.maya)
        let others = (id: 70_000, name: "\(self.noor.login)/tool-0", owner: self.noor)
        archive.merge(by: self.maya, of: self.omar, in: own, at: "2020-03-01T10:00:00Z")
        archive.close(by: self.pia, of: self.omar, in: own, at: "2020-04-01T10:00:00Z")
        archive.merge(by: before, of: self.omar, in: others, at: "2018-03-01T10:00:00Z")
        archive.review(by: self.omar, of: before, in: others, at: "2018-04-01T10:00:00Z")
        archive.review(by: self.omar, of: self.noor, in: others, at: "2018-05-01T10:00:00Z")
        return archive
    }

    /// The same, with facts that turn one another and things that end more than once.
    static func withTurns() -> MadeUpArchive {
        var archive = self.withMayaEverywhere()
        let triage = self.undoneTriage(by: self.pia)
        let (revert, push) = (self.revertedChange(), self.reviewAndPush())
        archive.lines += [triage.closing, triage.reopening].flatMap(\.lines)
        archive.lines += [revert.merge, revert.revert, revert.again, push.review, push.ending].flatMap(\.lines)
        for day in ["2024-10-01", "2024-10-03"] {
            archive.next = 5_000
            archive.close(by: self.maya, of: self.omar, in: self.omars, at: "\(day)T10:00:00Z")
            archive.next = 5_100
            archive.decline(by: self.omar, of: self.maya, in: self.omars, at: "\(day)T11:00:00Z")
        }
        for state in ["approved", "dismissed"] {
            archive.next = 5_200
            archive.review(
                by: self.maya, of: self.pia, in: self.omars, at: "2024-10-04T11:00:00Z", state: state)
        }
        return archive
    }

    /// Repeats everything, as a larger archive would.
    mutating func again(times: Int) { self.lines = (0..<times).flatMap { _ in self.lines } }

    /// Writes the lines to `path`, one an event.
    func write(to path: String) throws {
        try (self.lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    private typealias Home = (id: Int, name: String, owner: Person)

    private mutating func event(_ type: String, by actor: Person, in project: Home, at time: String, _ payload: String)
    {
        self.next += 1
        self.lines.append(
            """
            {"id":"\(self.next)","type":"\(type)","actor":{"id":\(actor.id),"login":"\(actor.login)"},\
            "repo":{"id":\(project.id),"name":"\(project.name)"},"payload":\(payload),"public":true,"created_at":"\(time)"}
            """)
    }

    private func user(_ person: Person) -> String { #"{"login":"\#(person.login)","id":\#(person.id),"type":"User"}"# }

    /// How a change is told apart from the usual ones.
    private struct Mark {
        var number: Int?
        var head: String?
        var text = ""
    }

    private mutating func change(_ author: Person, _ project: Home, merged: String, mark: Mark = Mark()) -> String {
        self.next += 1
        let number = mark.number ?? self.next
        let head = mark.head.map { #""head":{"sha":"\#($0)"},"# } ?? ""
        return """
            {"url":"https://forge.example/\(project.name)/pull/\(number)","id":\(number),"number":\(number),\(head)\(mark.text)\
            "html_url":"https://forge.example/\(project.name)/pull/\(number)","state":"closed",\
            "user":\(self.user(author)),"created_at":"2019-01-01T00:00:00Z",\
            "base":{"repo":{"id":\(project.id),"full_name":"\(project.name)","fork":false,"owner":\(self.user(project.owner))}}\(merged)}
            """
    }

    private mutating func merge(
        by merger: Person, of author: Person, in project: Home, at time: String, mark: Mark = Mark()
    ) {
        let merged = """
            ,"merged":true,"merged_at":"\(time)","merged_by":\(self.user(merger)),"additions":40,"deletions":7,\
            "changed_files":3,"commits":2,"comments":3,"review_comments":2
            """
        let change = self.change(author, project, merged: merged, mark: mark)
        self.event(
            "PullRequestEvent", by: merger, in: project, at: time, #"{"action":"closed","pull_request":\#(change)}"#)
    }

    private mutating func review(
        by reviewer: Person, of author: Person, in project: Home, at time: String, mark: Mark = Mark(),
        state: String = "changes_requested"
    ) {
        let change = self.change(author, project, merged: "", mark: mark)
        self.next += 1
        let commit = mark.head.map { #""commit_id":"\#($0)","# } ?? ""
        let review = """
            {"id":\(self.next),"user":\(self.user(reviewer)),"state":"\(state)","submitted_at":"\(time)",\(commit)\
            "html_url":"https://forge.example/r/\(self.next)","author_association":"MEMBER"}
            """
        self.event(
            "PullRequestReviewEvent", by: reviewer, in: project, at: time,
            #"{"action":"created","review":\#(review),"pull_request":\#(change)}"#)
    }

    private mutating func decline(by closer: Person, of author: Person, in project: Home, at time: String) {
        let change = self.change(author, project, merged: #","merged":false,"closed_at":"\#(time)""#)
        self.event(
            "PullRequestEvent", by: closer, in: project, at: time, #"{"action":"closed","pull_request":\#(change)}"#)
    }

    private static let omars = (id: 70_001, name: "\(Self.omar.login)/tool-1", owner: Self.omar)

    /// Maya's change is merged, reverted `days` later by Pia's, and that reverted by Omar's.
    static func revertedChange(days: Int = 20) -> (merge: MadeUpArchive, revert: MadeUpArchive, again: MadeUpArchive) {
        func day(_ days: Int) -> String {
            Instant(seconds: Day(year: 2024, month: 9, day: 1).start.seconds + Int64(days) * 86_400).rfc3339
        }
        func revert(_ number: Int) -> String {
            #""title":"Revert \"a thing\"","body":"Reverts \#(self.omars.name)#\#(number)\n","#
        }
        var (merge, first, again) = (MadeUpArchive(), MadeUpArchive(), MadeUpArchive())
        merge.merge(by: self.omar, of: self.maya, in: self.omars, at: day(0), mark: Mark(number: 501))
        first.merge(
            by: self.omar, of: self.pia, in: self.omars, at: day(days), mark: Mark(number: 502, text: revert(501)))
        again.merge(
            by: self.pia, of: self.omar, in: self.omars, at: day(days + 40), mark: Mark(number: 503, text: revert(502)))
        return (merge, first, again)
    }

    /// Maya approves Pia's change, which is merged at another commit, or at the same.
    static func reviewAndPush() -> (review: MadeUpArchive, ending: MadeUpArchive, unmoved: MadeUpArchive) {
        func mark(_ digit: String) -> Mark { Mark(number: 601, head: String(repeating: digit, count: 40)) }
        var (review, ending, unmoved) = (MadeUpArchive(), MadeUpArchive(), MadeUpArchive())
        review.review(
            by: self.maya, of: self.pia, in: self.omars, at: "2024-11-20T10:00:00Z", mark: mark("a"), state: "approved")
        ending.merge(by: self.omar, of: self.pia, in: self.omars, at: "2024-11-21T10:00:00Z", mark: mark("b"))
        unmoved.merge(by: self.omar, of: self.pia, in: self.omars, at: "2024-11-21T10:00:00Z", mark: mark("a"))
        return (review, ending, unmoved)
    }

    /// Maya closes an issue of Omar's, and somebody, perhaps he himself, opens it again the next day.
    static func undoneTriage(by person: Person) -> (closing: MadeUpArchive, reopening: MadeUpArchive) {
        var (closing, reopening) = (MadeUpArchive(), MadeUpArchive())
        closing.close(by: self.maya, of: self.omar, in: self.omars, at: "2024-11-20T10:00:00Z")
        reopening.close(by: person, of: self.omar, in: self.omars, at: "2024-11-21T10:00:00Z", action: "reopened")
        return (closing, reopening)
    }

    private mutating func close(
        by actor: Person, of author: Person, in project: Home, at time: String, action: String = "closed"
    ) {
        self.next += 1
        let issue = """
            {"id":\(self.next),"number":\(self.next),"user":\(self.user(author)),"state":"closed","state_reason":"completed",\
            "html_url":"https://forge.example/\(project.name)/issues/\(self.next)","created_at":"2019-01-01T00:00:00Z"}
            """
        self.event("IssuesEvent", by: actor, in: project, at: time, #"{"action":"\#(action)","issue":\#(issue)}"#)
    }
}
