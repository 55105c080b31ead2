import CanonicalJSON
import Foundation
import Reputation
import Testing

@testable import Scoring

/// The model's published numbers and one made-up profile, byte by byte. `UPDATE_GOLDEN=1` rewrites them; a change of
/// either without a new version of the model is a mistake.
struct GoldenTests {
    @Test func `the weights of standing version 1 do not change`() throws {
        try expectGolden("standing-1-weights.json", Model.standing1.weights)
    }

    @Test func `the made-up profile is assessed to the same bytes`() throws {
        let assessment = assessed(GoldenTests.profile)
        try expectGolden("made-up-profile.json", assessment.document)
        try expectGolden("made-up-explanation.json", assessment.explanation)
    }

    @Test func `the model names a number for every act, factor, limit and facet`() {
        let model = Model.standing1
        #expect(Set(model.values.keys) == Set(Act.allCases))
        #expect(Set(model.factors.keys) == Set(Model.Factor.allCases))
        #expect(Set(model.limits.keys) == Set(Model.Limit.allCases))
        #expect(Set(model.facets.keys) == Set(Facet.Name.allCases))
    }

    /// The order the design states: what took more from others is worth more.
    @Test func `the weights keep the stated order`() {
        let model = Model.standing1
        let ladders: [[Act]] = [
            [.reviewFollowed, .reviewDiscussed, .reviewChangesRequested, .reviewCommented, .reviewBare],
            [.trailerReviewed, .trailerTested, .trailerAcked, .reviewBare],
            [.changeReviewed, .changeMerged, .commitAuthored, .coAuthored, .changeTrivial],
            [.issueCompleted, .issueClosed, .issueSorted],
            [.packageMaintained, .releasePublished],
        ]
        for ladder in ladders {
            for (higher, lower) in zip(ladder, ladder.dropFirst()) { #expect(model[higher] > model[lower]) }
        }
    }

    /// Five years: reviews and changes in two project families, triage in one, a package, and what does not count.
    static let profile: [Evidence] = {
        var facts: [Evidence] = []
        for id in 0..<60 {
            facts.append(fact(.reviewGiven, id, in: project(id % 6, owner: 501 + id % 2), ago: Int64(id * 29)))
            facts.append(fact(.changeMerged, 100 + id, in: project(id % 4, owner: 501), ago: Int64(id * 30)))
        }
        for id in 0..<12 {
            facts.append(fact(.issueTriaged, 200 + id, in: project(2, owner: 501), ago: Int64(id * 50)))
            facts.append(fact(.changeDeclined, 300 + id, in: project(3, owner: 501), ago: Int64(id * 60)))
            facts.append(fact(.changeMerged, 400 + id, in: project(7, owner: 1), ago: Int64(id * 8)))
        }
        for id in 0..<3 { facts[id].measures = [:] }
        facts[5].flags = [.rubberStamp]
        facts[6].counterparties[0].account.kind = .bot
        facts.append(fact(.packageMaintained, 500, in: project(8)))
        facts.append(fact(.disclosure, 600))
        return facts
    }()

    private func expectGolden(_ name: String, _ value: JSON) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        let text = value.canonical + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "UPDATE_GOLDEN=1 rewrites \(name)")
    }
}
