import CanonicalJSON
import Crypto
import HTTP
import Reputation

/// The way through a repository on GitHub: who triaged what, all issues and changes with their timelines and reviews, the
/// releases.
///
/// The time of the last update of what was walked (`UpdatedItems`) is also what the next import begins at.
final class GitHubWalk: ForgeWalk {
    enum Phase: String, CaseIterable {
        case events, items, releases, done
    }

    let adapter = "github-rest"
    let locator: String
    private(set) var progress: (done: Int64, total: Int64) = (0, 0)
    private let shapes = GitHubShapes.github
    private let path: String
    private var repository: Place?
    private var phase = Phase.events
    /// The list of the phase.
    private var pages = PagedList()
    private var items = UpdatedItems(id: "number")
    /// The tags of the lists' first pages, kept once their phase is through.
    private var tags: [String: String] = [:]

    init(owner: String, name: String, base: String) {
        self.path = "/repos/\(owner)/\(name)"
        self.locator = ForgeAddress.host(base) + self.path
    }

    var position: JSON {
        .object(
            self.items.position.merging([
                "page": self.pages.page.map(JSON.string) ?? .null, "phase": .string(self.phase.rawValue),
            ]) { $1 })
    }

    func resume(at position: JSON) throws(Refusal) {
        let place = Place(position)
        self.phase = try place["phase"].phase()
        self.pages = PagedList(at: try place["page"].present.text())
        try self.items.resume(at: place)
    }

    func recall(_ notes: [String: String]) {
        self.tags = notes
        self.items.begin(at: notes["since"])
    }

    func step(_ client: RestClient, observedAt: Instant) async throws -> ForgeStep? {
        if self.repository == nil {
            guard let answer = try await self.fetch(self.path, client) else {
                throw RemoteError(
                    address: self.path, reason: "there is no such repository, or the token may not see it")
            }
            let place = try Place(parsing: answer.body)
            if try place["private"].present.flag() == true {
                throw RemoteError(
                    address: self.path, reason: "the repository is private; its facts are not for everybody")
            }
            self.repository = place
        }
        switch self.phase {
        case .events: return try await self.listed("/issues/events?per_page=100", client, observedAt, GitHubREST.event)
        case .items: return try await self.item(client, observedAt)
        case .releases: return try await self.listed("/releases?per_page=100", client, observedAt, GitHubREST.release)
        case .done: return nil
        }
    }

    private func scene(_ endpoint: String, _ bytes: [UInt8], _ observedAt: Instant) throws(Refusal) -> ForgeScene {
        guard let repository else { preconditionFailure("the repository is asked for first") }
        return try self.shapes.scene(
            repository,
            source: Evidence.Source(
                adapter: self.adapter, class: .forge, locator: self.locator + endpoint, digest: SHA256.hash(bytes).hex),
            observedAt: observedAt)
    }

    private func next(after phase: Phase, _ step: inout ForgeStep) {
        if let tag = self.pages.tag { step.notes["tag \(phase.rawValue)"] = tag }
        self.pages = PagedList()
        self.phase = Phase.allCases[Phase.allCases.firstIndex(of: phase)! + 1]
    }

    /// One page of a list whose elements stand for themselves. Unchanged since the last import, it is passed over whole.
    private func listed(
        _ endpoint: String, _ client: RestClient, _ observedAt: Instant,
        _ parse: (Place, ForgeScene, GitHubShapes) throws(Refusal) -> (mapped: Mapped, moment: Instant?)
    ) async throws -> ForgeStep {
        var step = ForgeStep()
        let phase = self.phase
        let (address, tag) = self.pages.next(self.path + endpoint, knowing: self.tags["tag \(phase.rawValue)"])
        guard let answer = try await self.fetch(address, client, tag: tag) else {
            self.next(after: phase, &step)
            return step
        }
        let scene = try self.scene(ForgeAddress.short(endpoint), answer.body, observedAt)
        for element in try Place(parsing: answer.body).elements() {
            step.add("\(phase.rawValue) \(element["id"].value.int ?? 0)", of: answer.body) { () throws(Refusal) in
                try parse(element, scene, self.shapes)
            }
        }
        self.progress.done += Int64(step.records.count)
        if try self.pages.turn(answer, at: address) { self.next(after: phase, &step) }
        return step
    }
}

extension GitHubWalk {
    /// The next issue or change, with what belongs to it.
    private func item(_ client: RestClient, _ observedAt: Instant) async throws -> ForgeStep {
        var step = ForgeStep()
        let path = self.path
        let item = try await self.items.next { since, page in
            let address = "\(path)/issues?state=all&sort=updated&direction=asc&per_page=100"
            return try await self.fetch(page ?? (since.isEmpty ? address : "\(address)&since=\(since)"), client)
        }
        guard let item else {
            step.notes["since"] = self.items.since
            self.next(after: .items, &step)
            return step
        }
        let number = try item["number"].id()
        let isChange = item["pull_request"].present != nil
        let found = isChange ? try await self.change(number, client) : try await self.issue(item, number, client)
        if let found {
            let scene = try self.scene("/\(isChange ? "pulls" : "issues")/\(number)", found.bytes, observedAt)
            step.add("\(isChange ? "change" : "issue") \(number)", of: found.bytes) { () throws(Refusal) in
                try GitHubREST.item(found, scene, self.shapes)
            }
        } else {
            step.add("item \(number)", .mapped(.ignored("gone_meanwhile")))
        }
        try self.items.done(item)
        self.progress.done += 1
        return step
    }

    private func issue(_ item: Place, _ number: String, _ client: RestClient) async throws -> ForgeItem? {
        guard let timeline = try await self.list("\(self.path)/issues/\(number)/timeline?per_page=100", client) else {
            return nil
        }
        return ForgeItem(item: item, reviews: nil, timeline: timeline.elements, bytes: timeline.bytes)
    }

    private func change(_ number: String, _ client: RestClient) async throws -> ForgeItem? {
        guard let detail = try await self.fetch("\(self.path)/pulls/\(number)", client) else { return nil }
        guard let reviews = try await self.list("\(self.path)/pulls/\(number)/reviews?per_page=100", client),
            let timeline = try await self.list("\(self.path)/issues/\(number)/timeline?per_page=100", client)
        else { return nil }
        return ForgeItem(
            item: try Place(parsing: detail.body), reviews: reviews.elements, timeline: timeline.elements,
            bytes: detail.body)
    }
}
