/// A network of nodes and arcs with capacities, and the most that can flow through it.
///
/// Dinic's algorithm. The arcs hold whole numbers, so the result is exact; it is a property of the network and not of
/// the order in which arcs were added.
struct FlowNetwork {
    private var arcs: [[Int]] = []
    private var heads: [Int] = []
    private var residual: [Int64] = []

    mutating func node() -> Int {
        self.arcs.append([])
        return self.arcs.count - 1
    }

    /// Lets up to `capacity` flow from `tail` to `head`.
    mutating func connect(_ tail: Int, _ head: Int, capacity: Int64) {
        precondition(capacity >= 0)
        self.arcs[tail].append(self.heads.count)
        self.heads.append(head)
        self.residual.append(capacity)
        self.arcs[head].append(self.heads.count)
        self.heads.append(tail)
        self.residual.append(0)
    }

    /// Sends as much as can flow from `source` to `sink`, and returns how much that is.
    mutating func maximumFlow(from source: Int, to sink: Int) -> Int64 {
        var total: Int64 = 0
        while let distance = self.distances(from: source, to: sink) {
            var next = Array(repeating: 0, count: self.arcs.count)
            while let amount = self.augment(from: source, to: sink, distance: distance, next: &next) {
                total += amount
            }
        }
        return total
    }

    /// How many arcs with room lie between `source` and each node; nil when `sink` cannot be reached.
    private func distances(from source: Int, to sink: Int) -> [Int]? {
        var distance = Array(repeating: -1, count: self.arcs.count)
        distance[source] = 0
        var queue = [source]
        var position = 0
        while position < queue.count {
            let node = queue[position]
            position += 1
            for arc in self.arcs[node] where self.residual[arc] > 0 && distance[self.heads[arc]] < 0 {
                distance[self.heads[arc]] = distance[node] + 1
                queue.append(self.heads[arc])
            }
        }
        return distance[sink] < 0 ? nil : distance
    }

    /// Fills one shortest path and returns what it took; nil when none is left. `next` remembers dead ends.
    private mutating func augment(from source: Int, to sink: Int, distance: [Int], next: inout [Int]) -> Int64? {
        var path: [Int] = []
        var node = source
        while node != sink {
            if next[node] == self.arcs[node].count {
                guard let last = path.popLast() else { return nil }
                node = self.heads[last ^ 1]
                next[node] += 1
                continue
            }
            let arc = self.arcs[node][next[node]]
            if self.residual[arc] > 0, distance[self.heads[arc]] == distance[node] + 1 {
                path.append(arc)
                node = self.heads[arc]
            } else {
                next[node] += 1
            }
        }
        var amount = Int64.max
        for arc in path { amount = min(amount, self.residual[arc]) }
        for arc in path {
            self.residual[arc] -= amount
            self.residual[arc ^ 1] += amount
        }
        return amount
    }
}
