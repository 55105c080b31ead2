public import Reputation

/// Assesses `facts` as they stood on `asOf`, knowing of everybody else what `standings` says.
///
/// A pure function: no clock, no randomness, and no number that depends on the order of the facts. `subject` is every
/// account the subject has proved; a confirmation among them is worth nothing. `facts` may hold others' facts that
/// turn what the subject's come to (`Turn`): they are otherwise passed over.
public func assess(
    _ facts: [Fact], of subject: Set<Mark<Account>>, asOf: Day, model: Model, standings: Standings
) -> Assessment {
    let surroundings = Surroundings(of: subject, in: standings)
    let judged = judge(facts, of: subject, asOf: asOf, model: model, surroundings: surroundings)
    let units = Unit.grouping(judged)
    let counted = units.filter { $0.standing == .independent }
    var verdicts = judged.map { row -> Row.Verdict in row.exclusion.map { .excluded($0) } ?? .sameUnit }
    let (unitsOf, judgedOf) = (
        Dictionary(grouping: units, by: \.key.facet), Dictionary(grouping: judged, by: \.facet)
    )
    let facets = Facet.Name.allCases.map { name in
        let (facet, shares) = Facet.summed(
            name, units: unitsOf[name] ?? [], judged: judgedOf[name] ?? [],
            asOf: asOf, model: model, surroundings: surroundings)
        for (index, credited) in shares { verdicts[index] = .counted(value: judged[index].value, credited: credited) }
        return facet
    }
    return Assessment(
        model: model.id, modelVersion: model.version, asOf: asOf, facets: facets,
        longevity: Horizon(days: counted.flatMap { $0.members.map(\.day) }, gap: model[.gap]),
        domains: DomainShare.shares(of: counted, model: model), timeline: QuarterCount.timeline(of: judged),
        rows: zip(judged, verdicts).map { row, verdict in
            Row(
                entry: row.fact.entry, kind: row.fact.kind, day: row.day, facet: row.facet, verdict: verdict,
                weight: row.weight)
        })
}

/// Assesses `evidence`, each with its ledger commitment, without a ledger: entries are counted in the order of
/// `Evidence.identity`, and a fact that is given twice counts once.
public func assess(
    _ evidence: some Sequence<(commitment: String, evidence: Evidence)>, of subject: Set<Account.Key>, asOf: Day,
    model: Model = .standing1, standings: Standings = .unknown
) -> Assessment {
    let sorted = evidence.map { (identity: $0.evidence.identity, commitment: $0.commitment, evidence: $0.evidence) }
        .sorted { ($0.identity, $0.commitment) < ($1.identity, $1.commitment) }
    var facts: [Fact] = []
    var names = Names()
    for (entry, row) in sorted.enumerated() {
        var fact = Fact(row.evidence, entry: Int64(entry), by: .plain)
        fact.isRepeated = entry > 0 && sorted[entry - 1].identity == row.identity
        names.commitments[Int64(entry)] = row.commitment
        names.projects[Int64(entry)] = row.evidence.project
        facts.append(fact)
    }
    var assessment = assess(
        facts, of: Set(subject.map(Marking.plain.account)), asOf: asOf, model: model, standings: standings)
    assessment.names = names
    return assessment
}
