public import Reputation

/// How far standings had grown at some time: to ask later what came since.
public struct Growth: Sendable {
    fileprivate let lineage: NewsLog.Lineage
    fileprivate let count: Int
}

/// What came to standings since some time.
public struct News: Sendable {
    /// The projects in which somebody was confirmed, got a role, or had work accepted or refused.
    fileprivate(set) var projects: Set<Mark<Project>> = []
    /// Those who took part in that.
    fileprivate(set) var people: Set<Mark<Account>> = []
}

/// The newest changes of standings, each as the project it was in and two who took part.
struct NewsLog: Sendable {
    /// Tells one growing value from another: what came since is known of the same value alone.
    fileprivate final class Lineage: Sendable {}

    private struct Change {
        let project: Mark<Project>
        let people: (Mark<Account>, Mark<Account>)
    }

    /// How many changes are remembered at least.
    private static let kept = 16_384

    private let lineage = Lineage()
    private var changes: [Change] = []
    /// How many changes there were before those that are remembered.
    private var forgotten = 0

    mutating func add(_ project: Mark<Project>, _ one: Mark<Account>, _ other: Mark<Account>) {
        if self.changes.count == 2 * Self.kept {
            self.changes.removeFirst(Self.kept)
            self.forgotten += Self.kept
        }
        self.changes.append(Change(project: project, people: (one, other)))
    }

    var growth: Growth { Growth(lineage: self.lineage, count: self.forgotten + self.changes.count) }

    func since(_ earlier: Growth) -> News? {
        guard earlier.lineage === self.lineage, earlier.count >= self.forgotten else { return nil }
        var news = News()
        for change in self.changes.dropFirst(earlier.count - self.forgotten) {
            news.projects.insert(change.project)
            news.people.insert(change.people.0)
            news.people.insert(change.people.1)
        }
        return news
    }
}

extension Standings {
    /// How far they have grown by now.
    public var growth: Growth { self.news.growth }

    /// What came since `earlier`, which is of this value as it was; nil when that is not known (any more): after an
    /// erasure, or after very much.
    public func news(since earlier: Growth) -> News? { self.news.since(earlier) }

    /// Whether `news` may have changed what a profile of `subject` takes from here: false means that `signature` is what
    /// it was.
    ///
    /// A signature is made of the standing and the habits in the projects where the subject was confirmed or judged, and of
    /// what the subject and those who confirmed it received and gave.
    public func concerns(_ news: News, _ subject: Set<Mark<Account>>) -> Bool {
        subject.contains { account in
            guard !news.people.contains(account) else { return true }
            guard let person = self.person(account) else { return false }
            let isNear =
                person.from.count < news.people.count
                ? person.from.keys.contains { news.people.contains($0) }
                : news.people.contains { person.from[$0] != nil }
            return isNear
                || news.projects.contains { self.knows(account, in: $0) || person.habits[$0] != nil }
        }
    }
}
