import Testing

@testable import Server

@Test(
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_482_907, "1,482,907"), (-1_000, "−1,000")]
        as [(Int64, String)])
func `large numbers are grouped`(n: Int64, text: String) {
    #expect(grouped(n) == text)
}

@Test func `one is said without the plural`() {
    #expect(counted(1, "review", "reviews") == "1 review")
    #expect(counted(2, "review", "reviews") == "2 reviews")
}

@Test func `days are said as month and year, and what is no day stays`() {
    #expect(monthAndYear("2015-03-02") == "March 2015")
    #expect(monthAndYear("2015-02-30") == "2015-02-30")
    #expect(yearRange("2015-03-02", "2015-04-02") == "2015")
    #expect(yearRange("2015-03-02", "2026-04-02") == "2015–2026")
}

@Test(
    arguments: [
        (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7_200, "2 hours"), (172_799, "47 hours"),
        (172_800, "2 days"),
    ] as [(Int64, String)])
func `durations keep at least two of their unit`(seconds: Int64, text: String) {
    #expect(duration(seconds) == text)
}

@Test func `a name this version does not know is said plainly`() {
    #expect(FacetWords(facet: "code_archaeology").title == "Code archaeology")
    #expect(kindTitle("talk_given") == "Talk given")
    #expect(reason("new_reason") == "new reason")
    #expect(measure("new_measure", 1_200) == "new measure 1,200")
    #expect(platformName("tangled") == "tangled")
}
