import CanonicalJSON
import Foundation
import HTTP
import Testing

@Suite struct PageTests {
    @Test func `a page that is kept forgets an erased person with the request after the erasure`() async throws {
        try await ErasureTests.withMaya { service, maya, _ in
            let before = try await service.raw("GET", "/p/omar")
            let again = try await service.raw("GET", "/p/omar")
            #expect(before.body == again.body)
            #expect(before.headers["ETag"] == again.headers["ETag"])
            #expect(String(decoding: before.body, as: UTF8.self).contains(MadeUpArchive.maya.login))

            let erased = try await service.call("POST", "/v1/me/erasure", ["confirm": "maya"], token: maya).status
            #expect(erased == 200)
            let after = try await service.raw("GET", "/p/omar")
            #expect(after.status == 200)
            #expect(after.headers["ETag"] != before.headers["ETag"])
            #expect(!String(decoding: after.body, as: UTF8.self).contains(MadeUpArchive.maya.login))
        }
    }

    @Test func `a page that is kept is gone with the request after it was hidden`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            let session = try await service.publish(MadeUpArchive.maya, as: "maya")
            let shown = try await service.raw("GET", "/p/maya").status
            #expect(shown == 200)
            _ = try await service.call("POST", "/v1/me/hide", token: session)
            let hidden = try await service.raw("GET", "/p/maya")
            let absent = try await service.raw("GET", "/p/nobody")
            #expect(hidden.status == 404)
            #expect(hidden.body == absent.body)
            let evidence = try await service.raw("GET", "/p/maya/evidence")
            #expect(evidence.status == 404)
            #expect(evidence.body == absent.body)
        }
    }

    @Test func `the evidence pages show each fact once and as many as their filter lets through`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let timeline = try await service.call("GET", "/v1/profiles/maya").json["timeline"]?.array ?? []
            #expect(timeline.count > 10)
            for entry in timeline.prefix(4) {
                let (kind, quarter) = (entry["kind"]?.string ?? "", entry["quarter"]?.string ?? "")
                let page = try await service.raw("GET", "/p/maya/evidence?type=\(kind)&quarter=\(quarter)")
                let rows = String(decoding: page.body, as: UTF8.self).components(separatedBy: "<tr id=").count - 1
                #expect(rows == Int(entry["n"]?.int ?? 0), "\(kind) in \(quarter)")
            }
            for query in ["type=nothing", "quarter=2020-Q0", "quarter=1-Q1", "domain=github", "cursor=-1", "x=1"] {
                let status = try await service.raw("GET", "/p/maya/evidence?\(query)").status
                #expect(status == 422, "\(query)")
            }
        }
    }

    @Test func `the evidence pages say of each fact what the explanation says`() async throws {
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let explained =
                try await service.call("GET", "/v1/profiles/maya/explain?limit=500").json["rows"]?.array ?? []
            let words = ["counted": "counts ", "same_unit": "counted once", "excluded": "does not count: "]
            let expected = Dictionary(
                uniqueKeysWithValues: explained.map {
                    ($0["index"]?.int ?? -1, words[$0["verdict"]?.string ?? ""] ?? "?")
                })
            #expect(expected.count > 10)
            let page = try await service.raw("GET", "/p/maya/evidence")
            let rows = String(decoding: page.body, as: UTF8.self).components(separatedBy: "<tr id=\"e").dropFirst()
            #expect(rows.count == min(100, explained.count))
            for row in rows {
                let entry = try #require(Int64(row.prefix { $0.isNumber }))
                let said = try #require(expected[entry], "entry \(entry) is explained")
                #expect(row.contains("data-fact=\"verdict\">\(said)"), "entry \(entry)")
            }
        }
    }
}
