import CanonicalJSON
import Crypto
import Reputation

/// The way through the changes of a project on Gerrit.
///
/// Gerrit lists the last updated first. What is updated on the way moves before the walk's beginning and is met by the next
/// import, which asks for all that was updated since; pages are turned by time, so nothing moves between them unseen.
final class GerritWalk: ForgeWalk {
    private static let page = 50

    let adapter = "gerrit-rest"
    let locator: String
    private(set) var progress: (done: Int64, total: Int64) = (0, 0)
    private let project: Project
    private let base: String
    /// What an earlier walk met first, and what this one did: nothing updated before is asked for again.
    private var since: Instant?
    private var newest: Instant?
    /// Down to where the walk has come, and which changes of that second, or the one after, are through.
    private var until: Instant?
    private var seen: [String: Instant] = [:]
    private var waiting: [Place] = []
    /// How many of the list are to be passed over, when a whole page was of one second.
    private var skipped = 0
    private var wasLastPage = false

    init(_ name: String, base: String) {
        let host = ForgeAddress.host(base)
        self.base = base
        self.locator = "\(host)/changes/?q=project:\(name)"
        // A project's name is all it has, and numbers are a server's.
        self.project = Project(platform: Platform(rawValue: "gerrit:\(host)"), id: name, name: name)
    }

    var position: JSON {
        [
            "newest": self.newest.map { .int($0.seconds) } ?? .null,
            "since": self.since.map { .int($0.seconds) } ?? .null,
            "until": self.until.map { .int($0.seconds) } ?? .null,
            "seen": .object(self.seen.mapValues { .int($0.seconds) }),
        ]
    }

    func resume(at position: JSON) throws(Refusal) {
        let place = Place(position)
        self.newest = try place["newest"].present.moment()
        self.since = try place["since"].present.moment()
        self.until = try place["until"].present.moment()
        self.seen = [:]
        for (number, moment) in try place["seen"].members() { self.seen[number] = try moment.moment() }
    }

    func recall(_ notes: [String: String]) {
        if self.newest == nil { self.since = notes["since"].flatMap { Instant(rfc3339: $0) } }
    }

    func step(_ client: RestClient, observedAt: Instant) async throws -> ForgeStep? {
        if self.waiting.isEmpty, try await !self.turnPage(client) { return self.end() }
        guard let change = self.waiting.popLast().map({ Place($0.value) }) else { return self.end() }
        let (number, updated) = (try change["_number"].id(), try change["updated"].moment())
        let bytes = change.value.canonicalBytes
        let scene = ForgeScene(
            project: self.project,
            source: Evidence.Source(
                adapter: self.adapter, class: .forge, locator: "\(ForgeAddress.host(self.base))/changes/\(number)",
                digest: SHA256.hash(bytes).hex),
            observedAt: observedAt)
        var step = ForgeStep()
        step.add("change \(number)", of: bytes) { () throws(Refusal) in
            (try GerritChange(change, base: self.base, platform: self.project.platform).mapped(scene), updated)
        }
        self.newest = self.newest ?? updated
        self.until = updated
        self.seen[number] = updated
        self.seen = self.seen.filter { $0.value.seconds <= updated.seconds + 1 }
        self.progress.done += 1
        return step
    }

    /// What the next import begins at, once; then nothing.
    private func end() -> ForgeStep? {
        guard let newest else { return nil }
        defer { self.newest = nil }
        return ForgeStep(notes: ["since": newest.rfc3339])
    }

    /// Gets the next changes; false when there are none.
    private func turnPage(_ client: RestClient) async throws -> Bool {
        while !self.wasLastPage {
            guard let answer = try await self.fetch(self.address, client) else {
                throw RemoteError(address: self.locator, reason: "there is no such project, or it is not public")
            }
            let elements = try Place(parsing: answer.body).elements()
            self.wasLastPage = try elements.last?["_more_changes"].present.flag() != true
            for element in elements.reversed() {
                let known = self.seen[try element["_number"].id()]
                if try known == nil || known != element["updated"].moment() { self.waiting.append(element) }
            }
            guard self.waiting.isEmpty else {
                self.skipped = 0
                return true
            }
            self.skipped += elements.count
            guard self.skipped < 10_000 else {
                throw RemoteError(address: self.locator, reason: "the list has no end")
            }
        }
        return false
    }

    private var address: String {
        var query = "project:\"\(self.project.id)\""
        // Both ends belong to it, to the second; updates have fractions of one.
        if let since { query += " after:\"\(GerritWalk.time(since))\"" }
        if let until { query += " before:\"\(GerritWalk.time(Instant(seconds: until.seconds + 1)))\"" }
        let parts = ["DETAILED_LABELS", "DETAILED_ACCOUNTS", "MESSAGES", "ALL_REVISIONS", "CURRENT_COMMIT"]
        return "/changes/?q=\(ForgeAddress.encoded(query))&n=\(GerritWalk.page)&S=\(self.skipped)"
            + parts.map { "&o=\($0)" }.joined()
    }

    /// `2025-03-01 10:00:00`.
    private static func time(_ moment: Instant) -> String {
        String(moment.rfc3339.prefix(19)).replacing("T", with: " ")
    }
}
