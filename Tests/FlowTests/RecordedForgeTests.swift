import CanonicalJSON
import Connectors
import Foundation
import HTTP
import Reputation
import Service
import Store
import Synchronization
import TestSupport
import Testing

/// Recorded answers of GitLab, Gerrit and GitHub, through the real clients.
@Suite(.enabled(if: RecordedData.folder != nil, "no recorded data beside the checkout"))
struct RecordedForgeTests {
    private static let archive = "gitlab-gerrit/perceval-gitlab-gerrit.tar.gz"

    private static func summary(_ open: @escaping Import.Opening) async throws -> ImportSummary {
        try await Import.preview(open, observedAt: Instant(seconds: 1_767_225_600)) { _, _ in }.summary
    }

    @Test func `GitLab's recorded answers are what they tell`() async throws {
        try await RecordedData.unpacked(Self.archive) { folder in
            let folder = folder.appendingPathComponent("tests/data/gitlab")
            let top = "/projects/fdroid/fdroiddata"
            var documents = [top: try RecordedData.json("project", in: folder)]
            let pages = try ["issue_page_1", "issue_page_2"].map { try RecordedData.json($0, in: folder) }
            let issues = pages.flatMap { $0.array ?? [] }
            documents["\(top)/issues"] = .array(issues)
            documents["\(top)/merge_requests"] = .array(
                try ["merge_page_1", "merge_page_2"].flatMap { try RecordedData.json($0, in: folder).array ?? [] })
            documents["\(top)/releases"] = []
            for number in 1...4 {
                documents["\(top)/issues/\(number)/notes"] = try RecordedData.json("notes_\(number)", in: folder)
            }
            for number in 1...3 {
                let change = "\(top)/merge_requests/\(number)"
                documents[change] = try RecordedData.json("merge_\(number)", in: folder)
                documents["\(change)/notes"] = try RecordedData.json("notes_\(number)", in: folder)
                documents["\(change)/versions"] = try RecordedData.json("merge_\(number)_versions", in: folder)
            }
            let forge = try LoopbackREST(documents)
            let (base, clock) = (forge.base, forge.clock)
            let summary = try await Self.summary {
                try GitLabProject.open(
                    "fdroid/fdroiddata", base: base, token: nil, client: HTTPClient(), clock: clock, observedAt: $0,
                    resumingAfter: $1)
            }
            #expect(summary.isWhole, "\(summary.quarantine) \(summary.coverage)")
            #expect(issues.count == 4)
            #expect(summary.records == Int64(issues.count + 3))
            // By the files' own words: GitLab's notes of closings and moves, by another than who opened the issue.
            var (byOthers, byAuthors): (Int64, Int64) = (0, 0)
            for issue in issues {
                let number = issue["iid"]?.int ?? 0
                for note in documents["\(top)/issues/\(number)/notes"]?.array ?? [] where note["system"]?.bool == true {
                    let body = note["body"]?.string ?? ""
                    guard body == "closed" || body.hasPrefix("moved to ") else { continue }
                    let isAuthors = note["author"]?["id"] == issue["author"]?["id"]
                    byOthers += isAuthors ? 0 : 1
                    byAuthors += isAuthors ? 1 : 0
                }
            }
            #expect(byOthers + byAuthors > 0)
            #expect(summary.evidence["issue_triaged"] ?? 0 == byOthers)
            let ignored = summary.ignored.filter { $0.key.hasSuffix("_by_its_author") }.values.reduce(0, +)
            #expect(ignored == byAuthors)
            // Merges from before GitLab told when and by whom.
            #expect(summary.ignored["change_end_without_a_time"] == 3)
        }
    }

    @Test func `Gerrit's recorded changes are what they tell`() async throws {
        try await RecordedData.unpacked(Self.archive) { folder in
            let folder = folder.appendingPathComponent("tests/data/gerrit")
            var changes: [JSON] = []
            var votes: Int64 = 0
            var merged: Int64 = 0
            for page in 1...3 {
                let text = try String(
                    contentsOf: folder.appendingPathComponent("gerrit_reviews_page_\(page)"), encoding: .utf8)
                for line in text.split(separator: "\n") {
                    let change = try JSON(parsing: line.utf8, fractions: .dropped)
                    guard change["number"] != nil, !changes.contains(where: { $0["_number"] == change["number"] })
                    else {
                        continue
                    }
                    for comment in change["comments"]?.array ?? [] {
                        let text = comment["message"]?.string ?? ""
                        let first = text.split(separator: "\n").first ?? ""
                        let isVote = first.contains("Code-Review+") || first.contains(": Code-Review-")
                        let isOwners = comment["reviewer"]?["username"] == change["owner"]?["username"]
                        let hasRemarks = text.contains(/\n\(\d+ (inline )?comments?\)/)
                        votes += isVote || (hasRemarks && !isOwners) ? 1 : 0
                    }
                    merged += change["status"] == "MERGED" ? 1 : 0
                    changes.append(Self.rest(change))
                }
            }
            #expect(votes > 0)
            let forge = try GerritImportTests.server(changes, perPage: 2)
            let (base, clock) = (forge.base, forge.clock)
            let summary = try await Self.summary {
                try GerritProject.open(
                    "operations/puppet", base: base, client: HTTPClient(), clock: clock, observedAt: $0,
                    resumingAfter: $1)
            }
            #expect(summary.isWhole, "\(summary.quarantine) \(summary.coverage)")
            #expect(summary.records == Int64(changes.count))
            #expect(summary.evidence["review_given"] == votes)
            #expect(summary.evidence["change_merged"] == merged)
        }
    }

    /// A change of `gerrit query --format=JSON` in the words of the REST API, with made-up account numbers.
    private static func rest(_ change: JSON) -> JSON {
        func person(_ place: JSON?) -> JSON {
            let login = place?["username"]?.string ?? "nobody"
            return [
                "_account_id": .int(Int64(login.utf8.reduce(7) { $0 &* 31 &+ UInt32($1) }) + 1),
                "username": .string(login),
            ]
        }
        func time(_ place: JSON?) -> JSON {
            let text = Instant(seconds: place?.int ?? 0).rfc3339
            return .string(text.dropLast().replacing("T", with: " ") + ".000000000")
        }
        let number = change["number"]?.int ?? 0
        let approvals = (change["patchSets"]?.array ?? []).flatMap { $0["approvals"]?.array ?? [] }
        let submission = approvals.last { $0["type"] == "SUBM" }
        let messages = (change["comments"]?.array ?? []).enumerated().map { index, comment -> JSON in
            [
                "id": .string("\(number)-\(index)"), "author": person(comment["reviewer"]),
                "date": time(comment["timestamp"]), "message": comment["message"] ?? "",
            ]
        }
        var members: [String: JSON] = [
            "_number": .int(number), "owner": person(change["owner"]), "status": change["status"] ?? "NEW",
            "created": time(change["createdOn"]), "updated": time(change["lastUpdated"]), "messages": .array(messages),
        ]
        if let submission {
            members["submitted"] = time(submission["grantedOn"])
            members["submitter"] = person(submission["by"])
        }
        return .object(members)
    }

    @Test func `GitHub's recorded session with a deleted reviewer is what it tells`() async throws {
        try await RecordedData.unpacked("github-rest/perceval-github.tar.gz") { folder in
            let folder = folder.appendingPathComponent("tests/data/github")
            let top = "/repos/kubernetes/kubernetes"
            // The first one's entry of the list was edited by its recorders until it was no JSON; the second's stands for both.
            let second = try RecordedData.json("github_request_from_2016_03_01", in: folder).array?.first?.object ?? [:]
            let first = second.merging(["number": 1, "id": 1, "updated_at": "2016-02-01T12:13:21Z"]) { $1 }
            let requests = [JSON.object(first), .object(second)]
            var documents: [String: JSON] = [
                top: try RecordedData.json("github_repo", in: folder), "\(top)/issues": .array(requests),
                "\(top)/issues/events": [], "\(top)/releases": [],
            ]
            var (told, deleted): (Int64, Int64) = (0, 0)
            for number in 1...2 {
                documents["\(top)/pulls/\(number)"] = try RecordedData.json(
                    "github_request_pull_request_\(number)", in: folder)
                let reviews = try RecordedData.json("github_request_pull_request_\(number)_reviews", in: folder)
                for review in reviews.array ?? [] {
                    told += review["user"]?["id"] == nil ? 0 : 1
                    deleted += review["user"]?["id"] == nil ? 1 : 0
                }
                documents["\(top)/pulls/\(number)/reviews"] = reviews
                documents["\(top)/issues/\(number)/timeline"] = []
            }
            let forge = try LoopbackREST(documents)
            let abuse = Array(try Data(contentsOf: folder.appendingPathComponent("abuse_rate_limit")))
            forge.state.withLock { $0.faults = [3: ScriptedServer.answer(abuse, status: "403 Forbidden")] }
            let (base, clock) = (forge.base, forge.clock)
            let summary = try await Self.summary {
                try GitHubRepository.open(
                    "kubernetes/kubernetes", base: base, token: nil, client: HTTPClient(), clock: clock, observedAt: $0,
                    resumingAfter: $1)
            }
            #expect(summary.isWhole, "\(summary.quarantine) \(summary.coverage)")
            #expect(summary.records == Int64(requests.count))
            #expect(summary.evidence["review_given"] == told)
            #expect(summary.ignored["reviewer_unknown"] == deleted)
            #expect(deleted > 0)
            #expect(forge.state.withLock { $0.waits } == [60], "the recorded refusal is heeded")
        }
    }
}
