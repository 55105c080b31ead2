import CanonicalJSON
import Testing

@testable import Reputation

private let whole = Evidence(
    kind: .reviewGiven, account: Account(key: .init(platform: .github, id: "7"), login: "mira", kind: .user),
    project: Project(platform: .github, id: "40", name: "harbor/crane", owner: .init(platform: .github, id: "9")),
    object: .init(id: "77", unit: "31", url: "https://github.com/harbor/crane/pull/3"),
    occurredAt: Instant(seconds: 1_433_664_000), observedAt: Instant(seconds: 1_433_664_100),
    counterparties: [
        .init(
            account: Account(key: .init(platform: .github, id: "5"), login: "ada", kind: .agent), role: .author,
            association: .member),
        .init(account: Account(key: .init(platform: .github, id: "login:ben"), login: "Ben"), role: .merger),
    ],
    association: .owner, outcome: .approved,
    measures: [.latency: 30, .bodyLength: 0, .additions: 9_007_199_254_740_991],
    flags: [.selfOwned, .rubberStamp],
    source: .init(adapter: "gharchive", class: .archive, locator: "a.json.gz", digest: "00"))

private let least = Evidence(
    kind: .commitAuthored, account: Account(key: .init(platform: .email, id: "a@example.org"), login: ""),
    project: Project(platform: .git, id: "abc", name: "kite"), object: .init(id: "def"),
    occurredAt: Instant(seconds: 0),
    observedAt: Instant(seconds: 0), source: .init(adapter: "git", class: .repository, locator: "kite", digest: "def"))

@Test(arguments: [whole, least])
func `a fact is read back as it was written, through its one text`(fact: Evidence) throws {
    #expect(try Evidence(document: fact.document) == fact)
    let text = fact.canonicalDocument
    #expect(fact.document.canonical == text, "the members are written in their order")
    let again = try Evidence(document: JSON(parsing: text.utf8))
    #expect(again == fact)
    #expect(again.document.canonical == text)
}

@Test func `every word of the domain survives the document`() throws {
    func check(_ change: (inout Evidence) -> Void) throws {
        var fact = whole
        change(&fact)
        #expect(try Evidence(document: fact.document) == fact)
    }
    for kind in Evidence.Kind.allCases { try check { $0.kind = kind } }
    for outcome in Evidence.Outcome.allCases { try check { $0.outcome = outcome } }
    for flag in Evidence.Flag.allCases { try check { $0.flags = [flag] } }
    for measure in Evidence.Measure.allCases { try check { $0.measures = [measure: -1] } }
    for association in Evidence.Association.allCases { try check { $0.association = association } }
    for kind in Account.Kind.allCases { try check { $0.account.kind = kind } }
    for role in Evidence.Counterparty.Role.allCases { try check { $0.counterparties[0].role = role } }
    for source in Evidence.Source.Class.allCases { try check { $0.source.class = source } }
    for state in Evidence.Signature.State.allCases { try check { $0.signature = .init(state: state) } }
}

/// Every place in a document below its top, as the names that lead there.
private func places(_ value: JSON, _ path: [String] = []) -> [[String]] {
    let here = path.isEmpty ? [] : [path]
    return here + (value.object ?? [:]).flatMap { places($0.value, path + [$0.key]) }
}

private func replacing(_ value: JSON, at path: ArraySlice<String>, with new: JSON?) -> JSON {
    guard let name = path.first, var members = value.object else { return value }
    members[name] = path.count == 1 ? new : replacing(members[name]!, at: path.dropFirst(), with: new)
    return .object(members)
}

@Test func `a document with a member missing or of another kind is refused, naming it`() {
    let optional = [["association"], ["outcome"], ["project", "owner"], ["object", "url"]]
    for place in places(whole.document) {
        let pointer = "/" + place.joined(separator: "/")
        let isMeasure = place.count == 2 && place[0] == "measures"
        #expect(throws: MalformedEvidence(pointer: pointer)) {
            _ = try Evidence(document: replacing(whole.document, at: place[...], with: .bool(true)))
        }
        let without = replacing(whole.document, at: place[...], with: nil)
        if optional.contains(place) || isMeasure {
            #expect(throws: Never.self) { try Evidence(document: without) }
        } else {
            #expect(throws: MalformedEvidence(pointer: pointer)) { _ = try Evidence(document: without) }
        }
    }
}

@Test func `a document of another version or with an unknown word is refused`() {
    for (place, value) in [
        (["v"], 2), (["type"], "stars"), (["outcome"], "loved"), (["flags"], ["famous"]),
        (["measures"], ["followers": 1]),
        (["source", "class"], "rumour"), (["occurred_at"], "yesterday"),
    ] as [([String], JSON)] {
        #expect(throws: MalformedEvidence.self) {
            _ = try Evidence(document: replacing(whole.document, at: place[...], with: value))
        }
    }
}

@Test func `a fact keeps its identity whenever and wherever it is reported again`() {
    var again = whole
    (again.observedAt, again.outcome, again.source.locator) = (Instant(seconds: 9), .dismissed, "b.json.gz")
    (again.account.login, again.project.name) = ("renamed", "moved/crane")
    #expect(again.identity == whole.identity)
}

@Test func `one commit may name a person in two roles`() {
    var reviewed = least
    (reviewed.kind, reviewed.outcome) = (.commitTrailer, .reviewedBy)
    var tested = reviewed
    tested.outcome = .testedBy
    #expect(reviewed.identity != tested.identity)
    #expect(reviewed.identity != least.identity)
}
