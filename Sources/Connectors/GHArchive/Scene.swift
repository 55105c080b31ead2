import Decoding
import Reputation

/// Why an event is put in quarantine although its JSON has the right shape.
struct Refusal: Error {
    let reason: String
}

/// Where a line came from.
struct Origin {
    let line: PaddedLine
    let locator: String
    let observedAt: Instant

    var source: Evidence.Source {
        Evidence.Source(adapter: GHArchive.adapter, class: .archive, locator: self.locator, digest: self.line.digest)
    }
}

/// An event whose people and project are known: what all facts drawn from it have in common.
struct Scene {
    let event: Event
    let actor: Actor
    let project: Project
    let isFork: Bool
    private let origin: Origin
    /// Everybody in the payload whose id is known; before 2015 the actor is a bare login.
    private let people: [Actor]

    /// The scene of `event`, or nil when its project has no id.
    init?(_ event: Event, actor: Actor, origin: Origin) {
        self.event = event
        self.actor = actor
        self.origin = origin
        self.people = Scene.people(event, actor: actor)
        let base = event.payload.change?.base?.repo
        guard let repository = event.repository ?? base, let id = repository.id else { return nil }
        // The trimmed shape names a base repository without its owner; the event's own name is whole.
        let ownerLogin = repository.name.prefix { $0 != "/" }
        let owner = base?.owner?.id ?? self.people.first { isSameLogin($0.login, ownerLogin) }?.id
        self.project = Project(
            platform: .github, id: id.text, name: repository.name,
            owner: owner.map { Account.Key(platform: .github, id: String($0)) })
        self.isFork = base?.isFork ?? repository.isFork
    }

    private static func people(_ event: Event, actor: Actor) -> [Actor] {
        let change = event.payload.change
        var all = [actor, event.organization, change?.user, change?.mergedBy, change?.base?.repo?.owner]
        switch event.payload {
        case .review(let payload): all.append(payload.review.user)
        case .reviewComment(let payload): all.append(payload.comment.user)
        case .issues(let payload): all.append(payload.issue?.user)
        case .release(let payload): all.append(payload.release.author)
        case .pullRequest, .other: break
        }
        return all.compactMap { $0?.id == nil ? nil : $0 }
    }

    /// Who is called `login` by the payload; the first whose type it tells, too.
    private func person(called login: String) -> Actor? {
        let those = self.people.lazy.filter { isSameLogin($0.login, login) }
        return those.first { $0.type != nil } ?? those.last
    }

    /// The account of `actor`, or nil when nothing tells its immutable id.
    func account(_ actor: Actor) -> Account? {
        let known = actor.id == nil || actor.type == nil ? self.person(called: actor.login) : nil
        guard let id = actor.id ?? known?.id else { return nil }
        let type = actor.type ?? known?.type
        return Account(
            key: Account.Key(platform: .github, id: String(id)), login: actor.login,
            kind: Scene.kind(id: id, login: actor.login, type: type))
    }

    /// The account of `actor` as one who took part; by login when its id is not known.
    func counterparty(_ actor: Actor) -> Account {
        self.account(actor)
            ?? Account(
                key: Account.Key(platform: .github, id: "login:\(actor.login.lowercased())"), login: actor.login,
                kind: Scene.kind(id: nil, login: actor.login, type: actor.type))
    }

    private static func kind(id: Int64?, login: String, type: String?) -> Account.Kind {
        if Bots.reason(githubID: id, login: login, type: type) != nil { return .bot }
        return type == "Organization" ? .organization : .user
    }

    /// What tells one end of something from the next: it may be opened again and end another time.
    static func ending(_ id: String, at moment: Instant) -> String { "\(id):closed:\(moment.rfc3339)" }

    /// A fact of this scene about `account`, flagged with what the scene itself tells.
    func fact(
        _ kind: Evidence.Kind, about account: Account, object: Evidence.Object, at moment: Instant? = nil,
        with counterparties: [Evidence.Counterparty]
    ) -> Evidence {
        var fact = Evidence(
            kind: kind, account: account, project: self.project, object: object,
            occurredAt: moment ?? self.event.createdAt, observedAt: self.origin.observedAt,
            counterparties: counterparties, source: self.origin.source)
        if self.project.owner == account.key { fact.flags.insert(.selfOwned) }
        if self.isFork { fact.flags.insert(.forkOnly) }
        if account.kind == .bot { fact.flags.insert(.botActor) }
        if counterparties.contains(where: { $0.account.kind == .bot }) { fact.flags.insert(.botCounterparty) }
        return fact
    }
}

extension Payload {
    /// The change the event is about, where it says.
    var change: PullRequest? {
        switch self {
        case .pullRequest(let payload): payload.change
        case .review(let payload): payload.change
        case .reviewComment(let payload): payload.change
        case .issues, .release, .other: nil
        }
    }
}

/// Whether two logins are the same: GitHub's are ASCII, and whether a letter is small makes no difference.
private func isSameLogin(_ one: some StringProtocol, _ other: some StringProtocol) -> Bool {
    func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    return one.utf8.elementsEqual(other.utf8) { small($0) == small($1) }
}
