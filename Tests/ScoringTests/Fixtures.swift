import CanonicalJSON
import Reputation
import Scoring

/// A repeatable source of chance (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { self.state = UInt64(truncatingIfNeeded: seed) }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

typealias Committed = (commitment: String, evidence: Evidence)

let today = Day(year: 2026, month: 6, day: 30)

func key(_ id: Int) -> Account.Key { Account.Key(platform: .github, id: String(id)) }

func account(_ id: Int, kind: Account.Kind = .user) -> Account {
    Account(key: key(id), login: "login\(id)", kind: kind)
}

let ada = account(1)

func project(_ id: Int, owner: Int? = nil) -> Project {
    Project(platform: .github, id: "p\(id)", name: "owner\(owner ?? id)/name\(id)", owner: owner.map(key))
}

/// A fact by Ada, `ago` days before today, with one independent counterparty in the role its kind asks for.
func fact(
    _ kind: Evidence.Kind, _ id: Int, in project: Project = project(1), ago: Int64 = 10, with others: [Account]? = nil,
    outcome: Evidence.Outcome? = nil
) -> Evidence {
    let usual = [account(100 + id % 20)]
    var fact = Evidence(
        kind: kind, account: ada, project: project,
        object: Evidence.Object(id: "o\(id)", unit: "u\(id)"),
        occurredAt: Instant(seconds: (today.number - ago) * 86_400 + 3_600),
        observedAt: today.start, association: .contributor, outcome: outcome ?? kind.usualOutcome,
        source: Evidence.Source(adapter: "test", class: .archive, locator: "made-up", digest: "00"))
    fact.counterparties = (others ?? usual).map { Evidence.Counterparty(account: $0, role: kind.usualRole) }
    switch kind {
    case .packageMaintained:
        fact.counterparties = []
        fact.measures = [.externalDependents: 40, .maintainers: 1]
    case .reviewGiven: fact.measures = [.inlineComments: 2]
    case .changeMerged: fact.measures = [.additions: 40, .deletions: 10, .reviewComments: 1]
    default: break
    }
    return fact
}

extension Evidence.Kind {
    fileprivate var usualRole: Evidence.Counterparty.Role {
        switch self {
        case .changeMerged: .merger
        case .changeDeclined, .issueReported: .closer
        case .commitAuthored: .committer
        default: .author
        }
    }

    fileprivate var usualOutcome: Evidence.Outcome? {
        switch self {
        case .reviewGiven: .approved
        case .changeMerged: .merged
        case .changeDeclined: .declined
        case .issueTriaged: .completed
        case .issueReported: .completed
        case .commitTrailer: .reviewedBy
        case .packageMaintained: .maintainer
        default: nil
        }
    }

    /// The facet a fact of this kind counts in, as `fact` makes it.
    var usualFacet: Facet.Name {
        switch self {
        case .reviewGiven, .commitTrailer: .reviewing
        case .issueTriaged: .triage
        case .packageMaintained, .releasePublished: .maintaining
        default: .contributing
        }
    }
}

let scoredKinds: [Evidence.Kind] = [
    .reviewGiven, .changeMerged, .issueTriaged, .issueReported, .packageMaintained, .releasePublished, .commitTrailer,
    .commitAuthored,
]

/// Facts that others confirm, spread by chance over projects, people and years.
func independentFacts(_ count: Int, from first: Int = 0, by chance: inout Seeded) -> [Evidence] {
    (first..<(first + count)).map { id in
        let home = Int.random(in: 1...8, using: &chance)
        let people = (0..<Int.random(in: 1...2, using: &chance)).map { _ in
            account(Int.random(in: 100...112, using: &chance))
        }
        var fact = fact(
            scoredKinds.randomElement(using: &chance) ?? .changeMerged, id,
            in: project(home, owner: home % 3 == 0 ? nil : 900 + home % 4),
            ago: Int64.random(in: 0...1_500, using: &chance), with: people)
        if Bool.random(using: &chance) { fact.object.unit = "u\(Int.random(in: 0...30, using: &chance))" }
        if Bool.random(using: &chance) { fact.association = nil }
        return fact
    }
}

/// A life: mostly confirmed work, and some of everything the model does not count.
func life(_ seed: Int) -> [Evidence] {
    var chance = Seeded(seed)
    var facts = independentFacts(Int.random(in: 5...90, using: &chance), by: &chance)
    let flags: [Evidence.Flag] = [.selfOwned, .botActor, .rubberStamp, .selfMerged, .reciprocalPair, .burst]
    for index in facts.indices where Int.random(in: 0..<4, using: &chance) == 0 {
        if let flag = flags.randomElement(using: &chance) { facts[index].flags.insert(flag) }
    }
    for id in 0..<Int.random(in: 0...10, using: &chance) {
        facts.append(fact(.changeDeclined, 10_000 + id, ago: Int64(id) * 40))
        facts.append(fact(.disclosure, 20_000 + id, ago: Int64(id) * 70))
    }
    return facts
}

/// Each fact with a commitment of its own that does not depend on names or order.
func committed(_ facts: [Evidence]) -> [Committed] {
    facts.map { (commitment: "c-\($0.object.id)", evidence: $0) }
}

func assessed(_ facts: [Evidence], of subject: Set<Account.Key> = [ada.key], asOf: Day = today) -> Assessment {
    assess(committed(facts), of: subject, asOf: asOf)
}

extension Facet {
    /// The level, or −1 where none is stated, so that to gain one is to rise.
    var height: Int { self.level.height }
}

extension Level {
    var height: Int {
        if case .measured(let level, _) = self { level } else { -1 }
    }
}
