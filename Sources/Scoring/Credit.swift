import Reputation

/// How old work weighs.
struct Fading {
    let asOf: Day
    /// Days; nil when work keeps its weight.
    let halfLife: Int64?
    /// The most that one quarter is credited.
    let quarter: Int64

    func weigh(_ row: Judged) -> Int64 {
        guard let halfLife = self.halfLife else { return row.value }
        return halved(row.value, row.day.age(asOf: self.asOf), per: halfLife)
    }
}

/// What `units` are credited: the most that can be, while no quarter, day, counterparty, project or owner is credited
/// more than its share. Per mille of a unit.
///
/// It is the maximum flow from the days, over the units, to their counterparties, projects and owners. More evidence
/// only adds arcs and room, so it never lowers the result; and whoever fills their share brings no more, in whatever
/// order the evidence came. Who confirmed a package or a release is not named, so its project stands in for them; and
/// its day is that of the observation, so no day or quarter limits it.
func credit(_ units: [Unit], fading: Fading, scale: Model.Scale) -> Int64 {
    var network = CreditNetwork(scale: scale, quarter: fading.quarter)
    for unit in units {
        let weights = unit.members.map { (row: $0, weight: fading.weigh($0)) }
        network.add(unit, weights: weights)
    }
    return network.flow()
}

private struct CreditNetwork {
    private enum Confirmer: Hashable, Comparable {
        case account(Account.Key)
        case project(ProjectKey)

        static func < (left: Confirmer, right: Confirmer) -> Bool {
            switch (left, right) {
            case (.account(let left), .account(let right)): left < right
            case (.project(let left), .project(let right)): left < right
            case (.account, .project): true
            case (.project, .account): false
            }
        }
    }

    private struct Pair: Hashable, Comparable {
        let confirmer: Confirmer
        let project: ProjectKey

        static func < (left: Pair, right: Pair) -> Bool {
            (left.confirmer, left.project) < (right.confirmer, right.project)
        }
    }

    private let scale: Model.Scale
    private let quarterShare: Int64
    private var network = FlowNetwork()
    private let source: Int
    private let sink: Int
    private var quarters: [Int64: Int] = [:]
    private var days: [Day: Int] = [:]
    private var confirmers: [Confirmer: (node: Int, value: Int64)] = [:]
    private var projects: [ProjectKey: (node: Int, value: Int64, owners: Set<Account.Key?>)] = [:]
    private var pairs: [Pair: Int64] = [:]

    init(scale: Model.Scale, quarter: Int64) {
        self.scale = scale
        self.quarterShare = quarter
        self.source = self.network.node()
        self.sink = self.network.node()
    }

    mutating func add(_ unit: Unit, weights: [(row: Judged, weight: Int64)]) {
        let value = weights.map(\.weight).max() ?? 0
        let entry = self.network.node()
        let exit = self.network.node()
        self.network.connect(entry, exit, capacity: value)
        for (row, weight) in weights {
            let tail = row.evidence.isConfirmedBySource ? self.source : self.day(row.day)
            self.network.connect(tail, entry, capacity: weight)
        }
        let project = unit.key.project
        if self.projects[project] == nil { self.projects[project] = (self.network.node(), 0, []) }
        self.projects[project]?.value += value
        self.projects[project]?.owners.formUnion(unit.members.map(\.evidence.project.owner))
        let confirmers = unit.confirmers.isEmpty ? [.project(project)] : unit.confirmers.map(Confirmer.account)
        for confirmer in confirmers {
            let node = self.confirmers[confirmer]?.node ?? self.network.node()
            self.confirmers[confirmer] = (node, (self.confirmers[confirmer]?.value ?? 0) + value)
            self.network.connect(exit, node, capacity: value)
            self.pairs[Pair(confirmer: confirmer, project: project), default: 0] += value
        }
    }

    private mutating func day(_ day: Day) -> Int {
        if let node = self.days[day] { return node }
        let node = self.network.node()
        self.days[day] = node
        let quarter = self.quarters[day.quarter] ?? self.network.node()
        if self.quarters.updateValue(quarter, forKey: day.quarter) == nil {
            self.network.connect(self.source, quarter, capacity: self.quarterShare)
        }
        self.network.connect(quarter, node, capacity: self.scale.day)
        return node
    }

    /// Joins what is summed over all units, then measures the flow.
    mutating func flow() -> Int64 {
        var exits: [Confirmer: Int] = [:]
        for (confirmer, entry) in self.confirmers.sorted(by: { $0.key < $1.key }) {
            let exit = self.network.node()
            exits[confirmer] = exit
            self.network.connect(entry.node, exit, capacity: self.share(of: entry.value))
        }
        for (pair, value) in self.pairs.sorted(by: { $0.key < $1.key }) {
            guard let exit = exits[pair.confirmer], let project = self.projects[pair.project] else { continue }
            self.network.connect(exit, project.node, capacity: value)
        }
        var owners: [Account.Key: Int] = [:]
        for (_, project) in self.projects.sorted(by: { $0.key < $1.key }) {
            let exit = self.network.node()
            let share = self.share(of: project.value)
            self.network.connect(project.node, exit, capacity: share)
            for owner in project.owners {
                guard let owner else {
                    self.network.connect(exit, self.sink, capacity: share)
                    continue
                }
                if owners[owner] == nil {
                    let node = self.network.node()
                    owners[owner] = node
                    self.network.connect(node, self.sink, capacity: self.scale.share)
                }
                if let node = owners[owner] { self.network.connect(exit, node, capacity: share) }
            }
        }
        return self.network.maximumFlow(from: self.source, to: self.sink)
    }

    private func share(of value: Int64) -> Int64 {
        saturated(value, half: self.scale.shareHalf, limit: self.scale.share)
    }
}
