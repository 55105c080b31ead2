/// The calibration plot: what share of the cases was merged, by the chance that was stated.
///
/// One point a tenth of the cases, with its 95 % interval; the nearer to the diagonal, the better the chances are.
public struct CalibrationPlot {
    private let report: MergeReport

    /// The plot of a result.
    public init(_ report: MergeReport) { self.report = report }

    private static let side = 400.0
    private static let left = 64.0
    private static let top = 74.0

    /// The plot as an SVG document of its own, readable on white and by a screen reader.
    public var svg: String {
        let title = "Calibration of \(self.report.model.id)/\(self.report.model.version)"
        let description =
            self.report.calibration.map { calibration in
                calibration.bins.map {
                    "\($0.count) cases given \(fixed($0.stated, 2)) on average: \(fixed($0.merged, 2)) merged."
                }.joined(separator: " ")
            } ?? "There are no cases."
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 560" width="500" height="560" role="img" \
            aria-labelledby="title text" font-family="system-ui, sans-serif" font-size="13">
            <title id="title">\(title)</title>
            <desc id="text">\(description)</desc>
            <rect width="500" height="560" fill="#ffffff"/>
            <text x="\(fixed(Self.left, 0))" y="24" font-size="16" font-weight="600">\(title)</text>
            <text x="\(fixed(Self.left, 0))" y="43" fill="#555555">\(self.subtitle)</text>
            <text x="\(fixed(Self.left, 0))" y="60" fill="#555555">weights: \(self.report.weights.name)</text>
            \(self.grid)
            <path d="M\(self.point(0, 0)) L\(self.point(1, 1))" stroke="#888888" stroke-dasharray="5 4" fill="none"/>
            \(self.curve(self.report.newcomersCalibration, colour: "#b45309"))
            \(self.curve(self.report.calibration, colour: "#1d4ed8"))
            \(self.legend)
            </svg>

            """
    }

    private var subtitle: String { "\(self.report.sample.cases) cases of \(self.report.sample.projects) projects" }

    private var grid: String {
        let lines = (0...5).map { step -> String in
            let value = Double(step) / 5
            return """
                <path d="M\(self.point(value, 0)) L\(self.point(value, 1)) M\(self.point(0, value)) \
                L\(self.point(1, value))" stroke="#e5e5e5" fill="none"/>
                <text x="\(self.x(value))" y="\(fixed(Self.top + Self.side + 18, 1))" \
                text-anchor="middle">\(fixed(value, 1))</text>
                <text x="\(fixed(Self.left - 8, 1))" y="\(fixed(Self.top + (1 - value) * Self.side + 4, 1))" \
                text-anchor="end">\(fixed(value, 1))</text>
                """
        }
        let middle = fixed(Self.top + Self.side / 2, 1)
        return lines.joined(separator: "\n") + """

            <text x="\(self.x(0.5))" y="\(fixed(Self.top + Self.side + 38, 1))" text-anchor="middle">chance stated</text>
            <text x="20" y="\(middle)" text-anchor="middle" transform="rotate(-90 20 \(middle))">share merged</text>
            """
    }

    private func curve(_ calibration: Calibration?, colour: String) -> String {
        guard let bins = calibration?.bins, !bins.isEmpty else { return "" }
        let path = bins.map { self.point($0.stated, $0.merged) }.joined(separator: " L")
        let marks = bins.map { bin in
            """
            <path d="M\(self.point(bin.stated, bin.interval.low)) L\(self.point(bin.stated, bin.interval.high))" \
            stroke="\(colour)"/>
            <circle cx="\(self.x(bin.stated))" cy="\(self.y(bin.merged))" r="3.5" fill="\(colour)"/>
            """
        }
        return "<path d=\"M\(path)\" stroke=\"\(colour)\" fill=\"none\"/>\n" + marks.joined(separator: "\n")
    }

    private var legend: String {
        let y = fixed(Self.top + Self.side + 66, 1)
        return """
            <circle cx="\(self.x(0))" cy="\(fixed(Self.top + Self.side + 62, 1))" r="4" fill="#1d4ed8"/>
            <text x="\(fixed(Self.left + 10, 1))" y="\(y)">all cases, tenths of equal size</text>
            <circle cx="\(self.x(0.58))" cy="\(fixed(Self.top + Self.side + 62, 1))" r="4" fill="#b45309"/>
            <text x="\(fixed(Self.left + 0.58 * Self.side + 10, 1))" y="\(y)">newcomers to a project</text>
            """
    }

    private func x(_ value: Double) -> String { fixed(Self.left + value * Self.side, 1) }
    private func y(_ value: Double) -> String { fixed(Self.top + (1 - value) * Self.side, 1) }
    private func point(_ x: Double, _ y: Double) -> String { "\(self.x(x)) \(self.y(y))" }
}
