import CanonicalJSON
import Crypto
import Reputation

/// The way through a project on GitLab: its merge requests, its issues, its releases.
final class GitLabWalk: ForgeWalk {
    enum Phase: String, CaseIterable {
        case changes, issues, releases, done
    }

    let adapter = "gitlab-rest"
    let locator: String
    private(set) var progress: (done: Int64, total: Int64) = (0, 0)
    private let path: String
    private let host: String
    private let asksForMembers: Bool
    private var shapes: GitLabShapes?
    private var phase = Phase.changes
    private var items = UpdatedItems(id: "iid")
    /// The list of releases.
    private var pages = PagedList()
    private var notes: [String: String] = [:]

    init(_ name: String, base: String, asksForMembers: Bool) {
        self.path = "/projects/\(ForgeAddress.encoded(name))"
        self.locator = "\(ForgeAddress.host(base))/projects/\(name)"
        self.host = String(ForgeAddress.host(base).prefix { $0 != "/" })
        self.asksForMembers = asksForMembers
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
        self.notes = notes
        self.items.begin(at: notes["since \(self.phase.rawValue)"])
    }

    func step(_ client: RestClient, observedAt: Instant) async throws -> ForgeStep? {
        let shapes = try await self.project(client)
        switch self.phase {
        case .changes:
            return try await self.item("merge_requests", client) { number, item throws in
                guard let documents = try await self.change(number, client) else { return nil }
                let scene = self.scene("/merge_requests/\(number)", documents.bytes, shapes, observedAt)
                return (
                    documents.bytes,
                    { () throws(Refusal) in
                        (try GitLabChange(documents, shapes).mapped(scene), try documents.detail["created_at"].moment())
                    }
                )
            }
        case .issues:
            return try await self.item("issues", client) { number, item throws in
                guard let documents = try await self.issue(item, number, client) else { return nil }
                let scene = self.scene("/issues/\(number)", documents.bytes, shapes, observedAt)
                return (documents.bytes, { () throws(Refusal) in try GitLabIssue.mapped(documents, scene, shapes) })
            }
        case .releases: return try await self.releases(client, shapes, observedAt)
        case .done: return nil
        }
    }

    private func scene(
        _ endpoint: String, _ bytes: [UInt8], _ shapes: GitLabShapes, _ observedAt: Instant
    ) -> ForgeScene {
        shapes.scene(
            source: Evidence.Source(
                adapter: self.adapter, class: .forge, locator: self.locator + endpoint, digest: SHA256.hash(bytes).hex),
            observedAt: observedAt)
    }

    private func next() {
        self.pages = PagedList()
        self.phase = Phase.allCases[Phase.allCases.firstIndex(of: self.phase)! + 1]
        self.items = UpdatedItems(id: "iid")
        self.items.begin(at: self.notes["since \(self.phase.rawValue)"])
    }

    private typealias Reading = () throws(Refusal) -> (mapped: Mapped, moment: Instant?)

    /// The next merge request or issue, as `read` reads it with what belongs to it.
    private func item(
        _ list: String, _ client: RestClient,
        _ read: (_ number: String, _ item: Place) async throws -> (bytes: [UInt8], parse: Reading)?
    ) async throws -> ForgeStep {
        var step = ForgeStep()
        let path = self.path
        let item = try await self.items.next { since, page in
            let scope = "scope=all&state=all&order_by=updated_at&sort=asc&per_page=100"
            let after = since.isEmpty ? "" : "&updated_after=\(ForgeAddress.encoded(since))"
            return try await self.fetch(page ?? "\(path)/\(list)?\(scope)\(after)", client)
        }
        guard let item else {
            step.notes["since \(self.phase.rawValue)"] = self.items.since
            self.next()
            return step
        }
        let number = try item["iid"].id()
        if let found = try await read(number, item) {
            step.add("\(list) \(number)", of: found.bytes, found.parse)
        } else {
            step.add("\(list) \(number)", .mapped(.ignored("gone_meanwhile")))
        }
        try self.items.done(item)
        self.progress.done += 1
        return step
    }

    private func releases(
        _ client: RestClient, _ shapes: GitLabShapes, _ observedAt: Instant
    ) async throws -> ForgeStep {
        var step = ForgeStep()
        let (address, tag) = self.pages.next(
            "\(self.path)/releases?per_page=100", knowing: self.notes["tag releases"])
        guard let answer = try await self.fetch(address, client, tag: tag) else {
            self.next()
            return step
        }
        let scene = self.scene("/releases", answer.body, shapes, observedAt)
        for element in try Place(parsing: answer.body).elements() {
            step.add("release \(element["tag_name"].value.string ?? "")", of: answer.body) { () throws(Refusal) in
                try shapes.release(element, in: scene)
            }
        }
        self.progress.done += Int64(step.records.count)
        if try self.pages.turn(answer, at: address) {
            step.notes["tag releases"] = self.pages.tag
            self.next()
        }
        return step
    }
}

extension GitLabWalk {
    /// The project, asked for once.
    private func project(_ client: RestClient) async throws -> GitLabShapes {
        if let shapes { return shapes }
        guard let answer = try await self.fetch(self.path, client) else {
            throw RemoteError(address: self.locator, reason: "there is no such project, or the token may not see it")
        }
        let place = try Place(parsing: answer.body)
        guard try place["visibility"].present.text() == "public" else {
            throw RemoteError(
                address: self.locator, reason: "the project is not public; its facts are not for everybody")
        }
        // The instance's own name tells it from others: numbers are an instance's.
        let platform = Platform(rawValue: self.host == "gitlab.com" ? "gitlab" : "gitlab:\(self.host)")
        var shapes = try GitLabShapes(place, owner: try await self.owner(of: place, client), platform: platform)
        if self.asksForMembers {
            for member in try await self.members(client) { try shapes.add(member: member) }
        }
        self.shapes = shapes
        return shapes
    }

    /// The account in whose namespace the project is; nil where it is a group's, or the instance does not say.
    private func owner(of project: Place, _ client: RestClient) async throws -> Place? {
        if let owner = project["owner"].present { return owner }
        guard try project["namespace"]["kind"].present.text() == "user" else { return nil }
        let login = try project["namespace"]["path"].name()
        let answer = try await self.fetch("/users?username=\(ForgeAddress.encoded(login))", client)
        return try answer.map { try Place(parsing: $0.body).elements().first } ?? nil
    }

    /// Who has a role; nobody where the token may not see it.
    private func members(_ client: RestClient) async throws -> [Place] {
        let address = "\(self.path)/members/all"
        switch try await client.get("\(address)?per_page=1") {
        case .forbidden, .nothing: return []
        case .unavailable(let reason): throw RemoteError(address: self.locator, reason: reason)
        case .found, .unchanged: return try await self.list("\(address)?per_page=100", client)?.elements ?? []
        }
    }

    private func change(_ number: String, _ client: RestClient) async throws -> GitLabChange.Documents? {
        let address = "\(self.path)/merge_requests/\(number)"
        guard let detail = try await self.fetch(address, client),
            let notes = try await self.list("\(address)/notes?sort=asc&order_by=created_at&per_page=100", client)
        else { return nil }
        let place = try Place(parsing: detail.body)
        let versions = try await self.list("\(address)/versions?per_page=100", client)
        let approvals = try await self.fetch("\(address)/approvals", client)
        var commit: RestAnswer?
        if let sha = try (place["merge_commit_sha"].present ?? place["squash_commit_sha"].present).text() {
            commit = try await self.fetch("\(self.path)/repository/commits/\(ForgeAddress.encoded(sha))", client)
        }
        return GitLabChange.Documents(
            detail: place, notes: notes.elements, versions: versions?.elements ?? [],
            approvals: try approvals.map { try Place(parsing: $0.body) },
            commit: try commit.map { try Place(parsing: $0.body) }, bytes: detail.body)
    }

    private func issue(_ item: Place, _ number: String, _ client: RestClient) async throws -> GitLabIssue.Documents? {
        let address = "\(self.path)/issues/\(number)"
        guard let notes = try await self.list("\(address)/notes?sort=asc&order_by=created_at&per_page=100", client)
        else {
            return nil
        }
        // Instances have these since 13.2, 11.2 and 13.1; an older one has no such place.
        let states = try await self.list("\(address)/resource_state_events?per_page=100", client)
        let labels = try await self.list("\(address)/resource_label_events?per_page=100", client)
        let milestones = try await self.list("\(address)/resource_milestone_events?per_page=100", client)
        return GitLabIssue.Documents(
            item: item, states: states?.elements ?? [], labels: labels?.elements ?? [],
            milestones: milestones?.elements ?? [], notes: notes.elements, bytes: notes.bytes)
    }
}
