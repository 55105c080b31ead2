import CanonicalJSON
import Foundation
import HTTP
import Testing

@Suite struct RefusalTests {
    @Test func `a signature by a key the forge does not list binds nothing`() async throws {
        try await RunningService.with { service in
            let maya = MadeUpArchive.maya
            let listed = try SSHKey(in: service.directory, named: "listed")
            let other = try SSHKey(in: service.directory, named: "other")
            service.forge.set(maya.login, id: maya.id, keys: [listed.publicLine])
            let challenge = try await service.call(
                "POST", "/v1/challenges", ["platform": "github", "login": .string(maya.login)])
            let text = challenge.json["text"]?.string ?? ""
            let namespace = challenge.json["namespace"]?.string ?? ""
            let path = "/v1/challenges/\(challenge.json["id"]?.string ?? "")/proof"

            let unlisted = try await service.call(
                "POST", path, ["signature": .string(try other.sign(text, namespace: namespace))])
            #expect(unlisted.json["type"]?.string == "/problems/key-not-listed")
            let elsewhere = try await service.call(
                "POST", path, ["signature": .string(try listed.sign(text, namespace: "file"))])
            #expect(elsewhere.json["type"]?.string == "/problems/wrong-signature")
            let otherText = try await service.call(
                "POST", path, ["signature": .string(try listed.sign(text + " ", namespace: namespace))])
            #expect(otherText.json["type"]?.string == "/problems/wrong-signature")
            let garbage = try await service.call("POST", path, ["signature": "-----BEGIN SSH SIGNATURE-----"])
            #expect(garbage.json["type"]?.string == "/problems/malformed-signature")

            let good: JSON = ["signature": .string(try listed.sign(text, namespace: namespace))]
            let answer1 = try await service.call("POST", path, good).status
            #expect(answer1 == 201)
            let answer2 = try await service.call("POST", path, good).status
            #expect(answer2 == 404, "a challenge is used once")
        }
    }

    @Test func `an account bound to one developer cannot be bound to another`() async throws {
        try await RunningService.with { service in
            _ = try await service.claim(MadeUpArchive.maya)
            let noor = try await service.claim(MadeUpArchive.noor)
            let again = try await service.claim(MadeUpArchive.maya, token: noor)
            #expect(again.isEmpty)
        }
    }

    @Test(arguments: [
        ("POST", "/v1/challenges", "{\"platform\":\"github\"", 400),
        ("POST", "/v1/challenges", "{\"platform\":\"github\",\"login\":\"a\",\"extra\":1}", 422),
        ("POST", "/v1/challenges", "{\"platform\":\"github\",\"login\":\"a b\"}", 422),
        ("POST", "/v1/challenges", "{\"platform\":\"elsewhere\",\"login\":\"a\"}", 422),
        ("POST", "/v1/evaluate", "{\"account\":{\"platform\":\"github\"}}", 422),
        ("GET", "/v1/ledger/entries/99999", "", 404), ("GET", "/v1/ledger/proof/inclusion?index=x", "", 422),
        ("GET", "/evidence/tile/0/x", "", 404), ("GET", "/v1/me", "", 401), ("PUT", "/v1/me", "", 405),
    ])
    func `bad input is a problem with its place`(method: String, path: String, body: String, status: Int) async throws {
        try await RunningService.with { service in
            let response = try await service.client.send(
                method, service.base + path, headers: ["Content-Type": "application/json"], body: Array(body.utf8))
            #expect(response.status == status)
            #expect(response.headers["Content-Type"] == "application/problem+json")
            let problem = try JSON(parsing: response.body)
            #expect(problem["status"]?.int == Int64(status))
            #expect(problem["detail"]?.string?.isEmpty == false)
        }
    }
}
