import API
import Images
import Testing

@testable import Server

@Test(arguments: ["mira", String(repeating: "w", count: 39), "<b>&\"", "\u{202E}gpj"])
func `a card for link previews is drawn of any handle`(handle: String) throws {
    var profile = exampleProfile()
    profile.handle = handle
    let svg = Card.svg(profile, host: "standing.example/p/\(handle)")
    #expect(MarkupReader.read(svg).problem == nil)
    let picture = try PNG.draw(svg, width: Card.width, height: Card.height)
    #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    #expect(Array(picture[16..<24]) == [0, 0, 4, 176, 0, 0, 2, 118])  // 1,200 by 630
    #expect(picture.count < 200_000)
}

@Test func `a card of nothing known says so and states no number`() {
    let svg = Card.svg(emptyProfile(), host: "standing.example")
    #expect(svg.contains("Unknown is not low"))
    #expect(!MarkupReader.read(svg).all("text").contains { $0.text == "0" })
}

@Test(arguments: ["", "not a drawing", "<svg", "<svg xmlns='http://www.w3.org/2000/svg'>"])
func `what is no drawing is refused`(text: String) {
    #expect(throws: ImageError.self) { try PNG.draw(text, width: 10, height: 10) }
}
