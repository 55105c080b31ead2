import CanonicalJSON
import Foundation
import HTTP
import Profiles
import Service
import Store
import Testing

@Suite struct JourneyTests {
    @Test func `a developer proves an account and exports a profile that verifies`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")

            let profile = try await service.call("GET", "/v1/profiles/maya")
            #expect(profile.status == 200)
            let reviewing = profile.json["facets"]?.array?.first { $0["name"]?.string == "reviewing" }
            #expect(reviewing?["state"]?.string == "measured")
            #expect(reviewing?["n"]?.int == 72)
            #expect(reviewing?["projects"]?.int == 3)

            let page = try await service.raw("GET", "/p/maya")
            #expect(page.status == 200)
            #expect(String(decoding: page.body, as: UTF8.self).contains("maya-made-up"))
            let badge = try await service.raw("GET", "/p/maya/badge.svg")
            #expect(badge.headers["Content-Type"] == "image/svg+xml")

            let bundle = try await service.raw("GET", "/p/maya/bundle")
            #expect(bundle.status == 200)
            let verification = Profiles.Bundle.verify(bundle.body, now: service.authority.now())
            #expect(verification.isValid, "\(verification)")
            let facts = verification.claims?["credentialSubject"]?["evidence"]?.array?.count ?? 0
            #expect(facts > 100)
        }
    }

    @Test func `a hidden profile is gone with the next request and looks like one that never was`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let session = try await service.publish(MadeUpArchive.maya, as: "maya")
            let answer1 = try await service.call("GET", "/v1/profiles/maya").status
            #expect(answer1 == 200)
            let answer2 = try await service.call("POST", "/v1/me/hide", token: session).status
            #expect(answer2 == 200)
            for path in ["/v1/profiles/%@", "/v1/profiles/%@/evidence", "/p/%@/bundle", "/p/%@/badge.svg"] {
                let hidden = try await service.call("GET", path.replacingOccurrences(of: "%@", with: "maya"))
                let absent = try await service.call("GET", path.replacingOccurrences(of: "%@", with: "nobody"))
                #expect(hidden.status == 404)
                #expect(hidden.json["detail"] == absent.json["detail"])
                #expect(hidden.json["type"] == absent.json["type"])
            }
        }
    }

    @Test func `a recruiter finds who wants to be found and the developer sees who looked`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let session = try await service.publish(MadeUpArchive.maya, as: "maya")
            let key = try await service.key(scope: "recruiter")
            let answer3 = try await service.call("GET", "/v1/search?facet=reviewing").status
            #expect(answer3 == 401)
            let hits = try await service.call("GET", "/v1/search?facet=reviewing&min_quarters=8", token: key)
            #expect(hits.json["developers"]?.array?.map { $0["handle"] } == [.string("maya")])

            let made = try await service.call(
                "POST", "/v1/grants", ["audience": "Made-up Hiring", "facets": ["reviewing"], "max_uses": 2],
                token: session)
            let token = made.json["token"]?.string ?? ""
            let read = try await service.call("GET", "/v1/grants/\(token)")
            #expect(read.json["facets"]?.array?.map { $0["name"] } == [.string("reviewing")])
            #expect(read.json["timeline"] == nil)
            let answer4 = try await service.call("GET", "/v1/grants/\(token)").status
            #expect(answer4 == 200)
            let answer5 = try await service.call("GET", "/v1/grants/\(token)").status
            #expect(answer5 == 404, "used up")

            let log = try await service.call("GET", "/v1/me/access-log", token: session)
            let looks = log.json["looks"]?.array ?? []
            #expect(looks.map { $0["act"]?.string } == ["grant", "grant", "search"])
            #expect(looks.first?["reader"]?.string == "Made-up Hiring")
        }
    }

    @Test func `a profile that is not discoverable is in no search`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya", discoverable: false)
            let key = try await service.key(scope: "recruiter")
            let hits = try await service.call("GET", "/v1/search?facet=reviewing", token: key)
            #expect(hits.json["developers"]?.array?.isEmpty == true)
        }
    }

    @Test func `a revoked grant opens nothing`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let session = try await service.publish(MadeUpArchive.maya, as: "maya")
            let made = try await service.call("POST", "/v1/grants", ["audience": "Somebody"], token: session)
            let token = made.json["token"]?.string ?? ""
            let id = made.json["id"]?.string ?? ""
            let answer6 = try await service.raw("DELETE", "/v1/grants/\(id)", token: session).status
            #expect(answer6 == 204)
            let answer7 = try await service.call("GET", "/v1/grants/\(token)").status
            #expect(answer7 == 404)
        }
    }

    @Test func `a maintainer with a key learns what is known and anybody else only what was published`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let question: JSON = [
                "account": ["platform": "github", "login": .string(MadeUpArchive.maya.login)],
                "repository": "omar-made-up/tool-1",
            ]
            let stranger = try await service.call("POST", "/v1/evaluate", question)
            #expect(stranger.json["outcome"]?.string == "insufficient_evidence")
            let key = try await service.key(scope: "maintainer")
            let answer = try await service.call("POST", "/v1/evaluate", question, token: key)
            #expect(answer.json["outcome"]?.string == "allow")
            #expect(answer.json["here"]?["changes_reviewed"]?.int == 24)
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let published = try await service.call("POST", "/v1/evaluate", question)
            #expect(published.json["outcome"]?.string == "allow")
        }
    }

    @Test func `importing again changes nothing`() async throws {
        try await RunningService.with { service in
            let first = try await service.importArchive()
            let head = try await service.writer.ledgerHead()
            let second = try await service.importArchive()
            #expect(first.evidence.values.reduce(0, +) > 200)
            #expect(second.evidence.isEmpty)
            #expect(second.duplicates == first.evidence.values.reduce(0, +))
            let answer8 = try await service.writer.ledgerHead()
            #expect(answer8 == head)
        }
    }
}
