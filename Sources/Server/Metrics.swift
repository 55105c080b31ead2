internal import Synchronization

/// Counts of what the service did, as Prometheus reads them (text format 0.0.4).
final class Metrics: Sendable {
    /// Upper bounds of the latency buckets, in microseconds.
    private static let bounds: [Int64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000,
    ]

    private struct Histogram {
        var buckets = [Int64](repeating: 0, count: Metrics.bounds.count + 1)
        var sum: Int64 = 0
        var count: Int64 = 0

        mutating func record(_ microseconds: Int64) {
            self.buckets[Metrics.bounds.firstIndex { microseconds <= $0 } ?? Metrics.bounds.count] += 1
            self.sum += microseconds
            self.count += 1
        }
    }

    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    private let requests = Mutex<[Key: Histogram]>([:])

    /// Counts one request of `route` (the pattern, never the path) that took `microseconds`.
    func record(route: String, status: Int, microseconds: Int64) {
        self.requests.withLock { $0[Key(route: route, status: status), default: Histogram()].record(microseconds) }
    }

    /// A count kept elsewhere, one line for each set of labels; with none it counts one thing.
    struct Counter {
        let name: String
        let help: String
        var values: [(labels: [(name: String, value: String)], value: Int64)]

        fileprivate var lines: [String] {
            ["# HELP \(self.name) \(self.help)", "# TYPE \(self.name) counter"]
                + self.values.map { labels, value in
                    let pairs = labels.map { "\($0.name)=\"\(Counter.escaped($0.value))\"" }
                    return self.name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(value)"
                }
        }

        /// A label's value may hold anything, so long as what would end it is escaped.
        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    /// The metrics as text; `gauges` and `counters` are read by the caller.
    func text(gauges: [(name: String, help: String, value: Int64)], counters: [Counter]) -> String {
        var lines: [String] = counters.flatMap(\.lines)
        for gauge in gauges {
            lines += [
                "# HELP \(gauge.name) \(gauge.help)", "# TYPE \(gauge.name) gauge", "\(gauge.name) \(gauge.value)",
            ]
        }
        let name = "standing_request_duration_seconds"
        lines += ["# HELP \(name) Time from request to answer.", "# TYPE \(name) histogram"]
        let requests = self.requests.withLock { $0 }.sorted {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }
        for (key, histogram) in requests {
            let labels = "route=\"\(key.route)\",status=\"\(key.status)\""
            var total: Int64 = 0
            for (bound, count) in zip(Self.bounds, histogram.buckets) {
                total += count
                lines.append("\(name)_bucket{\(labels),le=\"\(Double(bound) / 1_000_000)\"} \(total)")
            }
            lines.append("\(name)_bucket{\(labels),le=\"+Inf\"} \(histogram.count)")
            lines.append("\(name)_sum{\(labels)} \(Double(histogram.sum) / 1_000_000)")
            lines.append("\(name)_count{\(labels)} \(histogram.count)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
