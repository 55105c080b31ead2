import CanonicalJSON
import Crypto
import Reputation

/// The way through a repository on Forgejo: its issues and changes, then its releases.
///
/// Instances list what was updated since a time, the last opened first, on numbered pages. The whole list is read before the
/// first item is, by number, so that what is opened or updated on the way is met by the next import and nothing is skipped.
final class ForgejoWalk: ForgeWalk {
    enum Phase: String, CaseIterable {
        case items, releases, done
    }

    private typealias Planned = (number: Int64, isChange: Bool)

    let adapter = "forgejo-rest"
    let locator: String
    private(set) var progress: (done: Int64, total: Int64) = (0, 0)
    private let path: String
    private let platform: Platform
    private var repository: Place?
    private var shapes: GitHubShapes?
    /// How many elements a page has at most.
    private var perPage = 0
    private var phase = Phase.items
    /// Items updated before are not asked for.
    private var since = ""
    /// The time of the latest update that the list had; empty until it is read.
    private var newest = ""
    /// Items from this number on are through; nil when none is.
    private var last: Int64?
    private var plan: [Planned]?

    init(_ name: String, base: String) {
        let host = String(ForgeAddress.host(base).prefix { $0 != "/" })
        self.path = "/repos/\(name)"
        self.locator = ForgeAddress.host(base) + self.path
        // Numbers are an instance's.
        self.platform = Platform(rawValue: "forgejo:\(host)")
    }

    var position: JSON {
        [
            "last": self.last.map(JSON.int) ?? .null, "newest": .string(self.newest),
            "phase": .string(self.phase.rawValue), "since": .string(self.since),
        ]
    }

    func resume(at position: JSON) throws(Refusal) {
        let place = Place(position)
        self.phase = try place["phase"].phase()
        self.last = try place["last"].present.count()
        self.newest = try place["newest"].text()
        self.since = try place["since"].text()
    }

    func recall(_ notes: [String: String]) {
        if self.last == nil { self.since = notes["since"] ?? "" }
    }

    func step(_ client: RestClient, observedAt: Instant) async throws -> ForgeStep? {
        let (repository, shapes) = try await self.open(client)
        switch self.phase {
        case .items: return try await self.item(client, repository, shapes, observedAt)
        case .releases:
            let (elements, bytes) = try await self.pages("\(self.path)/releases?", client) ?? ([], [])
            let scene = try self.scene("/releases", bytes, repository, shapes, observedAt)
            var step = ForgeStep()
            for element in elements {
                step.add("release \(element["id"].value.int ?? 0)", of: bytes) { () throws(Refusal) in
                    (try shapes.release(element, in: scene), try element["published_at"].present.moment())
                }
            }
            self.phase = .done
            return step
        case .done: return nil
        }
    }

    private func scene(
        _ endpoint: String, _ bytes: [UInt8], _ repository: Place, _ shapes: GitHubShapes, _ observedAt: Instant
    ) throws(Refusal) -> ForgeScene {
        try shapes.scene(
            repository,
            source: Evidence.Source(
                adapter: self.adapter, class: .forge, locator: self.locator + endpoint, digest: SHA256.hash(bytes).hex),
            observedAt: observedAt)
    }

    /// The repository and how the instance answers, asked for once.
    private func open(_ client: RestClient) async throws -> (repository: Place, shapes: GitHubShapes) {
        if let repository, let shapes { return (repository, shapes) }
        guard let answer = try await self.fetch(self.path, client) else {
            throw RemoteError(address: self.locator, reason: "there is no such repository, or the token may not see it")
        }
        let place = try Place(parsing: answer.body)
        let (isPrivate, isInternal) = (try place["private"].present.flag(), try place["internal"].present.flag())
        if isPrivate == true || isInternal == true {
            throw RemoteError(
                address: self.locator, reason: "the repository is not public; its facts are not for everybody")
        }
        let web = try place["html_url"].text()
        guard web.hasPrefix("https://") || web.hasPrefix("http://") else {
            throw place["html_url"].refusal("an address")
        }
        let settings = try await self.fetch("/settings/api", client)
        let most = try settings.map { try Place(parsing: $0.body)["max_response_items"].present.count() } ?? nil
        self.perPage = Int(min(max(most ?? 50, 1), 50))
        let shapes = GitHubShapes(platform: self.platform, web: web + "/")
        (self.repository, self.shapes) = (place, shapes)
        return (place, shapes)
    }

    private func item(
        _ client: RestClient, _ repository: Place, _ shapes: GitHubShapes, _ observedAt: Instant
    ) async throws -> ForgeStep {
        var step = ForgeStep()
        if self.plan == nil { self.plan = try await self.list(client) }
        guard let (number, isChange) = self.plan?.popLast() else {
            step.notes["since"] = self.newest.isEmpty ? self.since : self.newest
            self.phase = .releases
            return step
        }
        let position = "\(isChange ? "change" : "issue") \(number)"
        if let found = try await self.found(number, isChange: isChange, client) {
            let scene = try self.scene(
                "/\(isChange ? "pulls" : "issues")/\(number)", found.bytes, repository, shapes, observedAt)
            step.add(position, of: found.bytes) { () throws(Refusal) in try ForgejoREST.item(found, scene, shapes) }
        } else {
            step.add(position, .mapped(.ignored("gone_meanwhile")))
        }
        self.last = number
        self.progress.done += 1
        return step
    }

    private func found(_ number: Int64, isChange: Bool, _ client: RestClient) async throws -> ForgeItem? {
        let address = "\(self.path)/\(isChange ? "pulls" : "issues")/\(number)"
        guard let detail = try await self.fetch(address, client),
            let timeline = try await self.pages("\(self.path)/issues/\(number)/timeline?", client)
        else { return nil }
        let reviews = isChange ? try await self.pages("\(address)/reviews?", client) : nil
        if isChange, reviews == nil { return nil }
        return ForgeItem(
            item: try Place(parsing: detail.body), reviews: reviews?.elements, timeline: timeline.elements,
            bytes: detail.body)
    }
}

extension ForgejoWalk {
    /// What is to be read, the next at the end: from the highest number on which is not through.
    private func list(_ client: RestClient) async throws -> [Planned] {
        let since = self.since.isEmpty ? "" : "&since=\(ForgeAddress.encoded(self.since))"
        // While something was deleted, what follows it moved to a page that was read before.
        for _ in 0..<3 {
            let isResumed = self.last != nil
            var (planned, newest): ([Int64: Bool], String) = ([:], self.newest)
            let total = try await self.eachPage("\(self.path)/issues?state=all\(since)", client) { elements in
                for element in elements {
                    guard let number = element["number"].value.int else { throw element["number"].refusal("a number") }
                    planned[number] = element["pull_request"].present != nil
                    let updated = try element["updated_at"].moment().rfc3339
                    if !isResumed { newest = max(newest, updated) }
                }
            }
            if let total, planned.count < total { continue }
            self.newest = newest
            let left = planned.filter { $0.key < self.last ?? .max }.sorted { $0.key < $1.key }
            self.progress.total = Int64(left.count)
            return left.map { ($0.key, $0.value) }
        }
        throw RemoteError(address: self.locator, reason: "the list of issues changes while it is read")
    }

    /// All elements of the list at `address`, and the answers they came in; nil when it is not there.
    private func pages(
        _ address: String, _ client: RestClient
    ) async throws -> (elements: [Place], bytes: [UInt8])? {
        var (elements, bytes): ([Place], [UInt8]) = ([], [])
        var known: Set<JSON> = []
        for page in 1...200 {
            let separator = address.hasSuffix("?") ? "" : "&"
            let next = "\(address)\(separator)limit=\(self.perPage)&page=\(page)"
            guard let answer = try await self.fetch(next, client) else { return nil }
            let part = try Place(parsing: answer.body).elements()
            // Some lists are whole on every page.
            let fresh = part.filter { known.insert($0["id"].value).inserted }
            elements += fresh
            bytes += answer.body
            if fresh.isEmpty || part.count < self.perPage { return (elements, bytes) }
        }
        throw RemoteError(address: ForgeAddress.short(address), reason: "the list has no end")
    }

    /// Hands the pages of the list at `address` to `take`; returns how many elements the instance says that it has.
    private func eachPage(
        _ address: String, _ client: RestClient, _ take: ([Place]) throws -> Void
    ) async throws -> Int64? {
        var next: String? = "\(address)&limit=\(self.perPage)&page=1"
        var (seen, total): (Set<String>, Int64?) = ([], nil)
        while let page = next {
            guard seen.insert(page).inserted else {
                throw RemoteError(address: ForgeAddress.short(page), reason: "the list has no end")
            }
            guard let answer = try await self.fetch(page, client) else { return total }
            try take(try Place(parsing: answer.body).elements())
            (next, total) = (answer.next, answer.total ?? total)
        }
        return total
    }
}
