public import Reputation

/// How well a repository's history before a day foretells its reviewers after it, and its maintainers.
public struct TrackReport: Sendable {
    /// What is foretold.
    public struct Question: Sendable {
        /// What JSON calls it.
        public let name: String
        /// What makes somebody one of those sought.
        public let label: String
        /// How many are sought; the others are everybody else with enough acts.
        public let sought: Int
        /// The model's area under the ROC curve and its 95 % interval over draws of people; nil when all or none are
        /// sought.
        public let area: Double?
        /// See `area`.
        public let interval: Interval?
        /// The view of the model that answers.
        public let view: String
        /// The areas of single signals.
        public let signals: [(name: String, area: Double?)]
        /// By how much the model's area is above that of the best single signal, the 95 % interval over draws of people: the
        /// signal that is best on one day is partly so by luck, which this does not take off.
        public let lead: Interval?
        /// The areas of both views of the model, and of the facets of the model standing/1 on the same evidence.
        public let others: [(name: String, area: Double?)]

        /// The best of the single signals.
        public var best: (name: String, area: Double)? { TrackReport.best(self.signals) }
    }

    /// The model's name, version and digest.
    public let model: (id: String, version: Int64, digest: String)
    /// The day before which history is known.
    public let cutoff: Day
    /// The days of the first fact and the last.
    public let first, last: Day
    /// Facts read, before the cutoff and from it on.
    public let before, after: Int
    /// People with enough acts before the cutoff, of all with any.
    public let people, everybody: Int
    /// The questions, in the order they are asked.
    public let questions: [Question]
}

/// The same question asked on several days: means over the days on which it has an answer.
///
/// On one day a few people decide everything, and the best of many single signals is partly luck; a mean over days asks
/// each signal to do well always. The days share their people, so no interval is stated.
public struct TrackPanel: Sendable {
    /// The reports, one a cutoff.
    public let reports: [TrackReport]

    /// A panel of `reports`, at least one.
    public init(_ reports: [TrackReport]) {
        precondition(!reports.isEmpty)
        self.reports = reports
    }

    /// A question and the mean areas of whoever answers it.
    struct Mean {
        let name: String
        let days: Int
        let area: Double?
        let signals: [(name: String, area: Double?)]

        var best: (name: String, area: Double)? { TrackReport.best(self.signals) }
    }

    var means: [Mean] {
        self.reports[0].questions.map { question in
            let asked = self.reports.flatMap(\.questions).filter { $0.name == question.name && $0.area != nil }
            return Mean(
                name: question.name, days: asked.count, area: mean(asked.map(\.area)),
                signals: question.signals.map(\.name).map { name in
                    (name, mean(asked.map { one in one.signals.first { $0.name == name }?.area }))
                })
        }
    }
}

/// The mean of the values there are; nil when there is none.
private func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
}

extension TrackReport {
    /// The best of the areas there are.
    static func best(_ signals: [(name: String, area: Double?)]) -> (name: String, area: Double)? {
        signals.compactMap { signal in signal.area.map { (signal.name, $0) } }.max { $0.1 < $1.1 }
    }
}

/// Why a history cannot be evaluated.
public enum TrackError: Error, Equatable, CustomStringConvertible {
    /// Nobody did enough before the cutoff.
    case nobodyBefore(Day)
    /// Nothing happened from the cutoff on, so there is nothing to foretell.
    case nothingAfter(Day)

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .nobodyBefore(let day): "nobody has \(Tracks.enough) acts before \(day)"
        case .nothingAfter(let day): "the history ends before \(day)"
        }
    }
}
