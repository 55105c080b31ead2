import CanonicalJSON
import Reputation

/// GitLab's objects, as its REST API has them.
struct GitLabShapes {
    let project: Project
    let isFork: Bool
    let isArchived: Bool
    /// Under which address the project's pages lie, with the slash at the end.
    let web: String
    /// Who has a role in the project, and since when, where that may be seen.
    var members: [Account.Key: (association: Evidence.Association, since: Instant)] = [:]

    /// The project in `place`; `owner` is the account whose name its namespace bears.
    init(_ place: Place, owner: Place?, platform: Platform) throws(Refusal) {
        let namespace = place["namespace"]
        let isGroup = try namespace["kind"].present.text() == "group"
        // Groups and accounts are numbered apart from one another.
        let group = try namespace["id"].present.id().map { Account.Key(platform: platform, id: "group:\($0)") }
        self.project = Project(
            platform: platform, id: try place["id"].id(), name: try place["path_with_namespace"].name(),
            owner: isGroup
                ? group
                : try owner.map { place throws(Refusal) in
                    Account.Key(platform: platform, id: try place["id"].id())
                })
        self.isFork = place["forked_from_project"].present != nil
        self.isArchived = try place["archived"].present.flag() ?? false
        let web = try place["web_url"].text()
        guard web.hasPrefix("https://") || web.hasPrefix("http://") else {
            throw place["web_url"].refusal("an address")
        }
        self.web = web + "/"
    }

    func scene(source: Evidence.Source, observedAt: Instant) -> ForgeScene {
        ForgeScene(
            project: self.project, isFork: self.isFork, isArchived: self.isArchived, source: source,
            observedAt: observedAt)
    }

    /// The account in `place`; nil where it is the one that stands for all deleted ones.
    func account(_ place: Place) throws(Refusal) -> Account? {
        guard place.present != nil else { return nil }
        let login = try place["username"].name()
        if try GitLabShapes.isGhost(login, name: place["name"].present.text()) { return nil }
        let isProgram = try place["bot"].present.flag() == true || GitLabShapes.isToken(login)
        return Account(
            key: Account.Key(platform: self.project.platform, id: try place["id"].id()), login: login,
            kind: Bots.reason(login: login, isProgram: isProgram) == nil ? .user : .bot)
    }

    /// The account in `place` with the role it had at `moment`, as far as that is known.
    func participant(_ place: Place, at moment: Instant?) throws(Refusal) -> Participant? {
        guard let account = try self.account(place) else { return nil }
        guard let member = self.members[account.key], let moment, member.since <= moment else {
            return Participant(account: account)
        }
        return Participant(account: account, association: member.association)
    }

    /// Takes in a member of the project or of a group above it (docs.gitlab.com, "Roles and permissions"): from reporter
    /// (20) on it is a role.
    mutating func add(member place: Place) throws(Refusal) {
        guard let account = try self.account(place), let since = try place["created_at"].present.moment() else {
            return
        }
        switch try place["access_level"].count() {
        case 50...: self.members[account.key] = (.owner, since)
        case 30..<50: self.members[account.key] = (.member, since)
        case 20..<30: self.members[account.key] = (.collaborator, since)
        default: break
        }
    }

    /// The release in `place`.
    func release(_ place: Place, in scene: ForgeScene) throws(Refusal) -> (mapped: Mapped, moment: Instant?) {
        let tag = try place["tag_name"].name()
        guard let released = try place["released_at"].present.moment() else {
            return (.ignored("release_without_a_time"), nil)
        }
        if try place["upcoming_release"].present.flag() == true { return (.ignored("release_upcoming"), released) }
        let mapped = scene.released(
            id: "\(self.project.id):\(tag)", url: try place["_links"]["self"].present.page(under: self.web),
            by: try self.participant(place["author"], at: released), at: released, isPrerelease: false,
            bodyLength: try place["description"].present.length())
        return (mapped, released)
    }

    /// The account that deleted accounts' work goes to is called `ghost`, with a number where that name was taken.
    private static func isGhost(_ login: String, name: String?) -> Bool {
        login == "ghost"
            || (name == "Ghost User" && login.hasPrefix("ghost") && login.dropFirst(5).allSatisfy(\.isNumber))
    }

    /// Whether `login` is one that GitLab gives to access tokens of projects and groups (`project_12_bot`,
    /// `group_7_bot_0a1b…`), and that nobody can choose.
    private static func isToken(_ login: String) -> Bool {
        let parts = login.split(separator: "_", omittingEmptySubsequences: false)
        return parts.count >= 3 && ["project", "group"].contains(parts[0]) && parts[1].allSatisfy(\.isNumber)
            && !parts[1].isEmpty && parts[2].hasPrefix("bot")
    }
}

/// A note below an issue or a merge request: what somebody said, or what GitLab says that somebody did.
struct GitLabNote {
    let id: String
    let author: Participant?
    let at: Instant
    /// The first line of what GitLab says was done; nil of a person's words, which are not kept.
    let deed: String?
    /// Whether it is about lines of the change.
    let isOnLines: Bool
    let isResolved: Bool

    init(_ place: Place, _ shapes: GitLabShapes) throws(Refusal) {
        self.id = try place["id"].id()
        self.at = try place["created_at"].moment()
        self.author = try shapes.participant(place["author"], at: self.at)
        let isDeed = try place["system"].present.flag() ?? false
        let body = try place["body"].text()
        self.deed =
            isDeed ? String(body.prefix { !$0.isNewline }.prefix(500)).trimmingSuffix(while: { $0 == " " }) : nil
        self.isOnLines = !isDeed && place["type"].value.string == "DiffNote"
        self.isResolved = try place["resolved"].present.flag() ?? false
    }

    /// The notes in `places`, oldest first; GitLab's own order is by its pages'.
    static func read(_ places: [Place], _ shapes: GitLabShapes) throws(Refusal) -> [GitLabNote] {
        var notes: [GitLabNote] = []
        for place in places { notes.append(try GitLabNote(place, shapes)) }
        return notes.sorted { ($0.at, $0.id.utf8.count, $0.id) < ($1.at, $1.id.utf8.count, $1.id) }
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        var text = Substring(self)
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}
