import CanonicalJSON
import Credentials
import Foundation
import HTTP
import Testing

struct ClaimTests {
    /// The challenge's text as the service at `base` writes it.
    private static func text(for service: String, account: String = "github/mira-lindqvist") -> String {
        """
        standing identity proof v1
        service: \(service)
        account: \(account)
        nonce: bm90IHNvIHJhbmRvbQ
        issued: 2026-02-03T09:00:00Z
        expires: 2026-02-03T09:15:00Z

        """
    }

    private static func challenge(_ text: String, namespace: String) -> Response {
        .json((["id": "c 1", "text": .string(text), "namespace": .string(namespace)] as JSON).canonical, status: 201)
    }

    private static func answer(_ request: Request, _ service: Service) -> Response {
        let host = service.base.dropFirst("http://".count)
        switch request.path {
        case "/v1/challenges": return self.challenge(self.text(for: service.base), namespace: "identity@\(host)")
        case "/v1/challenges/c%201/proof":
            return .json(
                """
                {"session":"ses_made-up","account":{"platform":"github","id":"9000001","login":"mira-lindqvist"},\
                "key":"SHA256:made-up","entry":"/v1/ledger/entries/12"}
                """, status: 201)
        case "/v1/me/publish":
            let page = "https://standing.example/p/mira"
            return .json(
                """
                {"state":"published","link":"\(page)","bundle":"\(page)/bundle","badge":"\(page)/badge.svg",\
                "document":"https://standing.example/v1/profiles/mira"}
                """)
        default: return .problem(404, "not-found", request.path)
        }
    }

    private static func makeKey(in folder: URL) throws -> String {
        let path = folder.appendingPathComponent("id_ed25519").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "mira", "-f", path]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return path
    }

    @Test func `a claim signs the challenge, publishes and shows the links`() async throws {
        try await withFolder { folder in
            let key = try Self.makeKey(in: folder)
            let (outcome, requests, base) = try await Service.with({ Self.answer($0, $1) }) { service in
                (
                    try await Program.run(
                        "claim", "github/mira-lindqvist", "--handle", "mira", "--ssh-key", key, "--discoverable",
                        "--server",
                        service.base),
                    service.requests, service.base
                )
            }
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("  page    https://standing.example/p/mira\n"))
            #expect(outcome.output.contains("  bundle  https://standing.example/p/mira/bundle\n"))
            #expect(
                outcome.output.contains(
                    "[![standing](https://standing.example/p/mira/badge.svg)](https://standing.example/p/mira)"))
            #expect(!(outcome.output + outcome.messages).contains("ses_made-up"))
            #expect(requests.map(\.path) == ["/v1/challenges", "/v1/challenges/c%201/proof", "/v1/me/publish"])
            let armored = try #require(try JSON(parsing: requests[1].body)["signature"]?.string)
            let signature = try SSHSignature(armored: armored)
            let text = Array(Self.text(for: base).utf8)
            try signature.verify(text, namespace: "identity@" + base.dropFirst(7), key: signature.key)
            #expect(requests[2].headers["Authorization"] == "Bearer ses_made-up")
            #expect(try JSON(parsing: requests[2].body) == ["handle": "mira", "discoverable": true])
        }
    }

    @Test func `json has the session and the links`() async throws {
        try await withFolder { folder in
            let key = try Self.makeKey(in: folder)
            let outcome = try await Service.with({ Self.answer($0, $1) }) { service in
                try await Program.run(
                    "claim", "github/mira-lindqvist", "--handle", "mira", "--ssh-key", key, "--json", "--server",
                    service.base)
            }
            let document = try JSON(parsing: outcome.output.utf8.dropLast())
            #expect(document["session"] == "ses_made-up")
            #expect(document["account"]?["id"] == "9000001")
            #expect(document["link"] == "https://standing.example/p/mira")
        }
    }

    /// A challenge that would prove something else than what was asked for.
    static let foreign: [(text: String, namespace: String, reason: String)] = [
        (
            text(for: "https://another.example"), "identity@another.example",
            "it is for 'https://another.example' and you talk to"
        ),
        (text(for: "BASE", account: "github/omar"), "identity@HOST", "it is for another account, 'github/omar'"),
        (text(for: "BASE"), "git", "its namespace is 'git'"),
        ("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", "git", "it is no identity proof"),
        (text(for: "BASE") + "more\n", "identity@HOST", "it is no identity proof"),
        (text(for: "BASELONG"), "identity@HOST", "it is too long"),
    ]

    @Test(arguments: foreign)
    func `what proves something else is not signed`(text: String, namespace: String, reason: String) async throws {
        try await withFolder { folder in
            let key = try Self.makeKey(in: folder)
            let (outcome, paths) = try await Service.with({ _, service in
                Self.challenge(
                    text.replacingOccurrences(of: "BASE", with: service.base)
                        .replacingOccurrences(of: "LONG", with: String(repeating: "/", count: 5_000)),
                    namespace: namespace.replacingOccurrences(of: "HOST", with: service.base.dropFirst(7)))
            }) { service in
                (
                    try await Program.run(
                        "claim", "github/mira-lindqvist", "--handle", "mira", "--ssh-key", key, "--server", service.base
                    ),
                    service.requests.map(\.path)
                )
            }
            #expect(outcome.status == 1)
            #expect(outcome.messages.contains("challenge was not signed: \(reason)"))
            #expect(paths == ["/v1/challenges"])
        }
    }

    @Test func `a service behind another address is signed for when it is named`() async throws {
        try await withFolder { folder in
            let key = try Self.makeKey(in: folder)
            let outcome = try await Service.with({ request, service in
                request.path == "/v1/challenges"
                    ? Self.challenge(
                        Self.text(for: "https://standing.example"), namespace: "identity@standing.example")
                    : Self.answer(request, service)
            }) { service in
                try await Program.run(
                    "claim", "github/mira-lindqvist", "--handle", "mira", "--ssh-key", key, "--server", service.base,
                    "--service", "https://standing.example")
            }
            #expect(outcome.status == 0)
        }
    }

    @Test func `a file that is no key ends with 1`() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("note.txt")
            try "no key\n".write(to: file, atomically: true, encoding: .utf8)
            let outcome = try await Service.with({ Self.answer($0, $1) }) { service in
                try await Program.run(
                    "claim", "github/mira-lindqvist", "--handle", "mira", "--ssh-key", file.path, "--server",
                    service.base)
            }
            #expect(outcome.status == 1)
            #expect(outcome.messages.contains("ssh-keygen did not sign"))
        }
    }
}
