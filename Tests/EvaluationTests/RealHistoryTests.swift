import Connectors
import Decoding
import Foundation
import Reputation
import Testing

@testable import Evaluation

/// A history from the real data as a bare repository; removed with this value.
private final class History {
    let path: String

    init(_ name: String) throws {
        self.path =
            FileManager.default.temporaryDirectory.appendingPathComponent("standing-\(UUID().uuidString).git").path
        let restore = Process()
        restore.executableURL = URL(fileURLWithPath: "/bin/sh")
        restore.arguments = [
            try #require(realData("git/restore-bundle.sh")), try #require(realData("git/\(name).bundle")), self.path,
        ]
        restore.standardError = FileHandle.nullDevice
        try restore.run()
        restore.waitUntilExit()
        #expect(restore.terminationStatus == 0)
    }

    // Nothing to do about a temporary folder that is already gone.
    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    func facts() throws -> [Evidence] {
        let clone = try GitClone(path: self.path, observedAt: Instant(seconds: 1_800_000_000))
        var facts: [Evidence] = []
        while let record = try clone.next() {
            if case .mapped(let mapped) = record.outcome { facts += mapped.evidence }
        }
        return facts
    }
}

private func text(_ file: String) throws -> String? {
    try realData(file).map { String(decoding: try inflatedBytes(ofFile: $0), as: UTF8.self) }
}

@Test(
    .enabled(
        if: realData("git/libuv.bundle") != nil,
        "no shared/data/git beside the checkout: track/1 not measured on real histories"),
    arguments: [("libuv", "libuv.MAINTAINERS.md"), ("iproute2", "iproute2.MAINTAINERS"), ("golang-net", "")])
func `on a real history the model does better over the years than any single signal`(
    name: String, maintainers: String
) throws {
    let history = try History(name)
    let mailmap = Mailmap(try text("git/\(name).mailmap") ?? "")
    let authors = try authorNames(ofClone: history.path).reduce(into: [String: Set<String>]()) { authors, author in
        authors[author.name, default: []].insert(mailmap.address(author.address))
    }
    let named = maintainers.isEmpty ? nil : try text("git/\(maintainers)").map(Maintainers.init)
    let facts = try history.facts()
    let panel = TrackPanel(
        try (2015...2023).map { year in
            try evaluateTracks(
                facts, cutoff: Day(year: year, month: 1, day: 1), mailmap: mailmap, maintainers: named, authors: authors
            )
        })
    #expect(panel.means.count == (named == nil ? 1 : 2))
    for mean in panel.means {
        let (best, area) = (try #require(mean.best), try #require(mean.area))
        #expect(mean.days >= 5)
        #expect(area >= best.area, "\(mean.name): \(best.name)")
    }
}
