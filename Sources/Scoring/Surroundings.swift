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
    /// What is left of confirmations in pairs and rings, per mille.
    private(set) var left: [Mark<Account>: Int64] = [:]

    /// Nothing is known of anybody.
    static let unknown = Surroundings(of: [], in: .unknown)

    /// The same without a look at pairs and rings: `left` says what is left there.
    init(around subject: Set<Mark<Account>>, in standings: Standings, left: [Mark<Account>: Int64] = [:]) {
        self.standings = standings
        self.subject = subject
        self.left = left
    }

    init(of subject: Set<Mark<Account>>, in standings: Standings) {
        self.init(around: subject, in: standings)
        guard let model = standings.model else { return }
        let (received, given) = standings.totals(of: subject)
        guard received + given >= model[.circleUnits] else { return }
        let from = standings.dealings(of: subject)
        for dealing in from where given > 0 && Int64(dealing.units) + given >= model[.circleUnits] {
            let (confirmer, units) = (dealing.confirmer, Int64(dealing.units))
            let back =
                subject.count == 1
                ? standings.units(reverseOf: dealing)
                : subject.reduce(0) { $0 + standings.units(of: confirmer, from: $1) }
            guard back > 0, units + back >= model[.circleUnits] else { continue }
            let theirs = standings.totals(of: confirmer).received
            if units * 1_000 > received * model[.pairShare] || back * 1_000 > theirs * model[.pairShare] {
                self.left[confirmer] = standings.outside(subject.union([confirmer]))
            }
        }
        guard received >= model[.circleUnits] else { return }
        let main = from.filter { Int64($0.units) * 1_000 >= received * model[.ringEdge] }.map(\.confirmer)
        let near = standings.mostlyAmong(subject.union(main), of: main)
        guard near.count >= 2 else { return }
        let outside = standings.outside(subject.union(near))
        guard outside < model[.ringOutside] else { return }
        for confirmer in near { self.left[confirmer] = min(self.left[confirmer] ?? 1_000, outside) }
    }

    /// What is left of a confirmation by `confirmer`, whatever its standing, per mille.
    func left(of confirmer: Mark<Account>) -> Int64 {
        self.left.isEmpty ? 1_000 : self.left[confirmer] ?? 1_000
    }

    /// How often a project lets the work of others than the subject stand, per mille in steps; what the model expects
    /// weighs along. Work of the subject that was reverted stays in: nothing tells whose it was.
    func base(_ rate: Rate.Name, of project: Mark<Project>, model: Model) -> Int64 {
        var (well, ill) = self.standings.habits(of: project).counts(rate)
        for account in self.subject {
            guard let own = self.standings.habits(of: account, in: project)?.counts(rate) else { continue }
            well = max(0, well - own.well)
            ill = max(0, ill - own.ill)
        }
        let strength = model[.priorSuccesses] + model[.priorFailures]
        let base = (model[.priorSuccesses] + well) * 1_000 / (strength + well + ill)
        return (base + model[.baseStep] / 2) / model[.baseStep] * model[.baseStep]
    }

    /// What to expect of a rate over these units: what the projects they are in do.
    func prior(for units: [Unit.Key], of rate: Rate.Name, model: Model) -> Prior {
        guard self.standings.model != nil, !units.isEmpty else { return Prior(model) }
        // Units come project by project, most of them.
        var last = (project: units[0].project, base: self.base(rate, of: units[0].project, model: model))
        var sum: Int64 = 0
        for unit in units {
            if unit.project != last.project { last = (unit.project, self.base(rate, of: unit.project, model: model)) }
            sum += last.base
        }
        return Prior(perMille: sum / Int64(units.count), model: model)
    }
}

extension Standings {
    /// Units of `subject` that others confirmed, and units of others that it did.
    fileprivate func totals(of subject: Set<Mark<Account>>) -> (received: Int64, given: Int64) {
        var (received, given): (Int64, Int64) = (0, 0)
        for account in subject {
            let totals = self.totals(of: account)
            received += totals.received - subject.reduce(0) { $0 + self.units(of: account, from: $1) }
            given += totals.given
        }
        return (received, given)
    }

    /// Who else confirmed units of `subject`, and how many.
    fileprivate func dealings(of subject: Set<Mark<Account>>) -> [Dealing] {
        let all = subject.flatMap { self.dealings(of: $0) }
        guard subject.count > 1 else { return all }
        return Dictionary(all.map { ($0.confirmer, $0.units) }, uniquingKeysWith: +)
            .filter { !subject.contains($0.key) }.map { Dealing(confirmer: $0.key, units: $0.value) }
    }

    /// Those of `accounts` who were confirmed by `members` and have half or more of what they gave and received with them.
    fileprivate func mostlyAmong(
        _ members: Set<Mark<Account>>, of accounts: some Sequence<Mark<Account>>
    ) -> [Mark<Account>] {
        let most = members.reduce(0) { $0 + self.totals(of: $1).received }
        return accounts.filter { account in
            let totals = self.totals(of: account)
            guard totals.given <= totals.received + 2 * most else { return false }
            let inside = self.units(of: account, fromAny: members)
            guard inside > 0 else { return false }
            let given = members.reduce(0) { $0 + self.units(of: $1, from: account) }
            return (inside + given) * 2 >= totals.received + totals.given
        }
    }

    /// The part of all that `members` gave and received that others took part in, per mille.
    fileprivate func outside(_ members: Set<Mark<Account>>) -> Int64 {
        var (all, inside): (Int64, Int64) = (0, 0)
        for member in members {
            let totals = self.totals(of: member)
            all += totals.received + totals.given
            inside += self.units(of: member, fromAny: members)
        }
        all -= inside
        return all == 0 ? 1_000 : (all - inside) * 1_000 / all
    }

    /// Units of `account` that any of `members` confirmed.
    private func units(of account: Mark<Account>, fromAny members: Set<Mark<Account>>) -> Int64 {
        if self.confirmers(of: account) < members.count {
            return self.dealings(of: account).reduce(0) {
                $0 + (members.contains($1.confirmer) ? Int64($1.units) : 0)
            }
        }
        return members.reduce(0) { $0 + self.units(of: account, from: $1) }
    }
}
