import Scoring
import Testing

@testable import Server

@Test(arguments: [
    (Row.Verdict.counted(value: 1_000, credited: 1_000), "counts 1"),
    (.counted(value: 800, credited: 0), "counts 0.8, credited 0 after the caps"),
    (.counted(value: 125, credited: 100), "counts 0.125, credited 0.1 after the caps"),
    (.sameUnit, "counted once, by another row about the same"),
    (.excluded(.botActor), "does not count: done by a bot"),
])
func `a verdict is said in words and units`(verdict: Row.Verdict, words: String) {
    #expect(verdict.words == words)
}

@Test func `a page whose facts were not reckoned says so and claims nothing`() {
    let listing = EvidenceListing(
        handle: "x", rows: exampleEvidence(2), verdicts: .unknown("others wait for theirs."),
        alternate: Reference(path: "x"))
    let page = MarkupReader.read(evidencePage(listing))
    #expect(page.all("p").contains { $0.text == "What each fact counts is not shown: others wait for theirs." })
    #expect(!page.all("span").contains { $0.attributes["data-fact"] == "verdict" })
}
