import CanonicalJSON
import Connectors
import Foundation
import HTTP
import Reputation
import Service
import Synchronization
import Testing

/// Recorded answers of GitHub's REST API, through the real client.
@Suite struct RecordedGitHubTests {
    @Test(.enabled(if: RecordedData.folder != nil, "no recorded data beside the checkout"))
    func `recorded sessions replay through the client`() async throws {
        try await RecordedData.unpacked("github-rest/pygithub-replaydata-subset.tar.gz", Self.replay)
    }

    private static func replay(_ folder: URL) async throws {
        let repository = "/repos/PyGithub/PyGithub"
        var documents = try Self.exchanges(below: folder, of: repository)
        let items = ["issues/28", "pulls/31", "pulls/538"].compactMap { documents["\(repository)/\($0)"] }
        #expect(items.count == 3)
        documents["\(repository)/issues"] = .array(
            items.enumerated().map { index, item in
                index == 0 ? item : .object(item.object!.merging(["pull_request": [:]]) { $1 })
            })
        let events = documents.filter { $0.key.hasPrefix("\(repository)/issues/events/") }
        documents["\(repository)/issues/events"] = .array(events.sorted { $0.key > $1.key }.map(\.value))
        documents["\(repository)/pulls/31/reviews"] = []
        documents["\(repository)/issues/538/timeline"] = []
        documents["\(repository)/releases"] = []
        let summary = try await Self.bring("PyGithub/PyGithub", documents)
        #expect(summary.isWhole, "\(summary.quarantine) \(summary.coverage)")
        #expect(summary.records == Int64(events.count + items.count))
        #expect(events.count == 27)
        let reviews = documents["\(repository)/pulls/538/reviews"]?.array ?? []
        #expect(summary.evidence["review_given"] == Int64(reviews.count))
        #expect(summary.evidence["change_merged"] ?? 0 > 0)
        #expect(summary.ignored["issue_closed_by_its_author"] ?? 0 > 0)
    }

    @Test(.enabled(if: RecordedData.folder != nil, "no recorded data beside the checkout"))
    func `a hundred recorded issue events are the triage that they tell`() async throws {
        let data = try #require(RecordedData.folder)
        let events = try Self.gunzipped("\(data)/github-rest/issue-events-2024-10.json.gz")
        let owner: JSON = ["id": 1, "login": "made-up", "type": "Organization"]
        let summary = try await Self.bring(
            "dlt-hub/dlt",
            [
                "/repos/dlt-hub/dlt": ["id": 1, "full_name": "dlt-hub/dlt", "owner": owner],
                "/repos/dlt-hub/dlt/issues": [], "/repos/dlt-hub/dlt/releases": [],
                "/repos/dlt-hub/dlt/issues/events": events,
            ])
        #expect(summary.isWhole, "\(summary.quarantine) \(summary.coverage)")
        #expect(summary.records == 100)
        // What the file's own words say: by somebody else, of an issue that is no change.
        func isCounted(_ event: JSON, _ name: String) -> Bool {
            let issue = event["issue"]
            return event["event"]?.string == name && issue?["pull_request"] == nil
                && event["actor"]?["id"] != issue?["user"]?["id"]
        }
        let all = events.array ?? []
        let closed = all.filter { isCounted($0, "closed") }.count
        let labeled = all.filter { isCounted($0, "labeled") }.count
        let assigned = all.filter {
            isCounted($0, "assigned") && $0["assignee"]?["id"] != $0["assigner"]?["id"]
                && $0["assigner"]?["id"] != $0["issue"]?["user"]?["id"]
        }.count
        #expect(closed > 0)
        #expect(summary.evidence["issue_triaged"] == Int64(closed + labeled + assigned))
        #expect(summary.evidence["issue_reported"] == Int64(closed), "each was closed as completed")
    }

    private static func bring(_ name: String, _ documents: [String: JSON]) async throws -> ImportSummary {
        let forge = try LoopbackREST(documents)
        forge.state.withLock { $0.perPage = 25 }
        let (base, clock, result) = (forge.base, forge.clock, Result())
        try await RunningService.with { service in
            let summary = try await service.bring {
                try GitHubRepository.open(
                    name, base: base, token: nil, client: HTTPClient(), clock: clock, observedAt: $0, resumingAfter: $1)
            }.summary
            result.summary.withLock { $0 = summary }
        }
        return result.summary.withLock { $0 }
    }

    private final class Result: Sendable {
        let summary = Mutex(ImportSummary())
    }

    private static func gunzipped(_ path: String) throws -> JSON {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-dc", path]
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSON(parsing: bytes, fractions: .dropped)
    }

    /// The last good answer to each GET of `repository`: ten lines an exchange, the address in the fifth, the status in the
    /// eighth, the body in the tenth.
    private static func exchanges(below folder: URL, of repository: String) throws -> [String: JSON] {
        var documents: [String: JSON] = [:]
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let paths = (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "txt" }
            .sorted { $0.path < $1.path }
        for path in paths {
            let lines = try String(decoding: Data(contentsOf: path), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            var index = 0
            while index + 9 < lines.count {
                guard lines[index].hasPrefix("http") else {
                    index += 1
                    continue
                }
                let target = lines[index + 4].prefix { $0 != "?" }
                if lines[index + 1] == "GET", target.hasPrefix(repository), lines[index + 7] == "200",
                    let body = try? JSON(parsing: lines[index + 9].utf8, fractions: .dropped)
                {
                    documents[String(target)] = body
                }
                index += 10
            }
        }
        return documents
    }
}
