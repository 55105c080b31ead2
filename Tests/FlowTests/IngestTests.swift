import CanonicalJSON
import EventLoop
import HTTP
import Postgres
import Service
import Store
import Synchronization
import TestSupport
import Testing

/// Facts that programs send, over the socket.
@Suite struct IngestTests {
    /// A review by a made-up person; each `number` is a fact of its own.
    static func fact(_ number: Int, at time: String = "2025-03-01T10:00:00Z", login: String = "maya") -> JSON {
        let who: JSON = ["platform": "github", "id": "7001", "login": .string(login), "kind": "user"]
        let author: JSON = ["platform": "github", "id": "7002", "login": "otto", "kind": "user"]
        return [
            "v": 1, "type": "review_given", "account": who,
            "project": ["platform": "github", "id": "9001", "name": "northwind/anemometer"],
            "object": ["id": .string("review/\(number)"), "unit": .string("change/\(number)")],
            "occurred_at": .string(time), "counterparties": [["account": author, "role": "author"]], "flags": [],
            "measures": [:], "outcome": "approved",
            "source": ["adapter": "relay", "class": "forge", "locator": "relay", "digest": "00"],
        ]
    }

    private func post(_ service: RunningService, _ path: String, _ lines: [JSON], key: String) async throws
        -> (status: Int, json: JSON)
    {
        let response = try await service.client.send(
            "POST", service.base + path,
            headers: ["Content-Type": "application/x-ndjson", "Authorization": "Bearer \(key)"],
            body: Array(lines.map(\.canonical).joined(separator: "\n").utf8))
        return (response.status, try JSON(parsing: response.body))
    }

    @Test func `a connection that went away while it was idle costs no request`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            let process = try await service.writer.run("SELECT pg_backend_pid()")[0].int(0)
            let other = try await Connection.open(service.database)
            try await other.run("SELECT pg_terminate_backend(\(process)::int, 10000)")
            await other.close()
            // A key's first use is noted through that connection.
            let answer = try await service.call("POST", "/v1/evidence", Self.fact(1), token: key)
            #expect(answer.status == 201, "\(answer.json.canonical)")
        }
    }

    @Test func `a fact is kept once and answered from what is stored`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            let first = try await service.call("POST", "/v1/evidence", Self.fact(1), token: key)
            #expect(first.status == 201)
            #expect(first.json["status"]?.string == "appended")
            let again = try await service.call(
                "POST", "/v1/evidence", Self.fact(1, at: "2025-04-01T00:00:00Z"), token: key)
            #expect(again.status == 200, "the same review, told with another time")
            #expect(again.json["status"]?.string == "known")
            for member in ["index", "commitment", "leaf_hash"] { #expect(again.json[member] == first.json[member]) }
            let batch = try await self.post(
                service, "/v1/evidence:batch", [Self.fact(2), Self.fact(1), Self.fact(2)], key: key)
            let results = batch.json["results"]?.array ?? []
            #expect(results.map { $0["status"]?.string } == ["appended", "known", "known"])
            #expect(results.first?["index"] == results.last?["index"], "twice in one batch is one fact")
            #expect(results.dropFirst().first?["index"] == first.json["index"])
        }
    }

    @Test func `what was published covers what was waited for`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            let answer = try await service.call("POST", "/v1/evidence?wait=published", Self.fact(1), token: key)
            #expect(answer.status == 201)
            let checkpoint = try await service.raw("GET", "/evidence/checkpoint")
            let size = String(decoding: checkpoint.body, as: UTF8.self).split(separator: "\n").dropFirst().first
            #expect(size == "1")
            let wrong = try await service.call("POST", "/v1/evidence?wait=long", Self.fact(2), token: key)
            #expect(wrong.status == 422)
        }
    }

    @Test func `many requests at once share batches and each gets its own place`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            let places = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let answer = try await service.call("POST", "/v1/evidence", Self.fact(number), token: key)
                        return answer.status == 201 ? answer.json["index"]?.int ?? -1 : -1
                    }
                }
                return try await group.reduce(into: [Int64]()) { $0.append($1) }
            }
            #expect(places.sorted() == Array(0..<300))
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems == [])
            #expect(report.entries == 300)
            let metrics = String(decoding: try await service.raw("GET", "/metrics").body, as: UTF8.self)
            #expect(metrics.contains("\nstanding_batch_facts_total 300\n"))
            #expect(metrics.contains("\nstanding_facts_waiting 0\n"))
        }
    }

    @Test func `a batch is read off the loops, so that no answer waits for it`() async throws {
        let looks = Mutex((onLoop: 0, elsewhere: 0))
        var choices = RunningService.Choices()
        choices.looked = {
            looks.withLock { if EventLoop.current == nil { $0.elsewhere += 1 } else { $0.onLoop += 1 } }
        }
        try await RunningService.with(choices) { service in
            let key = try await service.key(scope: "ingest")
            // Each fact is held against the clock once.
            let before = looks.withLock { $0 }
            #expect(
                try await self.post(service, "/v1/evidence:batch", (0..<500).map { Self.fact($0) }, key: key).status
                    == 200)
            let batch = looks.withLock { $0 }
            #expect(batch.elsewhere - before.elsewhere >= 500)
            #expect(try await service.call("POST", "/v1/evidence", Self.fact(500), token: key).status == 201)
            // The key is held against the clock on the loop, too.
            #expect(looks.withLock { $0.onLoop } - batch.onLoop >= 2, "one fact is not worth the way")
        }
    }

    @Test func `a batch that is too much to wait is refused whole, and the others are kept`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            let holder = try await Connection.open(service.database)
            // Nobody writes while another holds the head: 16 batches of 1,000 may wait.
            try await holder.script("BEGIN; SELECT FROM ledger_head FOR UPDATE")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for batch in 0..<18 {
                    group.addTask {
                        let facts = (0..<1_000).map { Self.fact(1_000 * batch + $0) }
                        return try await self.post(service, "/v1/evidence:batch", facts, key: key).status
                    }
                }
                var answered: [Int] = []
                for _ in 0..<2 { answered.append(try #require(try await group.next())) }
                #expect(answered == [503, 503], "who has to wait is not answered yet")
                try await holder.script("ROLLBACK")
                return try await group.reduce(into: answered) { $0.append($1) }
            }
            #expect(statuses.sorted() == Array(repeating: 200, count: 16) + [503, 503])
            let stored = try await service.writer.run("SELECT count(*) FROM evidence")[0].int(0)
            #expect(stored == 16_000)
            await holder.close()
        }
    }

    @Test func `bad facts are refused by line and member, and nothing of their batch is kept`() async throws {
        try await RunningService.with { service in
            let key = try await service.key(scope: "ingest")
            var nameless = Self.fact(2).object ?? [:]
            nameless["account"] = ["platform": "github", "id": "7001", "kind": "user"]
            let missing = try await self.post(
                service, "/v1/evidence:batch", [Self.fact(1), .object(nameless)], key: key)
            #expect(missing.status == 422)
            #expect(missing.json["pointer"]?.string == "/1/account/login")
            var misspelt = Self.fact(1).object ?? [:]
            misspelt["source"] = ["adapter": "relay", "class": "forge", "locator": "", "digest": "", "origin": "x"]
            let unknown = try await service.call("POST", "/v1/evidence", .object(misspelt), token: key)
            #expect(unknown.json["pointer"]?.string == "/source/origin")
            let future = try await service.call(
                "POST", "/v1/evidence", Self.fact(1, at: "2099-01-01T00:00:00Z"), token: key)
            #expect(future.json["pointer"]?.string == "/occurred_at")
            let control = try await service.call(
                "POST", "/v1/evidence", Self.fact(1, login: "ma\u{0}ya"), token: key)
            #expect(control.status == 422)
            let many = try await self.post(
                service, "/v1/evidence:batch", (0..<1_001).map { Self.fact($0) }, key: key)
            #expect(many.json["type"]?.string == "/problems/too-many-facts")
            let large = try await service.call(
                "POST", "/v1/evidence", Self.fact(1, login: String(repeating: "m", count: 17_000)), token: key)
            #expect(large.json["type"]?.string == "/problems/fact-too-large")
            let other = try await service.key(scope: "recruiter")
            let forbidden = try await service.call("POST", "/v1/evidence", Self.fact(1), token: other).status
            #expect(forbidden == 403)
            let head = try await service.writer.ledgerHead()
            #expect(head?.size == 0)
        }
    }
}
