import API
import CanonicalJSON
import Foundation
import Testing

/// The stored document, as the model writes it and the service completes it.
private let stored = """
    {"accounts":[{"login":"mira","platform":"github"}],"as_of":"2026-01-31",\
    "coverage":[{"complete":false,"from":"2015-01-01","n":3,"source":"gharchive","to":"2015-01-02"}],\
    "domains":[{"active_quarters":2,"counterparties":3,"facets":["reviewing"],"first":"2015-01-01","id":"9",\
    "last":"2015-05-01","n":6,"name":"harbor","platform":"github","share_per_mille":1000}],\
    "facets":[{"counterparties":3,"credited_per_mille":5000,"evidence":["c1"],"excluded":{"self_owned":2},\
    "first":"2015-01-01","interval":[3,21],"last":"2015-05-01","level":9,\
    "long_horizon":{"active_quarters":2,"longest_run":2,"sustained_quarters":2},"n":6,"name":"reviewing",\
    "own_projects":{"counterparties":1,"n":2,"projects":1},"projects":2,\
    "rates":[{"interval_per_mille":[500,900],"name":"substantive","per_mille":700,"successes":4,"trials":6}],\
    "recent":{"minimum":5,"n":0,"state":"insufficient_evidence"},"state":"measured","value_per_mille":6000},\
    {"counterparties":0,"credited_per_mille":0,"evidence":[],"excluded":{},\
    "long_horizon":{"active_quarters":0,"longest_run":0,"sustained_quarters":0},"minimum":3,"n":0,"name":"design",\
    "own_projects":{"counterparties":0,"n":0,"projects":0},"projects":0,"rates":[],\
    "recent":{"minimum":3,"n":0,"state":"insufficient_evidence"},"state":"insufficient_evidence",\
    "value_per_mille":0}],"handle":"mira","ledger":{"origin":"o","root":"r","size":12},\
    "longevity":{"active_quarters":2,"longest_run":2,"sustained_quarters":2},\
    "model":{"digest":"d","id":"standing","version":1},\
    "timeline":[{"counted":6,"kind":"review_given","n":7,"quarter":"2015-Q1"}],"v":1}
    """

@Test func `a stored document reads and writes back to the same bytes`() throws {
    let profile = try JSONDecoder().decode(ProfileDocument.self, from: Data(stored.utf8))
    #expect(profile.facets[0].interval == .init(low: 3, high: 21))
    #expect(profile.facets[1].level == nil)
    let written = try JSON(parsing: JSONEncoder().encode(profile))
    #expect(written.canonical == stored)
}

@Test(arguments: ["[21,3]", "[3]", "[3,21,22]", "{\"low\":3,\"high\":21}", "[3.5,21]"])
func `an interval that is not its two ends in order is refused`(text: String) {
    let broken = stored.replacing("[3,21]", with: text)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ProfileDocument.self, from: Data(broken.utf8)) }
}

@Test func `a document of another shape is refused`() {
    let later = stored.replacing("\"v\":1}", with: "\"v\":2}")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ProfileDocument.self, from: Data(later.utf8)) }
}

@Test func `a row of evidence writes the names of the API`() throws {
    let row = ProfileEvidence(
        commitment: "c", index: 4, type: "review_given", project: .init(platform: "github", name: "a/b"),
        objectURL: "https://a.example", occurredAt: "2026-01-19T10:22:05Z", source: .init(class: "forge", locator: "l"),
        counted: true)
    let written = try JSON(parsing: JSONEncoder().encode(row))
    #expect(written["object_url"] == "https://a.example")
    #expect(written["occurred_at"] == "2026-01-19T10:22:05Z")
    #expect(written["source"] == ["class": "forge", "locator": "l"])
    #expect(try JSONDecoder().decode(ProfileEvidence.self, from: JSONEncoder().encode(row)) == row)
}
