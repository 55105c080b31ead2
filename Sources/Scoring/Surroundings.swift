import Reputation

/// The standings as one subject sees them: with what is left of confirmations by those who mostly confirm one another.
///
/// A *reciprocal pair* confirm each other, and that is more than `pairShare` of what either was confirmed in all. A
/// *closed ring* is the subject with everybody who gave `ringEdge` or more of what it was confirmed and has most dealings
/// among these, at least three, when less than `ringOutside` of all that they gave and received leads out or in. Both are scaled by the part that
/// leads out or in: who also works with others loses little, who does not loses all of it. Both are over all projects,
/// because whoever plays this has as many of those as they like; and both need only what the subject and those near it
/// received, so a profile can be reckoned without looking at everybody. A circle in which each is confirmed by one
/// other alone is no ring here: the cap on a single counterparty holds it down.
struct Surroundings {
    let standings: Standings
    private let subject: Set<Mark<Account>>
    private var left: [Mark<Account>: Int64] = [:]

    /// Nothing is known of anybody.
    static let unknown = Surroundings(of: [], in: .unknown)

    /// The same without a look at pairs and rings: what projects do.
    init(around subject: Set<Mark<Account>>, in standings: Standings) {
        self.standings = standings
        self.subject = subject
    }

    init(of subject: Set<Mark<Account>>, in standings: Standings) {
        self.init(around: subject, in: standings)
        guard let model = standings.model else { return }
        let most = subject.reduce(Int64(0)) { sum, account in
            let dealings = standings.dealings(of: account)
            return sum + dealings.received + dealings.given
        }
        guard most >= model[.circleUnits] else { return }
        let (from, received, given) = standings.dealings(of: subject)
        for (confirmer, units) in from where given > 0 && units + given >= model[.circleUnits] {
            let back = subject.reduce(0) { $0 + standings.units(of: confirmer, from: $1) }
            guard back > 0, units + back >= model[.circleUnits] else { continue }
            let theirs = standings.dealings(of: confirmer).received
            if units * 1_000 > received * model[.pairShare] || back * 1_000 > theirs * model[.pairShare] {
                self.left[confirmer] = standings.outside(subject.union([confirmer]))
            }
        }
        guard received >= model[.circleUnits] else { return }
        let main = from.filter { $0.value * 1_000 >= received * model[.ringEdge] }.keys
        let near = standings.mostlyAmong(subject.union(main), of: main)
        guard near.count >= 2 else { return }
        let outside = standings.outside(subject.union(near))
        guard outside < model[.ringOutside] else { return }
        for confirmer in near { self.left[confirmer] = min(self.left[confirmer] ?? 1_000, outside) }
    }

    /// What is left of a confirmation by `confirmer`, whatever its standing, per mille.
    func left(of confirmer: Mark<Account>) -> Int64 { self.left[confirmer] ?? 1_000 }

    /// How often a project lets the work of others than the subject stand, per mille in steps; what the model expects
    /// weighs along. `change` is left out: what others' work came to of late.
    func base(_ rate: Rate.Name, of project: Mark<Project>, before change: Habits = Habits(), model: Model) -> Int64 {
        var (well, ill) = self.standings.habits(of: project).counts(rate)
        let late = change.counts(rate)
        well -= late.well
        ill -= late.ill
        for account in self.subject {
            guard let own = self.standings.person(account)?.habits[project]?.counts(rate) else { continue }
            well -= own.well
            ill -= own.ill
        }
        let strength = model[.priorSuccesses] + model[.priorFailures]
        let base = (model[.priorSuccesses] + well) * 1_000 / (strength + well + ill)
        return (base + model[.baseStep] / 2) / model[.baseStep] * model[.baseStep]
    }

    /// What to expect of a rate over these units: what the projects they are in do.
    func prior(for units: [Unit.Key], of rate: Rate.Name, model: Model) -> Prior {
        guard self.standings.model != nil, !units.isEmpty else { return Prior(model) }
        var bases: [Mark<Project>: Int64] = [:]
        var sum: Int64 = 0
        for unit in units {
            let base = bases[unit.project] ?? self.base(rate, of: unit.project, model: model)
            bases[unit.project] = base
            sum += base
        }
        return Prior(perMille: sum / Int64(units.count), model: model)
    }
}

extension Standings {
    /// Who confirmed units of `subject` and how many, how many that were in all, and how many of others `subject` confirmed.
    fileprivate func dealings(
        of subject: Set<Mark<Account>>
    ) -> (from: [Mark<Account>: Int64], received: Int64, given: Int64) {
        var from: [Mark<Account>: Int64] = [:]
        var (received, given): (Int64, Int64) = (0, 0)
        for account in subject {
            guard let person = self.person(account) else { continue }
            given += person.given
            if from.isEmpty { from.reserveCapacity(person.from.count) }
            for (confirmer, units) in person.from where !subject.contains(confirmer) {
                from[confirmer, default: 0] += Int64(units)
                received += Int64(units)
            }
        }
        return (from, received, given)
    }

    /// Those of `accounts` who were confirmed by `members` and have half or more of what they gave and received with them.
    fileprivate func mostlyAmong(
        _ members: Set<Mark<Account>>, of accounts: some Sequence<Mark<Account>>
    ) -> [Mark<Account>] {
        let people = members.compactMap { self.person($0) }
        let most = people.reduce(0) { $0 + $1.received }
        return accounts.filter { account in
            guard let person = self.person(account), person.given <= person.received + 2 * most else { return false }
            var inside: Int64 = 0
            if person.from.count < members.count {
                for (other, units) in person.from where members.contains(other) { inside += Int64(units) }
            } else {
                for other in members { inside += Int64(person.from[other] ?? 0) }
            }
            guard inside > 0 else { return false }
            for other in people { inside += Int64(other.from[account] ?? 0) }
            return inside * 2 >= person.received + person.given
        }
    }

    /// The part of all that `members` gave and received that others took part in, per mille.
    fileprivate func outside(_ members: Set<Mark<Account>>) -> Int64 {
        var (all, inside): (Int64, Int64) = (0, 0)
        for member in members {
            guard let person = self.person(member) else { continue }
            all += person.received + person.given
            if person.from.count < members.count {
                for (other, units) in person.from where members.contains(other) { inside += Int64(units) }
            } else {
                for other in members { inside += Int64(person.from[other] ?? 0) }
            }
        }
        all -= inside
        return all == 0 ? 1_000 : (all - inside) * 1_000 / all
    }
}
