import API
import Reputation
import Store

@testable import Server

/// A made-up developer with eleven years of work, two facets measured well, two barely, two not at all.
func exampleProfile() -> ProfileDocument {
    ProfileDocument(
        handle: "mira-lindqvist", asOf: "2026-01-31",
        model: .init(
            id: "standing", version: 1,
            digest: "sha-256:9b1f0d3c5a7e4421b6c8d0e2f4a6981735bd9c1e7f203a5c6d8e9f0a1b2c3d4e"),
        ledger: .init(
            origin: "standing.example/evidence", size: 1_482_907, root: "q9b0m3mQ2Jc0Y7oQ1tqkV0b7oR1m9yT0cY2m3mQ2Jc0="),
        accounts: [
            .init(platform: "github", login: "miralind"), .init(platform: "debian", login: "mira@debian.example"),
        ],
        facets: [reviewing, contributing, maintaining, triage, design, security],
        longevity: .init(activeQuarters: 41, sustainedQuarters: 44, longestRun: 39),
        domains: [
            domain(
                "github", "harbor-tools", share: 520, n: 187, quarters: 38, people: 61, ["reviewing", "contributing"]),
            domain("debian", "python-tidewater", share: 280, n: 101, quarters: 30, people: 22, ["maintaining"]),
            domain("github", "openlattice", share: 197, n: 72, quarters: 12, people: 31, ["contributing", "triage"]),
            domain("github", "small-thing", share: 3, n: 1, quarters: 1, people: 1, ["reviewing"]),
        ],
        timeline: exampleTimeline(),
        coverage: [
            .init(source: "gharchive", from: "2015-01-01", to: "2019-12-31", n: 48_211_904, complete: true),
            .init(source: "gharchive", from: "2020-01-01", to: "2026-01-30", n: 9_113_002, complete: false),
            .init(source: "debian", from: "2017-04-01", to: "2026-01-31", n: 63_412, complete: true),
        ])
}

/// A profile of which the ledger knows nothing.
func emptyProfile() -> ProfileDocument {
    ProfileDocument(
        handle: "new-here", asOf: "2026-01-31", model: .init(id: "standing", version: 1, digest: "sha-256:9b1f"),
        ledger: .init(origin: "standing.example/evidence", size: 12, root: "q9b0"),
        facets: ["reviewing", "contributing"].map {
            ProfileFacet(name: $0, state: .insufficientEvidence, minimum: 5, recent: .init(n: 0))
        })
}

private let reviewing = ProfileFacet(
    name: "reviewing", state: .measured, level: 72, interval: .init(low: 64, high: 79), minimum: 5, n: 214,
    excluded: ["rubber_stamp": 9, "self_owned": 31, "bot_counterparty": 4],
    ownProjects: .init(n: 31, projects: 2, counterparties: 6), projects: 31, counterparties: 87, first: "2015-03-02",
    last: "2026-01-19", recent: .init(state: .measured, level: 61, interval: .init(low: 48, high: 71), n: 23),
    longHorizon: .init(activeQuarters: 38, sustainedQuarters: 42, longestRun: 39),
    rates: [
        .init(name: "substantive", successes: 171, trials: 214, perMille: 796, interval: .init(low: 748, high: 839))
    ],
    evidence: ["commitment-0", "commitment-3", "commitment-6", "elsewhere"])

private let contributing = ProfileFacet(
    name: "contributing", state: .measured, level: 66, interval: .init(low: 55, high: 75), minimum: 5, n: 138,
    excluded: ["self_merged": 22, "fork_only": 3], projects: 19, counterparties: 44, first: "2015-06-14",
    last: "2025-12-02", recent: .init(state: .measured, level: 40, interval: .init(low: 22, high: 55), n: 11),
    longHorizon: .init(activeQuarters: 33, sustainedQuarters: 40, longestRun: 26),
    rates: [
        .init(name: "acceptance", successes: 138, trials: 151, perMille: 901, interval: .init(low: 858, high: 938))
    ],
    evidence: ["commitment-1"])

private let maintaining = ProfileFacet(
    name: "maintaining", state: .measured, level: 48, interval: .init(low: 21, high: 70), minimum: 1, n: 3, projects: 3,
    counterparties: 22, first: "2017-04-20", last: "2026-01-31", recent: .init(n: 0),
    longHorizon: .init(activeQuarters: 30, sustainedQuarters: 36, longestRun: 36), evidence: ["commitment-2"])

private let triage = ProfileFacet(
    name: "triage", state: .measured, level: 31, interval: .init(low: 12, high: 52), minimum: 5, n: 16, projects: 4,
    counterparties: 15, first: "2021-02-11", last: "2024-08-05",
    longHorizon: .init(activeQuarters: 6, sustainedQuarters: 9, longestRun: 5),
    rates: [.init(name: "kept", successes: 16, trials: 16, perMille: 884, interval: .init(low: 774, high: 968))])

private let design = ProfileFacet(
    name: "design", state: .insufficientEvidence, minimum: 3, n: 2, excluded: ["not_confirmed": 5], projects: 1,
    counterparties: 4, first: "2023-05-09", last: "2023-11-30")

private let security = ProfileFacet(name: "security", state: .insufficientEvidence, minimum: 1)

private func domain(
    _ platform: String, _ name: String, share: Int64, n: Int64, quarters: Int64, people: Int64, _ facets: [String]
) -> ProfileDocument.Domain {
    .init(
        platform: platform, id: name, name: name, share: share, n: n, activeQuarters: quarters, counterparties: people,
        first: "2015-03-02", last: "2026-01-19", facets: facets)
}

/// Eleven years by quarter, from a rule and not from chance: a pause in 2019, then more than before.
private func exampleTimeline() -> [ProfileDocument.Quarter] {
    var timeline: [ProfileDocument.Quarter] = []
    for quarter in Int64(0)..<44 where !(16...17).contains(quarter) {
        let name = "\(2015 + quarter / 4)-Q\(quarter % 4 + 1)"
        timeline.append(
            .init(
                quarter: name, kind: "review_given", n: 2 + quarter * 7 % 11 + quarter / 8,
                counted: 2 + quarter * 7 % 11))
        if quarter % 3 != 2 {
            timeline.append(
                .init(quarter: name, kind: "change_merged", n: 1 + quarter * 5 % 9, counted: quarter * 5 % 9))
        }
        if quarter >= 9 { timeline.append(.init(quarter: name, kind: "package_maintained", n: 1 + quarter / 20)) }
        if quarter > 24, quarter % 2 == 0 {
            timeline.append(.init(quarter: name, kind: "issue_triaged", n: 1 + quarter % 3))
        }
    }
    return timeline
}

/// What the example rests on: `count` rows of evidence, reviews of three outcomes, and two packages.
func exampleBacking(_ count: Int) -> ProfileBacking {
    ProfileBacking(
        evidence: exampleEvidence(count),
        reviews: [
            ReviewOutcome(outcome: "changes_requested", n: 131, withInlineComments: 96),
            ReviewOutcome(outcome: "approved", n: 102, withInlineComments: 11),
            ReviewOutcome(outcome: "commented", n: 25, withInlineComments: 0),
        ],
        packages: [
            KeptPackage(
                platform: "debian", name: "python-tidewater", dependents: 14, first: Instant(seconds: 1_492_646_400),
                last: Instant(seconds: 1_769_817_600), index: 1_402_100),
            KeptPackage(
                platform: "pypi", name: "anchor-lint", dependents: nil, first: Instant(seconds: 1_492_646_400),
                last: Instant(seconds: 1_500_000_000), index: 1_402_101),
        ],
        signedUntil: Instant(seconds: 1_777_500_000))
}

/// `count` rows of evidence, the kinds in turn.
func exampleEvidence(_ count: Int) -> [ProfileEvidence] {
    (0..<count).map { position in
        switch position % 3 {
        case 0:
            ProfileEvidence(
                commitment: "commitment-\(position)", index: 1_402_011 + Int64(position), type: "review_given",
                outcome: "changes_requested", project: .init(platform: "github", name: "harbor-tools/anchor"),
                objectURL: "https://github.com/harbor-tools/anchor/pull/\(4_100 - position)",
                occurredAt: "2026-01-19T10:22:05Z",
                measures: ["inline_comments": 6, "additions": 412, "deletions": 97], flags: [],
                source: .init(class: "archive", locator: "2026-01-19-10.json.gz"), counted: true,
                facet: "reviewing")
        case 1:
            ProfileEvidence(
                commitment: "commitment-\(position)", index: 1_388_540 + Int64(position), type: "change_merged",
                outcome: "merged", project: .init(platform: "github", name: "openlattice/mesh"),
                objectURL: "https://github.com/openlattice/mesh/pull/88", occurredAt: "2025-12-02T16:04:41Z",
                measures: ["changed_files": 3, "time_to_merge_s": 190_000], flags: ["self_merged"],
                source: .init(class: "webhook", locator: "pull_request"), counted: false,
                facet: "contributing")
        default:
            ProfileEvidence(
                commitment: "commitment-\(position)", index: nil, type: "package_maintained", outcome: "uploader",
                project: .init(platform: "debian", name: "python-tidewater"), occurredAt: "2025-11-30T00:00:00Z",
                measures: ["direct_external_dependents": 14, "binaries": 2], flags: [],
                source: .init(class: "registry", locator: "dists/trixie/main/source/Sources.xz"),
                counted: true, facet: "maintaining")
        }
    }
}

/// The example with `text` wherever text can come from outside.
func profile(saying text: String) -> ProfileDocument {
    var profile = exampleProfile()
    profile.handle = text
    profile.accounts = [.init(platform: text, login: text)]
    profile.model = .init(id: text, version: 1, digest: text)
    profile.ledger.origin = text
    profile.ledger.root = text
    profile.facets[0].name = text
    profile.facets[0].excluded = [text: 3]
    profile.facets[0].first = text
    profile.facets[0].last = text
    profile.facets[0].rates[0].name = text
    profile.facets[0].evidence = [text]
    profile.facets[4].name = text
    profile.domains[0].name = text
    profile.domains[0].platform = text
    profile.domains[0].first = text
    profile.domains[0].facets = [text]
    profile.timeline.append(.init(quarter: "2016-Q2", kind: text, n: 4))
    profile.timeline.append(.init(quarter: text, kind: "review_given", n: 4))
    profile.coverage[0].source = text
    profile.coverage.append(.init(source: text, from: text, to: text, n: 1, complete: false))
    return profile
}

/// Everything else a page shows, with `text` wherever text can come from outside.
func backing(saying text: String) -> ProfileBacking {
    ProfileBacking(
        evidence: [evidence(saying: text)], reviews: [ReviewOutcome(outcome: text, n: 3, withInlineComments: 1)],
        packages: [
            KeptPackage(
                platform: text, name: text, dependents: 3, first: Instant(seconds: 0), last: Instant(seconds: 1),
                index: 7)
        ], signedUntil: Instant(seconds: 1_777_500_000))
}

/// A row with `text` wherever text can come from outside.
func evidence(saying text: String) -> ProfileEvidence {
    ProfileEvidence(
        commitment: text, index: 7, type: text, outcome: text, project: .init(platform: text, name: text),
        objectURL: text, occurredAt: text, measures: [text: 1], flags: [text],
        source: .init(class: text, locator: text), counted: false, facet: text)
}
