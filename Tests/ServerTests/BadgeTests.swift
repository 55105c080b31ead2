import API
import Testing

@testable import Server

@Test func `the badge is what it was`() throws {
    try expectGolden("badge.svg", badgeSVG(exampleProfile()))
}

@Test func `a badge states facts and no level`() throws {
    let badge = MarkupReader.read(badgeSVG(exampleProfile()))
    let picture = try #require(badge.elements.first)
    #expect(picture.attributes["role"] == "img")
    #expect(badge.all("title").map(\.text) == ["standing: reviewing since 2015 · 214 reviews"])
    #expect(!picture.text.contains("72"))
}

@Test func `a badge of a profile without evidence says so`() {
    var thin = emptyProfile()
    #expect(MarkupReader.read(badgeSVG(thin)).all("title").map(\.text) == ["standing: not enough evidence yet"])
    thin.facets[0].first = "2024-05-01"
    #expect(
        MarkupReader.read(badgeSVG(thin)).all("title").map(\.text)
            == ["standing: evidence since 2024, too little to measure"])
}

@Test func `a badge is as wide as its text`() throws {
    let badge = MarkupReader.read(badgeSVG(exampleProfile()))
    let lengths = badge.all("text").compactMap { $0.attributes["textLength"].flatMap { Int($0) } }
    #expect(lengths.count == 2)
    let width = badge.elements.first?.attributes["width"].flatMap { Int($0) }
    #expect(width == lengths.reduce(0, +) + 32)
    #expect(textWidth("iiii") < textWidth("mmmm"))
    #expect(textWidth("日本") > textWidth("ab"))
}
