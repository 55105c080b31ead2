import CanonicalJSON
import Connectors
import Foundation
import Postgres
import Reputation
import Service
import Store
import Synchronization
import Testing

/// The same facts whatever the order, repetition and cuts they come in.
@Suite struct ImportOrderTests {
    /// Every fact without where it was seen, in order: what facets are a function of, whatever the order of the rows.
    private static func facts(of service: RunningService) async throws -> [String] {
        try await service.writer.run("SELECT document FROM evidence").map { row in
            var fact = try Evidence(parsing: row.text(0).utf8)
            fact.source = Evidence.Source(adapter: "", class: .archive, locator: "", digest: "")
            return fact.canonicalDocument
        }.sorted()
    }

    /// The facts of importing `files`, each the lines of one archive file, in turn.
    private func outcome(_ files: [[String]]) async throws -> [String] {
        let facts = Mutex<[String]>([])
        try await RunningService.with { service in
            for (number, lines) in files.enumerated() {
                let path = service.directory.appendingPathComponent("2024-12-01-\(number).json").path
                try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
                _ = try await service.bring { try GHArchive(path: path, observedAt: $0, resumingAfter: $1) }
            }
            let outcome = try await Self.facts(of: service)
            facts.withLock { $0 = outcome }
        }
        return facts.withLock { $0 }
    }

    @Test(arguments: 0..<3) func `any order, any repetition and any cut give the same ledger and the same facets`(
        seed: UInt64
    ) async throws {
        let archive = MadeUpArchive.withTurns()
        let lines = archive.lines
        let expected = try await self.outcome([lines])
        #expect(!expected.isEmpty)
        var random = Seeded(state: seed)
        let shuffled = lines.shuffled(using: &random)
        let cut = Int.random(in: 1..<lines.count, using: &random)
        let parts = [Array(shuffled[cut...]), shuffled + lines, Array(shuffled[..<cut])]
        #expect(try await self.outcome(parts) == expected)
    }

    @Test func `an import cut off anywhere goes on to the same outcome`() async throws {
        let lines = MadeUpArchive.sixYears().lines
        let expected = try await self.outcome([lines])
        try await RunningService.with { service in
            let path = service.directory.appendingPathComponent("2024-12-01-0.json").path
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            for stop in [1, lines.count / 2, lines.count - 1] {
                _ = try await service.bring {
                    CutSource(try GHArchive(path: path, observedAt: $0, resumingAfter: $1), after: stop)
                }
            }
            let (summary, _) = try await service.bring {
                try GHArchive(path: path, observedAt: $0, resumingAfter: $1)
            }
            #expect(summary.coverage.complete)
            let facts = try await Self.facts(of: service)
            #expect(facts == expected)
        }
    }

    @Test func `what was put aside is listed, and taken when its source reads well`() async throws {
        try await RunningService.with { service in
            let path = service.directory.appendingPathComponent("2024-12-01-0.json").path
            let lines = MadeUpArchive.sixYears().lines
            let damaged = lines.enumerated().map { $0 == 4 || $0 == 9 ? String($1.dropLast()) : $1 }
            try damaged.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let open: Import.Opening = { try GHArchive(path: path, observedAt: $0, resumingAfter: $1) }
            let (first, _) = try await service.bring(open)
            #expect(first.quarantined == 2)
            #expect(first.evidence.values.reduce(0, +) > 0, "the rest counts")
            func listed() async throws -> [String] {
                try StoredQuarantine.read(await service.writer.run(.quarantine(limit: 10))).map {
                    "\($0.locator) \($0.position): \($0.reason)"
                }
            }
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            let profile = try await service.call("GET", "/v1/profiles/maya")
            let coverage = try #require(profile.json["coverage"]?.array?.first)
            #expect(coverage["source"]?.string == "gharchive" && coverage["quarantined"]?.int == 2)
            let facets = try #require(profile.json["facets"]?.array)
            for facet in facets {
                let isTold = facet["name"]?.string != "design" && facet["name"]?.string != "security"
                #expect(facet["coverage"]?["quarantined"]?.int == (isTold ? 2 : 0))
                #expect(facet["coverage"]?["complete"] == .bool(isTold), "no source tells of the others")
            }
            var aside = try await listed()
            #expect(aside == ["2024-12-01-0.json line 5: not JSON", "2024-12-01-0.json line 10: not JSON"])
            // One of the two reads well now.
            let mended = lines.enumerated().map { $0 == 9 ? String($1.dropLast()) : $1 }
            try mended.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let (replayed, _) = try await Import(authority: service.authority).replay(open, on: service.writer) {
                _, _ in
            }
            #expect(replayed.records == 2 && replayed.quarantined == 1)
            #expect(replayed.evidence.values.reduce(0, +) == 1 || replayed.evidence.values.reduce(0, +) == 2)
            aside = try await listed()
            #expect(aside == ["2024-12-01-0.json line 10: not JSON"])
        }
    }
}

private struct CutOff: Error {}

/// A source that gives up after some records, as one does that is cut off.
private final class CutSource: Source {
    private let source: any Source
    private var left: Int

    init(_ source: any Source, after count: Int) {
        self.source = source
        self.left = count
    }

    var adapter: String { self.source.adapter }
    var locator: String { self.source.locator }
    var progress: ImportProgress { self.source.progress }
    var cursor: String { self.source.cursor }
    var coverage: Coverage { self.source.coverage }

    func next() throws -> Record? {
        guard self.left > 0 else {
            throw CutOff()
        }
        self.left -= 1
        return try self.source.next()
    }
}

/// SplitMix64, so that a failing order can be had again.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
