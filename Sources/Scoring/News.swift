import Reputation

/// How far standings had grown at some time: to ask later what came since.
public struct Growth: Sendable {
    fileprivate let lineage: NewsLog.Lineage
    fileprivate let count: Int
}

/// What came to standings since some time.
public struct News: Sendable {
    /// Those who were confirmed or confirmed somebody, or whose work had an end.
    fileprivate(set) var people: Set<Mark<Account>> = []
    /// The projects in which somebody was confirmed or has another standing, or work had an end.
    fileprivate(set) var projects: Set<Mark<Project>> = []
}

/// The newest changes of standings.
struct NewsLog: Sendable {
    /// Tells one growing value from another: what came since is known of the same value alone.
    fileprivate final class Lineage: Sendable {}

    enum Change {
        /// One was confirmed by the other in a project.
        case dealings(Mark<Account>, Mark<Account>, in: Mark<Project>)
        /// Work had an end in a project.
        case habits(Mark<Project>, by: Mark<Account>)
        /// Standing was reckoned in a project and is another for somebody.
        case standing(Mark<Project>)
    }

    /// How many changes are remembered at least.
    private static let kept = 16_384

    private let lineage = Lineage()
    private var changes: [Change] = []
    /// How many changes there were before those that are remembered.
    private var forgotten = 0

    mutating func add(_ change: Change) {
        if self.changes.count == 2 * Self.kept {
            self.changes.removeFirst(Self.kept)
            self.forgotten += Self.kept
        }
        self.changes.append(change)
    }

    var growth: Growth { Growth(lineage: self.lineage, count: self.forgotten + self.changes.count) }

    func since(_ earlier: Growth) -> News? {
        guard earlier.lineage === self.lineage, earlier.count >= self.forgotten else { return nil }
        var news = News()
        for change in self.changes.dropFirst(earlier.count - self.forgotten) {
            switch change {
            case .dealings(let one, let other, let project):
                news.people.formUnion([one, other])
                news.projects.insert(project)
            case .habits(let project, let account):
                news.people.insert(account)
                news.projects.insert(project)
            case .standing(let project): news.projects.insert(project)
            }
        }
        return news
    }
}

extension Standings {
    /// How far they have grown by now.
    public var growth: Growth { self.news.growth }

    /// What came since `earlier`, which is of this value as it was when it was settled; nil when that is not known (any
    /// more): after an erasure, or after very much.
    public func news(since earlier: Growth) -> News? { self.news.since(earlier) }
}
