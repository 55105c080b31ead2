import CanonicalJSON
import HTTP
import Testing

struct CheckTests {
    private static func facet(_ name: String, _ members: [String: JSON]) -> JSON {
        let all: [String: JSON] = [
            "name": .string(name), "state": "measured", "projects": 0, "counterparties": 0,
            "long_horizon": ["active_quarters": 0, "sustained_quarters": 0, "longest_run": 0], "not_known_yet": [1],
        ]
        return .object(all.merging(members) { $1 })
    }

    static let evaluation: JSON = [
        "outcome": "ask_disclosure",
        "reasons": [
            [
                "rule": "known_here", "applies": false, "outcome": "allow",
                "reason": "0 changes merged and 0 reviewed in this repository, confirmed by others",
            ],
            [
                "rule": "assistance_not_stated", "applies": true, "outcome": "ask_disclosure",
                "reason": "a change of 620 lines that does not say whether tools assisted",
            ],
            [
                "rule": "otherwise", "applies": true, "outcome": "insufficient_evidence",
                "reason": "too little is known",
            ],
        ],
        "account": ["platform": "github", "login": "tomas-okafor", "id": .null],
        "profile": "https://standing.example/p/tomas",
        "facets": [
            facet(
                "reviewing",
                [
                    "level": 72, "interval": [61, 80], "n": 214, "projects": 7, "counterparties": 23,
                    "first": "2019-03-04", "last": "2026-01-30",
                    "long_horizon": ["active_quarters": 18, "sustained_quarters": 20, "longest_run": 12],
                ]),
            facet("contributing", ["state": "insufficient_evidence", "minimum": 5, "n": 2]),
        ],
        "here": ["changes_merged": 0, "changes_reviewed": 1], "complete": false, "policy": "standard/1",
        "model": ["id": "standing", "version": 1, "digest": "d"], "as_of": "2026-01-31",
        "ledger": ["origin": "standing.example/evidence", "size": 1204, "root": "r"],
        "advice": "This is advice for the person who decides.",
    ]

    @Test func `an evaluation is one screen`() async throws {
        let (outcome, requests) = try await Service.with({ _, _ in .json(Self.evaluation.canonical) }) { service in
            let outcome = try await Program.run(
                "check", "github/tomas-okafor", "--lines", "620", "--repository", "northwind/anemometer", "--server",
                service.base)
            return (outcome, service.requests)
        }
        #expect(outcome.status == 0)
        #expect(outcome.messages.isEmpty)
        #expect(
            outcome.output == """
                github/tomas-okafor, a change of 620 lines in northwind/anemometer

                Advice: ask whether tools assisted (policy standard/1)

                  – known_here: 0 changes merged and 0 reviewed in this repository, confirmed by
                    others
                  ▸ assistance_not_stated: a change of 620 lines that does not say whether tools
                    assisted
                  ✓ otherwise: too little is known

                What is known     level   90 %  units  projects  others  quarters
                  reviewing          72  61–80    214         7      23        18  2019–2026
                  contributing    insufficient evidence: 2 of 5 units a level needs

                In northwind/anemometer: 0 changes merged, 1 reviewed.
                Profile: https://standing.example/p/tomas.
                There is more evidence than was read.
                Ledger standing.example/evidence, 1204 entries, as of 2026-01-31; model
                standing/1.

                This is advice for the person who decides.

                """)
        let request = try #require(requests.first)
        #expect(request.method == "POST" && request.path == "/v1/evaluate")
        #expect(request.headers["Authorization"] == nil)
        #expect(
            try JSON(parsing: request.body) == [
                "account": ["platform": "github", "login": "tomas-okafor"], "repository": "northwind/anemometer",
                "change": ["changed_lines": 620],
            ])
    }

    @Test func `json is the service's own document`() async throws {
        let outcome = try await Service.with({ _, _ in .json(Self.evaluation.canonical) }) { service in
            try await Program.run(["check", "github/tomas", "--json"], environment: ["STANDING_SERVER": service.base])
        }
        #expect(outcome.status == 0)
        #expect(outcome.output == Self.evaluation.canonical + "\n")
    }

    @Test func `the key is sent, from the option before the environment`() async throws {
        let sent = try await Service.with({ _, _ in .json(Self.evaluation.canonical) }) { service in
            let environment = ["STANDING_SERVER": service.base + "/", "STANDING_KEY": "key_environment"]
            _ = try await Program.run(["check", "github/tomas", "--key", "key_option"], environment: environment)
            _ = try await Program.run(["check", "github/tomas"], environment: environment)
            return service.requests.map { $0.headers["Authorization"] }
        }
        #expect(sent == ["Bearer key_option", "Bearer key_environment"])
    }

    @Test func `what a service sends cannot drive the terminal`() async throws {
        let evil = "\u{1B}[2Jgone\u{202E}\n\u{9B}1A"
        guard case .object(var members) = Self.evaluation else { return }
        for name in ["outcome", "profile", "policy", "as_of", "advice"] { members[name] = .string(evil) }
        members["reasons"] = [["rule": .string(evil), "applies": true, "outcome": "hold", "reason": .string(evil)]]
        members["facets"] = [
            Self.facet(evil, ["level": 1, "interval": [0, 2], "n": 1, "first": .string(evil), "last": .string(evil)])
        ]
        let (answer, base) = (JSON.object(members).canonical, "\u{1B}[2J")
        let (screen, refused) = try await Service.with({ request, _ in
            request.body.contains(UInt8(ascii: "z"))
                ? .problem(422, "invalid-input", base, pointer: evil) : .json(answer)
        }) { service in
            (
                try await Program.run("check", "github/tomas", "--server", service.base),
                try await Program.run("check", "github/z", "--server", service.base)
            )
        }
        #expect(screen.status == 0 && refused.status == 1)
        for text in [screen.output, refused.messages] {
            #expect(text.contains("\u{FFFD}"))
            #expect(!text.unicodeScalars.contains { "\u{1B}\u{202E}\u{9B}".unicodeScalars.contains($0) })
        }
        #expect(!refused.messages.dropLast().contains("\n"))
    }

    @Test func `a refusal is told with its place, and ends with 1`() async throws {
        let outcome = try await Service.with({ _, _ in
            .problem(422, "invalid-input", "This must be text.", pointer: "/repository")
        }) { try await Program.run("check", "github/tomas", "--server", $0.base) }
        #expect(outcome.status == 1)
        #expect(outcome.messages == "standing: Refused: This must be text. (at /repository)\n")
        #expect(outcome.output.isEmpty)
    }

    @Test func `a failure of the service is told with the request's id`() async throws {
        let outcome = try await Service.with({ _, _ in .problem(500, "internal-error", "It failed.") }) {
            try await Program.run("check", "github/tomas", "--server", $0.base)
        }
        #expect(outcome.status == 1)
        #expect(outcome.messages == "standing: Refused: It failed. [request r1]\n")
    }

    @Test(arguments: ["", "{", "[]", "{\"outcome\":\"allow\"}", "<html>"])
    func `an answer of something else is an error`(body: String) async throws {
        let outcome = try await Service.with({ _, _ in .json(body) }) {
            try await Program.run("check", "github/tomas", "--server", $0.base)
        }
        #expect(outcome.status == 1)
        #expect(outcome.messages.hasPrefix("standing: the service answered 200: its answer cannot be read"))
    }

    @Test func `nobody there is an error that names the address`() async throws {
        let base = try await Service.with({ _, _ in .json("{}") }) { $0.base }
        let outcome = try await Program.run("check", "github/tomas", "--server", base)
        #expect(outcome.status == 1)
        #expect(outcome.messages.hasPrefix("standing: cannot reach \(base): "))
    }
}
