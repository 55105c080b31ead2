/// Who depends on whom, between source packages.
///
/// Packages of one source are one, and so are all packages of one owner: what counts is how many *other* maintainers
/// chose to depend on something, by any alternative, directly, on a binary or on a name it provides.
struct Dependents {
    private var ids: [String: Int] = [:]
    /// Sources that build or provide a name.
    private var providers: [Int: Set<Int>] = [:]
    /// Names that a source's binaries depend on.
    private var needs: [Int: Set<Int>] = [:]
    /// The maintainer of a source.
    private var owners: [Int: Int] = [:]
    private var binaries: [Int: Set<Int>] = [:]

    /// Whether any binary was added; without, nobody's dependents are known.
    private(set) var knowsBinaries = false

    /// Adds what `package` says.
    mutating func add(_ package: Package) {
        let source = self.id("source \(package.source)")
        if let owner = package.owner, package.index == .sources || self.owners[source] == nil {
            self.owners[source] = self.id("owner \(owner)")
        }
        guard case .packages(let binary) = package.index else { return }
        self.knowsBinaries = true
        self.binaries[source, default: []].insert(self.id("name \(binary)"))
        for name in [binary] + package.provides { self.providers[self.id("name \(name)"), default: []].insert(source) }
        for name in package.depends { self.needs[source, default: []].insert(self.id("name \(name)")) }
    }

    /// How many binaries the index has of `source`.
    func binaryCount(of source: String) -> Int? {
        self.ids["source \(source)"].flatMap { self.binaries[$0]?.count }
    }

    /// For each source, how many owners other than its own have a source that directly depends on it.
    func externalOwners() -> [String: Int] {
        var owners: [Int: Set<Int>] = [:]
        for (dependent, names) in self.needs {
            guard let owner = self.owners[dependent] else { continue }
            for name in names {
                for provider in self.providers[name] ?? [] where self.owners[provider] != owner {
                    owners[provider, default: []].insert(owner)
                }
            }
        }
        var counts: [String: Int] = [:]
        for (name, id) in self.ids where name.hasPrefix("source ") {
            counts[String(name.dropFirst(7))] = owners[id]?.count ?? 0
        }
        return counts
    }

    private mutating func id(_ name: String) -> Int {
        if let id = self.ids[name] { return id }
        self.ids[name] = self.ids.count
        return self.ids.count - 1
    }
}
