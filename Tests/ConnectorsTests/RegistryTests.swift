import CanonicalJSON
import Foundation
import Reputation
import TestSupport
import Testing

@testable import Connectors

@Suite struct RegistryTests {
    private let folder: Folder

    init() throws { self.folder = try Folder() }

    private func read(_ registry: Registry, _ text: String, as name: String = "index.ndjson") throws -> [Record] {
        let path = try self.folder.write(text.utf8, as: name)
        return drain(try registry.open(paths: [path], observedAt: now)).records
    }

    /// A made-up packument.
    private func packument(
        _ name: String, by owners: [String], needs: [String] = [], repository: String? = nil, deprecated: Bool = false
    ) -> String {
        var version: [String: JSON] = [
            "dependencies": .object(Dictionary(uniqueKeysWithValues: needs.map { ($0, "^1.0.0") })),
            "_npmUser": ["name": .string(owners[0])],
        ]
        if deprecated { version["deprecated"] = "use another" }
        let packument: JSON = [
            "name": .string(name), "dist-tags": ["latest": "1.0.0"],
            "maintainers": .array(owners.map { ["name": .string($0), "email": .string("\($0)@example.org")] }),
            "time": ["1.0.0": "2025-06-01T00:00:00.000Z", "created": "2025-06-01T00:00:00.000Z"],
            "versions": ["1.0.0": .object(version)],
            "repository": ["url": .string("git+https://github.com/\(repository ?? "northwind/\(name)").git")],
        ]
        return packument.canonical
    }

    private func dependents(_ records: [Record], of name: String) -> Int64? {
        records.flatMap(\.evidence).first { $0.kind == .packageMaintained && $0.project.name == name }?
            .measures[.externalDependents]
    }

    @Test func `dependents are distinct other owners, and one repository's packages are one`() throws {
        let lines = [
            self.packument("gust", by: ["mira", "otto"]),
            self.packument("vane", by: ["lena"], needs: ["gust"]),
            self.packument("vane-extra", by: ["lena"], needs: ["gust"]),
            self.packument("mast", by: ["noor"], needs: ["gust", "stranger"], repository: "poles/all"),
            self.packument("mast-top", by: ["ravi"], needs: ["gust"], repository: "poles/all"),
            self.packument("own", by: ["otto"], needs: ["gust"]),
            self.packument("twig", by: ["lena", "mira"], needs: ["gust"]),
        ]
        let records = try self.read(.npm, lines.joined(separator: "\n"))
        #expect(self.dependents(records, of: "gust") == 2, "lena's, and the poles': neither mira's nor otto's own")
        let facts = records.flatMap(\.evidence).filter { $0.project.name == "gust" && $0.kind == .packageMaintained }
        #expect(facts.map(\.account.key.id) == ["mira", "otto"])
        #expect(facts.allSatisfy { $0.measures[.maintainers] == 2 })
        #expect(facts.allSatisfy { $0.object.unit == "github.com/northwind/gust" })
        #expect(facts.first?.measures[.releasesInTwelveMonths] == 1)
        #expect(records.flatMap(\.evidence).filter { $0.kind == .releasePublished }.count == 7)
        #expect(records.flatMap(\.ignored) == ["requires_a_package_not_in_the_index"])
    }

    @Test func `a ring of packages gives nobody a dependent`() throws {
        let names = ["a", "b", "c"]
        let ring = names.enumerated().map { index, name in
            self.packument(name, by: ["owner-of-\(name)"], needs: [names[(index + 1) % 3]])
        }
        let outside = self.packument("d", by: ["dora"], needs: ["a"])
        let records = try self.read(.npm, (ring + [outside]).joined(separator: "\n"))
        #expect(names.map { self.dependents(records, of: $0) } == [1, 0, 0])
        #expect(records.flatMap(\.ignored).filter { $0 == "dependents_in_a_ring" }.count == 3)
    }

    @Test func `a chain as long as a registry is read without running out of stack`() throws {
        let packages = (0..<20_000).map { number in
            var package = RegistryPackage(name: "p\(number)")
            package.owners = [
                Account(key: Account.Key(platform: Platform(rawValue: "npm"), id: "u\(number)"), login: "u\(number)")
            ]
            package.requires = ["p\(number + 1)"]
            return package
        }
        let graph = PackageGraph(packages)
        #expect(graph.externalOwners(of: "p19999") == 1)
        #expect(!graph.isInRing("p1"))
    }

    @Test func `an index that contradicts itself, and what is no document, is put aside by name`() throws {
        let lines = [
            self.packument("gust", by: ["mira"]), self.packument("gust", by: ["mallory"]),
            self.packument("gust", by: ["mira"]), "<html>Sign in</html>", #"{"name":"x","name":"y"}"#, "{\"name\":",
            #"{"name":"bare"}"#, String(repeating: "[", count: 5_000),
        ]
        let records = try self.read(.npm, lines.joined(separator: "\n"))
        let reasons = records.compactMap(\.quarantined?.reason)
        #expect(records.count == 8)
        #expect(reasons.count == 6)
        #expect(reasons[0] == "the index has \"gust\" twice, with different words")
        #expect(reasons[1] == "HTML, not JSON")
        #expect(records[1].position == "index.ndjson line 2")
        #expect(records[2].ignored == ["same_document_again"])
        #expect(records[0].evidence.allSatisfy { $0.account.login == "mira" })
    }

    @Test func `PyPI's users, releases and requirements are read as it serves them`() throws {
        let document: JSON = [
            "info": [
                "name": "Gust_Reader", "version": "1.1", "author_email": "Mira <mira@example.org>",
                "requires_dist": ["anemo.meter>=1", "pytest; extra == \"test\""], "yanked": false,
                "project_urls": ["Source": "https://github.com/northwind/gust"],
            ],
            "ownership": ["roles": [["role": "Owner", "user": "Mira"], ["role": "Maintainer", "user": "otto"]]],
            "releases": [
                "1.0": [["upload_time_iso_8601": "2024-01-01T00:00:00.5Z"]],
                "1.1": [["upload_time_iso_8601": "2025-01-01T00:00:00Z"]], "0.1": [],
            ],
        ]
        let meter: JSON = ["info": ["name": "anemo-meter", "version": "2", "author_email": "lena@example.org"]]
        let records = try self.read(.pypi, "[\(document.canonical),\(meter.canonical)]", as: "index.json")
        let facts = records.flatMap(\.evidence)
        #expect(facts.map(\.account.key.id) == ["mira", "otto", "lena@example.org"])
        #expect(facts[0].object.id == "gust-reader@1.1")
        #expect(facts[0].occurredAt == Instant(rfc3339: "2025-01-01T00:00:00Z"))
        #expect(facts[2].measures[.externalDependents] == 1)
    }

    @Test func `a crate's owners are counted by id, and its tests' needs are none`() throws {
        let crate: JSON = [
            "crate": ["id": "gust_rs", "max_version": "0.2.0", "repository": "https://gitlab.com/northwind/gust"],
            "users": [
                ["id": 11, "login": "mira", "kind": "user"], ["id": 12, "login": "github:poles:all", "kind": "team"],
            ],
            "versions": [
                [
                    "num": "0.2.0", "created_at": "2025-05-01T00:00:00.1+00:00", "yanked": true,
                    "published_by": ["id": 11, "login": "mira"],
                ]
            ],
            "dependencies": [["crate_id": "libc", "kind": "normal"], ["crate_id": "quickcheck", "kind": "dev"]],
        ]
        let facts = try self.read(.crates, crate.canonical).flatMap(\.evidence)
        #expect(facts.map(\.account.key.id) == ["11", "team:12", "11"])
        #expect(facts.map(\.account.kind) == [.user, .organization, .user])
        #expect(facts[0].measures[.deprecated] == 1)
        #expect(facts[2].object.id == "gust-rs@0.2.0")
    }

    @Test(.enabled(if: Recorded.isThere, "no recorded data beside the checkout"))
    func `a recorded installation report names every package once`() throws {
        let path = "\(try #require(Recorded.folder))/pypi/pip-report-dev.json.gz"
        let records = drain(try Registry.pypi.open(paths: [path], observedAt: now)).records
        #expect(records.count == 108)
        #expect(records.allSatisfy { $0.quarantined == nil })
        let facts = records.flatMap(\.evidence)
        #expect(Set(facts.map(\.project.name)).count >= 96, "so many give an address")
        #expect(facts.contains { ($0.measures[.externalDependents] ?? 0) > 5 })
    }
}

@Suite struct AdvisoryTests {
    private func read(_ advisories: [JSON]) throws -> [Record] {
        let folder = try Folder()
        let path = try folder.write(JSON.array(advisories).canonicalBytes, as: "advisories.json")
        return drain(try Advisories.open(paths: [path], observedAt: now)).records
    }

    @Test func `credits count for whom an id or an address names, and are the same in both databases`() throws {
        let package: JSON = ["ecosystem": "npm", "name": "gust"]
        let osv: JSON = [
            "id": "CVE-2025-0001", "aliases": ["GHSA-aaaa-bbbb-cccc"], "published": "2025-02-01T00:00:00Z",
            "modified": "2025-03-01T00:00:00Z", "affected": [["package": package]],
            "database_specific": ["severity": "HIGH"],
            "credits": [
                ["name": "Mira", "contact": ["mailto:Mira@Example.org"], "type": "REMEDIATION_DEVELOPER"],
                ["name": "Otto", "contact": ["https://github.com/otto"], "type": "FINDER"], ["name": "Lena"],
            ],
        ]
        let github: JSON = [
            "ghsa_id": "GHSA-aaaa-bbbb-cccc", "published_at": "2025-02-01T00:00:00Z", "severity": "high",
            "cvss": ["score": 7], "withdrawn_at": .null, "vulnerabilities": [["package": package]],
            "credits": [["user": ["id": 7002, "login": "otto", "type": "User"], "type": "finder"]],
        ]
        let withdrawn: JSON = [
            "id": "PYSEC-1", "modified": "2025-03-01T00:00:00Z", "withdrawn": "2025-03-01T00:00:00Z",
            "credits": [["name": "Noor"]],
        ]
        let records = try self.read([osv, github, withdrawn])
        let facts = records.flatMap(\.evidence)
        #expect(facts.map(\.kind) == [.securityCredit, .securityCredit])
        #expect(facts.map(\.account.key.id) == ["mira@example.org", "7002"])
        #expect(facts.map(\.outcome) == [.remediationDeveloper, .finder])
        #expect(Set(facts.map(\.object.id)) == ["GHSA-aaaa-bbbb-cccc"])
        #expect(facts.allSatisfy { $0.measures[.severity] == 70 })
        #expect(records.flatMap(\.ignored) == ["credit_without_an_id", "credit_by_name_alone", "advisory_withdrawn"])
    }

    @Test func `what is no advisory is put aside`() throws {
        let records = try self.read([["id": "OSV-1"], ["credits": []], "text"])
        #expect(records.compactMap(\.quarantined).count == 3)
    }
}
