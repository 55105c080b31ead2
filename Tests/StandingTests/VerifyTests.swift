import CanonicalJSON
import Crypto
import Foundation
import HTTP
import Profiles
import Reputation
import Testing
import Transparency

struct VerifyTests {
    @Test func `a good bundle verifies from a file, with what is pinned`() async throws {
        let made = try MadeBundle()
        try await withFolder { folder in
            let (file, keys) = (
                folder.appendingPathComponent("mira.standing.json"), folder.appendingPathComponent("jwks.json")
            )
            try made.bundle.text.write(to: file, atomically: true, encoding: .utf8)
            try made.jwks.canonical.write(to: keys, atomically: true, encoding: .utf8)
            let outcome = try await Program.run("verify", file.path, "--key-file", keys.path, "--vkey", made.vkey)
            #expect(outcome.status == 0)
            #expect(outcome.messages.isEmpty)
            #expect(
                outcome.output.split(separator: "\n").filter { $0.hasPrefix("✓") }.count
                    == Verification.Name.allCases.count - 2)
            #expect(outcome.output.hasSuffix("\nVerified: the issuer states these facts about mira-lindqvist.\n"))
        }
    }

    @Test func `without a pinned key it says who has not been asked`() async throws {
        let made = try MadeBundle()
        let outcome = try await Program.run(["verify", "-"], input: Array(made.bundle.text.utf8))
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\n– skipped issuer key: "))
        #expect(outcome.output.contains("The bundle about mira-lindqvist is whole.\n"))
    }

    @Test func `json states every step`() async throws {
        let made = try MadeBundle()
        let outcome = try await Program.run(["verify", "-", "--json"], input: Array(made.bundle.text.utf8))
        let document = try JSON(parsing: outcome.output.utf8.dropLast())
        #expect(document["valid"] == true)
        #expect(document["claims"]?["credentialSubject"]?["handle"] == "mira-lindqvist")
        #expect(
            document["steps"]?.array?.compactMap { $0["name"]?.string }
                == Verification.Name.allCases.filter { $0 != .holder }.map(\.rawValue))
        #expect(document["steps"]?.array?.first?["outcome"] == "passed")
    }

    @Test func `another issuer's key or log's key ends with 1 and the step's name`() async throws {
        let (made, other) = (try MadeBundle(), try MadeBundle())
        try await withFolder { folder in
            let keys = folder.appendingPathComponent("jwks.json")
            try other.jwks.canonical.write(to: keys, atomically: true, encoding: .utf8)
            let input = Array(made.bundle.text.utf8)
            let key = try await Program.run(["verify", "-", "--key-file", keys.path], input: input)
            #expect(key.status == 1)
            #expect(key.messages == "standing: the step 'issuer key' failed\n")
            #expect(key.output.contains("✗ FAILED  issuer key: ") && key.output.contains("Not verified"))
            let log = try await Program.run(["verify", "-", "--vkey", other.vkey], input: input)
            #expect(log.status == 1)
            #expect(log.messages == "standing: the step 'log key' failed\n")
        }
    }

    @Test func `a policy is demanded of the checkpoint, and a bad one named by its line`() async throws {
        let made = try MadeBundle()
        let witness = try #require(NoteSigner(name: "w.example/witness", kind: .witness, key: .generate())).verifier
            .text
        let input = Array(made.bundle.text.utf8)
        try await withFolder { folder in
            let file = folder.appendingPathComponent("policy")
            func verify(_ policy: String) async throws -> Program.Outcome {
                try policy.write(to: file, atomically: true, encoding: .utf8)
                return try await Program.run(["verify", "-", "--policy", file.path], input: input)
            }
            let unwitnessed = try await verify("log \(made.vkey)\nquorum none\n")
            #expect(unwitnessed.status == 0)
            let unseen = try await verify("log \(made.vkey)\nwitness w \(witness)\nquorum w\n")
            #expect(unseen.status == 1)
            #expect(unseen.messages == "standing: the step 'checkpoint' failed\n")
            #expect(unseen.output.contains("no quorum of your policy has seen it"))
            let foreign = try await verify("log \(MadeBundle().vkey)\nquorum none\n")
            #expect(foreign.status == 1)
            #expect(foreign.messages == "standing: the step 'log key' failed\n")
            let broken = try await verify("log \(made.vkey)\nquorum w\n")
            #expect(broken.status == 1)
            #expect(
                broken.messages
                    == "standing: \(file.path): this is no ledger policy: line 2: no line before this one defines 'w'\n"
            )
        }
    }

    @Test(arguments: [
        ("\"standing-bundle/1\"", "\"standing-bundle/2\"", "format"), ("\"y\":\"", "\"y\":\"A", "signature"),
        ("\"disclosure\":\"", "\"disclosure\":\"A", "disclosures"),
        ("standing.example/evidence+", "standing.example/evidencf+", "log key"),
    ])
    func `a changed bundle ends with 1 and the step's name`(part: String, other: String, step: String) async throws {
        let text = try MadeBundle().bundle.text
        let range = try #require(text.range(of: part))
        let outcome = try await Program.run(
            ["verify", "-"], input: Array(text.replacingCharacters(in: range, with: other).utf8))
        #expect(outcome.status == 1)
        #expect(outcome.messages == "standing: the step '\(step)' failed\n")
    }

    @Test func `an expired credential ends with 1`() async throws {
        let made = try MadeBundle(issuedAt: Instant(seconds: 1_700_000_000))
        let outcome = try await Program.run(["verify", "-"], input: Array(made.bundle.text.utf8))
        #expect(outcome.status == 1)
        #expect(outcome.messages == "standing: the step 'validity' failed\n")
    }

    @Test(arguments: [
        ("/p/mira", "/p/mira/bundle"), ("/p/mira/", "/p/mira/bundle"), ("/p/mira#reviewing", "/p/mira/bundle"),
        ("/deep/p/mira", "/deep/p/mira/bundle"), ("/p/mira/bundle", "/p/mira/bundle"),
        ("/p/p/bundle", "/p/p/bundle"), ("/files/mira.json", "/files/mira.json"),
    ])
    func `of a profile's page the bundle beside it is fetched`(path: String, fetched: String) async throws {
        let text = try MadeBundle().bundle.text
        let (outcome, paths) = try await Service.with({ _, _ in .json(text) }) { service in
            (try await Program.run("verify", service.base + path), service.requests.map(\.path))
        }
        #expect(outcome.status == 0)
        #expect(paths == [fetched])
    }

    @Test func `what cannot be read ends with 1 and says what`() async throws {
        try await withFolder { folder in
            let keys = folder.appendingPathComponent("jwks.json")
            try "[]".write(to: keys, atomically: true, encoding: .utf8)
            let missing = try await Program.run("verify", folder.path + "/nothing.json")
            #expect(missing.status == 1 && missing.messages.hasPrefix("standing: \(folder.path)/nothing.json: "))
            let directory = try await Program.run("verify", folder.path)
            #expect(directory.status == 1 && directory.messages.hasPrefix("standing: \(folder.path): "))
            let noKeys = try await Program.run("verify", "-", "--key-file", keys.path)
            #expect(noKeys.status == 1 && noKeys.messages.contains("this is no JSON Web Key Set"))
            let hidden = try await Service.with({ _, _ in .problem(404, "not-found", "Nothing.") }) {
                try await Program.run("verify", $0.base + "/p/mira")
            }
            #expect(hidden.status == 1 && hidden.messages.hasSuffix("the service answered 404\n"))
        }
    }
}
