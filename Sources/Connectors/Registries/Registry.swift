public import Decoding
public import Reputation

/// Package registries: documents as they serve them → who maintains what, and how many others depend on it.
///
/// - PyPI: `/pypi/NAME/json` (its `ownership` names users), and pip's installation report, whose people are addresses.
/// - npm: packuments, `registry/NAME`.
/// - crates.io: `crate`, `versions`, `users` (owners) and `dependencies` of the API's answers in one object.
public enum Registry: String, Sendable, CaseIterable {
    /// The Python Package Index.
    case pypi
    /// The npm registry.
    case npm
    /// crates.io.
    case crates

    /// The documents in the files at `paths`; dependents are counted among all of them.
    ///
    /// A package told a second time with other words contradicts the first, and both that and a package that needs itself
    /// through others are named: the second is put aside, a ring counts for nobody.
    ///
    /// - Throws: `ReadError`.
    public func open(
        paths: [String], observedAt: Instant, resumingAfter cursor: String? = nil
    ) throws(ReadError) -> DocumentSource {
        try DocumentSource(adapter: self.rawValue, paths: paths, resumingAfter: cursor) { documents in
            self.records(documents.flatMap(self.parts), observedAt: observedAt)
        }
    }

    private var platform: Platform { Platform(rawValue: self.rawValue) }

    /// A document, or the packages that pip's report has in one.
    private func parts(_ document: Document) -> [Document] {
        guard self == .pypi, case .success(let place) = document.place, let list = place["install"].present else {
            return [document]
        }
        // A report whose packages are no list is left whole: as a package it is refused, with its place and why.
        guard let elements = try? list.elements() else { return [document] }
        return elements.enumerated().map { number, element in
            Document(
                position: "\(document.position) package \(number + 1)", file: document.file, place: .success(element),
                digest: digest(of: element))
        }
    }

    private func records(_ documents: [Document], observedAt: Instant) -> [DocumentRecord] {
        var packages: [RegistryPackage] = []
        var digests: [String: String] = [:]
        var readings: [(document: Document, package: Result<RegistryPackage, Refusal>?)] = []
        for document in documents {
            let package = Result { () throws(Refusal) in try self.package(document.place.get()) }
            guard case .success(let read) = package else {
                readings.append((document, package))
                continue
            }
            if let known = digests[read.name] {
                let contradicts = Refusal(reason: "the index has \(quoted(read.name)) twice, with different words")
                readings.append((document, known == document.digest ? nil : .failure(contradicts)))
                continue
            }
            digests[read.name] = document.digest
            packages.append(read)
            readings.append((document, package))
        }
        let graph = PackageGraph(packages)
        return readings.map { document, package in
            guard let package else { return document.record { _ in (.ignored("same_document_again"), nil) } }
            return document.record { _ throws(Refusal) in
                let package = try package.get()
                let source = Evidence.Source(
                    adapter: self.rawValue, class: .registry, locator: document.file, digest: document.digest)
                var mapped = package.mapped(
                    platform: self.platform, dependents: graph.externalOwners(of: package.unit), source: source,
                    observedAt: observedAt)
                if graph.isInRing(package.unit) { mapped.ignored.append("dependents_in_a_ring") }
                let unknown = graph.unknown[package.name] ?? 0
                mapped.ignored += Array(repeating: "requires_a_package_not_in_the_index", count: unknown)
                return (mapped, package.releases.map(\.publishedAt).max())
            }
        }
    }

    private func package(_ place: Place) throws(Refusal) -> RegistryPackage {
        switch self {
        case .pypi: try PyPIShapes.package(place)
        case .npm: try NPMShapes.package(place)
        case .crates: try CratesShapes.package(place)
        }
    }
}
