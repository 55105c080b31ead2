import Connectors
import Foundation
import Reputation
import TestSupport
import Testing

/// What jq makes of the same lines, by the same names.
private let oracle = #"""
    def same($a; $b): ($a | ascii_downcase) == ($b | ascii_downcase);
    (.payload | if type == "string" then fromjson else . end) as $p
    | (.actor | if type == "object" then .login else . end) as $who
    | if ($who // "") == "" then "event_without_actor"
      elif .type == "PullRequestEvent" then
        if $p.action == "closed" or $p.action == "merged" then
          if $p.pull_request.user == null then "change_author_unknown"
          elif $p.action == "merged" or $p.pull_request.merged then "change_merged"
          elif same($who; $p.pull_request.user.login) then "change_withdrawn_by_its_author"
          else "change_declined" end
        else "change_" + $p.action end
      elif .type == "PullRequestReviewEvent" then "review_given"
      elif .type == "PullRequestReviewCommentEvent" then
        if .created_at >= "2020-09-01" then "review_comment_reported_with_its_review"
        elif $p.pull_request == null then "change_author_unknown"
        else "review_given" end
      elif .type == "IssuesEvent" then
        if $p.action == "closed" or $p.action == "reopened" then
          if ($p.issue | type) == "number" then "issue_author_unknown"
          elif same($who; $p.issue.user.login) and $p.action == "closed" then "issue_closed_by_its_author"
          else "issue_triaged", (if $p.issue.state_reason == "completed" then "issue_reported" else empty end) end
        else "issue_" + $p.action end
      elif .type == "ReleaseEvent" then "release_published"
      else .type end
    """#

private func path(_ file: String) throws -> String { "\(try #require(Recorded.folder))/gharchive/\(file)" }

private func cat(_ path: String) -> String { path.hasSuffix(".gz") ? "zcat \(path)" : "cat \(path)" }

private func read(_ file: String) throws -> [Record] {
    let archive = try GHArchive(path: path(file), observedAt: now)
    let (records, error) = drain(archive)
    #expect(error == nil)
    #expect(archive.coverage.complete)
    #expect(archive.coverage.n == records.count)
    #expect(archive.progress.done == archive.progress.total)
    return records
}

@Suite(.enabled(if: Recorded.isThere, "the recorded data are not beside the repository"))
struct RecordedArchive {
    @Test(
        .enabled(if: Recorded.hasJQ, "jq is not installed"),
        arguments: [
            "2012-02-15-0.json.gz", "2014-02-15-0.json.gz", "2014-02-15-0.transformed.json.gz", "2015-01-01-0.json.gz",
            "events-api-2026-a.ndjson", "events-api-duckdb-2023-04.ndjson.gz", "one-of-each-type-2012.ndjson",
            "one-of-each-type-2014.ndjson", "one-of-each-type-2015.ndjson", "one-of-each-type-2016.ndjson",
            "shape-after-2025-10-07.ndjson",
        ])
    func `an hour of the archive gives what jq finds in it, and nothing is quarantined`(file: String) throws {
        let expected = counts(try shell("\(cat(path(file))) | jq -r \"$ORACLE\" | sort | uniq -c", ["ORACLE": oracle]))
        let records = try read(file)
        #expect(tally(records) == expected)
        #expect(records.count == Int(try shell("\(cat(path(file))) | wc -l").filter(\.isNumber)))
    }

    @Test(
        .enabled(if: Recorded.hasJQ, "jq is not installed"),
        arguments: ["2012-02-15-0.json.gz", "2014-02-15-0.json.gz", "2015-01-01-0.json.gz"])
    func `sizes, times and self-merges of merged changes add up as in jq`(file: String) throws {
        let program = #"""
            [inputs | select(.type == "PullRequestEvent" and .payload.action == "closed" and .payload.pull_request.merged)
              | .payload.pull_request] | "\(length) \(map(.additions) | add) \(map(.deletions) | add) \(
                map(.changed_files) | add) \(map((.merged_at | fromdate) - (.created_at | fromdate)) | add) \(
                map(select(.merged_by.id == .user.id)) | length) \(
                map(select(.base.repo.owner.id == .user.id)) | length) \(map(select(.base.repo.fork)) | length)"
            """#
        let expected = try shell("\(cat(path(file))) | jq -nr \"$PROGRAM\"", ["PROGRAM": program])
        let merged = try read(file).flatMap(\.evidence).filter { $0.kind == .changeMerged }
        func sum(_ measure: Evidence.Measure) -> Int64 { merged.reduce(0) { $0 + $1.measures[measure]! } }
        func count(_ flag: Evidence.Flag) -> Int { merged.count { $0.flags.contains(flag) } }
        #expect(
            "\(merged.count) \(sum(.additions)) \(sum(.deletions)) \(sum(.changedFiles)) \(sum(.timeToMerge)) \(count(.selfMerged)) \(count(.selfOwned)) \(count(.forkOnly))\n"
                == expected)
    }

    @Test func `the old shape and its later normalisation give the same facts`() throws {
        func facts(_ file: String) throws -> [Evidence] {
            try read(file).flatMap(\.evidence).map { fact in
                var fact = fact
                (fact.source.locator, fact.source.digest) = ("", "")
                // The normalised lines do not say of a release's repository that it is a fork.
                if fact.kind == .releasePublished { fact.flags.remove(.forkOnly) }
                return fact
            }
        }
        let old = try facts("2014-02-15-0.json.gz")
        #expect(try facts("2014-02-15-0.transformed.json.gz") == old)
        #expect(!old.isEmpty)
    }

    @Test func `reviews that one page of the API repeats are the same facts`() throws {
        let facts = try read("events-api-duckdb-2023-04.ndjson.gz").flatMap(\.evidence)
        let reviews = facts.filter { $0.kind == .reviewGiven }
        let ids = try shell(
            "\(cat(path("events-api-duckdb-2023-04.ndjson.gz"))) | jq '.payload.review.id | numbers' | sort -u | wc -l")
        #expect(Set(reviews.map(\.identity)).count == Int(ids.filter(\.isNumber)))
    }

    @Test func `every fact of an hour can be written as a document and read back`() throws {
        for fact in try read("2015-01-01-0.json.gz").flatMap(\.evidence) {
            #expect(try Evidence(document: fact.document) == fact)
            #expect(fact.object.url?.hasPrefix("https://github.com/") != false)
            #expect(Int64(fact.account.key.id) != nil)
        }
    }
}
