import API
import Testing

@testable import Server

private let base = "https://standing.example"

@Test func `the front page is what it was`() throws {
    let ledger = exampleProfile().ledger
    try expectGolden("index.html", indexPage(ledger: ledger, baseURL: base))
}

@Test func `the front page has a command for each of its four readers`() {
    let page = MarkupReader.read(indexPage(ledger: nil, baseURL: base))
    #expect(page.problem == nil)
    let commands = page.all("pre").map(\.text).joined(separator: "\n")
    for words in [
        "ssh-keygen -Y sign", "-n identity@standing.example", "/v1/search?", "check github/LOGIN", "/v1/evaluate",
        "claim github/YOUR-LOGIN", "verify HANDLE.standing.json", "monitor https://standing.example",
    ] {
        #expect(commands.contains(words))
    }
    #expect(page.all("a").contains { $0.attributes["href"] == "/openapi.yaml" })
    for journey in ["developer", "recruiter", "maintainer", "verifier"] {
        #expect(page.elements.contains { $0.name == "article" && $0.attributes["id"] == journey })
        #expect(page.all("a").contains { $0.attributes["href"] == "#\(journey)" })
    }
    #expect(page.all("main")[0].text.contains("nothing has been sequenced yet"))
}

@Test func `pages that show nothing are kept out of search engines and name nobody`() {
    for markup in [notFoundPage(), errorPage(title: "Too many requests", detail: "Wait a minute.")] {
        let page = MarkupReader.read(markup)
        #expect(page.problem == nil)
        #expect(page.all("meta").contains { $0.attributes == ["name": "robots", "content": "noindex"] })
        #expect(!markup.contains("og:"))
    }
}
