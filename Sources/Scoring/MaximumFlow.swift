/// A network of nodes and arcs with capacities, and the most that can flow through it.
///
/// Dinic's algorithm. The arcs hold whole numbers, so the result is exact; it is a property of the network and not of
/// the order in which arcs were added.
struct FlowNetwork {
    /// The last arc of each node, −1 for none; an arc's `next` is the one added before it.
    private var first: [Int32] = []
    private var next: [Int32] = []
    private var heads: [Int32] = []
    private var residual: [Int64] = []

    mutating func node() -> Int {
        self.first.append(-1)
        return self.first.count - 1
    }

    /// Lets up to `capacity` flow from `tail` to `head`; returns the arc.
    @discardableResult
    mutating func connect(_ tail: Int, _ head: Int, capacity: Int64) -> Int {
        precondition(capacity >= 0)
        let arc = self.heads.count
        self.heads.append(Int32(head))
        self.heads.append(Int32(tail))
        self.residual.append(capacity)
        self.residual.append(0)
        self.next.append(self.first[tail])
        self.next.append(self.first[head])
        self.first[tail] = Int32(arc)
        if head == tail { self.next[arc + 1] = Int32(arc) }
        self.first[head] = Int32(arc + 1)
        return arc
    }

    /// Lets `more` flow along `arc`.
    mutating func widen(_ arc: Int, by more: Int64) { self.residual[arc] += more }

    /// How much flows along `arc` once `maximumFlow` was asked for.
    func flow(along arc: Int) -> Int64 { self.residual[arc ^ 1] }

    /// Sends as much as can flow from `source` to `sink`, and returns how much that is.
    mutating func maximumFlow(from source: Int, to sink: Int) -> Int64 {
        var total: Int64 = 0
        while let distance = self.distances(from: source, to: sink) {
            var cursor = self.first
            while let amount = self.augment(from: source, to: sink, distance: distance, cursor: &cursor) {
                total += amount
            }
        }
        return total
    }

    /// How many arcs with room lie between each node and `sink`; nil when it cannot be reached from `source`.
    private func distances(from source: Int, to sink: Int) -> [Int32]? {
        var distance = Array(repeating: Int32(-1), count: self.first.count)
        distance[sink] = 0
        var queue = [Int32(sink)]
        var position = 0
        while position < queue.count {
            let node = Int(queue[position])
            position += 1
            var arc = self.first[node]
            while arc >= 0 {
                let tail = Int(self.heads[Int(arc)])
                if distance[tail] < 0, self.residual[Int(arc ^ 1)] > 0 {
                    distance[tail] = distance[node] + 1
                    queue.append(Int32(tail))
                }
                arc = self.next[Int(arc)]
            }
        }
        return distance[source] < 0 ? nil : distance
    }

    /// Fills one shortest path and returns what it took; nil when none is left. `cursor` remembers dead ends.
    private mutating func augment(from source: Int, to sink: Int, distance: [Int32], cursor: inout [Int32]) -> Int64? {
        var path: [Int32] = []
        var node = source
        while node != sink {
            let arc = cursor[node]
            guard arc >= 0 else {
                guard let last = path.popLast() else { return nil }
                node = Int(self.heads[Int(last ^ 1)])
                cursor[node] = self.next[Int(last)]
                continue
            }
            let head = Int(self.heads[Int(arc)])
            if self.residual[Int(arc)] > 0, distance[head] >= 0, distance[head] == distance[node] - 1 {
                path.append(arc)
                node = head
            } else {
                cursor[node] = self.next[Int(arc)]
            }
        }
        var amount = Int64.max
        for arc in path { amount = min(amount, self.residual[Int(arc)]) }
        for arc in path {
            self.residual[Int(arc)] -= amount
            self.residual[Int(arc ^ 1)] += amount
        }
        return amount
    }
}
