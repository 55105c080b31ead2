import CanonicalJSON
import Crypto
import Foundation
import HTTP
import Postgres
import Service
import Store
import Testing

@Suite struct WebhookTests {
    private static let secret = "a made-up secret"

    /// A merge in a made-up project, 20 minutes before the clock of the test.
    private static func merge(_ number: Int64 = 501, at time: String = "2025-12-31T23:40:00Z") -> [UInt8] {
        func user(_ id: Int64, _ login: String) -> JSON { ["id": .int(id), "login": .string(login), "type": "User"] }
        let change: JSON = [
            "id": .int(number), "html_url": "https://github.com/northwind/anemometer/pull/3",
            "user": user(7001, "mira"), "author_association": "CONTRIBUTOR", "created_at": "2025-12-01T10:00:00Z",
            "updated_at": .string(time), "closed_at": .string(time), "merged_at": .string(time), "merged": true,
            "merged_by": user(7002, "otto"), "additions": 30, "deletions": 4,
        ]
        let payload: JSON = [
            "action": "closed", "pull_request": change, "sender": user(7002, "otto"),
            "repository": [
                "id": 9001, "full_name": "northwind/anemometer", "private": false, "owner": user(9000, "northwind"),
            ],
        ]
        return payload.canonicalBytes
    }

    private func deliver(
        _ service: RunningService, _ body: [UInt8], id: String, event: String = "pull_request",
        secret: String = Self.secret
    ) async throws -> (status: Int, json: JSON) {
        let code = HMACSHA256(key: Array(secret.utf8)).code(for: body)
        let response = try await service.client.send(
            "POST", service.base + "/webhooks/github",
            headers: [
                "Content-Type": "application/json", "X-GitHub-Event": event, "X-GitHub-Delivery": id,
                "X-Hub-Signature-256": "sha256=\(code.hex)",
            ], body: body)
        return (response.status, try JSON(parsing: response.body))
    }

    private func choices() -> RunningService.Choices {
        var choices = RunningService.Choices()
        choices.secrets = WebhookSecrets(github: ["the one before", Self.secret])
        return choices
    }

    @Test func `a signed delivery is a fact in the ledger, once`() async throws {
        try await RunningService.with(self.choices()) { service in
            let first = try await self.deliver(service, Self.merge(), id: "d-1")
            #expect(first.status == 201)
            #expect(first.json["facts"]?.array?.first?["status"]?.string == "appended")
            let named = try await self.deliver(service, Self.merge(502), id: "d-1")
            #expect(named.status == 409)
            #expect(named.json["type"]?.string == "/problems/repeated-delivery")
            let renamed = try await self.deliver(service, Self.merge(), id: "d-2")
            #expect(renamed.status == 409, "the signature does not cover the id")
            let ignored = try await self.deliver(service, Array("{}".utf8), id: "d-3", event: "ping")
            #expect(ignored.status == 200)
            #expect(ignored.json["ignored"]?.array == ["ping"])
            let older = try await self.deliver(service, Self.merge(503), id: "d-4", secret: "the one before")
            #expect(older.status == 201, "a secret on its way out is taken, too")
            let head = try await service.writer.ledgerHead()
            #expect(head?.size == 2)
            let coverage = try await SourceCoverage.read(service.writer.run(.coverage))
            let hooks = coverage.first { $0.adapter == "github-webhook" }
            #expect(hooks?.records == 3)
            #expect(hooks?.complete == false)
        }
    }

    @Test func `a wrong signature, a stale delivery and a senseless payload are refused by name`() async throws {
        try await RunningService.with(self.choices()) { service in
            let forged = try await self.deliver(service, Self.merge(), id: "d-1", secret: "guess")
            #expect(forged.status == 403)
            #expect(forged.json["type"]?.string == "/problems/wrong-signature")
            let unsigned = try await service.call("POST", "/webhooks/github", [:])
            #expect(unsigned.status == 400)
            let stale = try await self.deliver(service, Self.merge(at: "2025-12-28T22:59:59Z"), id: "d-1")
            #expect(stale.status == 422)
            #expect(stale.json["type"]?.string == "/problems/stale-delivery")
            let early = try await self.deliver(service, Self.merge(at: "2026-01-01T00:06:00Z"), id: "d-1")
            #expect(early.json["type"]?.string == "/problems/stale-delivery")
            let page = try await self.deliver(service, Array("<html>Unicorn!</html>".utf8), id: "d-1")
            #expect(page.json["type"]?.string == "/problems/unreadable-payload")
            let rows = try await service.writer.run("SELECT position, reason FROM quarantine")
            let position = try rows.first?.text(0)
            #expect(position == "delivery d-1")
            let head = try await service.writer.ledgerHead()
            #expect(head?.size == 0)
            let late = try await self.deliver(service, Self.merge(at: "2025-12-28T23:00:00Z"), id: "d-2")
            #expect(late.status == 201, "within three days and an hour it may come")
        }
    }

    @Test func `a service without a secret takes no webhooks`() async throws {
        try await RunningService.with { service in
            let answer = try await self.deliver(service, Self.merge(), id: "d-1")
            #expect(answer.status == 404)
            #expect(answer.json["type"]?.string == "/problems/webhooks-not-configured")
        }
    }
}
