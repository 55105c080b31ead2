import Connectors
import Foundation
import Reputation
import Service
import Store
import Testing

/// Evidence that nobody on the project made, where it lies beside the checkout.
@Suite struct RealDataTests {
    /// The folder of recorded data, or nil when the checkout stands alone.
    static let data: String? = {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = checkout.deletingLastPathComponent().appendingPathComponent("shared/data").path
        guard FileManager.default.fileExists(atPath: path + "/MANIFEST.md") else {
            print("SKIPPED: no recorded data beside the checkout; imports of real evidence are not tested here")
            return nil
        }
        return path
    }()

    /// Every source, twice; the second time must find each fact again and add nothing.
    @Test(.enabled(if: data != nil, "no recorded data beside the checkout"))
    func `real evidence imports once and the ledger over it checks out`() async throws {
        let data = try #require(Self.data)
        try await RunningService.with { service in
            let sources = try Self.sources(data, restoredIn: service.directory.path)
            for open in sources {
                let (first, source) = try await service.bring(open)
                let head = try await service.writer.ledgerHead()
                let facts = first.evidence.values.reduce(0, +)
                #expect(facts > 0, "\(source.locator)")
                #expect(first.isWhole, "\(source.locator): \(first.quarantine)")
                let (second, _) = try await service.bring(open)
                #expect(second.evidence.isEmpty, "\(source.locator)")
                #expect(second.duplicates == facts + first.duplicates, "\(source.locator)")
                #expect(second.records == first.records, "\(source.locator)")
                let headAfter = try await service.writer.ledgerHead()
                #expect(headAfter == head, "\(source.locator)")
            }
            let report = try await Check(authority: service.authority).run(on: service.writer)
            #expect(report.problems.isEmpty)
            #expect(report.evidence > 15_000)
            let aggregate = Aggregate(authority: service.authority)
            let rebuilt = try await aggregate.rebuild(on: service.writer).digest
            let again = try await aggregate.rebuild(on: service.writer).digest
            #expect(rebuilt == again)
        }
    }

    private static func sources(_ data: String, restoredIn folder: String) throws -> [Import.Opening] {
        let hours: [Import.Opening] = ["2012-02-15-0", "2014-02-15-0", "2015-01-01-0"].map { hour in
            { try GHArchive(path: "\(data)/gharchive/\(hour).json.gz", observedAt: $0, resumingAfter: $1) }
        }
        let clones: [Import.Opening] = try ["libuv", "golang-net"].map { name in
            let clone = "\(folder)/\(name)"
            try restore("\(data)/git/\(name).bundle", to: clone)
            return { try GitClone(path: clone, observedAt: $0, resumingAfter: $1) }
        }
        let slice = ["Packages", "Sources"].map { "\(data)/debian/bookworm-12.15-slice-\($0).gz" }
        return hours + clones + [{ try DebianIndex(paths: slice, observedAt: $0, resumingAfter: $1) }]
    }

    /// Restores a bundle as a bare repository, by the script that comes with it.
    private static func restore(_ bundle: String, to clone: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let script = URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent(
            "restore-bundle.sh"
        ).path
        process.arguments = [script, bundle, clone]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(script) \(bundle)")
    }
}
