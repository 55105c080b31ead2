import Reputation
import Testing

@testable import Evaluation

@Test func `missing columns are named, all of them`() throws {
    let text = "pull_req_id,project_name,lang,created_at,closed_at,watchers,prev_pullreqs,main_team_member\n1\n"
    #expect(throws: TableError.missingColumns(["merged_at", "requester"])) {
        try Benchmark(pullRequests: Array(text.utf8))
    }
    #expect(TableError.missingColumns(["merged_at", "requester"]).description.contains("merged_at, requester"))
}

@Test func `a file without rows is refused`() throws {
    #expect(throws: TableError.empty) { try Benchmark(pullRequests: []) }
    #expect(throws: TableError.empty) { try Benchmark(pullRequests: table([])) }
}

@Test(arguments: [
    ("x,kite/a,go,1,2,2,0,ada,0,true", "pull_req_id"), ("1,,go,1,2,2,0,ada,0,true", "project_name"),
    ("1,kite/a,go,,2,2,0,ada,0,true", "created_at"), ("1,kite/a,go,1,soon,2,0,ada,0,true", "merged_at"),
    ("1,kite/a,go,1,2,-3,0,ada,0,true", "closed_at"), ("1,kite/a,go,1,2,2,0,,0,true", "requester"),
    ("1,kite/a,go,1,2,2,0,ada,NA,true", "prev_pullreqs"), ("1,kite/a,go,1,2,2,0,ada,0,yes", "main_team_member"),
    ("1,kite/a,go,99999999999999,2,2,0,ada,0,true", "created_at"),
])
func `a row that cannot be read is refused with its line and column`(row: String, column: String) throws {
    #expect(throws: TableError.malformed(line: 3, reason: "no valid \(column)")) {
        try Benchmark(pullRequests: table(["1,kite/a,go,1,2,2,0,ada,0,false", row]))
    }
}

@Test func `a ragged row is refused with its line`() throws {
    #expect(throws: TableError.malformed(line: 2, reason: "has 2 fields where the header has 10")) {
        try Benchmark(pullRequests: table(["1,2"]))
    }
}

@Test func `columns may come in any order, with others between them`() throws {
    let text = """
        junk,requester,closed_at,merged_at,created_at,lang,project_name,watchers,main_team_member,prev_pullreqs,pull_req_id
        "a, b",ada,20,NA,10,go,kite/a,,TRUE,3,7

        """
    let benchmark = try Benchmark(pullRequests: Array(text.utf8))
    let one = try #require(benchmark.cases.first)
    #expect(one.id == 7 && one.priorSubmissions == 3 && one.isMainTeam && one.watchers == 0)
    #expect(one.decision == Decision(decidedAt: Instant(seconds: 20), isMerged: false))
    #expect(benchmark.projects == ["kite/a"] && benchmark.requesters == ["ada"] && benchmark.languages == ["go"])
}

@Test func `an open change has no label, and a contradictory one is left out and counted`() throws {
    let benchmark = try Benchmark(
        pullRequests: table([
            row(3, "kite/a", "ada", proposed: 5), row(2, "kite/a", "ada", proposed: 4, closed: 3),
            row(1, "kite/a", "ben", proposed: 1, merged: 2),
        ]))
    #expect(benchmark.cases.map(\.id) == [1, 3])
    #expect(benchmark.cases.map { $0.decision?.isMerged } == [true, nil])
    #expect(benchmark.contradictory == 1)
}
