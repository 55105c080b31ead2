import API
import CanonicalJSON
import Foundation
import Testing

@testable import Server

private let base = "https://standing.example"

/// What people put into names to get out of them.
private let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>", "//evil.example/x",
    "/\\evil.example", "&lt;b&gt;&#x3C;", "]]><!--", "--><svg onload=alert(1)>", "\u{202E}gpj.exe\u{202C}",
    "\u{2066}x\u{2069}", "مثال على اسم طويل", "\u{0}\u{1}\u{B}\u{FFFE}", "{{7*7}}${7*7}", "../../v1/me?x=1#y",
    String(repeating: "x", count: 3_000), "🧑🏽‍🚀é\u{301}",
]

@Test(arguments: hostile)
func `text from outside never becomes markup`(text: String) {
    let listing = EvidenceListing(
        handle: text, rows: [evidence(saying: text)], narrowed: text,
        next: Reference(path: text, query: [(text, text)]),
        alternate: Reference(path: text))
    for markup in [
        profilePage(profile(saying: text), backing(saying: text), baseURL: base), badgeSVG(profile(saying: text)),
        errorPage(title: text, detail: text), evidencePage(listing),
        indexPage(ledger: .init(origin: text, size: 1, root: text), baseURL: base),
    ] {
        let page = MarkupReader.read(markup)
        #expect(page.problem == nil)
        for element in page.elements {
            #expect(!["b", "iframe", "style"].contains(element.name))
            #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "style" })
            if element.name == "script" {
                let isOurs = element.attributes["src"] == Pages.script.path && element.text.isEmpty
                let isData = element.attributes == ["type": "application/ld+json"]
                #expect(isOurs || isData)
            }
            if let address = element.attributes["href"] ?? element.attributes["src"] {
                #expect(
                    address.hasPrefix("https://") || address.hasPrefix("#")
                        || (address.hasPrefix("/") && !address.hasPrefix("//")))
            }
        }
        let reordering = markup.unicodeScalars.contains {
            ("\u{202A}"..."\u{202E}").contains($0) || ("\u{2066}"..."\u{2069}").contains($0)
        }
        #expect(!reordering)
    }
}

@Test(arguments: ["<b>&\"'", "plain", "مثال", "a\nb"])
func `what a page says is what it was told`(text: String) {
    let page = MarkupReader.read(profilePage(profile(saying: text), backing(saying: text), baseURL: base))
    #expect(page.all("h1").map(\.text) == [text])
    #expect(page.all("bdi").count { $0.text.contains(text) } >= 4)
    // XML (section 3.3.3) reads a line break in an attribute as a space.
    let description = page.all("meta").first { $0.attributes["property"] == "og:title" }?.attributes["content"]
    #expect(description == text.replacing("\n", with: " ") + " · Standing")
}

@Test(arguments: [
    "javascript:x", " https://a.example", "https://a.example\n", "//a.example", "\\\\a.example", "/\\a.example",
    "mailto:a@b.example", "data:,x", "vbscript:x", "", "#", "https://", "ftp://a.example", "relative",
])
func `an address a page may not link to is refused`(text: String) {
    #expect(Reference(text) == nil)
}

@Test(arguments: ["https://a.example/x?y=1#z", "HTTP://a.example", "/p/x", "#e1"])
func `an address a page may link to stays as it is`(text: String) {
    #expect(Reference(text)?.text == text)
}

@Test(arguments: ["/v1/me/erasure", "#content", "javascript:x", ""])
func `an object that is not out in the world is named and not linked`(address: String) {
    var row = exampleEvidence(1)[0]
    row.objectURL = address
    let listing = EvidenceListing(handle: "x", rows: [row], alternate: Reference(path: "x"))
    let page = MarkupReader.read(evidencePage(listing))
    let named = page.all("td").filter { $0.text.hasPrefix("Review ") }
    #expect(named.count == 1)
    #expect(!page.all("a").contains { $0.text == "Review" })
}

@Test func `a segment of a path cannot become two`() {
    #expect(Reference(path: "p", "a/../b?c#d é").text == "/p/a%2F..%2Fb%3Fc%23d%20%C3%A9")
    #expect(Reference(path: "p", "x").absolute(at: "https://a.example/").text == "https://a.example/p/x")
    #expect(Reference(path: "p", "x").absolute(at: "javascript:").text == "/p/x")
}

@Test func `pages load nothing from elsewhere, and run nothing but the one script of ours`() throws {
    #expect(Pages.contentSecurityPolicy.hasPrefix("default-src 'none';"))
    #expect(!Pages.contentSecurityPolicy.contains("script-src"))
    #expect(!Pages.verifyingSecurityPolicy.contains("unsafe"))
    let page = MarkupReader.read(profilePage(exampleProfile(), exampleBacking(3), baseURL: base))
    let loaded = page.all("link").filter { ["stylesheet", "icon"].contains($0.attributes["rel"]) }
    let scripts = page.all("script").filter { $0.attributes["src"] != nil }
    #expect(
        (loaded.compactMap { $0.attributes["href"] } + scripts.compactMap { $0.attributes["src"] })
            == Pages.assets.map(\.path))
    #expect(scripts.map { $0.attributes["integrity"] } == [Pages.script.integrity])
    let style = String(decoding: Pages.stylesheet.bytes, as: UTF8.self)
    #expect(!style.contains("url("))
    #expect(!style.contains("@import"))
    #expect(MarkupReader.read(indexPage(ledger: nil, baseURL: base)).all("script").isEmpty)
}

@Test func `what programs read of a page is the JSON it was`() throws {
    let words = "</script><b>&\u{2028}\"\\\u{202E}é🧑🏽‍🚀"
    let data = Markup.linkedData(["name": .string(words)]).rendered
    let text = try #require(MarkupReader.read(data).all("script").first).text
    #expect(try JSON(parsing: text.utf8) == ["name": .string(words)])
    #expect(data.components(separatedBy: "<").count == 3)
}

@Test func `a file's path follows its bytes`() {
    let one = Pages.Asset(name: "style", suffix: "css", mediaType: "text/css", bytes: Array("a{}".utf8))
    let other = Pages.Asset(name: "style", suffix: "css", mediaType: "text/css", bytes: Array("b{}".utf8))
    #expect(one.path != other.path)
    #expect(one.path.hasPrefix("/assets/style."))
    #expect(MarkupReader.read(String(decoding: Pages.icon.bytes, as: UTF8.self)).problem == nil)
}

/// The colours of one scheme in the stylesheet, by name: the first block is light, the second dark, the third paper.
private func colours(block: Int) -> [Substring: [Double]] {
    let style = String(decoding: Pages.stylesheet.bytes, as: UTF8.self)
    let roots = style.split(separator: ":root{", omittingEmptySubsequences: false).dropFirst().map {
        $0.prefix { $0 != "}" }
    }
    var colours: [Substring: [Double]] = [:]
    for declaration in roots[block].split(separator: ";") {
        let parts = declaration.split(separator: ":")
        guard parts.count == 2, parts[1].hasPrefix("#") else { continue }
        let digits = parts[1].dropFirst()
        let hex = digits.count == 3 ? digits.flatMap { [$0, $0] } : Array(digits)
        colours[parts[0]] = stride(from: 0, to: 6, by: 2).map {
            Double(Int(String(hex[$0...($0 + 1)]), radix: 16) ?? 0)
        }
    }
    return colours
}

/// The relative luminance of WCAG 2.2.
private func luminance(_ colour: [Double]) -> Double {
    let linear = colour.map { $0 / 255 }.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

private func contrast(_ one: [Double], _ other: [Double]) -> Double {
    let (low, high) = (min(luminance(one), luminance(other)), max(luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
}

@Test(arguments: [0, 1, 2])
func `text stands out from what is behind it`(block: Int) throws {
    let colours = colours(block: block)
    for behind in ["--bg", "--card", "--code"] as [Substring] {
        for text in ["--ink", "--soft", "--accent"] as [Substring] {
            #expect(contrast(try #require(colours[text]), try #require(colours[behind])) >= 4.5)
        }
        #expect(contrast(try #require(colours["--fill"]), try #require(colours[behind])) >= 3)
    }
    if let warning = colours["--warn"], let ground = colours["--bg"] { #expect(contrast(warning, ground) >= 4.5) }
}
