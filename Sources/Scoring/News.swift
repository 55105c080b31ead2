public import Reputation

/// How far standings had grown at some time: to ask later what came since.
public struct Growth: Sendable {
    fileprivate let lineage: NewsLog.Lineage
    fileprivate let count: Int
}

/// What came to standings since some time.
public struct News: Sendable {
    /// Those who were confirmed or confirmed somebody, or whose work had an end.
    fileprivate(set) var people: Set<Mark<Account>> = []
    /// Those whose standing is another now, by the project.
    fileprivate var moved: [Mark<Project>: Set<Mark<Account>>] = [:]
    /// The projects in which everybody's standing may be another.
    fileprivate var upset: Set<Mark<Project>> = []
    /// What work came to in each project.
    fileprivate var habits: [Mark<Project>: Habits] = [:]
}

/// The newest changes of standings.
struct NewsLog: Sendable {
    /// Tells one growing value from another: what came since is known of the same value alone.
    fileprivate final class Lineage: Sendable {}

    enum Change {
        /// One was confirmed by the other.
        case dealings(Mark<Account>, Mark<Account>)
        /// Work had an end in a project.
        case habits(Mark<Project>, Habits, by: Mark<Account>)
        /// Standing was reckoned in a project and is another for these; nil when it may be for everybody.
        case standing(Mark<Project>, of: Set<Mark<Account>>?)
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
            case .dealings(let one, let other): news.people.formUnion([one, other])
            case .habits(let project, let habits, let account):
                news.people.insert(account)
                news.habits[project, default: Habits()] += habits
            case .standing(let project, .some(let accounts)):
                news.moved[project, default: []].formUnion(accounts)
            case .standing(let project, nil): news.upset.insert(project)
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

    /// Whether `news` may have changed what a profile of `subject` takes from here: false means that `signature` is what
    /// it was.
    ///
    /// A signature is made of what the subject's confirmers and the subject have of standing, of the rates in the projects
    /// where its work had an end, and of what is left of confirmations in pairs and rings (`Surroundings`).
    public func concerns(_ news: News, _ subject: Set<Mark<Account>>) -> Bool {
        guard let model = self.model else { return false }
        return !subject.isDisjoint(with: news.people) || self.moves(news, subject)
            || self.ratesChange(news, subject, model) || self.circlesChange(news, subject, model)
    }

    private func moves(_ news: News, _ subject: Set<Mark<Account>>) -> Bool {
        subject.contains { account in
            news.upset.contains { self.knows(account, in: $0) }
                || news.moved.contains { project, accounts in
                    accounts.contains { $0 == account || self.knows(account, confirmedBy: $0, in: project) }
                }
        }
    }

    /// Whether a project's rate is another to the subject, whose own work is not in `news`.
    private func ratesChange(_ news: News, _ subject: Set<Mark<Account>>, _ model: Model) -> Bool {
        news.habits.contains { project, change in
            guard subject.contains(where: { self.habits(of: $0, in: project) != nil }) else { return false }
            let surroundings = Surroundings(around: subject, in: self)
            return [Rate.Name.acceptance, .kept].contains { rate in
                surroundings.base(rate, of: project, model: model)
                    != surroundings.base(rate, of: project, before: change, model: model)
            }
        }
    }

    /// Whether somebody in the news is in a pair or a ring with the subject, or could be: others' dealings are not looked at.
    private func circlesChange(_ news: News, _ subject: Set<Mark<Account>>, _ model: Model) -> Bool {
        let received = subject.reduce(Int64(0)) { sum, account in
            sum + subject.reduce(self.totals(of: account).received) { $0 - self.units(of: account, from: $1) }
        }
        return news.people.contains { other in
            let units = subject.reduce(Int64(0)) { $0 + self.units(of: $1, from: other) }
            guard units > 0 else { return false }
            let back = subject.reduce(Int64(0)) { $0 + self.units(of: other, from: $1) }
            return back > 0 && units + back >= model[.circleUnits] || units * 1_000 >= received * model[.ringEdge]
        }
    }
}
