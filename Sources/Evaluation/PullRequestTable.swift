import Reputation

/// Why a labelled file cannot be evaluated.
public enum TableError: Error, Equatable, CustomStringConvertible {
    /// There is no header, or no row after it.
    case empty
    /// The header lacks these columns.
    case missingColumns([String])
    /// A row cannot be read; lines are counted from 1, the header's included.
    case malformed(line: Int, reason: String)

    /// A sentence for a person.
    public var description: String {
        switch self {
        case .empty: "the labelled file has no rows"
        case .missingColumns(let names): "the labelled file has no column \(names.joined(separator: ", "))"
        case .malformed(let line, let reason): "line \(line) of the labelled file: \(reason)"
        }
    }
}

extension Benchmark {
    /// The columns that are read; all others are ignored, whatever they say.
    public static let columns = [
        "pull_req_id", "project_name", "lang", "created_at", "merged_at", "closed_at", "watchers", "requester",
        "prev_pullreqs", "main_team_member",
    ]

    /// Reads the table of the pull-request data set: comma-separated, with a header, times in seconds since 1970.
    ///
    /// A case is decided when it is merged, or closed without. A row with neither time is a change still open.
    public init(pullRequests bytes: [UInt8]) throws(TableError) {
        do {
            var rows = CSVReader(bytes)
            guard let header = try rows.next() else { throw TableError.empty }
            let missing = Benchmark.columns.filter { !header.contains($0) }
            guard missing.isEmpty else { throw TableError.missingColumns(missing) }
            var table = PullRequestTable(header)
            var line = rows.line
            while let row = try rows.next() {
                try table.add(row, line: line)
                line = rows.line
            }
            guard !table.isEmpty else { throw TableError.empty }
            self = table.benchmark
        } catch let error as CSVError {
            throw .malformed(line: error.line, reason: error.reason)
        } catch let error as TableError {
            throw error
        } catch {
            preconditionFailure("reading a table throws nothing else: \(error)")
        }
    }
}

/// The rows of a table on their way to cases.
private struct PullRequestTable {
    private struct Row {
        let id: Int64
        let project, language, requester: String
        let submittedAt: Instant
        let decision: Decision?
        let priorSubmissions: Int64
        let isMainTeam: Bool
        let watchers: Int64
    }

    private let fields: [String: Int]
    private var rows: [Row] = []
    private var contradictory = 0

    init(_ header: [String]) {
        self.fields = Dictionary(
            header.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    var isEmpty: Bool { self.rows.isEmpty }

    /// The rows as cases, in order of time and then of their numbers. Projects and requesters are numbered by their
    /// names, so that nothing depends on the order of the rows.
    var benchmark: Benchmark {
        let rows = self.rows.sorted { ($0.submittedAt, $0.id) < ($1.submittedAt, $1.id) }
        let languages = Dictionary(rows.map { ($0.project, $0.language) }, uniquingKeysWith: { first, _ in first })
        let projects = languages.keys.sorted()
        let requesters = Set(rows.map(\.requester)).sorted()
        let projectNumbers = Dictionary(uniqueKeysWithValues: zip(projects, projects.indices))
        let requesterNumbers = Dictionary(uniqueKeysWithValues: zip(requesters, requesters.indices))
        return Benchmark(
            projects: projects, languages: projects.map { languages[$0] ?? "" }, requesters: requesters,
            cases: rows.enumerated().map { position, row in
                Case(
                    id: row.id,
                    submission: Submission(
                        position: position, project: projectNumbers[row.project] ?? 0,
                        requester: requesterNumbers[row.requester] ?? 0, submittedAt: row.submittedAt),
                    decision: row.decision, priorSubmissions: row.priorSubmissions, isMainTeam: row.isMainTeam,
                    watchers: row.watchers)
            }, contradictory: self.contradictory)
    }

    mutating func add(_ fields: [String], line: Int) throws(TableError) {
        let reader = FieldReader(fields: self.fields, row: fields, line: line)
        let submittedAt = Instant(seconds: try reader.number("created_at"))
        let merged = try reader.optionalNumber("merged_at")
        let closed = try reader.optionalNumber("closed_at")
        let decision = (merged ?? closed).map { Decision(decidedAt: Instant(seconds: $0), isMerged: merged != nil) }
        let row = Row(
            id: try reader.number("pull_req_id"), project: try reader.name("project_name"),
            language: reader.text("lang"), requester: try reader.name("requester"), submittedAt: submittedAt,
            decision: decision, priorSubmissions: try reader.number("prev_pullreqs"),
            isMainTeam: try reader.flag("main_team_member"), watchers: try reader.optionalNumber("watchers") ?? 0)
        if let decision, decision.decidedAt < submittedAt {
            self.contradictory += 1
        } else {
            self.rows.append(row)
        }
    }
}

/// Reads the fields of a row by the names of their columns.
private struct FieldReader {
    let fields: [String: Int]
    let row: [String]
    let line: Int

    /// The end of the year 9999, which no time passes.
    private static let greatest: Int64 = 253_402_300_799

    func text(_ name: String) -> String { self.fields[name].map { self.row[$0] } ?? "" }

    func name(_ name: String) throws(TableError) -> String {
        let text = self.text(name)
        guard !text.isEmpty else { throw self.malformed(name) }
        return text
    }

    /// A number, or nil where none is given.
    func optionalNumber(_ name: String) throws(TableError) -> Int64? {
        let text = self.text(name)
        if ["", "NA"].contains(text) { return nil }
        guard let value = Int64(text), (0...FieldReader.greatest).contains(value) else { throw self.malformed(name) }
        return value
    }

    func number(_ name: String) throws(TableError) -> Int64 {
        guard let value = try self.optionalNumber(name) else { throw self.malformed(name) }
        return value
    }

    func flag(_ name: String) throws(TableError) -> Bool {
        guard let flag = Bool(self.text(name).lowercased()) else { throw self.malformed(name) }
        return flag
    }

    private func malformed(_ name: String) -> TableError { .malformed(line: self.line, reason: "no valid \(name)") }
}
