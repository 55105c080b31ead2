import CanonicalJSON
import Credentials
import Crypto
import Foundation
import HTTP
import Postgres
import Profiles
import Reputation
import Service
import Store
import Testing
import Transparency

/// Credentials over a real socket: issued in every form, verified, taken back, found in the ledger.
struct CredentialTests {
    private static func published(
        _ body: @Sendable (RunningService, _ session: String) async throws -> Void
    ) async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            try await body(service, service.publish(MadeUpArchive.maya, as: "maya"))
        }
    }

    /// What `POST /v1/verify` says of `credential`: whether it is valid, and the first step that failed.
    private static func verify(
        _ credential: String, _ service: RunningService, more: [String: JSON] = [:]
    ) async throws -> (valid: Bool, failed: String?, claims: JSON) {
        let answer = try await service.call(
            "POST", "/v1/verify", .object(more.merging(["credential": .string(credential)]) { $1 }))
        guard answer.status == 200 else { throw FlowFailure(answer: answer.json.canonical) }
        let failed = answer.json["steps"]?.array?.first { $0["outcome"] == "failed" }
        return (answer.json["valid"] == true, failed?["name"]?.string, answer.json["claims"] ?? .null)
    }

    private static func issue(
        _ order: JSON, _ service: RunningService, _ session: String
    ) async throws -> (text: String, id: String, type: String) {
        let response = try await service.raw("POST", "/v1/profiles/maya/credentials", order, token: session)
        guard response.status == 201 else { throw FlowFailure(answer: String(decoding: response.body, as: UTF8.self)) }
        let place = response.headers["Location"] ?? ""
        return (
            String(decoding: response.body, as: UTF8.self),
            place.split(separator: "/").dropLast().last.map(String.init) ?? "",
            response.headers["Content-Type"] ?? ""
        )
    }

    @Test func `every form is issued, verifies, and once revoked does not`() async throws {
        try await Self.published { service, session in
            let forms = [
                "vc+jwt": "application/vc+jwt", "openbadge": "application/jwt", "eddsa-jcs-2022": "application/vc",
                "dc+sd-jwt": "application/dc+sd-jwt", "bundle": "application/json",
            ]
            for (format, type) in forms {
                let made = try await Self.issue(["format": .string(format)], service, session)
                #expect(made.type == type)
                let good = try await Self.verify(made.text, service)
                #expect(good.valid, "\(format): \(good.failed ?? "")")
                #expect((good.claims["credentialSubject"]?["handle"] ?? good.claims["handle"]) == "maya")
                let answer = try await service.call("POST", "/v1/credentials/\(made.id)/revoke", token: session)
                #expect(answer.status == 200 && answer.json["status"] == "revoked")
                let again = try await service.call("POST", "/v1/credentials/\(made.id)/revoke", token: session)
                #expect(again.status == 200)
                let back = try await service.call(
                    "POST", "/v1/credentials/\(made.id)/revoke", ["status": "valid"], token: session)
                #expect(back.status == 409)
                let revoked = try await Self.verify(made.text, service)
                // A bundle brings the list of its own time.
                #expect(revoked.valid == (format == "bundle"), "\(format)")
                #expect(revoked.failed == (revoked.valid ? nil : "status"))
            }
            let listed = try await service.call("GET", "/v1/profiles/maya/credentials", token: session)
            let states = listed.json["credentials"]?.array?.compactMap { $0["status"]?.string } ?? []
            #expect(states.filter { $0 == "revoked" }.count == forms.count && states.contains("valid"))
        }
    }

    @Test func `a suspended credential is good again, and both kinds of lists say so`() async throws {
        try await Self.published { service, session in
            let made = try await Self.issue(["format": "vc+jwt"], service, session)
            let token = try JWS(parsing: made.text)
            let key = JWK.p256(service.authority.keys.credentials.publicKey)
            let claims = try token.payload(verifiedBy: key, type: "vc+jwt")
            let index = claims["status"]?["status_list"]?["idx"]?.int ?? -1
            func statuses() async throws -> (UInt8?, Bool?, Bool?) {
                let list = try await service.raw("GET", "/status/tsl/1")
                let payload = try JWS(parsing: String(decoding: list.body, as: UTF8.self))
                    .payload(verifiedBy: key, type: "statuslist+jwt")
                #expect(payload["sub"] == claims["status"]?["status_list"]?["uri"])
                var bits: [Bool?] = []
                for purpose in ["revocation", "suspension"] {
                    let list = try await service.raw("GET", "/status/\(purpose)/1")
                    let credential = try JWS(parsing: String(decoding: list.body, as: UTF8.self))
                        .payload(verifiedBy: key, type: "vc+jwt")
                    let encoded = credential["credentialSubject"]?["encodedList"]?.string ?? ""
                    bits.append(StatusTable.bit(at: index, ofBitstring: encoded))
                }
                let value = payload["status_list"].flatMap { StatusTable.value(at: index, ofTokenList: $0) }
                return (value, bits[0], bits[1])
            }
            let before = try await statuses()
            #expect(before == (0, false, false))
            let steps: [(String, (UInt8?, Bool?, Bool?))] = [
                ("suspended", (2, false, true)), ("valid", (0, false, false)),
            ]
            for (word, expected) in steps {
                let answer = try await service.call(
                    "POST", "/v1/credentials/\(made.id)/revoke", ["status": .string(word)], token: session)
                #expect(answer.json["status"]?.string == word)
                let now = try await statuses()
                #expect(now == expected)
            }
            let verified = try await Self.verify(made.text, service)
            #expect(verified.valid)
        }
    }

    @Test func `every issued credential and every published list is an entry that can be opened`() async throws {
        try await Self.published { service, session in
            let made = try await Self.issue(["format": "dc+sd-jwt"], service, session)
            _ = try await service.call("POST", "/v1/credentials/\(made.id)/revoke", token: session)
            let history = try await service.call("GET", "/status/history/1")
            let newest = history.json["publications"]?.array?.first
            let disclosure = try Disclosure(parsing: newest?["disclosure"]?.string ?? "")
            let list = try await service.raw("GET", "/status/tsl/1").body
            #expect(disclosure.value["token"]?.string == SHA256.hash(list).base64URL)
            let entry = try await service.call("GET", "/v1/ledger/entries/\(newest?["index"]?.int ?? -1)")
            #expect(entry.json["kind"] == "status")
            #expect(entry.json["commitment"] == newest?["commitment"])
            #expect(entry.json["commitment"]?.string == disclosure.digest.base64URL)
            let export = try await service.call("GET", "/v1/me/export", token: session)
            for credential in export.json["credentials"]?.array ?? [] {
                let digest = SHA256.hash((credential["token"]?.string ?? "").utf8).base64URL
                let salt = credential["salt"]?.string.flatMap { Base64URL.decode($0) } ?? []
                let opened = Disclosure(["type": "credential.issue", "digest": .string(digest), "v": 1], salt: salt)
                let entry = try await service.call("GET", "/v1/ledger/entries/\(credential["index"]?.int ?? -1)")
                #expect(entry.json["commitment"]?.string == opened.digest.base64URL)
            }
            #expect((export.json["credentials"]?.array?.count ?? 0) == 2)
        }
    }

    @Test func `what is not to be shown is not in it`() async throws {
        try await Self.published { service, session in
            let made = try await Self.issue(
                [
                    "format": "bundle", "facets": ["reviewing"], "accounts": [], "sections": [], "evidence": "none",
                    "lifetime_days": 7,
                ],
                service, session)
            let verified = try await Self.verify(made.text, service)
            #expect(verified.valid)
            #expect(verified.claims["facets"]?.array?.map { $0["name"] } == ["reviewing"])
            #expect(verified.claims["accounts"] == [] && verified.claims["timeline"] == nil)
            let (exp, iat) = (verified.claims["exp"]?.int ?? 0, verified.claims["iat"]?.int ?? 0)
            #expect(exp - iat == 7 * 86_400)
            let login = MadeUpArchive.maya.login
            let bundle = try JSON(parsing: made.text.utf8)
            let parts = (bundle["credential"]?.string ?? "").split(separator: "~")
            let readable = parts.map { part in
                part.split(separator: ".").compactMap { Base64URL.decode($0) }
                    .map { String(decoding: $0, as: UTF8.self) }
                    .joined()
            }.joined()
            #expect(!readable.contains(login) && !readable.contains("contributing"))
            #expect(bundle["disclosures"] == [])
        }
    }

    @Test func `a credential bound to a key is good for its holder and the reader who asked`() async throws {
        try await Self.published { service, session in
            let holder = TokenKey.es256(.generate())
            let made = try await Self.issue(
                ["format": "dc+sd-jwt", "holder_jwk": holder.publicKey.json], service, session)
            let question = KeyBindingQuestion(audience: "https://reader.example", nonce: "n1")
            let shown = try SDJWT(parsing: made.text).bound(
                to: question, by: holder, at: service.authority.now().seconds)
            let asked: [String: JSON] = ["audience": "https://reader.example", "nonce": "n1"]
            let good = try await Self.verify(shown, service, more: asked)
            #expect(good.valid)
            for more: [String: JSON] in [
                ["audience": "https://reader.example", "nonce": "n2"],
                ["audience": "https://else.example", "nonce": "n1"],
            ] {
                let wrong = try await Self.verify(shown, service, more: more)
                #expect(wrong.failed == "holder")
            }
        }
    }

    @Test func `a bound that is met is issued, one that is not is not`() async throws {
        try await Self.published { service, session in
            func order(_ years: Int64) -> JSON {
                [
                    "format": "threshold",
                    "threshold": ["claim": "years", "facet": "reviewing", "at_least": .int(years)],
                ]
            }
            let made = try await Self.issue(order(2), service, session)
            let verified = try await Self.verify(made.text, service)
            #expect(verified.valid && verified.claims["claim"]?["at_least"] == 2)
            let refused = try await service.call("POST", "/v1/profiles/maya/credentials", order(40), token: session)
            #expect(refused.status == 409 && refused.json["type"] == "/problems/threshold-not-met")
        }
    }

    @Test func `an order that makes no sense issues nothing`() async throws {
        try await Self.published { service, session in
            for order: JSON in [
                ["format": "jwt"], ["facets": ["nothing"]], ["accounts": ["github/somebody-else"]], ["accounts": "all"],
                ["lifetime_days": 91], ["lifetime_days": 0], ["evidence": "some"], ["holder_jwk": [:]], ["more": 1],
                ["format": "threshold"], ["format": "threshold", "threshold": ["claim": "years"]],
                ["format": "dc+sd-jwt", "holder_jwk": ["kty": "oct", "k": "AA"]],
                ["format": "dc+sd-jwt", "holder_jwk": JWK.ed25519(Ed25519PrivateKey.generate().publicKey).json],
            ] {
                let answer = try await service.call("POST", "/v1/profiles/maya/credentials", order, token: session)
                #expect(answer.status == 422, "\(order.canonical): \(answer.json.canonical)")
            }
            let other = try await service.call("POST", "/v1/profiles/somebody/credentials", [:], token: session)
            #expect(other.status == 404)
            let listed = try await service.call("GET", "/v1/profiles/maya/credentials", token: session)
            #expect(listed.json["credentials"]?.array?.count == 1)
        }
    }

    @Test func `nobody takes back another's credential, and an operator can`() async throws {
        try await Self.published { service, session in
            let made = try await Self.issue([:], service, session)
            let path = "/v1/credentials/\(made.id)/revoke"
            let other = try await service.claim(MadeUpArchive.noor)
            let recruiter = try await service.key(scope: "recruiter")
            let answers = [
                try await service.call("POST", path), try await service.call("POST", path, token: other),
                try await service.call("POST", path, token: recruiter),
                try await service.call("POST", "/v1/credentials/unknown/revoke", token: session),
                try await service.call("POST", path, ["status": "void"], token: session),
            ]
            #expect(answers.map(\.status) == [401, 404, 403, 404, 422])
            let operating = try await service.call("POST", path, token: service.key(scope: "admin"))
            #expect(operating.status == 200 && operating.json["status"] == "revoked")
        }
    }

    @Test func `an erasure revokes what was issued`() async throws {
        try await Self.published { service, session in
            let made = try await Self.issue([:], service, session)
            let good = try await Self.verify(made.text, service)
            #expect(good.valid)
            let erased = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: session)
            #expect(erased.status == 200, "\(erased.json.canonical)")
            let verified = try await Self.verify(made.text, service)
            #expect(verified.failed == "status")
        }
    }

    @Test func `a profile is issued anew before its credential ends, unless that was taken back`() async throws {
        try await Self.published { service, session in
            let later = Authority(
                settings: service.authority.settings, keys: service.authority.keys,
                now: { Instant(seconds: service.authority.now().seconds + 61 * 86_400) })
            let early = try await Service.Issue(authority: service.authority).renew(on: service.writer)
            #expect(early == 0)
            // A part of a profile in the same form is not what the page is checked against.
            let published = try JSON(parsing: await service.raw("GET", "/p/maya/bundle").body)
            _ = try await Self.issue(["format": "vc+jwt", "facets": ["reviewing"]], service, session)
            let bundled = try JSON(parsing: await service.raw("GET", "/p/maya/bundle").body)
            #expect(bundled["credential"] == published["credential"])
            let due = try await Service.Issue(authority: later).renew(on: service.writer)
            #expect(due == 1)
            // Nothing is new but the date; the page is of the same reading all the same.
            let page = try await service.call("GET", "/v1/profiles/maya").json
            let bundle = try JSON(parsing: await service.raw("GET", "/p/maya/bundle").body)
            let payload = try #require(Base64URL.decode(bundle["credential"]?.string?.split(separator: ".")[1] ?? ""))
            #expect(page["ledger"]?["size"] == (try JSON(parsing: payload))["credentialSubject"]?["ledger"]?["size"])
            let done = try await Service.Issue(authority: later).renew(on: service.writer)
            #expect(done == 0)
            let listed = try await service.call("GET", "/v1/profiles/maya/credentials", token: session)
            let newest = listed.json["credentials"]?.array?.first?["id"]?.string ?? ""
            _ = try await service.call("POST", "/v1/credentials/\(newest)/revoke", token: session)
            let evenLater = Authority(
                settings: later.settings, keys: later.keys,
                now: { Instant(seconds: later.now().seconds + 61 * 86_400) })
            let refused = try await Service.Issue(authority: evenLater).renew(on: service.writer)
            #expect(refused == 0)
        }
    }

    @Test func `the issuer's metadata leads to the keys that sign`() async throws {
        try await Self.published { service, session in
            let jwks = try JWKS(json: await service.call("GET", "/.well-known/jwks.json").json)
            #expect(Set(jwks.keys.map(\.algorithm)) == ["ES256", "RS256", nil])
            for key in jwks.keys {
                let single = try await service.call("GET", "/keys/\(key.thumbprint)")
                #expect(single.json == key.json)
            }
            let metadata = try await service.call("GET", "/.well-known/jwt-vc-issuer")
            #expect(metadata.json["issuer"]?.string == service.base)
            let did = try await service.call("GET", "/.well-known/did.json")
            #expect(did.json["id"]?.string == service.authority.documents.did)
            let made = try await Self.issue(["format": "dc+sd-jwt"], service, session)
            let claims = try SDJWT(parsing: made.text).payload(verifiedBy: jwks.keys[0])
            let vct = (claims["vct"]?.string ?? "").dropFirst(service.base.count)
            let type = try await service.raw("GET", String(vct))
            #expect(claims["vct#integrity"]?.string == "sha256-" + SHA256.hash(type.body).base64)
            for path in ["/keys/x", "/vct/x", "/status/tsl/0", "/status/tsl/01", "/status/tsl/2", "/status/tsl/x"] {
                let answer = try await service.call("GET", path)
                #expect(answer.status == 404, "\(path)")
            }
        }
    }

    @Test func `garbage given to be verified is an answer that names the step`() async throws {
        try await RunningService.with { service in
            for (text, step) in [
                ("", "format"), ("a.b.c", "format"), ("~", "format"), ("{}", "format"),
                (String(repeating: "[", count: 100_000), "format"),
                (String(repeating: "A", count: 1_900_000), "format"),
            ] {
                let found = try await Self.verify(text, service)
                #expect(!found.valid && found.failed == step, "\(text.prefix(20)): \(found.failed ?? "")")
            }
            let text = String(repeating: "A", count: 20_000_000)
            let huge = try await service.call("POST", "/v1/verify", ["credential": .string(text)])
            #expect(huge.status == 413)
            for body: JSON in [[:], ["credential": "a", "audience": "b"], ["credential": "a", "more": 1]] {
                let answer = try await service.call("POST", "/v1/verify", body)
                #expect(answer.status == 422)
            }
        }
    }
}
