import CanonicalJSON
import HTTP
import Testing

struct GrantTests {
    private static let grant: JSON = [
        "id": "g1", "audience": "Northwind hiring", "facets": ["reviewing"], "expires_at": "2026-03-05T00:00:00Z",
        "max_uses": 3, "uses": 0, "revoked": false, "token": "grant_made-up",
        "url": "https://standing.example/v1/grants/grant_made-up",
    ]

    @Test func `a grant is asked for with the session and shown with its link`() async throws {
        let (outcome, request) = try await Service.with({ _, _ in .json(Self.grant.canonical, status: 201) }) {
            service in
            let outcome = try await Program.run(
                [
                    "grant", "--audience", "Northwind hiring", "--facets", "reviewing,triage", "--days", "14", "--uses",
                    "3",
                    "--server", service.base,
                ], environment: ["STANDING_SESSION": "ses_made-up"])
            return (outcome, service.requests.first)
        }
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                For Northwind hiring: reviewing, until 2026-03-05T00:00:00Z, 3 uses at most.
                  https://standing.example/v1/grants/grant_made-up
                The link is shown this once. Its id, to revoke it: g1

                """)
        #expect(request?.path == "/v1/grants")
        #expect(request?.headers["Authorization"] == "Bearer ses_made-up")
        #expect(
            try JSON(parsing: request?.body ?? []) == [
                "audience": "Northwind hiring", "facets": ["reviewing", "triage"], "expires_in_days": 14, "max_uses": 3,
            ])
    }

    @Test func `a session that ended is told`() async throws {
        let outcome = try await Service.with({ _, _ in .problem(401, "unauthorized", "This needs a session.") }) {
            try await Program.run("grant", "--audience", "x", "--session", "ses_old", "--server", $0.base)
        }
        #expect(outcome.status == 1)
        #expect(outcome.messages == "standing: Refused: This needs a session.\n")
    }
}
