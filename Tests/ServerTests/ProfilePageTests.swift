import API
import Foundation
import Testing

@testable import Server

private let base = "https://standing.example"

@Test func `the page of a profile is what it was`() throws {
    try expectGolden("profile.html", profilePage(exampleProfile(), exampleBacking(12), baseURL: base))
}

@Test func `a page says who, since when and of what in its first section`() throws {
    let page = MarkupReader.read(profilePage(exampleProfile(), baseURL: base))
    let hero = try #require(page.classed("hero").first).text
    for words in [
        "mira-lindqvist", "GitHub miralind proved", "Evidence since2015-03-02", "Read on2026-01-31",
        "1,482,907 entries", "214 reviews in 31 projects, with 87 other people, since March 2015",
    ] {
        #expect(hero.contains(words))
    }
}

@Test func `too little evidence is said in words and never drawn or shown as a level`() throws {
    for profile in [emptyProfile(), exampleProfile()] {
        let markup = profilePage(profile, baseURL: base)
        let cards = MarkupReader.read(markup).classed("unknown")
        #expect(cards.count == profile.facets.count { $0.state == .insufficientEvidence })
        for card in cards {
            #expect(card.text.contains("Not enough evidence"))
            #expect(card.text.contains("Unknown is not low."))
            #expect(!card.text.contains("0"))
            #expect(!card.text.contains("level 0"))
        }
    }
    let unknown = MarkupReader.read(profilePage(emptyProfile(), baseURL: base))
    #expect(unknown.classed("bar").isEmpty)
}

@Test func `a level a document holds for a facet without enough evidence is not shown`() {
    var profile = emptyProfile()
    profile.facets[0].level = 93
    profile.facets[0].interval = .init(low: 91, high: 97)
    let page = MarkupReader.read(profilePage(profile, baseURL: base))
    let badge = MarkupReader.read(badgeSVG(profile))
    let said = (page.all("main") + badge.elements).map(\.text).joined(separator: " ")
    #expect(said.contains("Not enough evidence"))
    for number in ["93", "91", "97"] { #expect(!said.contains(number)) }
}

@Test func `an empty profile is a whole page`() throws {
    let page = MarkupReader.read(profilePage(emptyProfile(), baseURL: base))
    #expect(page.problem == nil)
    let main = try #require(page.all("main").first).text
    for words in ["unknown", "No dated facts yet", "No source has been read", "No independent evidence"] {
        #expect(main.contains(words))
    }
    #expect(!main.contains("(0)"))
}

@Test func `every measured facet draws its interval and says it`() {
    let page = MarkupReader.read(profilePage(exampleProfile(), baseURL: base))
    let bars = page.classed("bar")
    #expect(bars.count == 6)  // four over the whole life, two recent
    #expect(bars.allSatisfy { $0.attributes["role"] == "img" })
    #expect(bars[0].text == "Reviewing, whole life: level 72, likely 64 to 79")
    #expect(page.classed("whisker")[0].attributes["d"] == "M196 10H241M196 4v12M241 4v12")
    #expect(page.classed("mark").contains { $0.attributes["cx"] == "220" })
}

@Test func `every row leads to its object and to its entry`() {
    let links = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base)).all("a")
        .compactMap { $0.attributes["href"] }
    #expect(links.contains("https://github.com/harbor-tools/anchor/pull/4100"))
    #expect(links.contains("/v1/ledger/entries/1402011"))
    #expect(links.contains("/v1/ledger/entries/1402011.tlog-proof"))
    for address in ["/p/mira-lindqvist/bundle", "/.well-known/jwks.json", "/evidence/checkpoint"] {
        #expect(links.contains(address))
    }
}

@Test func `every number of the timeline and of a domain opens to its facts`() {
    let page = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base))
    let links = page.all("a").compactMap { $0.attributes["href"] }
    #expect(links.contains("/p/mira-lindqvist/evidence?type=review_given&quarter=2015-Q1"))
    #expect(links.contains("/p/mira-lindqvist/evidence?domain=github%2Fharbor-tools"))
    #expect(links.contains("/p/mira-lindqvist/evidence?type=package_maintained"))
}

@Test func `a page without a valid signed profile says so and offers no check of it`() {
    var backing = exampleBacking(3)
    backing.signedUntil = nil
    let page = MarkupReader.read(profilePage(exampleProfile(), backing, baseURL: base))
    #expect(page.classed("verification").isEmpty)
    #expect(page.classed("unsigned").count == 1)
    #expect(
        MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base)).classed("unsigned").isEmpty)
}

@Test func `what a script will compare stands in the page as it was signed`() {
    let page = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base))
    let claims = page.elements.filter { $0.attributes["data-claim"] != nil }
    #expect(claims.contains { $0.attributes["data-claim"] == "facets/reviewing/n" && $0.text == "214" })
    #expect(claims.contains { $0.attributes["data-claim"] == "facets/reviewing/interval/1" && $0.text == "79" })
    #expect(claims.contains { $0.attributes["data-claim"] == "ledger/size" && $0.text == "1,482,907" })
    #expect(page.elements.count { $0.attributes["data-commitment"] != nil } == 3)
}

@Test func `a badge stands on the page with words, and with text to copy`() {
    let page = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base))
    let words = "standing: reviewing since 2015 · 214 reviews"
    #expect(page.all("img").map { $0.attributes["alt"] } == [words])
    let snippets = page.all("code").map(\.text)
    #expect(snippets.contains { $0.hasPrefix("[![\(words)](https://standing.example/p/mira-lindqvist/badge.svg)](") })
    #expect(snippets.contains { $0.hasPrefix("<a href=\"https://standing.example/p/mira-lindqvist\"><img src=") })
}

@Test func `every fragment a page links to is on the page`() {
    let page = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(12), baseURL: base))
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let fragments = page.all("a").compactMap { $0.attributes["href"] }.filter { $0.hasPrefix("#") }
    #expect(!fragments.isEmpty)
    for fragment in fragments { #expect(ids.contains(String(fragment.dropFirst()))) }
    for labelled in page.elements.compactMap({ $0.attributes["aria-labelledby"] }) {
        for id in labelled.split(separator: " ") { #expect(ids.contains(String(id))) }
    }
}

@Test func `a cut-short source is said to be`() throws {
    let page = MarkupReader.read(profilePage(exampleProfile(), baseURL: base))
    #expect(page.elements.contains { $0.name == "text" && $0.text == "read: gharchive, cut short" })
    #expect(page.classed("cut").count == 1)
    #expect(page.all("td").contains { $0.text.contains("cut short: more exists than was read") })
}

@Test func `the timeline counts every fact once and ignores quarters that do not exist`() throws {
    var profile = exampleProfile()
    profile.timeline = [
        .init(quarter: "2024-Q1", kind: "review_given", n: 2), .init(quarter: "2024-Q1", kind: "review_given", n: 3),
        .init(quarter: "2024-Q5", kind: "review_given", n: 70), .init(quarter: "2031-Q1", kind: "review_given", n: 70),
        .init(quarter: "24-Q1", kind: "review_given", n: 70), .init(quarter: "2024-Q1", kind: "vouch", n: -9),
    ]
    let page = MarkupReader.read(profilePage(profile, baseURL: base))
    #expect(page.classed("lane").map(\.text) == ["Reviews given · 5tallest 5"])
    #expect(page.classed("numbers")[0].text.contains("2024 Q15"))
}

@Test func `a page with all the facts it opens stays under 160 kB`() {
    let page = profilePage(exampleProfile(), exampleBacking(72), baseURL: base)
    #expect(page.utf8.count < 160_000)
    #expect(page.utf8.count > 20_000)
}

@Test func `headings go down one step at a time`() {
    for markup in [profilePage(exampleProfile(), baseURL: base), indexPage(ledger: nil, baseURL: base)] {
        let levels = MarkupReader.read(markup).elements.map(\.name)
            .compactMap { name in name.count == 2 && name.hasPrefix("h") ? name.last?.wholeNumberValue : nil }
        #expect(levels.first == 1)
        #expect(levels.count { $0 == 1 } == 1)
        for (above, below) in zip(levels, levels.dropFirst()) { #expect(below <= above + 1) }
    }
}
