import Reputation

/// Which packages of an index need which.
///
/// Packages of one repository are one, and what counts is how many *other* owners chose to depend on it directly. A ring of
/// packages that need one another gives none of them a dependent: nobody outside of it chose anything.
struct PackageGraph {
    /// The units that directly need a unit, by what is needed.
    private var dependents: [String: Set<String>] = [:]
    private var owners: [String: Set<Account.Key>] = [:]
    /// The owner each unit counts for as a dependent.
    private var owner: [String: Account.Key] = [:]
    /// Which ring a unit is in; alone in its own where it is in none.
    private var ring: [String: Int] = [:]
    /// Names that packages need and that the index does not have, by the package that needs them.
    private(set) var unknown: [String: Int] = [:]

    init(_ packages: [RegistryPackage]) {
        let units = Dictionary(packages.map { ($0.name, $0.unit) }) { first, _ in first }
        for package in packages {
            self.owners[package.unit, default: []].formUnion(package.owners.map(\.key))
            if self.owner[package.unit] == nil { self.owner[package.unit] = package.owners.first?.key }
            for name in package.requires {
                guard let needed = units[name] else {
                    self.unknown[package.name, default: 0] += 1
                    continue
                }
                if needed != package.unit { self.dependents[needed, default: []].insert(package.unit) }
            }
        }
        self.ring = PackageGraph.rings(self.dependents)
    }

    /// Distinct owners, none of them one of `unit`'s own, of packages that directly need `unit`.
    func externalOwners(of unit: String) -> Int64 {
        let own = self.owners[unit] ?? []
        var others: Set<Account.Key> = []
        for dependent in self.dependents[unit] ?? [] where !self.isInRing(dependent, with: unit) {
            guard let owner = self.owner[dependent], (self.owners[dependent] ?? []).isDisjoint(with: own) else {
                continue
            }
            others.insert(owner)
        }
        return Int64(others.count)
    }

    /// Whether the unit is needed by a package that it needs itself, over however many others.
    func isInRing(_ unit: String) -> Bool {
        (self.dependents[unit] ?? []).contains { self.isInRing($0, with: unit) }
    }

    private func isInRing(_ left: String, with right: String) -> Bool {
        guard let ring = self.ring[left] else { return false }
        return ring == self.ring[right]
    }

    /// The strongly connected components (Tarjan), with a stack of our own: a chain of a registry is long.
    private static func rings(_ edges: [String: Set<String>]) -> [String: Int] {
        var (index, low, ring): ([String: Int], [String: Int], [String: Int]) = ([:], [:], [:])
        var open: [String] = []
        var isOpen: Set<String> = []
        for root in edges.keys.sorted() where index[root] == nil {
            var path: [(node: String, rest: [String])] = []
            func enter(_ node: String) {
                index[node] = index.count
                low[node] = index[node]
                open.append(node)
                isOpen.insert(node)
                path.append((node, (edges[node] ?? []).sorted()))
            }
            enter(root)
            while let (node, rest) = path.last {
                if let next = rest.last {
                    path[path.count - 1].rest.removeLast()
                    if index[next] == nil {
                        enter(next)
                    } else if isOpen.contains(next) {
                        low[node] = min(low[node]!, index[next]!)
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last?.node { low[parent] = min(low[parent]!, low[node]!) }
                guard low[node] == index[node] else { continue }
                while let member = open.popLast() {
                    isOpen.remove(member)
                    ring[member] = index[node]
                    if member == node { break }
                }
            }
        }
        return ring
    }
}
