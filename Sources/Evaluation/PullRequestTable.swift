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
        let project: Int
        let requester: Int
        let submittedAt: Instant
        let decision: Decision?
        let priorSubmissions: Int64
        let isMainTeam: Bool
        let watchers: Int64
    }

    /// Names, each with the index it was first seen at.
    private struct Names {
        private(set) var all: [String] = []
        private var indices: [String: Int] = [:]

        mutating func index(of name: String) -> Int {
            if let index = self.indices[name] { return index }
            self.indices[name] = self.all.count
            self.all.append(name)
            return self.all.count - 1
        }
    }

    private let fields: [String: Int]
    private var rows: [Row] = []
    private var projects = Names()
    private var requesters = Names()
    private var languages: [String] = []
    private var contradictory = 0

    init(_ header: [String]) {
        self.fields = Dictionary(
            header.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    var isEmpty: Bool { self.rows.isEmpty }

    /// The rows as cases, in order of time and then of their numbers.
    var benchmark: Benchmark {
        let cases = self.rows.sorted { ($0.submittedAt, $0.id) < ($1.submittedAt, $1.id) }.enumerated()
            .map { position, row in
                Case(
                    id: row.id,
                    submission: Submission(
                        position: position, project: row.project, requester: row.requester,
                        submittedAt: row.submittedAt),
                    decision: row.decision, priorSubmissions: row.priorSubmissions, isMainTeam: row.isMainTeam,
                    watchers: row.watchers)
            }
        return Benchmark(
            projects: self.projects.all, languages: self.languages, requesters: self.requesters.all, cases: cases,
            contradictory: self.contradictory)
    }

    mutating func add(_ row: [String], line: Int) throws(TableError) {
        func text(_ name: String) -> String { self.fields[name].map { row[$0] } ?? "" }
        func malformed(_ name: String) -> TableError { .malformed(line: line, reason: "no valid \(name)") }
        func number(_ name: String) throws(TableError) -> Int64? {
            let text = text(name)
            if ["", "NA"].contains(text) { return nil }
            guard let value = Int64(text), (0...Self.greatest).contains(value) else { throw malformed(name) }
            return value
        }
        func required(_ name: String) throws(TableError) -> Int64 {
            guard let value = try number(name) else { throw malformed(name) }
            return value
        }
        let submittedAt = Instant(seconds: try required("created_at"))
        let merged = try number("merged_at").map { Decision(decidedAt: Instant(seconds: $0), isMerged: true) }
        let closed = try number("closed_at").map { Decision(decidedAt: Instant(seconds: $0), isMerged: false) }
        guard let isMainTeam = Bool(text("main_team_member").lowercased()) else { throw malformed("main_team_member") }
        guard !text("project_name").isEmpty else { throw malformed("project_name") }
        guard !text("requester").isEmpty else { throw malformed("requester") }
        let decision = merged ?? closed
        let id = try required("pull_req_id")
        let prior = try required("prev_pullreqs")
        let watchers = try number("watchers") ?? 0
        if let decision, decision.decidedAt < submittedAt {
            self.contradictory += 1
            return
        }
        let project = self.projects.index(of: text("project_name"))
        if project == self.languages.count { self.languages.append(text("lang")) }
        self.rows.append(
            Row(
                id: id, project: project, requester: self.requesters.index(of: text("requester")),
                submittedAt: submittedAt, decision: decision, priorSubmissions: prior, isMainTeam: isMainTeam,
                watchers: watchers))
    }

    /// The end of the year 9999, which no time passes.
    private static let greatest: Int64 = 253_402_300_799
}
