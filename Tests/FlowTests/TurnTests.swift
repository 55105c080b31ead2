import CanonicalJSON
import Connectors
import Foundation
import Postgres
import Reputation
import Service
import Store
import Synchronization
import Testing

/// What later facts make of earlier ones, in whatever order both arrive.
@Suite struct TurnTests {
    /// A facet of Maya's published profile after what `archives` tell was recorded one after the other, each refreshing
    /// whom it touches.
    private func facet(_ name: String, after archives: [MadeUpArchive]) async throws -> JSON {
        let facet = Mutex<JSON>(.null)
        try await RunningService.with { service in
            _ = try await service.importArchive()
            _ = try await service.publish(MadeUpArchive.maya, as: "maya")
            for (number, archive) in archives.enumerated() {
                let path = service.directory.appendingPathComponent("2024-12-02-\(number).json").path
                try archive.write(to: path)
                _ = try await service.background.sequencer.record(
                    self.evidence(path, service.authority.now()).map { SealedFact($0, by: service.authority) })
                try await service.background.refresher.turn()
            }
            let profile = try await service.call("GET", "/v1/profiles/maya")
            let found = profile.json["facets"]?.array?.first { $0["name"]?.string == name }
            facet.withLock { $0 = found ?? .null }
        }
        return facet.withLock { $0 }
    }

    private func evidence(_ path: String, _ now: Instant) throws -> [Evidence] {
        let source = try GHArchive(path: path, observedAt: now, resumingAfter: nil)
        var evidence: [Evidence] = []
        while let record = try source.next() {
            if case .mapped(let mapped) = record.outcome { evidence += mapped.evidence }
        }
        return evidence
    }

    @Test func `triage that somebody undoes counts no more, whichever is known first`() async throws {
        for by in [MadeUpArchive.pia, MadeUpArchive.omar] {
            let (closing, reopening) = MadeUpArchive.undoneTriage(by: by)
            let closed = try await self.facet("triage", after: [closing])
            for order in [[closing, reopening], [reopening, closing]] {
                let undone = try await self.facet("triage", after: order)
                #expect(undone["n"]?.int == closed["n"]?.int.map { $0 - 1 })
                #expect(undone["excluded"]?["undone"]?.int == 1)
            }
        }
    }

    @Test func `a change that is reverted within 30 days counts no more, until the revert is reverted`() async throws {
        let (merge, revert, again) = MadeUpArchive.revertedChange()
        let merged = try await self.facet("contributing", after: [merge])
        #expect(merged["excluded"]?["undone"] == nil)
        for order in [[merge, revert], [revert, merge]] {
            let reverted = try await self.facet("contributing", after: order)
            #expect(reverted["n"]?.int == merged["n"]?.int.map { $0 - 1 })
            #expect(reverted["excluded"]?["undone"]?.int == 1)
        }
        for order in [
            [merge, revert, again], [again, revert, merge], [revert, again, merge], [merge, again, revert],
        ] {
            let restored = try await self.facet("contributing", after: order)
            #expect(restored["n"] == merged["n"] && restored["excluded"]?["undone"] == nil)
        }
        let late = MadeUpArchive.revertedChange(days: 31)
        let stays = try await self.facet("contributing", after: [late.merge, late.revert])
        #expect(stays["n"] == merged["n"])
    }

    @Test func `a review is worth more once a push follows it, whichever is known first`() async throws {
        let (review, ending, unmoved) = MadeUpArchive.reviewAndPush()
        let before = try #require(try await self.facet("reviewing", after: [review])["value_per_mille"]?.int)
        for order in [[review, ending], [ending, review]] {
            let value = try #require(try await self.facet("reviewing", after: order)["value_per_mille"]?.int)
            #expect(value > before)
        }
        let same = try #require(try await self.facet("reviewing", after: [review, unmoved])["value_per_mille"]?.int)
        #expect(same == before, "the change ended where the review saw it")
    }
}
