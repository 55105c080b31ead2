public import Reputation

/// Assesses `evidence`, each with its ledger commitment, as it stood on `asOf`.
///
/// A pure function: no clock, no randomness, and no number that depends on the order of the evidence. `subject` is
/// every account the subject has proved; a confirmation among them is worth nothing. `evidence` may hold others'
/// reopenings of issues that the subject closed: they undo, and are otherwise passed over.
public func assess(
    _ evidence: some Sequence<(commitment: String, evidence: Evidence)>, of subject: Set<Account.Key>, asOf: Day,
    model: Model = .standing1
) -> Assessment {
    let judged = judge(evidence, of: subject, asOf: asOf, model: model)
    let units = Unit.grouping(judged)
    var rows = judged.map(\.row)
    for unit in units where unit.standing == .independent {
        for member in unit.members where member.index != unit.best.index {
            rows[member.index] = rows[member.index].with(.sameUnit)
        }
    }
    let counted = units.filter { $0.standing == .independent }
    let facets = Facet.Name.allCases.map { name in
        Facet(
            name, units: units.filter { $0.key.facet == name }, judged: judged.filter { $0.row.facet == name },
            asOf: asOf, model: model)
    }
    return Assessment(
        model: model.id, modelVersion: model.version, asOf: asOf, facets: facets,
        longevity: Horizon(days: counted.flatMap { $0.members.map(\.day) }, gap: model[.gap]),
        domains: DomainShare.shares(of: counted), timeline: QuarterCount.timeline(of: judged), rows: rows)
}
