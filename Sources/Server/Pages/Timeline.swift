import API
import Reputation

/// When the work was done: one lane a kind of fact, drawn, and the same as a table.
func timelineSection(_ profile: ProfileDocument) -> Markup {
    let timeline = Timeline(profile)
    return section(
        "timeline", "Timeline",
        intro: timeline == nil
            ? "" : "One bar a quarter. Each lane has its own scale: its tallest bar is named on its right."
    ) {
        if let timeline {
            tag(.figure) {
                timeline.drawing
                tag(.figcaption) {
                    "Filled bars counted in a facet; outlined ones were recorded and did not count. "
                    if timeline.showsCoverage {
                        """
                        The lines at the foot show when each source was read: solid where it was read in full, dashed \
                        where it was cut short. A gap above a gap below is unknown, not idle.
                        """
                    }
                }
            }
            tag(.details) {
                tag(.summary, text: "The same as a table")
                timeline.table(handle: profile.handle)
            }
        } else {
            tag(.p, text: "No dated facts yet.")
        }
    }
}

/// A quarter of a year, counted from the first of 1970.
private func quarterNumber(_ text: String) -> Int64? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, parts[1].first == "Q", let year = Int64(parts[0]),
        let quarter = Int64(parts[1].dropFirst()), year >= 1970, (1...4).contains(quarter)
    else { return nil }
    return (year - 1970) * 4 + quarter - 1
}

/// The facts of a profile by kind and quarter, ready to be drawn.
private struct Timeline {
    struct Lane {
        let kind: String
        let counts: [Int64: Int64]
        /// Of these, the ones that counted in a facet.
        let counted: [Int64: Int64]
        var total: Int64 { self.counts.values.reduce(0, +) }
    }

    struct Strip {
        let source: String
        let periods: [(from: Int64, to: Int64, complete: Bool)]
    }

    let quarters: ClosedRange<Int64>
    let lanes: [Lane]
    let strips: [Strip]
    var showsCoverage: Bool { !self.strips.isEmpty }

    /// Nil when no fact has a quarter up to the day of reading.
    init?(_ profile: ProfileDocument) {
        let end = Day(profile.asOf)?.quarter ?? .max
        var counts: [String: [Int64: Int64]] = [:]
        var counted: [String: [Int64: Int64]] = [:]
        for entry in profile.timeline where entry.n > 0 {
            guard let quarter = quarterNumber(entry.quarter), quarter <= end else { continue }
            counts[entry.kind, default: [:]][quarter, default: 0] += entry.n
            counted[entry.kind, default: [:]][quarter, default: 0] += min(max(entry.counted, 0), entry.n)
        }
        let used = counts.values.flatMap(\.keys)
        guard let first = used.min(), let last = used.max() else { return nil }
        let final = end == .max ? last : end
        let quarters = min(first, final - 11)...final
        self.quarters = quarters
        self.lanes = counts.map { Lane(kind: $0.key, counts: $0.value, counted: counted[$0.key] ?? [:]) }
            .sorted { ($1.total, $0.kind) < ($0.total, $1.kind) }
        self.strips = Timeline.strips(profile.coverage, within: quarters)
    }

    private static func strips(_ coverage: [ProfileDocument.Coverage], within quarters: ClosedRange<Int64>) -> [Strip] {
        var periods: [String: [(from: Int64, to: Int64, complete: Bool)]] = [:]
        for item in coverage {
            guard let from = Day(item.from)?.quarter, let to = Day(item.to)?.quarter, from <= to,
                quarters.overlaps(from...to)
            else { continue }
            periods[item.source, default: []].append(
                (max(from, quarters.lowerBound), min(to, quarters.upperBound), item.complete))
        }
        return periods.map { Strip(source: $0.key, periods: $0.value) }.sorted { $0.source < $1.source }
    }
}

// MARK: - Drawing

extension Timeline {
    private static let width: Int64 = 720
    private static let laneHeight: Int64 = 74
    private static let stripHeight: Int64 = 38

    var drawing: Markup {
        let lanesEnd = Int64(self.lanes.count) * Timeline.laneHeight
        let height = lanesEnd + 34 + Int64(self.strips.count) * Timeline.stripHeight
        return tag(
            .svg, .class("timeline"), Attribute(.viewBox, "0 0 \(Timeline.width) \(height)"), Attribute(.role, "img"),
            Attribute(.ariaLabelledBy, "timeline-name timeline-words")
        ) {
            tag(.title, .id("timeline-name"), text: "Facts by quarter, \(self.period)")
            tag(.desc, .id("timeline-words"), text: self.words)
            self.axis(at: lanesEnd)
            for (position, lane) in self.lanes.enumerated() {
                self.draw(lane, top: Int64(position) * Timeline.laneHeight)
            }
            for (position, strip) in self.strips.enumerated() {
                self.draw(strip, top: lanesEnd + 34 + Int64(position) * Timeline.stripHeight)
            }
        }
    }

    private var period: String { "\(self.quarters.lowerBound / 4 + 1970) to \(self.quarters.upperBound / 4 + 1970)" }

    /// The drawing in a sentence for those who do not see it.
    private var words: String {
        self.lanes.map { lane in
            let years = lane.counts.keys.map { $0 / 4 + 1970 }
            return "\(kindTitle(lane.kind)): \(grouped(lane.total)), \(years.min() ?? 0) to \(years.max() ?? 0)."
        }.joined(separator: " ")
    }

    /// The left edge of `quarter`.
    private func x(_ quarter: Int64) -> Int64 {
        (quarter - self.quarters.lowerBound) * Timeline.width / Int64(self.quarters.count)
    }

    private func axis(at y: Int64) -> Markup {
        let perYear = Timeline.width * 4 / Int64(self.quarters.count)
        let step = max(1, (76 + perYear - 1) / max(perYear, 1))
        let years = (self.quarters.lowerBound + 3) / 4...self.quarters.upperBound / 4
        return tag(.g, .class("axis")) {
            for year in years {
                let x = self.x(year * 4)
                tag(.path, Attribute(.d, "M\(x) 0V\(y + 4)"))
                if (year - years.lowerBound) % step == 0, x < Timeline.width - 50 {
                    tag(.svgText, Attribute(.x, x + 3), Attribute(.y, y + 22), text: String(year + 1970))
                }
            }
        }
    }

    private func draw(_ lane: Lane, top: Int64) -> Markup {
        let peak = lane.counts.values.max() ?? 1
        let base = top + Timeline.laneHeight - 6
        let gap: Int64 = Timeline.width / Int64(self.quarters.count) > 5 ? 2 : 0
        var (filled, outlined) = ("", "")
        for (quarter, n) in lane.counts.sorted(by: { $0.key < $1.key }) {
            let left = self.x(quarter)
            let width = max(1, self.x(quarter + 1) - left - gap)
            func bar(_ n: Int64) -> String {
                let height = max(2, n * 36 / peak)
                return "M\(left) \(base)v-\(height)h\(width)v\(height)z"
            }
            let counted = lane.counted[quarter] ?? 0
            if counted < n { outlined += bar(n) }
            if counted > 0 { filled += bar(counted) }
        }
        return tag(.g, .class("lane")) {
            tag(.svgText, .class("name"), Attribute(.x, 0), Attribute(.y, top + 24)) {
                "\(kindTitle(lane.kind)) · \(grouped(lane.total))"
            }
            tag(
                .svgText, .class("peak"), Attribute(.x, Timeline.width), Attribute(.y, top + 24),
                text: "tallest \(grouped(peak))")
            tag(.path, .class("base"), Attribute(.d, "M0 \(base)H\(Timeline.width)"))
            if !outlined.isEmpty { tag(.path, .class("rest"), Attribute(.d, outlined)) }
            if !filled.isEmpty { tag(.path, .class("bars"), Attribute(.d, filled)) }
        }
    }

    private func draw(_ strip: Strip, top: Int64) -> Markup {
        let isComplete = strip.periods.allSatisfy(\.complete)
        return tag(.g, .class("strip")) {
            tag(.svgText, Attribute(.x, 0), Attribute(.y, top + 22)) {
                "read: \(strip.source)\(isComplete ? "" : ", cut short")"
            }
            for period in strip.periods {
                let to = max(self.x(period.to + 1), self.x(period.from) + 3)
                tag(
                    .path, .class(period.complete ? "read" : "read cut"),
                    Attribute(.d, "M\(self.x(period.from)) \(top + 32)H\(to)"))
            }
        }
    }
}

// MARK: - Table

extension Timeline {
    /// Each number opens to its facts.
    func table(handle: String) -> Markup {
        let used = Set(self.lanes.flatMap(\.counts.keys)).sorted(by: >)
        return tag(
            .div, .class("scroll"), Attribute(.tabindex, 0), Attribute(.role, "region"),
            Attribute(.ariaLabel, "Facts by quarter")
        ) {
            tag(.table, .class("numbers")) {
                tag(.caption, text: "Facts by quarter and kind. Quarters without any fact are left out.")
                tag(.thead) {
                    tag(.tr) {
                        tag(.th, Attribute(.scope, "col"), text: "Quarter")
                        for lane in self.lanes { tag(.th, Attribute(.scope, "col"), text: kindTitle(lane.kind)) }
                    }
                }
                tag(.tbody) {
                    for quarter in used {
                        tag(.tr) {
                            tag(.th, Attribute(.scope, "row"), text: "\(quarter / 4 + 1970) Q\(quarter % 4 + 1)")
                            for lane in self.lanes { self.cell(lane, quarter, handle: handle) }
                        }
                    }
                }
            }
        }
    }

    private func cell(_ lane: Lane, _ quarter: Int64, handle: String) -> Markup {
        guard let n = lane.counts[quarter] else { return tag(.td, text: "–") }
        let facts = Reference(
            path: "p", handle, "evidence",
            query: [("type", lane.kind), ("quarter", "\(quarter / 4 + 1970)-Q\(quarter % 4 + 1)")])
        return tag(.td) { tag(.a, .href(facts), text: grouped(n)) }
    }
}
