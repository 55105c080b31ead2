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

/// What units are credited after the caps, per mille of a unit.
struct Credit {
    /// Of all together.
    let total: Int64
    /// Of each, in their order: one way of many to fill the caps, always the same one. They add up to `total`.
    let shares: [Int64]
}

/// What `units` are credited: the most that can be, while no quarter, day, counterparty, project or owner is credited
/// more than its share. Per mille of a unit.
///
/// It is the maximum flow from the days, over the units, to their counterparties, projects and owners. More evidence
/// only adds arcs and room, so it never lowers the result; and whoever fills their share brings no more, in whatever
/// order the evidence came. Who confirmed a package or a release is not named, so its project stands in for them; and
/// its day is that of the observation, so no day or quarter limits it.
func credit(_ units: [Unit], fading: Fading, scale: Model.Scale) -> Credit {
    guard !units.isEmpty else { return Credit(total: 0, shares: []) }
    var network = CreditNetwork(scale: scale, quarter: fading.quarter, merging: units.count > 64)
    for unit in units { network.add(unit, fading: fading) }
    return network.flow()
}

/// The network of `credit`. Nodes are numbered as they are met, so the same units make the same network.
private struct CreditNetwork {
    private enum Confirmer: Hashable {
        case account(Mark<Account>)
        case project(Mark<Project>)
    }

    /// Units of one day, project and company: what one may bring any may, so they are one node.
    private struct Class: Hashable {
        let day: Day?
        let project: Mark<Project>
        let confirmers: [Mark<Account>]
    }

    private struct Node {
        let entry: Int
        let exit: Int
        /// The arcs that lead to it and through it, and on to its confirmers.
        let arcs: [Int]
        let through: Int
    }

    private struct Pair: Hashable {
        let confirmer: Int
        let project: Int
    }

    private struct Place {
        let node: Int
        var value: Int64 = 0
        var owners: [Mark<Account>?] = []
    }

    private let scale: Model.Scale
    private let quarterShare: Int64
    private let merging: Bool
    private var network = FlowNetwork()
    private let source: Int
    private let sink: Int
    private var quarterNumbers = Numbering<Int64>()
    private var quarters: [Int] = []
    private var dayNumbers = Numbering<Day>()
    private var days: [Int] = []
    private var classes: [Class: Int] = [:]
    private var nodes: [Node] = []
    /// For each unit the node it is part of, and what it brings at most.
    private var units: [(node: Int, value: Int64)] = []
    private var confirmerNumbers = Numbering<Confirmer>()
    private var confirmers: [Place] = []
    private var projectNumbers = Numbering<Mark<Project>>()
    private var projects: [Place] = []
    private var pairNumbers = Numbering<Pair>()
    private var pairs: [(pair: Pair, value: Int64)] = []

    init(scale: Model.Scale, quarter: Int64, merging: Bool) {
        self.scale = scale
        self.quarterShare = quarter
        self.merging = merging
        self.source = self.network.node()
        self.sink = self.network.node()
    }

    mutating func add(_ unit: Unit, fading: Fading) {
        let weights = unit.members.map { fading.weigh($0) }
        let value = weights.max() ?? 0
        guard value > 0 else {
            self.units.append((-1, 0))
            return
        }
        let project = self.project(unit, value: value)
        let confirmers = self.confirmers(of: unit, project: project, value: value)
        if self.merging, unit.members.count == 1 {
            let day = unit.best.fact.isConfirmedBySource ? nil : unit.best.day
            let key = Class(day: day, project: unit.key.project, confirmers: unit.confirmers)
            if let number = self.classes[key] {
                let node = self.nodes[number]
                for arc in node.arcs { self.network.widen(arc, by: value) }
                self.units.append((number, value))
                return
            }
            self.classes[key] = self.nodes.count
        }
        self.units.append((self.nodes.count, value))
        self.nodes.append(self.node(unit, weights: weights, value: value, confirmers: confirmers))
    }

    private mutating func node(_ unit: Unit, weights: [Int64], value: Int64, confirmers: [Int]) -> Node {
        let entry = self.network.node()
        let exit = self.network.node()
        let through = self.network.connect(entry, exit, capacity: value)
        var arcs = [through]
        for (row, weight) in zip(unit.members, weights) where weight > 0 {
            let tail = row.fact.isConfirmedBySource ? self.source : self.day(row.day)
            arcs.append(self.network.connect(tail, entry, capacity: weight))
        }
        for confirmer in confirmers {
            arcs.append(self.network.connect(exit, self.confirmers[confirmer].node, capacity: value))
        }
        return Node(entry: entry, exit: exit, arcs: arcs, through: through)
    }

    private mutating func project(_ unit: Unit, value: Int64) -> Int {
        let known = self.projectNumbers.known(unit.key.project)
        let number = known ?? self.projects.count
        if known == nil { self.projects.append(Place(node: self.network.node())) }
        self.projects[number].value += value
        for member in unit.members where !self.projects[number].owners.contains(member.fact.owner) {
            self.projects[number].owners.append(member.fact.owner)
        }
        return number
    }

    private mutating func confirmers(of unit: Unit, project: Int, value: Int64) -> [Int] {
        guard !unit.confirmers.isEmpty else {
            return [self.confirmer(.project(unit.key.project), project: project, value: value)]
        }
        return unit.confirmers.map { self.confirmer(.account($0), project: project, value: value) }
    }

    private mutating func confirmer(_ confirmer: Confirmer, project: Int, value: Int64) -> Int {
        let known = self.confirmerNumbers.known(confirmer)
        let number = known ?? self.confirmers.count
        if known == nil { self.confirmers.append(Place(node: self.network.node())) }
        self.confirmers[number].value += value
        let pair = Pair(confirmer: number, project: project)
        if let known = self.pairNumbers.known(pair) {
            self.pairs[known].value += value
        } else {
            self.pairs.append((pair, value))
        }
        return number
    }

    private mutating func day(_ day: Day) -> Int {
        if let known = self.dayNumbers.known(day) { return self.days[known] }
        let node = self.network.node()
        self.days.append(node)
        self.network.connect(self.quarter(day.quarter), node, capacity: self.scale.day)
        return node
    }

    private mutating func quarter(_ quarter: Int64) -> Int {
        if let known = self.quarterNumbers.known(quarter) { return self.quarters[known] }
        let node = self.network.node()
        self.quarters.append(node)
        self.network.connect(self.source, node, capacity: self.quarterShare)
        return node
    }

    /// Joins what is summed over all units, then measures the flow.
    mutating func flow() -> Credit {
        let exits = self.confirmers.map { confirmer in
            let exit = self.network.node()
            self.network.connect(confirmer.node, exit, capacity: self.share(of: confirmer.value))
            return exit
        }
        for (pair, value) in self.pairs {
            self.network.connect(exits[pair.confirmer], self.projects[pair.project].node, capacity: value)
        }
        self.joinOwners()
        let total = self.network.maximumFlow(from: self.source, to: self.sink)
        var left = self.nodes.map { self.network.flow(along: $0.through) }
        let shares = self.units.map { unit -> Int64 in
            guard unit.node >= 0 else { return 0 }
            let share = min(unit.value, left[unit.node])
            left[unit.node] -= share
            return share
        }
        return Credit(total: total, shares: shares)
    }

    private mutating func joinOwners() {
        var ownerNumbers = Numbering<Mark<Account>>()
        var owners: [Int] = []
        for project in self.projects {
            let exit = self.network.node()
            let share = self.share(of: project.value)
            self.network.connect(project.node, exit, capacity: share)
            for owner in project.owners {
                guard let owner else {
                    self.network.connect(exit, self.sink, capacity: share)
                    continue
                }
                let known = ownerNumbers.known(owner)
                if known == nil {
                    owners.append(self.network.node())
                    self.network.connect(owners[owners.count - 1], self.sink, capacity: self.scale.share)
                }
                self.network.connect(exit, known.map { owners[$0] } ?? owners[owners.count - 1], capacity: share)
            }
        }
    }

    private func share(of value: Int64) -> Int64 {
        saturated(value, half: self.scale.shareHalf, limit: self.scale.share)
    }
}
